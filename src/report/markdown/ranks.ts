/** Which rows get room first where a report must be shortened. */
export const RANKS = {
  /** The first findings of every rule, with their fix. */
  firstFindings: 0,
  /** The exceptions that end soon or are over. */
  endingExceptions: 0,
  /** What enforce changes or changed. */
  changes: 1,
  /** The first methods of every stage that fail or are incomplete. */
  firstOpenMethods: 2,
  /** The others that fail or are incomplete. */
  moreOpenMethods: 3,
  /** Findings beyond the first of their rule. */
  moreFindings: 4,
  /** Exceptions with time left. */
  exceptions: 4,
  /** Methods left as they are, methods in order, findings that are known or excepted. */
  inOrder: 5,
} as const;
