/**
 * A number from 0 to 1, without 1, that only depends on what it is asked for: the same in every run and
 * in every order. Not random in any sense that matters for security.
 */
export function chanceOf(...parts: readonly (string | number)[]): number {
  // FNV-1a, then the finalizer of MurmurHash3, which spreads neighbours apart.
  let hash = 0x811c9dc5;
  for (const letter of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Things in an order that only depends on the seed. */
export function shuffled<T>(things: readonly T[], ...seed: readonly (string | number)[]): T[] {
  return things
    .map((thing, index) => ({ thing, at: chanceOf(...seed, index), index }))
    .sort((one, other) => one.at - other.at || one.index - other.index)
    .map(({ thing }) => thing);
}
