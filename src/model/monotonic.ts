/**
 * Milliseconds of a clock that nobody sets back, from a start that means nothing. `performance.now()` is
 * the same clock, behind a module of Node that takes a millisecond to load.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
