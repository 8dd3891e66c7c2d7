import type { RetrySettings } from '../aws/retry.js';
import type { JobScope } from '../enforce/transaction/job-scope.js';
import {
  createJournal,
  type Journal,
  JournalUnreadable,
  journalPath,
} from '../enforce/transaction/journal.js';
import { readProvenance } from '../enforce/transaction/provenance.js';
import type { ChangeDependencies } from '../gate/dependencies.js';
import type { Inputs } from '../inputs/table.js';
import type { Cancellation } from '../model/cancellation.js';
import { isApiId } from '../model/selector.js';
import { EXIT } from '../publish/exit-code.js';
import { inLog } from '../report/escape.js';
import { listenForCancellation } from './cancel.js';
import type { Host } from './host.js';
import { rollBackWith } from './roll-back-with.js';
import type { Targets } from './targets.js';

/** What a run that changes things has besides. */
export interface Enforcing {
  readonly cancellation: Cancellation;
  /** @param retries of rolling back: they work on after the job was cancelled. */
  changesWith(targets: Targets, retries: RetrySettings): ChangeDependencies;
  /**
   * Says what became of a cancelled job, which gets no report: nobody waits for one, and there are
   * seconds left.
   *
   * @returns the exit code.
   */
  endCancelled(): Promise<number>;
}

/**
 * Makes ready to enforce, before anything is read: the post step learns where the journal is, and the
 * process listens for the runner's signals.
 *
 * @throws StateNotSaved
 */
export function makeReadyToEnforce(inputs: Inputs, host: Host): Enforcing {
  const { environment } = host;
  const journal = createJournal(journalPath(inputs.reportDir), environment);
  // What selectors stand for is not known yet, and nothing is changed before it is.
  host.saveScope(journal.path, onlyIds(inputs));
  return {
    cancellation: listenForCancellation(host),
    changesWith: (targets, retries) => ({
      journal,
      provenance: readProvenance(environment),
      onScope: (scope) => host.saveScope(journal.path, scope),
      ...rollBackWith(targets, retries),
    }),
    endCancelled: async () => {
      const ending = (await isUnfinished(journal))
        ? `Not everything is rolled back yet: the post step goes on with the journal ${journal.path}.`
        : 'Nothing is left half done: what was not proven yet was rolled back.';
      await host.sayCancelled(
        inLog(`The job was cancelled while IAM was being turned on. ${ending}`),
      );
      return EXIT.incomplete;
    },
  };
}

function onlyIds({ region, apiIds }: Inputs): JobScope {
  return { region, apiIds: apiIds === '*' ? apiIds : apiIds.filter(isApiId) };
}

async function isUnfinished(journal: Journal): Promise<boolean> {
  try {
    return (await journal.readUnfinished()) !== null;
  } catch (error) {
    if (error instanceof JournalUnreadable) return true;
    throw error;
  }
}
