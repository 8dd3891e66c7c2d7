import type { FaultEffect, LoggedRequest } from '../../emulator/faults.js';
import type { Emulator } from '../../emulator/server.js';

/** What happens to a call that changes something. */
export const EFFECTS: Readonly<Record<string, FaultEffect>> = {
  '429': { kind: 'answer', status: 429, retryAfterSeconds: 1 },
  '409': { kind: 'answer', status: 409 },
  '500': { kind: 'answer', status: 500 },
  'reset after it was applied': { kind: 'reset-after' },
  'a truncated answer': { kind: 'truncate' },
};

/** A fault of a matrix. */
export interface FaultCase {
  readonly name: string;
  /** Which of the run's control-plane calls it happens to. */
  readonly index: number;
  /** 1: the next attempt succeeds. 2: all attempts that AWS_MAX_ATTEMPTS leaves are used up. */
  readonly times: 1 | 2;
  readonly effect: FaultEffect;
}

/** The fault happens to the call of this index, and to its repetition where it happens twice. */
export function injectAt(emulator: Emulator, { index, times, effect }: FaultCase): void {
  let seen = -1;
  let hit: string | null = null;
  const where = ({ plane, method, path, query, body }: LoggedRequest): boolean => {
    if (plane !== 'control') return false;
    const request = JSON.stringify([method, path, query, body]);
    seen += 1;
    if (hit === null && seen === index) hit = request;
    return seen >= index && hit === request;
  };
  emulator.injectFault({ operation: '*', where, times, effect });
}
