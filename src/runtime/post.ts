import type { ApiGateway } from '../aws/api-gateway.js';
import type { Iam } from '../aws/iam.js';
import { createJournal } from '../enforce/transaction/journal.js';
import { runPost } from '../gate/post.js';
import { sleep } from './cancel.js';
import { openControlPlanes, retriesWith } from './control-plane.js';
import { giveUp } from './give-up.js';
import { runner } from './runner.js';
import { savedScope } from './state.js';

/** A post step of a cancelled job has five minutes for everything. */
const SILENCE_MS = 120_000;

/**
 * Rolls back what the journal says was begun and not ended.
 *
 * @returns the exit code.
 */
export async function runAsPost(journalPath: string): Promise<number> {
  // A half-done change harms others more than calls that take all of the quota.
  const control = openControlPlanes(1, SILENCE_MS);
  const retries = retriesWith(sleep, SILENCE_MS);
  const apiGatewayIn = (region: string): ApiGateway => control.apiGatewayIn(region, retries);
  const iamIn = (region: string): Iam => control.iamIn(region, retries);
  const journal = createJournal(journalPath, process.env);
  try {
    const scope = savedScope();
    return await runPost({ journal, scope, apiGatewayIn, iamIn, retries }, runner);
  } catch (error) {
    return giveUp(error);
  } finally {
    control.destroy();
  }
}
