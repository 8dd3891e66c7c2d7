import type { Pacing } from './quotas.js';

/** A quota of the service: a bucket of `burst` tokens that is refilled at a rate. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

/** The pace after a throttled call, as a part of the one before (the factor of CUBIC, RFC 9438). */
const DECREASE = 0.7;
/** The lowest pace, as a part of the share: it must be low enough for a crowd, and still get on. */
const LOWEST = 1 / 16;
/** How long the lowered pace is held before it grows again. */
const HOLD_MS = 8000;
/** How long it takes to grow from nothing to the whole share. */
const GROWTH_MS = 60_000;
/** Near the pace that was too fast the last time, growth is slower by this factor. */
const CAUTION = 0.3;
const NEAR = 0.9;
/** What may be sent at once while others are at work: enough to make up for a wait that was spread. */
const BURST_IN_COMPANY = 1.5;
/** How long a wait can go on after its call was given up. */
const CHECK_MS = 500;

type Clock = Pick<Pacing, 'share' | 'now' | 'sleep' | 'random'>;

/**
 * One quota as its calls queue for it, first come, first served. A token bucket whose rate goes down
 * when AWS throttles and grows back slowly (additive increase, multiplicative decrease).
 *
 * The SDK's own limiter (`DefaultRateLimiter` of `@smithy/util-retry`, CUBIC) knows neither a share
 * nor a clock from outside, and starts only after the first throttled call; limiters without feedback
 * never yield.
 */
export class Lane {
  readonly #quota: Quota;
  readonly #clock: Clock;
  readonly #highest: number;
  /** By how many tokens' time a wait may be longer than it must. */
  readonly #spread: number;
  /** Calls a second; between a sixteenth of the share and the share. */
  #rate: number;
  #depth: number;
  #tokens: number;
  /** Calls that were let in and are not answered yet. */
  #underWay = 0;
  /** `null` until the first answer came. */
  #countedAt: number | null = null;
  /** When AWS throttled us the last time, and the pace that was too fast then. */
  #slowedAt = Number.NEGATIVE_INFINITY;
  #tooFast = Number.POSITIVE_INFINITY;
  /** Ends when the last caller in the queue was let in. */
  #queue: Promise<void> = Promise.resolve();

  constructor(quota: Quota, clock: Clock) {
    this.#quota = quota;
    this.#clock = clock;
    this.#highest = quota.perSecond * clock.share;
    this.#spread = Math.min(1, quota.burst - 1);
    this.#rate = this.#highest;
    this.#depth = quota.burst;
    this.#tokens = quota.burst;
  }

  /**
   * A call was answered. Tokens come in from the first answer on: AWS counts a call when it arrives,
   * and the first ones take longer, since they open connections.
   */
  answered(): void {
    this.#count();
    this.#underWay -= 1;
    this.#countedAt ??= this.#clock.now();
  }

  /** Calls a second that are let in at the moment, the burst aside. */
  get perSecond(): number {
    this.#count();
    return this.#rate;
  }

  /**
   * Waits for its turn and for room.
   *
   * @param check is called again and again while it waits, and ends the waiting by throwing.
   */
  enter(check: () => void): Promise<void> {
    return this.#inTurn(async () => {
      await this.#room(check);
      this.#take();
    });
  }

  /**
   * Waits for room here and in a quota that counts more than these calls, and takes both at once, so
   * that a wait for one never lets calls of the other pile up.
   */
  enterWith(wider: Lane, check: () => void): Promise<void> {
    return this.#inTurn(async () => {
      let isIn = false;
      while (!isIn) {
        await this.#room(check);
        isIn = await wider.#inTurn(async () => {
          await wider.#room(check);
          // AWS may have throttled another call in the meantime.
          if (!this.#hasRoom()) return false;
          this.#take();
          wider.#take();
          return true;
        });
      }
    });
  }

  /**
   * AWS throttled a call: its bucket is empty, and somebody else takes from it. Calls that were sent
   * together are refused together and count as one refusal.
   *
   * @returns whether the pace went down for it.
   */
  slowDown(sentAt: number): boolean {
    this.#count();
    this.#tokens = Math.min(this.#tokens, 0);
    this.#depth = Math.min(BURST_IN_COMPANY, this.#quota.burst);
    if (sentAt <= this.#slowedAt) return false;
    this.#slowedAt = this.#clock.now();
    this.#tooFast = this.#rate;
    this.#rate = Math.max(this.#highest * LOWEST, this.#rate * DECREASE);
    return this.#rate < this.#tooFast;
  }

  async #inTurn<T>(enter: () => Promise<T>): Promise<T> {
    const before = this.#queue;
    const entry = before.then(enter);
    this.#queue = entry.then(
      () => {},
      () => {},
    );
    return entry;
  }

  /**
   * Waits until there is a token, and then up to the time of one more: two clients that pace
   * themselves evenly can fall into step, and one of them is refused every time. What the wait costs
   * is made up for by the tokens that come in during it, where the quota has a burst.
   */
  async #room(check: () => void): Promise<void> {
    check();
    while (!this.#hasRoom()) {
      const missing = 1 - this.#tokens + this.#clock.random() * this.#spread;
      const waitMs = (missing / this.#rate) * 1000;
      const until = this.#clock.now() + waitMs;
      for (let left = waitMs; left > 0; left = until - this.#clock.now()) {
        await this.#clock.sleep(Math.min(left, CHECK_MS));
        check();
      }
    }
  }

  #take(): void {
    this.#tokens -= 1;
    this.#underWay += 1;
  }

  #hasRoom(): boolean {
    this.#count();
    // A hair below one is the rounding of the division, not a call too early.
    return this.#tokens >= 1 - 1e-9;
  }

  /** Brings pace and tokens up to the present. */
  #count(): void {
    if (this.#countedAt === null) return;
    const now = this.#clock.now();
    const passed = now - this.#countedAt;
    this.#countedAt = now;
    const growsFor = Math.min(passed, Math.max(0, now - this.#slowedAt - HOLD_MS));
    if (this.#rate < this.#highest && growsFor > 0) {
      const caution = this.#rate >= this.#tooFast * NEAR ? CAUTION : 1;
      const grown = this.#rate + (this.#highest * growsFor * caution) / GROWTH_MS;
      this.#rate = Math.min(this.#highest, grown);
    }
    // Nobody else is seen any more.
    if (this.#rate === this.#highest) this.#depth = this.#quota.burst;
    // A call that is under way may arrive late, and AWS's bucket overflow until then: where all that are
    // under way arrive together with what may still be sent, there must be room for them in a full one.
    const most = Math.min(this.#depth, this.#quota.burst - this.#underWay);
    const grown = this.#tokens + (passed / 1000) * this.#rate;
    this.#tokens = Math.max(this.#tokens, Math.min(most, grown));
  }
}
