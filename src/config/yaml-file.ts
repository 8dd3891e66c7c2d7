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

/** A file that people write, parsed, with the means to say where something in it stands. */
export interface YamlFile {
  readonly document: Document;
  readonly content: unknown;
  /** `file:line:column` of an offset. */
  readonly place: (offset: number) => string;
  /** The line of an offset, from 1. */
  readonly lineAt: (offset: number) => number;
}

/** More than a whole region needs, some two thousand exceptions; a larger file is something else. */
const MAX_KIB = 256;
/** Aliases may repeat a list here and there, not unfold a small file into a large one. */
const MAX_ALIASES = 100;
/** An exception has some fifteen. */
const MAX_NODES = 20_000;
/** At most so many problems of a file are told. */
export const MAX_PROBLEMS = 50;

interface Problem {
  /** Offset in the file. */
  readonly at: number;
  readonly words: string;
}

/**
 * Parses a file of YAML, or JSON (which YAML contains), and hands it to what checks it. Pure; never
 * throws.
 *
 * @param noun what the file is, such as `policy file`.
 * @param check makes the result of what was parsed; it may throw a RangeError where that is nested deeply.
 * @returns the check's result, or every problem with the file as `file:line:column: …`.
 */
export function parseYamlFile<T>(
  text: string,
  file: string,
  noun: string,
  check: (parsed: YamlFile) => Result<T, readonly string[]>,
): Result<T, readonly string[]> {
  const refuse = (problem: string) => failed([`${file}:1:1: ${problem}`]);
  if (Buffer.byteLength(text) > MAX_KIB * 1024) {
    return refuse(`is larger than ${MAX_KIB} KiB, which no ${noun} needs`);
  }
  try {
    const parsed = parseText(text, file, noun);
    return parsed.ok ? check(parsed.value) : parsed;
  } catch (error) {
    // The parser, and the functions that walk its tree, are recursive.
    if (error instanceof RangeError) return refuse(nestedTooDeeply(noun));
    throw error;
  }
}

function parseText(text: string, file: string, noun: string): Result<YamlFile, readonly string[]> {
  const lines = new LineCounter();
  // The parser's own check for repeated keys compares each key with each other key.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    // Its warnings are for developers, such as that of a list as a key, which is no key of ours anyway.
    logLevel: 'error',
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  // What the parser says after it gave up is about its giving up.
  const gaveUp = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (gaveUp !== undefined) {
    return failed([`${place(gaveUp.pos[0])}: ${nestedTooDeeply(noun)}`]);
  }
  const wrong = [
    ...document.errors.map((error) => ({ at: error.pos[0], words: firstLine(error.message) })),
    ...problemsOfTree(document, noun),
  ];
  if (wrong.length > 0) {
    return failed(wrong.slice(0, MAX_PROBLEMS).map(({ at, words }) => `${place(at)}: ${words}`));
  }
  try {
    // The parser counts what is repeated as well.
    const content: unknown = document.toJS({ maxAliasCount: MAX_ALIASES + 1 }) ?? {};
    return ok({ document, content, place, lineAt: (offset) => lines.linePos(offset).line });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return failed([`${place(0)}: ${why}`]);
  }
}

/** What the parser takes and such a file must not have: too much of anything, and repeated keys. */
function problemsOfTree(document: Document, noun: string): readonly Problem[] {
  const problems: Problem[] = [];
  let nodes = 0;
  let aliases = 0;
  visit(document, (_, node) => {
    if (isPair(node) || !isNode(node)) return undefined;
    const at = node.range?.[0] ?? 0;
    nodes += 1;
    if (nodes > MAX_NODES) {
      const words = `has more than ${MAX_NODES.toLocaleString('en')} keys and values, which no ${noun} needs`;
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

function nestedTooDeeply(noun: string): string {
  return `is nested too deeply, which no ${noun} is`;
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.trim() ?? message;
}
