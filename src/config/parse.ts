import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { failed, ok, type Result } from '../model/result.js';
import { compile, type ParsedConfig } from './compile.js';
import { configFileSchema, problemOfExpiry } from './file-schema.js';
import { nodeAt, problemsOf } from './problems.js';
import { problemsOfSample } from './sample-problems.js';

/** What a configuration file says, or every problem with it as `file:line:column: …`. */
type ParseResult = Result<ParsedConfig, readonly string[]>;

/** More than a whole region needs, some two thousand exceptions; a larger file is something else. */
const MAX_KIB = 256;
/** Aliases may repeat a list here and there, not unfold a small file into a large one. */
const MAX_ALIASES = 100;
/** An exception has some fifteen. */
const MAX_NODES = 20_000;
const MAX_PROBLEMS = 50;

const NESTED_TOO_DEEP = 'is nested too deeply, which no policy file is';

interface Problem {
  /** Offset in the file. */
  readonly at: number;
  readonly words: string;
}

/**
 * Parses a configuration file, YAML or JSON (which YAML contains). Pure; never throws.
 *
 * @param inputs names of the inputs that the file may set.
 */
export function parseConfigFile(
  text: string,
  file: string,
  inputs: readonly string[],
): ParseResult {
  const refuse = (problem: string): ParseResult => failed([`${file}:1:1: ${problem}`]);
  if (Buffer.byteLength(text) > MAX_KIB * 1024) {
    return refuse(`is larger than ${MAX_KIB} KiB, which no policy file needs`);
  }
  try {
    return parseText(text, file, inputs);
  } catch (error) {
    // The parser, and the functions that walk its tree, are recursive.
    if (error instanceof RangeError) return refuse(NESTED_TOO_DEEP);
    throw error;
  }
}

function parseText(text: string, file: string, inputs: readonly string[]): ParseResult {
  const lines = new LineCounter();
  // The parser's own check for repeated keys compares each key with each other key.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const wrong = [
    ...document.errors.map((error) => ({ at: error.pos[0], words: wordsOf(error) })),
    ...problemsOfTree(document),
  ];
  if (wrong.length > 0) {
    return failed(wrong.slice(0, MAX_PROBLEMS).map(({ at, words }) => `${place(at)}: ${words}`));
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return failed([`${place(0)}: ${why}`]);
  }
  const schema = configFileSchema(inputs);
  const parsed = schema.safeParse(content);
  const problems = [
    ...problemsOf(parsed.error?.issues ?? [], schema, document, place),
    ...expiryProblems(content, document, place),
    ...sampleProblems(content, document, place),
  ];
  if (!parsed.success || problems.length > 0) {
    return failed([...new Set(problems)].slice(0, MAX_PROBLEMS));
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    const node = nodeAt(document, path);
    return lines.linePos(node?.range?.[0] ?? 0).line;
  };
  return ok(compile(parsed.data, file, lineOf));
}

function expiryProblems(
  content: unknown,
  document: Document,
  place: (offset: number) => string,
): string[] {
  const exceptions: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'exceptions') : null;
  if (!Array.isArray(exceptions)) return [];
  return exceptions.flatMap((exception: unknown, index) => {
    const problem = problemOfExpiry(exception);
    if (problem === null) return [];
    const offset = nodeAt(document, ['exceptions', index])?.range?.[0] ?? 0;
    return [`${place(offset)}: exceptions[${index}]: ${problem}`];
  });
}

function sampleProblems(
  content: unknown,
  document: Document,
  place: (offset: number) => string,
): string[] {
  const samples: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'smoke') : null;
  if (!Array.isArray(samples)) return [];
  return samples.flatMap((sample: unknown, index) =>
    problemsOfSample(sample).map(({ key, problem }) => {
      const offset = nodeAt(document, ['smoke', index, key])?.range?.[0] ?? 0;
      return `${place(offset)}: smoke[${index}].${key}: ${problem}`;
    }),
  );
}

/** What the parser takes and a configuration file must not have: too much of anything, and repeated keys. */
function problemsOfTree(document: Document): readonly Problem[] {
  const problems: Problem[] = [];
  let nodes = 0;
  let aliases = 0;
  visit(document, (_, node) => {
    if (isPair(node) || !isNode(node)) return undefined;
    const at = node.range?.[0] ?? 0;
    nodes += 1;
    if (nodes > MAX_NODES) {
      const words = `has more than ${MAX_NODES.toLocaleString('en')} keys and values, which no policy file needs`;
      problems.unshift({ at: 0, words });
      return visit.BREAK;
    }
    if (isAlias(node)) {
      aliases += 1;
      if (aliases <= MAX_ALIASES) return undefined;
      problems.push({ at, words: `has more than ${MAX_ALIASES} aliases up to here` });
      return visit.BREAK;
    }
    if (isMap(node)) problems.push(...repeatedKeysOf(node));
    return undefined;
  });
  return problems;
}

function repeatedKeysOf({ items }: YAMLMap): readonly Problem[] {
  const seen = new Set<unknown>();
  const problems: Problem[] = [];
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value) && problems.length < MAX_PROBLEMS) {
      problems.push({ at: key.range?.[0] ?? 0, words: 'Map keys must be unique' });
    }
    seen.add(key.value);
  }
  return problems;
}

/** The parser catches the end of the stack itself, and tells of it as of any other problem. */
function wordsOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'RESOURCE_EXHAUSTION' ? NESTED_TOO_DEEP : firstLine(message);
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.trim() ?? message;
}
