import { SENT } from '../aws/secrets.js';
import { inLog } from '../report/escape.js';
import type { Runner } from './publish.js';

/**
 * Makes deliveries of which one that fails is said in the log, and keeps no other from being made.
 *
 * @returns what makes one, and says whether it was delivered.
 */
export function deliverVia(
  runner: Pick<Runner, 'warning'>,
): (what: string, delivery: () => Promise<void> | void) => Promise<boolean> {
  return async (what, delivery) => {
    try {
      await delivery();
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      runner.warning(`${what} could not be written: ${inLog(SENT.hide(why))}`, {
        title: 'Report not delivered',
      });
      return false;
    }
  };
}
