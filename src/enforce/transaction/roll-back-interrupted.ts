import type { RetrySettings } from '../../aws/retry.js';
import { failed, ok, type Result } from '../../model/result.js';
import type { Services } from '../steps/step-kind.js';
import type { JobScope } from './job-scope.js';
import { type Journal, type JournaledTransaction, JournalUnreadable } from './journal.js';
import { endJournal, rollBackTransaction } from './roll-back.js';

/** What became of a transaction that an earlier run did not end. */
export interface InterruptedRun {
  /** Everything is as before, or nothing more can be done. */
  readonly isFinal: boolean;
  /** What was found and done, as sentences. */
  readonly words: string;
}

/** What rolling back an interrupted transaction needs. */
export interface InterruptedDependencies {
  readonly journal: Journal;
  readonly scope: JobScope;
  /** The services of the region that the journal names. */
  readonly servicesIn: (region: string) => Services;
  readonly retries: RetrySettings;
}

/**
 * Rolls back the transaction that a killed run left in its journal.
 *
 * @returns `null` where there is none.
 */
export async function rollBackInterrupted(
  dependencies: InterruptedDependencies,
): Promise<InterruptedRun | null> {
  const { journal, scope, retries, servicesIn } = dependencies;
  const read = await readUnfinished(journal);
  if (!read.ok) return { isFinal: false, words: read.why };
  const unfinished = read.value;
  if (unfinished === null) return null;
  const foreign = reasonForeign(unfinished, scope);
  if (foreign !== null) return { isFinal: false, words: `${foreign} ${wayOut(journal)}` };
  const { apiName, apiId, region, steps, completed = [] } = unfinished;
  const name = `${apiName} (${apiId})`;
  retries.logger.info(
    `An earlier enforcement of ${name} was interrupted after ${steps.length} steps: rolling them back`,
  );
  const control = { ...servicesIn(region), retries };
  const { isFinal, notRolledBack } = await rollBackTransaction(unfinished, control, journal);
  if (isFinal) await endJournal(journal, notRolledBack, retries.logger);
  return { isFinal, words: wordsOf(name, notRolledBack, completed, isFinal, journal) };
}

/** Why this job may not roll a transaction back; `null` where it may. */
function reasonForeign(
  { apiName, apiId, region }: JournaledTransaction,
  { region: own, apiIds }: JobScope,
): string | null {
  if (region === own && (apiIds === '*' || apiIds.includes(apiId))) return null;
  return `The journal holds an interrupted enforcement of ${apiName} (${apiId}) in ${region}, which is not among the APIs of this job: nothing of it was rolled back, and nothing new is changed.`;
}

function wayOut({ path }: Journal): string {
  return `Run mode: enforce for that API with the same report-dir, or look at its stages and methods and delete ${path}.`;
}

async function readUnfinished(journal: Journal): Promise<Result<JournaledTransaction | null>> {
  try {
    return ok(await journal.readUnfinished());
  } catch (error) {
    if (!(error instanceof JournalUnreadable)) throw error;
    return failed(
      `The journal ${journal.path} cannot be read or believed: ${error.message}. It may list changes that were not rolled back. Look at the stages and methods that it names, then delete it.`,
    );
  }
}

function wordsOf(
  name: string,
  notRolledBack: readonly string[],
  completed: readonly string[],
  isFinal: boolean,
  { path }: Journal,
): string {
  const start = `An earlier enforcement of ${name} was interrupted.`;
  // Of an API whose stages deploy by themselves each route is a transaction: those that ended stay.
  const kept =
    completed.length === 0 ? '' : ` What it had completed before stays: ${completed.join(', ')}.`;
  if (notRolledBack.length === 0) {
    const what = kept === '' ? 'Everything that it had changed' : 'What was under way';
    return `${start} ${what} was rolled back.${kept}`;
  }
  const what = `Not everything could be rolled back: ${notRolledBack.join('; ')}.`;
  if (isFinal) return `${start} ${what} Look at these; nothing more is tried.${kept}`;
  return `${start} ${what} The journal ${path} still holds it: the next run with mode: enforce and the same report-dir tries again. Delete the file if nothing is left to roll back.${kept}`;
}
