import {
  type CollectionTag,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type ScalarTag,
} from 'yaml';
import type { Place } from '../../model/declared.js';
import { type Indented, indentContinuations } from './lenient-yaml.js';
import { LIMITS } from './limits.js';
import type { Entry, MapNode, Node } from './node.js';
import { SyntaxProblem } from './parse-json.js';

/**
 * The short forms of CloudFormation's intrinsic functions (CloudFormation Template Reference,
 * "Intrinsic function reference"), each with the long form that it stands for.
 */
const LONG_FORMS: Readonly<Record<string, string>> = {
  '!Ref': 'Ref',
  '!Condition': 'Condition',
  ...Object.fromEntries(
    [
      ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If'],
      ...['ImportValue', 'Join', 'Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString'],
      ...[
        'Transform',
        'Contains',
        'EachMemberEquals',
        'EachMemberIn',
        'RefAll',
        'ValueOf',
        'ValueOfAll',
      ],
    ].map((name) => [`!${name}`, `Fn::${name}`]),
  ),
};

const CUSTOM_TAGS: (ScalarTag | CollectionTag)[] = Object.keys(LONG_FORMS).flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'map' as const },
  { tag, collection: 'seq' as const },
]);

/**
 * Parses YAML into nodes with places. A key that stands twice is kept twice. `<<` is merged, as the
 * tools that read templates do; aliases are put in, up to the limit.
 */
export function parseYaml(file: string, text: string): Node {
  try {
    return parseStrictly(file, { text, moved: new Set(), by: 0 });
  } catch (error) {
    if (!(error instanceof SyntaxProblem) || error.isLimit) throw error;
    const indented = indentContinuations(text);
    if (indented.moved.size === 0) throw error;
    try {
      return parseStrictly(file, indented);
    } catch {
      throw error;
    }
  }
}

function parseStrictly(file: string, { text, moved, by }: Indented): Node {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(moved.has(line) ? col - by : col, 1) };
  };
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    customTags: CUSTOM_TAGS,
    uniqueKeys: false,
    version: '1.1',
    merge: true,
    logLevel: 'silent',
    strict: true,
    prettyErrors: false,
    stringKeys: false,
  });
  const all = Array.isArray(documents) ? documents : [];
  const document = all[0];
  for (const it of all) {
    const error = it.errors[0];
    if (error === undefined) continue;
    // The parser catches the end of the stack itself, and tells of it as of any other problem.
    const isTooDeep = error.code === 'RESOURCE_EXHAUSTION';
    const words = isTooDeep
      ? `values are nested more than ${LIMITS.depth} deep`
      : oneLine(error.message);
    throw new SyntaxProblem(words, placeAt(error.pos[0]));
  }
  if (document?.contents === null || document?.contents === undefined) {
    return { kind: 'scalar', value: null, text: '', at: placeAt(0) };
  }
  if (all.length > 1 && all.some(isTemplate)) {
    throw new SyntaxProblem(
      'the file holds more than one document',
      placeAt(all[1]?.range[0] ?? 0),
    );
  }
  return new Converter(placeAt).convert(document.contents, 0);
}

