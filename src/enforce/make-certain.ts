import { AwsFailure } from '../aws/failure.js';
import { type RetrySettings, waitBeforeMs } from '../aws/retry.js';

/** A call that changes something, and how to see whether it was carried out. */
export interface Change {
  /** What it does, for the log, such as `the patch of GET /pets`. */
  readonly what: string;
  readonly make: () => Promise<unknown>;
  /** Reads what AWS holds now. */
  readonly isMade: () => Promise<boolean>;
  /** The shortest time in milliseconds between a lost answer and the next attempt. */
  readonly shortestWaitMs?: number;
}

/**
 * Makes a change and knows whether it was made. Where the answer was lost, cut short or a 5xx, AWS may
 * have carried the call out all the same: what it holds is read, and decides. The call is made again
 * only where it did nothing, after a wait and another look.
 *
 * @throws AwsFailure where AWS refused it, or did nothing on `maxAttempts` attempts.
 */
export async function makeCertain(change: Change, settings: RetrySettings): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await change.make();
      return;
    } catch (error) {
      if (!(error instanceof AwsFailure) || !error.isInDoubt) throw error;
      settings.logger.info(
        `${error.message}. Nobody knows yet whether ${change.what} was carried out: reading what is there`,
      );
      if (await isMade(change, settings)) return;
      if (attempt >= settings.maxAttempts) throw error;
      const waitMs = waitBeforeMs(attempt, error.cause, settings.random);
      await settings.sleep(Math.max(waitMs, change.shortestWaitMs ?? 0));
      if (await isMade(change, settings)) return;
    }
  }
}

async function isMade(change: Change, { logger }: RetrySettings): Promise<boolean> {
  const made = await change.isMade();
  if (made) logger.info(`${change.what} was carried out; only the answer was lost`);
  return made;
}
