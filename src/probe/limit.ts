import { monotonicMs } from '../model/monotonic.js';

/** A limit of time for several waits in a row. */
export interface Limit {
  readonly signal: AbortSignal;
  readonly remainingMs: () => number;
  /** What is waited for, or an error named `AbortError` once the time is up. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Takes the limit back. */
  end(): void;
}

/** Starts a limit. Unlike `AbortSignal.timeout` it keeps the process alive: it may be all that is waited for. */
export function startLimit(ms: number): Limit {
  const controller = new AbortController();
  const startedAt = monotonicMs();
  const timer = setTimeout(() => controller.abort(), ms);
  const up = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => {
      reject(Object.assign(new Error('time is up'), { name: 'AbortError' }));
    });
  });
  // Where nothing is waited for when it comes it is nobody's.
  up.catch(() => {});
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, ms - (monotonicMs() - startedAt)),
    race: (work) => Promise.race([work, up]),
    end: () => clearTimeout(timer),
  };
}

/** When a smoke test stops waiting, and when it stops, by the clock that it began with. */
export interface Deadlines {
  /** Until then changes are waited for. */
  readonly waitUntilMs: number;
  /** Nothing is asked any more, and what is under way is given up. */
  readonly endMs: number;
}

/** What is left for the last questions once nothing is waited for any more. */
const MOST_LEFT_MS = 5_000;
/** A short timeout is about waiting for a change; the last answers get this much more. */
const LAST_ANSWERS_MS = 2_000;
/** `smoke-timeout: 0` waits for no change; asking takes its time all the same. */
const WITHOUT_WAITING_MS = 60_000;

/** @param timeoutMs the user's bound of the test, to which the last answers' time is added; 0 to wait
 *   for no change. */
export function deadlinesFrom(startMs: number, timeoutMs: number): Deadlines {
  if (timeoutMs === 0) return { waitUntilMs: startMs, endMs: startMs + WITHOUT_WAITING_MS };
  return {
    waitUntilMs: startMs + timeoutMs - Math.min(timeoutMs / 4, MOST_LEFT_MS),
    endMs: startMs + timeoutMs + LAST_ANSWERS_MS,
  };
}

const MOST_FOR_CREDENTIALS_MS = 30_000;

/** How long credentials may be waited for: requests without a signature are asked all the same. */
export function limitOfCredentialsMs(timeoutMs: number): number {
  return timeoutMs === 0
    ? MOST_FOR_CREDENTIALS_MS
    : Math.min(timeoutMs / 2, MOST_FOR_CREDENTIALS_MS);
}
