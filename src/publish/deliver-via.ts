import { inLog } from '../report/escape.js';
import type { Runner } from './publish.js';

/** Makes deliveries of which one that fails is said in the log, and keeps no other from being made. */
export function deliverVia(
  runner: Pick<Runner, 'warning'>,
): (what: string, delivery: () => Promise<void> | void) => Promise<void> {
  return async (what, delivery) => {
    try {
      await delivery();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      runner.warning(inLog(`${what} could not be written: ${why}`), {
        title: 'Report not delivered',
      });
    }
  };
}
