import pRetry from 'p-retry';
import { Cancelled } from '../cancellation.js';
import type { Logger } from '../logger.js';
import {
  AwsFailure,
  type Circumstances,
  isWorthRetrying,
  retryAfterMs,
  wasNotCarriedOut,
} from './failure.js';

/** What retrying needs from outside; tests replace all of it. */
export interface RetrySettings extends Circumstances {
  readonly logger: Logger;
  /** How often a call is made at the most, the first time included. */
  readonly maxAttempts: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 <= n < 1; spreads the waits of calls that were refused together. */
  readonly random: () => number;
}

/** What is known of a call before it is made. */
export interface Call {
  /** Such as `GetResources`. */
  readonly operation: string;
  /** What it is about, for the log, such as `a1b2c3d4e5`. */
  readonly subject: string;
  /**
   * Making the call twice has the effect of making it once, and nobody minds which of the two did
   * it: true of every read. Others are made again only where AWS said itself that it had not carried
   * them out (429, 409); after a lost answer the caller reads what is there and decides.
   */
  readonly idempotent: boolean;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/**
 * Makes a call until it succeeds, fails for a reason that will not pass, or was made
 * `maxAttempts` times. 429, 5xx, lost connections, cut answers and 409 are worth another attempt;
 * the SDK itself does not retry API Gateway's 409. Waits grow exponentially with jitter, and are
 * never shorter than a `Retry-After` of up to 20 s.
 *
 * @throws AwsFailure, or Cancelled as it came from the call or from `sleep`
 */
export async function withRetries<T>(
  call: Call,
  make: () => Promise<T>,
  settings: RetrySettings,
): Promise<T> {
  let attempts = 0;
  try {
    return await pRetry(
      () => {
        attempts += 1;
        return make();
      },
      {
        retries: settings.maxAttempts - 1,
        minTimeout: 0,
        maxTimeout: 0,
        shouldRetry: ({ error }) => mayRepeat(call, error),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (retriesLeft === 0 || !mayRepeat(call, error)) return;
          const waitMs = waitBeforeMs(attemptNumber, error, settings.random);
          const failure = new AwsFailure(call.operation, error, 1);
          settings.logger.info(
            `${call.operation} ${call.subject}: attempt ${attemptNumber} of ${settings.maxAttempts} failed (${failure.code}: ${failure.detail}); trying again in ${(waitMs / 1000).toFixed(1)} s`,
          );
          await settings.sleep(waitMs);
        },
      },
    );
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    throw new AwsFailure(call.operation, error, attempts, { ...settings, subject: call.subject });
  }
}

function mayRepeat(call: Call, error: unknown): boolean {
  if (error instanceof Cancelled) return false;
  // p-retry takes a TypeError for a bug and stops; the SDK throws one for nothing transient.
  if (error instanceof TypeError) return false;
  return isWorthRetrying(error) && (call.idempotent || wasNotCarriedOut(error));
}

/** Milliseconds to wait after a failed attempt (the first is 1) before the next one. */
export function waitBeforeMs(attempt: number, error: unknown, random: () => number): number {
  const grown = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  const jittered = grown * (0.5 + random() / 2);
  return Math.max(jittered, Math.min(retryAfterMs(error) ?? 0, LONGEST_WAIT_MS));
}
