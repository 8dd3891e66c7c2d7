import type { Logger } from '../model/logger.js';

/** How long one kind of call has been without an answer. */
interface Wait {
  /** How many of these calls are under way. */
  underWay: number;
  /** When AWS answered the last one, or when the first one after a pause began. */
  sinceMs: number;
  /** One has failed since, and none was answered: the next one does not begin anew. */
  isFailing: boolean;
  /** What came instead of an answer when the patience ran out, and when that was. */
  last: { readonly error: unknown; readonly atMs: number } | undefined;
}

/** One call to AWS, watched from its first attempt to its end. */
export interface Watch {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** When the last repetition may begin, in milliseconds since the epoch. It moves with every answer. */
  readonly deadlineMs: number;
  /** After which no call is begun at all, in milliseconds since the epoch; no answer moves it. */
  readonly phaseEndsMs: number;
  /** What a call of this kind ended with, where the patience with them ran out a short while ago. */
  readonly spent: { readonly error: unknown } | undefined;
  /** AWS answered: it did what was asked, or said definitely that it would not. */
  answered(): void;
  /** An attempt failed in a way that may pass. */
  failed(): void;
  /** The call gives up; calls of this kind are not made for as long as AWS may be silent. */
  gaveUp(error: unknown): void;
  /** The call is over, however it ended. */
  end(): void;
}

/** What the patience with AWS needs from outside. */
export interface PatienceSettings {
  /** How long AWS may answer no call of a kind. */
  readonly silenceMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * How long the gate waits for AWS. Busy quotas slow a long reading down and do not fail it, so what
 * counts is not how often a call was made: each operation may be without any answer for so long. An
 * operation that ran out of it is not tried again by every call that follows. A phase can have an end
 * of its own on top, which no answer moves.
 */
export class Patience {
  readonly #settings: PatienceSettings;
  readonly #waits = new Map<string, Wait>();
  #phaseEndsMs = Number.POSITIVE_INFINITY;

  constructor(settings: PatienceSettings) {
    this.#settings = settings;
  }

  watch(operation: string): Watch {
    const { now, silenceMs } = this.#settings;
    const wait = this.#waitFor(operation);
    if (wait.underWay === 0 && !wait.isFailing) wait.sinceMs = now();
    wait.underWay += 1;
    const deadline = (): number => Math.min(wait.sinceMs + silenceMs, this.#phaseEndsMs);
    return {
      get nowMs() {
        return now();
      },
      get deadlineMs() {
        return deadline();
      },
      phaseEndsMs: this.#phaseEndsMs,
      get spent() {
        return wait.last !== undefined && now() - wait.last.atMs <= silenceMs
          ? wait.last
          : undefined;
      },
      answered: () => {
        wait.sinceMs = now();
        wait.isFailing = false;
        wait.last = undefined;
      },
      failed: () => {
        wait.isFailing = true;
      },
      gaveUp: (error) => {
        wait.last = { error, atMs: now() };
      },
      end: () => {
        wait.underWay -= 1;
      },
    };
  }

  /**
   * Runs a phase that makes no call after its end, and says in the log when that is. Where phases lie
   * within one another, the first to end counts.
   */
  async phase<T>(limitMs: number, logger: Logger, run: () => Promise<T>): Promise<T> {
    const before = this.#phaseEndsMs;
    this.#phaseEndsMs = Math.min(before, this.#settings.now() + limitMs);
    const silence = this.#settings.silenceMs / 1000;
    logger.info(
      `This ends at ${clockTime(this.#phaseEndsMs)} at the latest. A call that AWS leaves unanswered for ${silence} s is given up earlier.`,
    );
    try {
      return await run();
    } finally {
      this.#phaseEndsMs = before;
    }
  }

  #waitFor(operation: string): Wait {
    const known = this.#waits.get(operation);
    if (known !== undefined) return known;
    const fresh: Wait = {
      underWay: 0,
      sinceMs: this.#settings.now(),
      isFailing: false,
      last: undefined,
    };
    this.#waits.set(operation, fresh);
    return fresh;
  }
}

/** A time of day as the log shows it, such as `13:04:05 UTC`. */
export function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
