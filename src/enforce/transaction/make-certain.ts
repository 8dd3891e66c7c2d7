import { AwsFailure } from '../../aws/failure.js';
import { type RetrySettings, waitBeforeMs } from '../../aws/retry.js';
import { EnforcementStopped } from './stopped.js';

/** What AWS holds: as the change leaves it, as it was before, or as somebody else has set it since. */
export type Sight = 'made' | 'as-before' | 'changed-by-others';

/** A call that changes something, and how to see whether it was carried out. */
export interface ChangingCall {
  /** What it does, for the log, such as `the patch of GET /pets`. */
  readonly what: string;
  readonly make: () => Promise<unknown>;
  /** Reads what AWS holds now. */
  readonly look: () => Promise<Sight>;
  /** The shortest time in milliseconds between a lost answer and the next attempt. */
  readonly shortestWaitMs?: number;
  /** AWS refuses the call where it was carried out before ("already exists"). */
  readonly refusedOnceMade?: boolean;
}

/**
 * How it is known that a change is there: AWS `answered` our call, which is evidence that it is ours; or
 * the answer was lost and it was `seen` afterwards, which somebody else may have done at the same time.
 */
export type Certainty = 'answered' | 'seen';

/**
 * Makes a change and knows whether it was made. Where the answer was lost, cut short or a 5xx, AWS may
 * have carried the call out all the same: what it holds is read, and decides. The call is made again
 * only where all is as before, after a wait and another look.
 *
 * @throws AwsFailure where AWS refused it, or did nothing on `maxAttempts` attempts; EnforcementStopped
 *   where somebody else has changed the same thing since.
 */
export async function makeCertain(call: ChangingCall, settings: RetrySettings): Promise<Certainty> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await call.make();
      return 'answered';
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (!error.isInDoubt) {
        const mayBeMade = error.kind === 'refused' && call.refusedOnceMade === true;
        if (mayBeMade && (await isMade(call, error, settings))) return 'seen';
        throw error;
      }
      settings.logger.info(
        `${error.message}. Whether ${call.what} was carried out is not known yet: reading what AWS holds`,
      );
      if (await isMade(call, error, settings)) return 'seen';
      if (attempt >= settings.maxAttempts) throw error;
      const waitMs = waitBeforeMs(attempt, error.cause, settings.random);
      await settings.sleep(Math.max(waitMs, call.shortestWaitMs ?? 0));
      if (await isMade(call, error, settings)) return 'seen';
    }
  }
}

async function isMade(
  { what, look }: ChangingCall,
  failure: AwsFailure,
  { logger }: RetrySettings,
): Promise<boolean> {
  const sight = await look();
  if (sight === 'changed-by-others') {
    throw new EnforcementStopped(
      `${failure.message}. Meanwhile somebody else changed the same thing, so ${what} was not made again.`,
    );
  }
  if (sight === 'made') logger.info(`${what} was carried out; only the answer was lost`);
  return sight === 'made';
}
