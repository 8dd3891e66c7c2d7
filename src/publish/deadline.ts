import { monotonicMs } from '../model/monotonic.js';

/**
 * What a promise comes to within a time, or `too late`. What was begun goes on; its end, and its failure,
 * are nobody's concern any more.
 */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'too late'> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => resolve('too late'), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** When the requests of a phase are broken off. */
export interface Deadline {
  /** Aborts once the time is over. */
  readonly signal: AbortSignal;
  /** Whether a wait of so many milliseconds ends before. */
  leavesTimeFor(ms: number): boolean;
}

/** A deadline so many milliseconds from now. */
export function deadlineIn(ms: number): Deadline {
  const endsMs = monotonicMs() + ms;
  return {
    signal: AbortSignal.timeout(ms),
    leavesTimeFor: (waitMs) => monotonicMs() + waitMs < endsMs,
  };
}
