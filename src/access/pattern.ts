/*
 * Which texts a pattern of a policy matches, decided for whole families of texts: `/pets/*` covers
 * every request to `/pets/{id}`, `/pets/a*` covers some. A family and a pattern are both read a
 * character at a time, as automata; no family is ever listed.
 */

/** A piece of a family of texts: literal text, or a variable part. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** One character or more. */
  | {
      readonly kind: 'some';
      /** Characters that cannot stand there. */
      readonly without: string;
    };

/** A set of texts: its pieces one after the other. */
export type Family = readonly Piece[];

/** Whether patterns match every text of a family, some of them, or none. */
export type Coverage = 'all' | 'some' | 'none';

/**
 * How a pattern's `*` treats colons. In a resource ARN it stands for characters within one of the
 * colon-separated segments; "if the * wildcard is the last character of a resource ARN segment, it
 * can expand to match beyond the colon boundaries" (IAM User Guide, "IAM JSON policy elements:
 * Resource"). The sixth segment, the resource, may hold colons itself.
 */
export type Grammar = 'arn' | 'text';

/** A token of a pattern; `end` closes it. */
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' | 'any'; readonly crossesColon: boolean }
  | { readonly kind: 'end' };

/** Patterns made ready to be compared, as one automaton: a state is a place in the list of tokens. */
export interface PatternSet {
  readonly tokens: readonly Token[];
  readonly starts: readonly number[];
  /** Every character that a pattern names. */
  readonly chars: ReadonlySet<string>;
  /** A pattern holds a policy variable, whose value nobody knows here. */
  readonly hasUnknown: boolean;
}

/**
 * Makes patterns ready.
 *
 * @param hasVariables whether `${…}` is a variable; `${*}`, `${?}` and `${$}` are the characters then.
 */
export function compilePatterns(
  patterns: readonly string[],
  grammar: Grammar,
  hasVariables: boolean,
): PatternSet {
  const tokens: Token[] = [];
  const starts: number[] = [];
  let hasUnknown = false;
  for (const pattern of patterns) {
    const read = tokenize(pattern, grammar, hasVariables);
    if (read === null) {
      hasUnknown = true;
      continue;
    }
    starts.push(tokens.length);
    tokens.push(...read, { kind: 'end' });
  }
  const chars = new Set(tokens.flatMap((token) => (token.kind === 'char' ? token.char : [])));
  return { tokens, starts, chars, hasUnknown };
}

/** Pairs of automata's states beyond which the answer is `some`, the one that claims nothing. */
const MAX_STATES = 20_000;

/**
 * Decides how much of a family is matched by at least one of the patterns. Exact, also where only
 * several patterns together cover the family. A pattern with a policy variable is taken to match some
 * texts of every family.
 */
export function coverage(family: Family, patterns: PatternSet): Coverage {
  const decided = compare(family, patterns);
  return decided === 'none' && patterns.hasUnknown ? 'some' : decided;
}

/** `null`: a variable makes the pattern unknown. */
function tokenize(pattern: string, grammar: Grammar, hasVariables: boolean): Token[] | null {
  const tokens: Token[] = [];
  let colons = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (hasVariables && pattern.startsWith('${', at)) {
      const escaped = /^\$\{([*?$])\}/.exec(pattern.slice(at, at + 4))?.[1];
      if (escaped === undefined) return null;
      tokens.push({ kind: 'char', char: escaped });
      at += 3;
    } else if (char === '*' || char === '?') {
      const endsSegment = ['', ':'].includes(pattern.charAt(at + 1));
      const crossesColon = grammar === 'text' || colons >= 5 || (char === '*' && endsSegment);
      tokens.push({ kind: char === '*' ? 'any' : 'one', crossesColon });
    } else {
      if (char === ':') colons += 1;
      tokens.push({ kind: 'char', char });
    }
  }
  return tokens;
}

/** A place within a family. */
interface Place {
  readonly piece: number;
  /** Characters of the piece that were read; of a variable part 0, or 1 for one or more. */
  readonly offset: number;
}

const START: Place = { piece: 0, offset: 0 };

