import { giveUp } from './give-up.js';
import { rollBackUnfinished } from './roll-back-unfinished.js';
import { logger, runner } from './runner.js';
import { savedScope } from './state.js';

/**
 * The post step: rolls back what the main step did not.
 *
 * @returns the exit code.
 */
export function runAsPost(journalPath: string): Promise<number> {
  const host = { environment: process.env, logger, giveUp };
  return rollBackUnfinished(journalPath, savedScope(), runner, host);
}
