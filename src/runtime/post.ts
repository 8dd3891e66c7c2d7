import { createJournal } from '../enforce/transaction/journal.js';
import { runPost } from '../gate/post.js';
import { sleep } from './cancel.js';
import { giveUp } from './give-up.js';
import { rollBackWith } from './roll-back-with.js';
import { runner } from './runner.js';
import { savedScope } from './state.js';
import { openTargets, retriesWith } from './targets.js';

/** A post step of a cancelled job has five minutes for everything. */
const SILENCE_MS = 120_000;

/**
 * Rolls back what the journal says was begun and not ended.
 *
 * @returns the exit code.
 */
export async function runAsPost(journalPath: string): Promise<number> {
  // A half-done change harms others more than calls that take all of the quota.
  const targets = openTargets(1, SILENCE_MS);
  const journal = createJournal(journalPath, process.env);
  const rollingBack = rollBackWith(targets, retriesWith(sleep, SILENCE_MS));
  try {
    return await runPost({ journal, scope: savedScope(), ...rollingBack }, runner);
  } catch (error) {
    return giveUp(error);
  } finally {
    targets.destroy();
  }
}
