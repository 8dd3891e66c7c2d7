import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below that there is nothing to be gained, and collecting takes its time. */
const MUCH_BYTES = 130 * 1024 * 1024;

/**
 * Gives back what is not needed any more. Left to itself, Node keeps what dozens of audits have left
 * behind until it has grown to several times of what is in use, and a small runner has other jobs.
 */
export function openCollector(): () => void {
  // A flag of the engine (Node.js, "v8.setFlagsFromString"): a context made after it has `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function' && process.memoryUsage.rss() > MUCH_BYTES) collect();
  };
}
