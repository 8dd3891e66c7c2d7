import type { ApiGateway } from '../../aws/api-gateway.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import type { Asked } from './asked.js';
import { type Journal, type JournaledTransaction, JournalUnreadable } from './journal.js';
import { undoTransaction } from './roll-back.js';

/** What became of a transaction that an earlier run did not end. */
export interface Recovery {
  /** All is as before, or nothing more can be done. */
  readonly isFinal: boolean;
  /** What was found and done, as sentences. */
  readonly words: string;
}

/** What finishing needs. */
export interface RecoveryWorld {
  readonly journal: Journal;
  readonly asked: Asked;
  /** The control plane of the region that the journal names. */
  readonly apiGatewayIn: (region: string) => ApiGateway;
  readonly iamIn: (region: string) => Iam;
  readonly retries: RetrySettings;
}

/**
 * Undoes the transaction that a killed run left in its journal.
 *
 * @returns `null` where there is none.
 */
export async function finishInterrupted(world: RecoveryWorld): Promise<Recovery | null> {
  const { journal, retries } = world;
  const unfinished = await readUnfinished(journal);
  if (unfinished === null || 'words' in unfinished) return unfinished;
  const foreign = reasonForeign(unfinished, world.asked);
  if (foreign !== null) return { isFinal: false, words: `${foreign} ${wayOut(journal)}` };
  const { apiName, apiId, region, steps } = unfinished;
  const name = `${apiName} (${apiId})`;
  retries.logger.info(
    `An earlier enforcement of ${name} was interrupted after ${steps.length} steps: undoing them`,
  );
  const undoing = { apiGateway: world.apiGatewayIn(region), iam: world.iamIn(region), retries };
  const undone = await undoTransaction(unfinished, undoing, journal);
  if (undone.isFinal) await journal.end('undone', undone.left);
  return { isFinal: undone.isFinal, words: wordsOf(name, undone.left, undone.isFinal, journal) };
}

/** Why a transaction is none that this job may undo; `null` where it may. */
function reasonForeign(
  { apiName, apiId, region }: JournaledTransaction,
  asked: Asked,
): string | null {
  const isAsked = region === asked.region && (asked.apiIds === '*' || asked.apiIds.includes(apiId));
  if (isAsked) return null;
  return `The journal tells of an interrupted enforcement of ${apiName} (${apiId}) in ${region}, which this job was not asked to enforce: nothing of it was undone, and nothing new is changed.`;
}

function wayOut({ path }: Journal): string {
  return `Run mode: enforce for that API with the same report-dir, or look at its stages and methods and delete ${path}.`;
}

async function readUnfinished(
  journal: Journal,
): Promise<Awaited<ReturnType<Journal['readUnfinished']>> | Recovery> {
  try {
    return await journal.readUnfinished();
  } catch (error) {
    if (!(error instanceof JournalUnreadable)) throw error;
    return {
      isFinal: false,
      words: `The journal ${journal.path} cannot be read or believed: ${error.message}. It may list changes that were not undone. Look at the stages and methods that it names, then delete it.`,
    };
  }
}

function wordsOf(
  name: string,
  left: readonly string[],
  isFinal: boolean,
  { path }: Journal,
): string {
  const start = `An earlier enforcement of ${name} was interrupted.`;
  if (left.length === 0) return `${start} Everything that it had changed was put back.`;
  const what = `Not everything could be put back: ${left.join('; ')}.`;
  if (isFinal) return `${start} ${what} Look at these; nothing more is tried.`;
  return `${start} ${what} The journal ${path} still holds it: the next run with mode: enforce tries again. Delete the file if there is nothing left to undo.`;
}
