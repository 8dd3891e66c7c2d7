import { monotonicMs } from '../model/monotonic.js';

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
