import type { Place } from '../../model/declared.js';
import { LIMITS } from './limits.js';
import type { Entry, Node } from './node.js';

/** A file that its language does not allow. */
export class SyntaxProblem extends Error {
  readonly place: Place;
  /** Whether it is the gate's own limit that the file breaks. */
  readonly isLimit: boolean;

  constructor(message: string, place: Place, isLimit = false) {
    super(message);
    this.name = 'SyntaxProblem';
    this.place = place;
    this.isLimit = isLimit;
  }
}

/** Turns offsets of a text into places, fast when the offsets grow. */
export class Lines {
  readonly #file: string;
  readonly #starts: readonly number[];
  #last = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  placeOf(offset: number): Place {
    const starts = this.#starts;
    if (offset < (starts[this.#last] ?? 0)) this.#last = 0;
    let low = this.#last;
    let high = starts.length - 1;
    if ((starts[low + 1] ?? Number.POSITIVE_INFINITY) > offset) high = low;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return { file: this.#file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }
}

const SPACE = /[\t\n\r ]*/y;
const STRING = /"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"/y;
const LITERAL = /(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Parses JSON into nodes with places; a key that stands twice is kept twice. */
export function parseJson(file: string, text: string): Node {
  const lines = new Lines(file, text);
  let offset = text.startsWith('\ufeff') ? 1 : 0;
  let nodes = 0;

  const fail = (message: string): never => {
    throw new SyntaxProblem(message, lines.placeOf(Math.min(offset, text.length)));
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = offset;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) offset += found.length;
    return found;
  };
  const skip = () => match(SPACE);
  const expect = (character: string): void => {
    if (text[offset] !== character) fail(`expected ${character}`);
    offset += 1;
  };
  const string = (): string => {
    const from = offset;
    const found = match(STRING) ?? '';
    if (found.length > 1 && !found.includes('\\')) return found.slice(1, -1);
    try {
      const value: unknown = JSON.parse(found);
      if (typeof value === 'string') return value;
    } catch {
      offset = from;
    }
    return fail('expected a string');
  };

  const value = (depth: number): Node => {
    nodes += 1;
    if (depth > LIMITS.depth) fail(`values are nested more than ${LIMITS.depth} deep`);
    if (nodes > LIMITS.nodes) fail(`more than ${LIMITS.nodes} values`);
    skip();
    const at = lines.placeOf(offset);
    const first = text[offset];
    if (first === '{') {
      offset += 1;
      const entries: Entry[] = [];
      skip();
      if (text[offset] === '}') {
        offset += 1;
        return { kind: 'map', entries, at };
      }
      for (;;) {
        skip();
        const keyAt = lines.placeOf(offset);
        const key = string();
        skip();
        expect(':');
        entries.push({ key, at: keyAt, value: value(depth + 1) });
        skip();
        if (text[offset] !== ',') break;
        offset += 1;
      }
      expect('}');
      return { kind: 'map', entries, at };
    }
    if (first === '[') {
      offset += 1;
      const items: Node[] = [];
      skip();
      if (text[offset] === ']') {
        offset += 1;
        return { kind: 'list', items, at };
      }
      for (;;) {
        items.push(value(depth + 1));
        skip();
        if (text[offset] !== ',') break;
        offset += 1;
      }
      expect(']');
      return { kind: 'list', items, at };
    }
    if (first === '"') {
      const content = string();
      return { kind: 'scalar', value: content, text: content, at };
    }
    const literal = match(LITERAL) ?? '';
    if (literal === '')
      fail(offset >= text.length ? 'the file ends too early' : 'expected a value');
    const content: unknown = JSON.parse(literal);
    const isPlain = typeof content === 'number' || typeof content === 'boolean';
    return { kind: 'scalar', value: isPlain ? content : null, text: literal, at };
  };

  const root = value(0);
  skip();
  if (offset < text.length) fail('more follows after the end of the value');
  return root;
}
