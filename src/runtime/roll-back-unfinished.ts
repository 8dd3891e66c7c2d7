import type { JobScope } from '../enforce/transaction/job-scope.js';
import { createJournal } from '../enforce/transaction/journal.js';
import { runPost } from '../gate/post.js';
import type { Runner } from '../publish/publish.js';
import { refuseEndlessFiles } from './aws-files.js';
import { sleep } from './cancel.js';
import type { Host } from './host.js';
import { rollBackWith } from './roll-back-with.js';
import { openTargets, retriesWith } from './targets.js';

/** A post step of a cancelled job has five minutes for everything. */
const SILENCE_MS = 120_000;

/**
 * Rolls back what the journal says was begun and not ended.
 *
 * @param runner gets what was done.
 * @returns the exit code.
 */
export async function rollBackUnfinished(
  journalPath: string,
  scope: JobScope,
  runner: Pick<Runner, 'error' | 'warning' | 'writeSummary'>,
  { environment, logger, giveUp }: Pick<Host, 'environment' | 'logger' | 'giveUp'>,
): Promise<number> {
  try {
    refuseEndlessFiles(process.env);
    // A half-done change harms others more than calls that take all of the quota.
    const targets = openTargets(1, SILENCE_MS, logger);
    const journal = createJournal(journalPath, environment);
    const rollingBack = rollBackWith(targets, retriesWith(sleep, SILENCE_MS, logger));
    try {
      return await runPost({ journal, scope, ...rollingBack }, runner);
    } finally {
      targets.destroy();
    }
  } catch (error) {
    return giveUp(error);
  }
}