/** Whether a document of several is a template: no tool that deploys takes a file of several. */
function isTemplate({ contents }: Document.Parsed): boolean {
  return (
    isMap(contents) && ['Resources', 'openapi', 'swagger', 'paths'].some((key) => contents.has(key))
  );
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

class Converter {
  readonly #placeAt: (offset: number) => Place;
  /** The last node with each anchor so far, which is what an alias stands for. */
  readonly #anchors = new Map<string, ParsedNode>();
  #nodes = 0;

  constructor(placeAt: (offset: number) => Place) {
    this.#placeAt = placeAt;
  }

  convert(node: ParsedNode | null, depth: number, fallback?: Place): Node {
    this.#nodes += 1;
    const at = node === null ? (fallback ?? this.#placeAt(0)) : this.#placeAt(node.range[0]);
    if (depth > LIMITS.depth) {
      throw new SyntaxProblem(`values are nested more than ${LIMITS.depth} deep`, at, true);
    }
    if (this.#nodes > LIMITS.yamlNodes) {
      throw new SyntaxProblem(
        `more than ${LIMITS.yamlNodes} values, after aliases are put in`,
        at,
        true,
      );
    }
    if (node === null) return { kind: 'scalar', value: null, text: '', at };
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) throw new SyntaxProblem(`unknown alias *${node.source}`, at);
      return this.convert(target, depth + 1);
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const long = typeof node.tag === 'string' ? longFormOf(node.tag) : undefined;
    const plain = this.#plain(node, depth, at);
    return long === undefined ? plain : longForm(long, plain);
  }

  #plain(node: ParsedNode, depth: number, at: Place): Node {
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node.items, depth), at };
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((it) => this.convert(it, depth + 1, at)), at };
    }
    if (!isScalar(node)) return { kind: 'scalar', value: null, text: '', at };
    const { value } = node;
    const source = node.source ?? String(value);
    if (value instanceof Date) return { kind: 'scalar', value: source, text: source, at };
    if (typeof value === 'bigint')
      return { kind: 'scalar', value: Number(value), text: source, at };
    const isPlain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: isPlain ? value : null, text: isPlain ? source : '', at };
  }

  #entries(items: readonly { key: unknown; value: unknown }[], depth: number): Entry[] {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const { key, value } of items) {
      const keyNode = isNode(key) ? (key as ParsedNode) : null;
      const at = keyNode === null ? this.#placeAt(0) : this.#placeAt(keyNode.range[0]);
      const converted = this.convert(isNode(value) ? (value as ParsedNode) : null, depth + 1, at);
      const name = this.#keyOf(keyNode);
      if (name !== '<<') {
        own.push({ key: name, at, value: converted });
        continue;
      }
      if (!isScalar(keyNode) || keyNode.type !== 'PLAIN') {
        throw new SyntaxProblem('<< in quotes is merged by some tools, and a key to others', at);
      }
      const sources = converted.kind === 'list' ? converted.items : [converted];
      for (const source of sources) {
        if (source.kind !== 'map') throw new SyntaxProblem('<< merges maps alone', at);
        merged.push(...source.entries);
      }
    }
    const names = new Set(own.map(({ key }) => key));
    return [...own, ...merged.filter(({ key }) => !names.has(key))];
  }

  #keyOf(key: ParsedNode | null): string {
    if (isScalar(key)) return key.source ?? String(key.value);
    if (isAlias(key)) {
      const target = this.#anchors.get(key.source);
      if (isScalar(target)) return target.source ?? String(target.value);
    }
    return String(key ?? '');
  }
}

/** The tags of YAML itself that the parser knows; `!` alone is no tag. */
const OF_YAML = new RegExp(
  `^(?:!|tag:yaml\\.org,2002:(?:${[
    ...['binary', 'bool', 'float', 'int', 'map', 'merge', 'null'],
    ...['omap', 'pairs', 'seq', 'set', 'str', 'timestamp'],
  ].join('|')}))$`,
);

/**
 * What a tag stands for. One that CloudFormation does not have is a function all the same: so the AWS CLI and
 * SAM write it out before a deployment, and what another tool puts in its place is not in the file.
 */
function longFormOf(tag: string): string | undefined {
  return LONG_FORMS[tag] ?? (OF_YAML.test(tag) ? undefined : `Fn::${tag.replace(/^!/, '')}`);
}

/** `!GetAtt A.B` is a list in its long form; the others take what the tag stands before. */
function longForm(key: string, value: Node): MapNode {
  const { at } = value;
  let content = value;
  if (key === 'Fn::GetAtt' && value.kind === 'scalar') {
    const dot = value.text.indexOf('.');
    const parts = dot < 0 ? [value.text] : [value.text.slice(0, dot), value.text.slice(dot + 1)];
    content = {
      kind: 'list',
      items: parts.map((part) => ({ kind: 'scalar', value: part, text: part, at })),
      at,
    };
  }
  return { kind: 'map', entries: [{ key, at, value: content }], at };
}
