import { matchesStars } from '../../config/match-stars.js';

/** Whether a path of the workspace is meant. */
export type PathMatcher = (path: string) => boolean;

/** What a part of a segment takes: any characters, or one of some. */
type Token = 'star' | ((character: string) => boolean);

/** A segment of a glob; `folders` is `**`, which takes any number of segments. */
type Segment = 'folders' | readonly Token[];

/** Longer than any path, and no more ways to read a glob than somebody writes on purpose. */
const MAX_LENGTH = 2000;
const MAX_ALTERNATIVES = 100;

/** A glob that is not compiled, as the rest of a sentence that begins with it. */
export interface GlobProblem {
  readonly problem: string;
}

/** Whether a glob stands for more than the one path that it looks like. */
export function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern.replace(/\\./gs, ''));
}

/**
 * Compiles a glob over paths. `*` is anything within a folder, `**` as a whole segment any folders, `?` one
 * character, `[a-z]` one of some, `[!a-z]` one of the others, `{a,b}` either; `\` takes the meaning from the
 * character after it. Names that begin with a dot are names like any other.
 *
 * A path is compared in time that grows with its length times the glob's, whatever the two hold: both come
 * from a pull request.
 */
export function compilePathGlob(glob: string): PathMatcher | GlobProblem {
  if (glob.length > MAX_LENGTH) {
    return { problem: `is longer than ${MAX_LENGTH.toLocaleString('en')} characters` };
  }
  const written = alternativesOf(glob);
  if (written === null) {
    return { problem: `stands for more than ${MAX_ALTERNATIVES} others by its braces` };
  }
  const alternatives = written.map((it) => it.split('/').map(segmentOf));
  return (path) => {
    const names = path.split('/');
    return alternatives.some((segments) =>
      matchesStars(names, segments, { isStar: (it) => it === 'folders', takes }),
    );
  };
}

function takes(segment: Segment, name: string): boolean {
  if (segment === 'folders') return false;
  return matchesStars(name, segment, {
    isStar: (it) => it === 'star',
    takes: (it, character) => it !== 'star' && it(character),
  });
}

/** What a glob stands for without its braces: `{a,b}.yaml` for two; `null` where they are too many. */
function alternativesOf(glob: string): readonly string[] | null {
  const done: string[] = [];
  const open = [glob];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (done.length + open.length >= MAX_ALTERNATIVES) return null;
    const braces = firstBraces(one);
    if (braces === null) done.push(one);
    else {
      const { start, end, parts } = braces;
      open.push(...parts.map((part) => `${one.slice(0, start)}${part}${one.slice(end)}`));
    }
  }
  return done;
}

/** The first braces that have a comma of their own; others are characters. */
function firstBraces(glob: string): {
  readonly start: number;
  readonly end: number;
  readonly parts: readonly string[];
} | null {
  /** Where braces are open, and the commas between them. */
  const open: { readonly start: number; readonly commas: number[] }[] = [];
  let found: { start: number; end: number; commas: readonly number[] } | null = null;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at];
    if (character === '\\') at += 1;
    else if (character === '{') open.push({ start: at, commas: [] });
    else if (character === ',') open.at(-1)?.commas.push(at);
    else if (character === '}') {
      const closed = open.pop();
      // The outermost is read first: the inner ones are in its parts.
      if (closed === undefined || closed.commas.length === 0) continue;
      if (found === null || closed.start < found.start) found = { ...closed, end: at + 1 };
    }
  }
  if (found === null) return null;
  const bounds = [found.start, ...found.commas, found.end - 1];
  const parts = bounds.slice(1).map((to, index) => glob.slice((bounds[index] ?? 0) + 1, to));
  return { start: found.start, end: found.end, parts };
}

function segmentOf(segment: string): Segment {
  if (/^\*{2,}$/.test(segment)) return 'folders';
  const tokens: Token[] = [];
  for (let at = 0; at < segment.length; at += 1) {
    const character = segment[at] ?? '';
    const oneOf = character === '[' ? characterClass(segment, at) : null;
    if (oneOf !== null) {
      tokens.push(oneOf.takes);
      at = oneOf.end - 1;
    } else if (character === '*') {
      if (tokens.at(-1) !== 'star') tokens.push('star');
    } else if (character === '?') {
      tokens.push(() => true);
    } else {
      const isEscape = character === '\\' && at + 1 < segment.length;
      if (isEscape) at += 1;
      const wanted = segment[at] ?? '';
      tokens.push((it) => it === wanted);
    }
  }
  return tokens;
}

/** `[a-z]` or `[!a-z]` at a place of a segment; `null` where it is not closed, and `[` stands for itself. */
function characterClass(
  segment: string,
  start: number,
): { readonly takes: (character: string) => boolean; readonly end: number } | null {
  const isNot = /[!^]/.test(segment[start + 1] ?? '');
  const first = start + (isNot ? 2 : 1);
  const close = segment.indexOf(']', first + 1);
  if (close < 0) return null;
  const ranges: (readonly [from: string, to: string])[] = [];
  for (let at = first; at < close; at += 1) {
    const from = segment[at] ?? '';
    const isRange = segment[at + 1] === '-' && at + 2 < close;
    ranges.push([from, isRange ? (segment[at + 2] ?? '') : from]);
    if (isRange) at += 2;
  }
  return {
    takes: (it) => ranges.some(([from, to]) => from <= it && it <= to) !== isNot,
    end: close + 1,
  };
}
