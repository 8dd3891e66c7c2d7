/** Draws some of the values, the same ones for the same seed, in their order. All where there are fewer. */
export function sampleOf<T>(values: readonly T[], size: number, seed: number): readonly T[] {
  const random = numbersFrom(seed);
  const chosen = values
    .map((value, index) => ({ value, index, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, size);
  return chosen.sort((a, b) => a.index - b.index).map(({ value }) => value);
}

/** Numbers from 0 to 1 that look random and follow from the seed (the generator mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
