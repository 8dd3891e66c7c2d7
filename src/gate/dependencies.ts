import type { RetrySettings } from '../aws/retry.js';
import type { JobScope } from '../enforce/transaction/job-scope.js';
import type { Provenance } from '../enforce/transaction/provenance.js';
import type { InterruptedDependencies } from '../enforce/transaction/roll-back-interrupted.js';
import type { Prober } from '../probe/send.js';
import type { Target } from './target.js';

/** What the gate needs from outside to read and to ask; `runtime` makes the real ones. */
export interface ReadDependencies extends RetrySettings {
  readonly target: Target;
  readonly prober: Prober;
  /** Gets each secret that the run is given, so that the runner masks it. */
  readonly onSecret: (value: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A text that no other run or transaction has. */
  readonly newToken: () => string;
}

/** What it needs besides to change anything, and to roll that back after the job was cancelled. */
export interface ChangeDependencies extends Omit<InterruptedDependencies, 'scope'> {
  readonly provenance: Provenance;
  /**
   * Gets what the run enforces, before anything is changed: whoever rolls back after it rolls back that
   * and nothing else.
   */
  readonly onScope: (scope: JobScope) => void;
}

/** As long as the credentials of a job last by default (aws-actions/configure-aws-credentials). */
const READING_LIMIT_MS = 3_600_000;

/** Reads, and gives up on throttling that does not end: what could not be read is unreadable then. */
export function withinLimit<T>(
  { patience, logger }: ReadDependencies,
  read: () => Promise<T>,
): Promise<T> {
  return patience === undefined ? read() : patience.phase(READING_LIMIT_MS, logger, read);
}
