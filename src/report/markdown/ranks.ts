/** Which rows get room first where a report must be shortened. */
export const RANKS = {
  /** The first findings of every rule, with their fix. */
  firstFindings: 0,
  /** What enforce changes or changed. */
  changes: 1,
  /** Methods that fail or are incomplete. */
  openMethods: 2,
  /** Findings beyond the first of their rule. */
  moreFindings: 3,
  /** Methods left as they are, methods in order. */
  inOrder: 4,
} as const;