function compare(family: Family, patterns: PatternSet): Coverage {
  let alphabet: readonly string[] | undefined;
  const seen = new Set<string>();
  const queue = [afterFirstText(family, patterns)];
  let isMatched = false;
  let isMissed = false;
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { place, states } = next;
    // From here on every text is matched, or none: no need to read it.
    if (states.some((state) => matchesAnyRest(patterns, state))) isMatched = true;
    else if (states.length === 0) isMissed = true;
    else {
      if (isEnd(family, place)) {
        if (states.some((state) => patterns.tokens[state]?.kind === 'end')) isMatched = true;
        else isMissed = true;
      }
      alphabet ??= alphabetOf(patterns);
      for (const [char, after] of stepsFrom(family, place, alphabet)) {
        const reached = { place: after, states: advance(patterns, states, char) };
        const key = `${after.piece}.${after.offset}|${reached.states.join()}`;
        if (seen.has(key)) continue;
        if (seen.size >= MAX_STATES) return 'some';
        seen.add(key);
        queue.push(reached);
      }
    }
    if (isMatched && isMissed) return 'some';
  }
  return isMatched ? 'all' : 'none';
}

/**
 * Reads the text that a family begins with, where there is one way alone; most patterns are decided
 * before its end.
 */
function afterFirstText(
  family: Family,
  patterns: PatternSet,
): { place: Place; states: readonly number[] } {
  let states: readonly number[] = close(patterns, patterns.starts);
  const [first] = family;
  if (first?.kind !== 'text') return { place: START, states };
  for (let at = 0; at < first.text.length; at += 1) {
    if (states.length === 0) break;
    if (states.some((state) => matchesAnyRest(patterns, state))) break;
    states = advance(patterns, states, first.text.charAt(at));
  }
  return { place: { piece: 1, offset: 0 }, states };
}

/** Characters that patterns tell apart, and one that none names: all others behave as it does. */
function alphabetOf({ chars }: PatternSet): readonly string[] {
  const named = new Set([...chars, '/', ':']);
  let other = 0xe000;
  while (named.has(String.fromCharCode(other))) other += 1;
  return [...named, String.fromCharCode(other)];
}

function isEnd(family: Family, { piece, offset }: Place): boolean {
  const current = family[piece];
  if (current === undefined) return true;
  return current.kind === 'some' && offset === 1 && piece === family.length - 1;
}

/** The characters that may come next, and the places that they lead to. */
function stepsFrom(
  family: Family,
  { piece, offset }: Place,
  alphabet: readonly string[],
): (readonly [string, Place])[] {
  const current = family[piece];
  if (current === undefined) return [];
  if (current.kind === 'text') {
    const isLast = offset + 1 >= current.text.length;
    const after = isLast ? { piece: piece + 1, offset: 0 } : { piece, offset: offset + 1 };
    return [[current.text.charAt(offset), after]];
  }
  const within = alphabet
    .filter((char) => !current.without.includes(char))
    .map((char) => [char, { piece, offset: 1 }] as const);
  if (offset === 0) return within;
  return [...within, ...stepsFrom(family, { piece: piece + 1, offset: 0 }, alphabet)];
}

/** A `*` as a pattern's last token matches whatever comes. */
function matchesAnyRest({ tokens }: PatternSet, state: number): boolean {
  const token = tokens[state];
  return token?.kind === 'any' && token.crossesColon && tokens[state + 1]?.kind === 'end';
}

function advance(patterns: PatternSet, states: readonly number[], char: string): number[] {
  const reached: number[] = [];
  for (const state of states) {
    const token = patterns.tokens[state];
    if (token === undefined || token.kind === 'end') continue;
    if (token.kind === 'char') {
      if (token.char === char) reached.push(state + 1);
    } else if (char !== ':' || token.crossesColon) {
      reached.push(token.kind === 'any' ? state : state + 1);
    }
  }
  return close(patterns, reached);
}

/** Adds what is reached without reading anything, since `*` may stand for nothing. */
function close({ tokens }: PatternSet, states: readonly number[]): number[] {
  const [only, ...others] = states;
  if (only === undefined) return [];
  // Most often one pattern is left, and it is in the middle of its text.
  if (others.length === 0 && tokens[only]?.kind !== 'any') return [only];
  const closed = new Set<number>();
  for (const from of states) {
    let state = from;
    closed.add(state);
    while (tokens[state]?.kind === 'any') {
      state += 1;
      closed.add(state);
    }
  }
  return [...closed].sort((a, b) => a - b);
}

/** A family of one text, which must not be empty. */
export function exactly(text: string): Family {
  return [{ kind: 'text', text }];
}
