/** Which lines get room first where a report must be shortened. */
export const RANKS = {
  /** What enforce changed or could not roll back, and the exceptions that end soon or are over. */
  first: 0,
  /** The worst APIs, and the worst methods of each. */
  worst: 1,
  /** What else was found. */
  found: 2,
  /** The other APIs, exceptions with time left, notes. */
  rest: 3,
  /** What is in order, known or excepted. */
  inOrder: 4,
} as const;
