import type { RetrySettings } from '../../aws/retry.js';

/** Time in milliseconds after which a deployment that does not end is given up. */
export const DEPLOYS_WITHIN_MS = 120_000;

/** The wait before a second look, and the longest one. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

/**
 * Looks again and again until something is decided.
 *
 * @param look returns `null` while nothing is.
 * @param withinMs how long to wait, without the looks themselves.
 * @returns `null` where nothing was decided in time.
 */
export async function pollUntilDecided<T>(
  look: () => Promise<T | null>,
  { sleep }: Pick<RetrySettings, 'sleep'>,
  withinMs: number = DEPLOYS_WITHIN_MS,
): Promise<T | null> {
  let waitMs = FIRST_WAIT_MS;
  for (let waitedMs = 0; ; waitedMs += waitMs, waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const decided = await look();
    if (decided !== null || waitedMs >= withinMs) return decided;
    await sleep(waitMs);
  }
}
