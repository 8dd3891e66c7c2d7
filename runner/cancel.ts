import type { ChildProcess } from 'node:child_process';

/** How long a process may take after a signal before the next one (ProcessInvoker.cs of actions/runner). */
const SIGINT_MS = 7500;
const SIGTERM_MS = 2500;

/**
 * Ends a step as a cancelled job does: SIGINT, SIGTERM 7.5 s later, and 2.5 s after that the end by force.
 * The next signal is sent only to a process that is still there.
 *
 * @param scale what the waits are multiplied with: 1 as on a runner, less for who has no time.
 */
export function cancelProcess(child: ChildProcess, scale: number): void {
  const timers: NodeJS.Timeout[] = [];
  const later = (ms: number, signal: NodeJS.Signals): void => {
    timers.push(setTimeout(() => child.kill(signal), ms * scale));
  };
  child.kill('SIGINT');
  later(SIGINT_MS, 'SIGTERM');
  later(SIGINT_MS + SIGTERM_MS, 'SIGKILL');
  child.once('exit', () => {
    for (const timer of timers) clearTimeout(timer);
  });
}
