import { isThrottled } from './failure-kind.js';
import { Lane, type Quota } from './lane.js';

/** Lets a call through when the service's quota has room for it. */
export interface Quotas {
  /** @param check throws where the call is not to be made any more, also while it waits for room. */
  run<T>(operation: string, call: () => Promise<T>, check?: () => void): Promise<T>;
}

/** What pacing needs from outside; tests replace all of it. */
export interface Pacing {
  /** The share of each quota that the gate takes, `0 < share <= 1`; the rest is left to others. */
  readonly share: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** `0 <= n < 1`. */
  readonly random: () => number;
  /** Called with a line for the log when the pace goes down because AWS throttled a call. */
  readonly onSlowDown: (line: string) => void;
}

/**
 * API Gateway's quotas for its control plane, a region and account, which cannot be raised: "Total
 * operations 10 requests per second with a burst limit of 40", "GetResources 5 requests every 2
 * seconds", "CreateDeployment 1 request every 5 seconds". What "every 2 seconds" allows at once is
 * taken to be its count. Source: API Gateway Developer Guide, "Quotas for creating, deploying and
 * managing an API".
 */
const TOTAL: Quota = { perSecond: 10, burst: 40 };
const BY_OPERATION: ReadonlyMap<string, Quota> = new Map([
  ['GetResources', { perSecond: 5 / 2, burst: 5 }],
  ['CreateDeployment', { perSecond: 1 / 5, burst: 1 }],
]);

/**
 * Room within the quotas, counted for as long as the value lives. A quota's burst is used as long as
 * nobody else is seen in the account, and its steady rate up to the share. A call that AWS throttles
 * shows that somebody is: the pace goes down at once, and comes back slowly. AWS does not say
 * which of a call's quotas was exceeded: it is taken for the narrowest.
 */
export function createQuotas(pacing: Pacing): Quotas {
  const total = new Lane(TOTAL, pacing);
  const byOperation = new Map(
    [...BY_OPERATION].map(([operation, quota]) => [operation, new Lane(quota, pacing)]),
  );
  return {
    async run(operation, call, check = () => {}) {
      const own = byOperation.get(operation);
      await (own === undefined ? total.enter(check) : own.enterWith(total, check));
      const sentAt = pacing.now();
      try {
        return await call();
      } catch (error) {
        if (isThrottled(error)) slowDown(own ?? total, sentAt, operation, pacing);
        throw error;
      } finally {
        total.answered();
        own?.answered();
      }
    },
  };
}

function slowDown(lane: Lane, sentAt: number, operation: string, { onSlowDown }: Pacing): void {
  const before = lane.perSecond;
  if (!lane.slowDown(sentAt)) return;
  onSlowDown(
    `AWS throttled ${operation}: something else uses the same quota of the account. The gate slows down from ${before.toFixed(2)} to ${lane.perSecond.toFixed(2)} calls a second`,
  );
}
