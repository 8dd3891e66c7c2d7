import { type Cancellation, Cancelled, createCancellation } from '../model/cancellation.js';
import type { Host } from './host.js';

/** For what nobody may interrupt: reading ends with the process, and rolling back must not end halfway. */
export const NEVER: Cancellation = { requested: false, onRequest: () => () => {} };

/** A sleep that no cancelled job shortens. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A sleep that ends with Cancelled when the job is cancelled. */
export function sleepUnless(cancellation: Cancellation): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        forget();
        resolve();
      }, ms);
      const forget = cancellation.onRequest(() => {
        clearTimeout(timer);
        reject(new Cancelled());
      });
    });
}

/**
 * A runner that cancels a job sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that; then it
 * runs the post steps, with five minutes for everything (GitHub Docs, "Workflow cancellation";
 * actions/runner, src/Runner.Sdk/ProcessInvoker.cs). So what was changed is rolled back at once, and where
 * the time does not suffice the post step goes on. A terminal that is closed sends SIGHUP, on Windows too
 * (Node.js, "Signal events"). Only enforce has something to roll back: the other
 * modes end as any process does.
 */
export function listenForCancellation({
  logger,
  wordsOnSignal,
}: Pick<Host, 'logger' | 'wordsOnSignal'>): Cancellation {
  const cancellation = createCancellation();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!cancellation.requested) logger.info(wordsOnSignal(signal));
      cancellation.request();
    });
  }
  return cancellation;
}
