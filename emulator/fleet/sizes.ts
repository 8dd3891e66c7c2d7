/**
 * Sizes as Zipf's law has them: the one of rank `k` is the largest divided by a power of `k`. The power is
 * the one by which all together come to the total.
 *
 * @param count how many, largest first; each is 1 at least
 * @param largest the first of them; decided by the total where it is not given
 */
export function zipfSizes(count: number, total: number, largest: number | undefined): number[] {
  if (count === 0) return [];
  if (total < count) throw new Error(`${total} things do not fill ${count} places`);
  const first = largest ?? Math.max(1, Math.round(total / harmonic(count, 1)));
  if (first > total - (count - 1))
    throw new Error(`${first} of ${total} leave too few for the rest`);
  if (first * count < total)
    throw new Error(`${count} places of ${first} at the most do not hold ${total}`);
  let [low, high] = [0, 20];
  // Bisection: the larger the power, the smaller their sum.
  for (let step = 0; step < 60; step += 1) {
    const power = (low + high) / 2;
    if (sum(sizesWith(count, first, power)) > total) low = power;
    else high = power;
  }
  const sizes = sizesWith(count, first, high);
  let missing = total - sum(sizes);
  // What rounding left over goes to the small ones, in turn; the first one stays as it is.
  while (missing > 0) {
    for (let index = 1; index < count && missing > 0; index += 1) {
      const size = sizes[index] ?? 0;
      if (size >= (sizes[index - 1] ?? first)) continue;
      sizes[index] = size + 1;
      missing -= 1;
    }
  }
  return sizes;
}

function sizesWith(count: number, first: number, power: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.max(1, Math.round(first / (index + 1) ** power)),
  );
}

function harmonic(count: number, power: number): number {
  return sum(Array.from({ length: count }, (_, index) => 1 / (index + 1) ** power));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
