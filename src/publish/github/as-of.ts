/*
 * When that was looked at of which a comment or an issue tells, kept in a line that nobody sees. Runs end in
 * another order than they begin, and an old one can be run again: what it has to say may be older than what
 * stands there.
 */

/** What was looked at, and when. */
export interface Look {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The commit, where it decides what is seen; two looks at one commit take turns as they end. */
  readonly commit?: string;
}

const LINE =
  /^<!-- apigw-iam-gate:as-of:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?: ([0-9a-f]{40,64}))? -->\r?$/m;

/** A clock may be wrong by so much. */
const CLOCK_SKEW_MS = 10 * 60_000;

/** The line that says it. */
export function asOfLine({ atMs, commit }: Look): string {
  const of = commit === undefined ? '' : ` ${commit}`;
  return `<!-- apigw-iam-gate:as-of:${new Date(atMs).toISOString()}${of} -->`;
}

/**
 * Whether what was written tells of something that was looked at later.
 *
 * @param written.updated_at when GitHub says that it was last written to: what claims to be of a later time
 *   is of a clock that is wrong, and holds nobody up.
 */
export function tellsOfLater(
  written: { readonly body?: string | null | undefined; readonly updated_at?: string | undefined },
  { atMs, commit }: Look,
): boolean {
  const [, at = '', of] = LINE.exec(written.body ?? '') ?? [];
  const saidMs = Date.parse(at);
  if (commit !== undefined && of === commit) return false;
  return saidMs > atMs && saidMs <= Date.parse(written.updated_at ?? '') + CLOCK_SKEW_MS;
}
