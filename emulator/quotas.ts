/** A bucket's rate and depth. */
interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Quotas of the control plane, per account and region (API Gateway developer guide, "Quotas for
 * configuring and running a REST API"). The guide words most of them as "N requests every M
 * seconds"; that a bucket of depth N refills at N/M is this emulator's reading.
 */
const TOTAL: Limit = { perSecond: 10, burst: 40 };
const OPERATIONS: ReadonlyMap<string, Limit> = new Map([
  ['GetResources', { perSecond: 2.5, burst: 5 }],
  ['CreateDeployment', { perSecond: 1 / 5, burst: 1 }],
  ['CreateResource', { perSecond: 5, burst: 5 }],
  ['DeleteResource', { perSecond: 5, burst: 5 }],
  ['CreateRestApi', { perSecond: 1 / 3, burst: 1 }],
  ['ImportRestApi', { perSecond: 1 / 3, burst: 1 }],
  ['PutRestApi', { perSecond: 1, burst: 1 }],
  ['DeleteRestApi', { perSecond: 1 / 30, burst: 1 }],
]);

/** No longer time than this is caught up with: every bucket is full before that. */
const CAUGHT_UP_MS = 60_000;

/** Token buckets on the emulator's clock. */
export class Quotas {
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  readonly #violations: string[] = [];
  readonly #othersShare: number;
  #othersSinceMs: number | undefined;
  #othersAsked = 0;
  #othersRefused = 0;

  /**
   * @param othersShare which share of every quota somebody else uses, evenly over time, from the first
   *   request on
   */
  constructor(othersShare = 0) {
    this.#othersShare = othersShare;
  }

  /** How many requests of somebody else were refused. */
  get othersRefused(): number {
    return this.#othersRefused;
  }

  /** What was refused, in order, such as "GetResources at 1732300000000". */
  get violations(): readonly string[] {
    return this.#violations;
  }

  /**
   * Takes one request out of the buckets of an operation.
   *
   * @returns undefined when it fits, else the whole seconds until it would. A refused request takes
   *   nothing.
   */
  take(operation: string, nowMs: number): number | undefined {
    this.#letOthersIn(nowMs);
    return this.#take(operation, nowMs, () => {
      this.#violations.push(`${operation} at ${nowMs}`);
    });
  }

  /** What somebody else asked for since the last request: GetResources, and enough others beside. */
  #letOthersIn(nowMs: number): void {
    if (this.#othersShare === 0) return;
    const own = OPERATIONS.get('GetResources')?.perSecond ?? 0;
    const everyMs = 1000 / (TOTAL.perSecond * this.#othersShare);
    const everyNth = TOTAL.perSecond / own;
    let atMs = Math.max(this.#othersSinceMs ?? nowMs, nowMs - CAUGHT_UP_MS);
    while (atMs + everyMs <= nowMs) {
      atMs += everyMs;
      const isCostly = this.#othersAsked % everyNth === 0;
      this.#othersAsked += 1;
      this.#take(isCostly ? 'GetResources' : 'GetStages', atMs, () => {
        this.#othersRefused += 1;
      });
    }
    this.#othersSinceMs = atMs;
  }

  #take(operation: string, nowMs: number, refuse: () => void): number | undefined {
    const limits: [string, Limit][] = [['total', TOTAL]];
    const own = OPERATIONS.get(operation);
    if (own !== undefined) limits.push([operation, own]);

    const waits = limits.map(([name, limit]) => this.#wait(name, limit, nowMs));
    const wait = Math.max(...waits);
    if (wait > 0) {
      refuse();
      return Math.ceil(wait);
    }
    for (const [name] of limits) {
      const bucket = this.#buckets.get(name);
      if (bucket !== undefined) bucket.tokens -= 1;
    }
    return undefined;
  }

  /** Refills a bucket and answers the seconds until it holds a token; 0 where it does. */
  #wait(name: string, limit: Limit, nowMs: number): number {
    const bucket = this.#buckets.get(name) ?? { tokens: limit.burst, atMs: nowMs };
    const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, refilled);
    bucket.atMs = nowMs;
    this.#buckets.set(name, bucket);
    // A hair below one is the rounding of the division, not a request too many.
    return bucket.tokens >= 1 - 1e-9 ? 0 : (1 - bucket.tokens) / limit.perSecond;
  }
}
