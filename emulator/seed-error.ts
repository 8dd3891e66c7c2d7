/** A seed that cannot be used; the message names every problem and where it is. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}
