import { Cancelled } from '../model/cancellation.js';
import type { Logger } from '../model/logger.js';
import { monotonicMs } from '../model/monotonic.js';
import { AwsFailure } from './failure.js';
import { isThrottled, isWorthRetrying, retryAfterMs, wasNotCarriedOut } from './failure-kind.js';
import type { Circumstances } from './failure-remedy.js';
import { refuseForeignAnswer } from './foreign-answer.js';
import { clockTime, type Patience, type Watch } from './patience.js';

/** What retrying needs from outside; tests replace all of it. */
export interface RetrySettings extends Circumstances {
  readonly logger: Logger;
  /** How often a call is made at the most, the first time included. */
  readonly maxAttempts: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 <= n < 1; spreads the waits of calls that were refused together. */
  readonly random: () => number;
  /** Bounds calls by time; without it a throttled attempt counts as any other. */
  readonly patience?: Patience;
  /**
   * Whether the run is over and its connections are closed. A call that is under way then has failed
   * because of that: nobody waits for it, nothing is said of it, and it is not made again.
   */
  readonly isOver?: () => boolean;
}

/** An attempt was not begun, because the time for it was up: see its cause. */
class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

/** What is known of a call before it is made. */
export interface Call {
  /** Such as `GetResources`. */
  readonly operation: string;
  /** What it is about, for the log, such as `a1b2c3d4e5`. */
  readonly subject: string;
  /**
   * Making the call twice has the effect of making it once, and it does not matter which of the two had
   * it: true of every read. Others are made again only where AWS answered that it had not carried
   * them out (429, 409); after a lost answer the caller reads what AWS holds and decides.
   */
  readonly idempotent: boolean;
}

/** Named so that it counts as throttling: the quotas are what a reading waits for so long. */
const TIME_IS_UP = Object.assign(new Error('the time was up before there was room for it'), {
  name: 'ThrottledByQuota',
});

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const LONGEST_GROWTH_OF_THROTTLED = 4;

/**
 * Makes a call until it succeeds, fails for a reason that will not pass, was made `maxAttempts` times,
 * or the patience with AWS has run out. 429, 5xx, lost connections, cut answers and 409 are worth
 * another attempt; the SDK itself does not retry API Gateway's 409. A throttled attempt is none of the
 * `maxAttempts`: it says that the account is busy, and only time helps. Waits grow exponentially with
 * jitter, and are never shorter than a `Retry-After` of up to 20 s.
 *
 * @param make makes the call once. It calls `begin` while it waits for something else before it sends
 *   the request: that throws where the time is up by then.
 * @throws AwsFailure; Cancelled where the run is over, or as it came from the call or from `sleep`
 */
export async function withRetries<T>(
  call: Call,
  make: (begin: () => void) => Promise<T>,
  settings: RetrySettings,
): Promise<T> {
  const watch = settings.patience?.watch(call.operation);
  try {
    return await attemptUntilDone(call, make, settings, watch);
  } finally {
    watch?.end();
  }
}

async function attemptUntilDone<T>(
  call: Call,
  make: (begin: () => void) => Promise<T>,
  settings: RetrySettings,
  watch: Watch | undefined,
): Promise<T> {
  const name = `${call.operation} ${call.subject}`.trimEnd();
  let sentAt = 0;
  const begin = (): void => {
    refuseToBegin(call, watch);
    sentAt = monotonicMs();
  };
  const debug = (attempt: number, ending: string): void =>
    settings.logger.debug(
      `${name}: attempt ${attempt} ${ending} after ${Math.round(monotonicMs() - sentAt)} ms`,
    );
  let counted = 0;
  let throttled = 0;
  for (;;) {
    if (settings.isOver?.()) throw new Cancelled();
    try {
      begin();
      const answer = await make(begin);
      refuseForeignAnswer(answer);
      debug(counted + throttled + 1, 'was answered');
      watch?.answered();
      return answer;
    } catch (error) {
      if (settings.isOver?.()) throw new Cancelled();
      // A failure already, of what the call needs first: the credentials of an assumed role.
      if (error instanceof Cancelled || error instanceof AwsFailure) throw error;
      const made = counted + throttled;
      if (error instanceof NotBegun) {
        throw new AwsFailure(call.operation, error.cause, made, {
          ...settings,
          subject: call.subject,
        });
      }
      const failure = new AwsFailure(call.operation, error, made + 1, {
        ...settings,
        subject: call.subject,
      });
      debug(made + 1, `failed (${failure.code})`);
      if (watch !== undefined && isThrottled(error)) throttled += 1;
      else counted += 1;
      if (!mayRepeat(call, error)) {
        if (!isWorthRetrying(error)) watch?.answered();
        throw failure;
      }
      watch?.failed();
      if (counted >= settings.maxAttempts) throw failure;
      // Where attempts do not count, waits must not grow beyond what a bucket needs to fill again.
      const attempt = counted + Math.min(throttled, LONGEST_GROWTH_OF_THROTTLED);
      const waitMs = waitBeforeMs(attempt, error, settings.random);
      if (watch !== undefined && watch.nowMs + waitMs > watch.deadlineMs) {
        watch.gaveUp(error);
        throw failure;
      }
      const which =
        throttled > 0 ? `attempt ${made + 1}` : `attempt ${counted} of ${settings.maxAttempts}`;
      const until =
        watch === undefined
          ? ''
          : `, until ${clockTime(watch.deadlineMs)} unless AWS answers before`;
      settings.logger.info(
        `${name}: ${which} failed (${failure.code}: ${failure.detail}); trying again in ${(waitMs / 1000).toFixed(1)} s${until}`,
      );
      await settings.sleep(waitMs);
    }
  }
}

/**
 * Once the time is up, no call that reads is begun. A change is still sent once: only this run may know
 * what it has to roll back.
 */
function refuseToBegin(call: Call, watch: Watch | undefined): void {
  if (watch === undefined || !call.idempotent) return;
  if (watch.spent === undefined && watch.nowMs <= watch.phaseEndsMs) return;
  throw new NotBegun('', { cause: watch.spent?.error ?? TIME_IS_UP });
}

function mayRepeat(call: Call, error: unknown): boolean {
  // A mistake of the program: the SDK throws a TypeError for nothing transient.
  if (error instanceof TypeError) return false;
  return isWorthRetrying(error) && (call.idempotent || wasNotCarriedOut(error));
}

/** Milliseconds to wait after a failed attempt (the first is 1) before the next one. */
export function waitBeforeMs(attempt: number, error: unknown, random: () => number): number {
  const grown = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  const jittered = grown * (0.5 + random() / 2);
  return Math.max(jittered, Math.min(retryAfterMs(error) ?? 0, LONGEST_WAIT_MS));
}
