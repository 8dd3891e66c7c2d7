/** A part of a glob: a character, what takes any number of characters, or what may be left out. */
type Part =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'star'; readonly takes: (character: string) => boolean }
  /** The next `length` parts may be left out. */
  | { readonly kind: 'optional'; readonly length: number };

/** `**`: anything on one line. */
const ANYTHING: Part = { kind: 'star', takes: (it) => !/[\n\r\u2028\u2029]/.test(it) };

/** `*`: anything within a folder or name. */
const WITHIN: Part = { kind: 'star', takes: (it) => it !== '/' && it !== '#' };

/** `**` with a slash after it: any folders, or none. */
const FOLDERS: readonly Part[] = [
  { kind: 'optional', length: 2 },
  ANYTHING,
  { kind: 'character', character: '/' },
];

/**
 * Whether a glob matches the name of an API in a file, such as `services/orders/template.yaml#Api`. `*` is
 * anything within a folder or name, `**` any folders; all else stands for itself.
 *
 * All ways to match are followed at once, so that the time grows with the length of the name times the
 * glob's, whatever the two hold: both come from a pull request.
 */
export function matchesFileGlob(glob: string, name: string): boolean {
  const parts = partsOf(glob);
  let reached = new Set<number>();
  reach(0, parts, reached);
  for (const character of name) {
    const next = new Set<number>();
    for (const at of reached) {
      const part = parts[at];
      if (part?.kind === 'star' && part.takes(character)) reach(at, parts, next);
      if (part?.kind === 'character' && part.character === character) reach(at + 1, parts, next);
    }
    reached = next;
  }
  return reached.has(parts.length);
}

/** Adds a place in the glob, and those that are reached from there without a character. */
function reach(start: number, parts: readonly Part[], reached: Set<number>): void {
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const part = parts[at];
    if (part?.kind === 'star') open.push(at + 1);
    if (part?.kind === 'optional') open.push(at + 1, at + 1 + part.length);
  }
}

function partsOf(glob: string): readonly Part[] {
  return [...glob.matchAll(/\*\*\/|\*+|[^*]/gu)].flatMap(([text]): readonly Part[] => {
    if (text === '**/') return FOLDERS;
    if (text === '*') return [WITHIN];
    return text.includes('*') ? [ANYTHING] : [{ kind: 'character', character: text }];
  });
}
