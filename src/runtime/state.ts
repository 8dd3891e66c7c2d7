import * as core from '@actions/core';
import { type JobScope, parseJobScope } from '../enforce/transaction/job-scope.js';
import { saveState } from './runner-files.js';

/** What the main step leaves to its post step: where the journal is, and what it may be about. */
const JOURNAL = 'journal';
const ASKED = 'asked';

/** What the post step would have to roll back could not be saved, so nothing may be begun. */
export class StateNotSaved extends Error {
  override readonly name = 'StateNotSaved';
}

/**
 * Tells the post step where the journal is and which APIs the job enforces; it has nothing to do where this was never called.
 *
 * @throws StateNotSaved
 */
export function saveJournalPath(path: string, { region, apiIds }: JobScope): void {
  try {
    saveState(ASKED, { region, apiIds });
    saveState(JOURNAL, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StateNotSaved(
      `The file that GITHUB_STATE names could not be written (${why}). Where a job is cancelled, its post step rolls back what was begun, and reads in that file what this is. So nothing was begun. Look at the runner's disk and at the rights of its folder for temporary files, then run the job again.`,
    );
  }
}

/** Where the main step's journal is; `''` where that began nothing. */
export function savedJournalPath(): string {
  return core.getState(JOURNAL);
}

/** What the main step was asked to enforce. */
export function savedScope(): JobScope {
  return parseJobScope(core.getState(ASKED));
}
