/*
 * A world without wall-clock time: sleepers wake in order when everybody waits, and the service's
 * bucket is counted on the same clock.
 */

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock that jumps to the next sleeper once nothing else can happen. */
export class Simulation {
  #nowMs = 0;
  #order = 0;
  readonly #sleepers: Sleeper[] = [];

  readonly now = (): number => this.#nowMs;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#order += 1;
      this.#sleepers.push({ atMs: this.#nowMs + Math.max(0, ms), order: this.#order, wake });
    });

  /**
   * Lets time pass until what is given has come to its end.
   *
   * @throws Error where it waits for something that will never happen.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      // Every promise that is settled by now has run its course before a macrotask does.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = this.#sleepers
        .toSorted((one, other) => one.atMs - other.atMs || one.order - other.order)
        .at(0);
      if (next === undefined) throw new Error('everything waits, and nothing will happen');
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#nowMs = next.atMs;
      next.wake();
    }
  }
}

/** The service's side of a quota: refuses what is too much, and takes nothing for it. */
export class Bucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #atMs = 0;

  constructor(perSecond: number, burst: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
  }

  take(): boolean {
    const now = this.#now();
    const refilled = this.#tokens + ((now - this.#atMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, refilled);
    this.#atMs = now;
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Chance that is the same in every run: mulberry32. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
