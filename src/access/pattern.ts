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
 * How a pattern's `*` treats colons. A resource ARN has six segments with colons between them, the last
 * of which may hold colons itself. In the others "wildcards (* and ?) within the individual segments"
 * stay there; "if the * wildcard is the last character of a resource ARN segment, it can expand to match
 * beyond the colon boundaries" (IAM User Guide, "IAM JSON policy elements: Resource"). Whether it does
 * where the ARN then has fewer segments ("Missing ARN field", IAM policy validation check reference), or
 * where its segments can be matched in another way, AWS does not say: see {@link coverage}.
 */
export type Grammar = 'arn' | 'text';

/** A token of a pattern; `end` closes it. */
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' | 'any'; readonly crossesColon: boolean }
  | { readonly kind: 'end' };

/** Patterns as one automaton: a state is a place in the list of tokens. */
export interface Automaton {
  readonly tokens: readonly Token[];
  readonly starts: readonly number[];
}

/** Patterns made ready to be compared. */
export interface PatternSet {
  /** As they match for certain. */
  readonly certain: Automaton;
  /** As they may match; `null` where that is the same. */
  readonly possible: Automaton | null;
  /** A pattern holds a policy variable, whose value nobody knows here. */
  readonly hasUnknown: boolean;
  /** What comparing them has cost so far. */
  readonly effort: { spent: number };
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
  const read = patterns.map((pattern) => tokenize(pattern, grammar, hasVariables));
  const known = read.filter((it) => it !== null);
  const isCertain = known.every(({ possible }) => possible === null);
  return {
    certain: automatonOf(known.flatMap(({ certain }) => (certain === null ? [] : [certain]))),
    possible: isCertain
      ? null
      : automatonOf(
          known.flatMap(({ certain, possible }) =>
            [possible ?? certain].filter((it) => it !== null),
          ),
        ),
    hasUnknown: known.length < read.length,
    effort: { spent: 0 },
  };
}

function automatonOf(patterns: readonly (readonly Token[])[]): Automaton {
  const tokens: Token[] = [];
  const starts: number[] = [];
  for (const pattern of patterns) {
    starts.push(tokens.length);
    for (const token of pattern) tokens.push(token);
    tokens.push({ kind: 'end' });
  }
  return { tokens, starts };
}

/**
 * Decides how much of a family is matched by at least one of the patterns. Exact, also where only
 * several patterns together cover the family; `some`, which claims nothing, where a policy variable or a
 * reading of ARNs that AWS leaves open decides, and where patterns are made to be slow.
 */
export function coverage(family: Family, patterns: PatternSet): Coverage {
  const certain = compare(family, patterns.certain, patterns.effort);
  if (certain !== 'none') return certain;
  if (patterns.hasUnknown) return 'some';
  if (patterns.possible === null) return 'none';
  return compare(family, patterns.possible, patterns.effort) === 'none' ? 'none' : 'some';
}

/** A pattern as it matches for certain (`null`: nothing), and as it may (`null`: the same). */
interface Tokenized {
  readonly certain: readonly Token[] | null;
  readonly possible: readonly Token[] | null;
}

/** `null`: a variable makes the pattern unknown. */
function tokenize(pattern: string, grammar: Grammar, hasVariables: boolean): Tokenized | null {
  const tokens: Token[] = [];
  let colons = 0;
  // Tokens whose `*` ends a segment before the last.
  const ending: number[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (hasVariables && pattern.startsWith('${', at)) {
      const escaped = /^\$\{([*?$])\}/.exec(pattern.slice(at, at + 4))?.[1];
      if (escaped === undefined) return null;
      tokens.push({ kind: 'char', char: escaped });
      at += 3;
    } else if (char === '*' || char === '?') {
      const isFree = grammar === 'text' || colons >= LAST_COLON || /^\*+$/.test(pattern);
      const endsSegment = ['', ':'].includes(pattern.charAt(at + 1));
      if (!isFree && char === '*' && endsSegment) ending.push(tokens.length);
      tokens.push({ kind: char === '*' ? 'any' : 'one', crossesColon: isFree });
    } else {
      if (char === ':') colons += 1;
      tokens.push({ kind: 'char', char });
    }
  }
  if (grammar === 'arn' && colons < LAST_COLON && !/^(arn:|\*+$)/.test(pattern)) {
    // No ARN at all, such as `*/GET/pets`: IAM refuses it, and nobody says what others make of it.
    const free = tokens.map(
      (token): Token => (token.kind === 'any' ? { kind: 'any', crossesColon: true } : token),
    );
    return { certain: null, possible: free };
  }
  if (ending.length === 0) return { certain: tokens, possible: null };
  const expanded = new Set(ending);
  const possible = tokens.map(
    (token, index): Token => (expanded.has(index) ? { kind: 'any', crossesColon: true } : token),
  );
  return { certain: colons < LAST_COLON ? null : tokens, possible };
}

/** Colons of an ARN up to its last segment. */
const LAST_COLON = 5;

/** A place within a family. */
interface Place {
  readonly piece: number;
  /** Characters of the piece that were read; of a variable part 0, or 1 for one or more. */
  readonly offset: number;
}

const START: Place = { piece: 0, offset: 0 };

