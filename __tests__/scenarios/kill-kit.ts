import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator } from '../../emulator/server.js';

/** When the signal comes, seen from the call: before AWS heard of it, or once AWS has carried it out. */
export const MOMENTS = ['before', 'after'] as const;

/** A signal at a call that changes something. */
export interface KillAt {
  /** Which of the calls that change something. */
  readonly index: number;
  readonly moment: (typeof MOMENTS)[number];
  readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT';
}

/** Sends the signal at the call of this index; with SIGKILL nobody is left to hear the answer. */
export function killAt(
  emulator: Emulator,
  { index, moment, signal }: KillAt,
  send: (signal: NodeJS.Signals) => void,
): void {
  let seen = -1;
  const where = ({ mutating }: LoggedRequest): boolean => {
    if (mutating) seen += 1;
    if (!mutating || seen !== index) return false;
    send(signal);
    return true;
  };
  const kind = moment === 'before' ? 'reset' : 'reset-after';
  emulator.injectFault({ operation: '*', where, times: 1, effect: { kind } });
}