/** Tokens looked at beyond which the answer is `some`, of one comparison. */
const MAX_EFFORT = 200_000;
/** The same of one set of patterns, which is asked about every method; after it, comparisons are cut short. */
const MAX_TOTAL_EFFORT = 5_000_000;
const LEAST_EFFORT = 2_000;

function compare(family: Family, patterns: Automaton, effort: { spent: number }): Coverage {
  if (patterns.starts.length === 0) return 'none';
  let isMatched = false;
  let isMissed = false;
  const walked = walk(family, patterns, effort, (states, atEnd) => {
    // From here on every text is matched, or none: no need to read it.
    const isDecided =
      states.length === 0 || states.some((state) => matchesAnyRest(patterns, state));
    if (isDecided) {
      if (states.length === 0) isMissed = true;
      else isMatched = true;
    } else if (atEnd) {
      if (hasEnd(patterns, states)) isMatched = true;
      else isMissed = true;
    }
    if (isMatched && isMissed) return 'stop';
    return isDecided ? 'skip' : 'on';
  });
  if (walked !== 'all') return 'some';
  return isMatched ? 'all' : 'none';
}

/** What is to be done after a look at the states that a text has come to. */
type Look = (states: readonly number[], isEnd: boolean) => 'on' | 'skip' | 'stop';

/**
 * Reads every text of a family a character at a time, each state of patterns at each place once.
 *
 * @param look is told the states that a text has come to, and whether it may end there; `skip` leaves out
 *   what follows, `stop` ends it all.
 * @returns `all` where everything was looked at, `too long` where patterns are made to be slow.
 */
export function walk(
  family: Family,
  patterns: Automaton,
  effort: { spent: number },
  look: Look,
): 'all' | 'stopped' | 'too long' {
  const limit = effort.spent + (effort.spent < MAX_TOTAL_EFFORT ? MAX_EFFORT : LEAST_EFFORT);
  const seen = new Set<string>();
  const queue: { place: Place; states: readonly number[] }[] = [];
  const begun = afterFirstText(family, patterns, effort, look);
  if (begun === 'stop') return 'stopped';
  if (begun !== 'skip') queue.push(begun);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { place, states } = next;
    const said = look(states, isEnd(family, place));
    if (said === 'stop') return 'stopped';
    if (said === 'skip') continue;
    for (const [char, after] of stepsFrom(family, place, patterns, states)) {
      effort.spent += states.length + 1;
      if (effort.spent > limit) return 'too long';
      const reached = { place: after, states: advance(patterns, states, char) };
      const key = `${after.piece}.${after.offset}|${reached.states.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(reached);
    }
  }
  return 'all';
}

/** Two automata as one: a state below the number belongs to the first. */
export function automataTogether(
  first: Automaton,
  second: Automaton,
): readonly [Automaton, number] {
  const border = first.tokens.length;
  const tokens = [...first.tokens, ...second.tokens];
  const starts = [...first.starts, ...second.starts.map((start) => start + border)];
  return [{ tokens, starts }, border];
}

/** Whether a pattern ends in one of these states. */
export function hasEnd({ tokens }: Automaton, states: readonly number[]): boolean {
  return states.some((state) => tokens[state]?.kind === 'end');
}

/**
 * Reads the text that a family begins with, where there is one way alone; most patterns are decided
 * before its end.
 */
function afterFirstText(
  family: Family,
  patterns: Automaton,
  effort: { spent: number },
  look: Look,
): { place: Place; states: readonly number[] } | 'skip' | 'stop' {
  let states: readonly number[] = close(patterns, patterns.starts);
  const [first] = family;
  if (first?.kind !== 'text') return { place: START, states };
  for (let at = 0; at < first.text.length; at += 1) {
    effort.spent += states.length;
    const said = look(states, false);
    if (said !== 'on') return said;
    states = advance(patterns, states, first.text.charAt(at));
  }
  return { place: { piece: 1, offset: 0 }, states };
}

/**
 * The characters that the patterns tell apart from where they are, and one that none names there: all
 * others behave as it does.
 */
function alphabetOf({ tokens }: Automaton, states: readonly number[]): readonly string[] {
  const named = new Set(['/', ':']);
  for (const state of states) {
    const token = tokens[state];
    if (token?.kind === 'char') named.add(token.char);
  }
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
  patterns: Automaton,
  states: readonly number[],
): (readonly [string, Place])[] {
  const current = family[piece];
  if (current === undefined) return [];
  if (current.kind === 'text') {
    const isLast = offset + 1 >= current.text.length;
    const after = isLast ? { piece: piece + 1, offset: 0 } : { piece, offset: offset + 1 };
    return [[current.text.charAt(offset), after]];
  }
  const within = alphabetOf(patterns, states)
    .filter((char) => !current.without.includes(char))
    .map((char) => [char, { piece, offset: 1 }] as const);
  if (offset === 0) return within;
  return [...within, ...stepsFrom(family, { piece: piece + 1, offset: 0 }, patterns, states)];
}

/** A `*` as a pattern's last token matches whatever comes. */
export function matchesAnyRest({ tokens }: Automaton, state: number): boolean {
  const token = tokens[state];
  return token?.kind === 'any' && token.crossesColon && tokens[state + 1]?.kind === 'end';
}

function advance(patterns: Automaton, states: readonly number[], char: string): number[] {
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
function close({ tokens }: Automaton, states: readonly number[]): number[] {
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
