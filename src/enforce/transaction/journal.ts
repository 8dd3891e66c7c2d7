import { join } from 'node:path';
import type { ApiKind } from '../../model/api-kind.js';
import type { Step } from '../steps/registry.js';
import type { RollBackResult } from '../steps/step-kind.js';
import { JournalUnreadable, openJournalFile } from './journal-file.js';
import { ENDINGS, FORMAT, STATES, stepInFile } from './journal-format.js';

/*
 * The journal of a run: JSON lines, one written and flushed to the disk before each call that changes
 * something, and one after its answer. Whoever finds it with a transaction that did not end can roll
 * that transaction back. It holds ids, names of methods and authorization types; no credentials, tokens
 * of AWS or account ids. It is data from a disk: what it says is believed as far as AWS confirms it.
 */

const FILE = 'enforce-journal.jsonl';

export { JournalUnreadable };

/** Where a run with this report folder keeps its journal. */
export function journalPath(reportDir: string): string {
  return join(reportDir, FILE);
}

/** What a transaction is about: one API. */
export interface TransactionHeader {
  /** A UUID, unique over all runs; the description of the deployment that it makes ends with it. */
  readonly token: string;
  readonly region: string;
  readonly apiId: string;
  readonly kind: ApiKind;
  readonly apiName: string;
  /** The deployment that each stage served when it began. */
  readonly stages: Readonly<Record<string, string>>;
  /** The deployment that each canary served when it began. */
  readonly canaries: Readonly<Record<string, string>>;
}

/** A step whose call may have been made. */
export interface AnnouncedStep {
  readonly step: Step;
  /** AWS answered that it carried our call out: without that, the change may be somebody else's. */
  readonly isConfirmed: boolean;
  /** The id that AWS gave to what the step made; absent where it answered none, or not at all. */
  readonly madeId?: string | undefined;
  /**
   * What rolling it back came to, where that was the end of it: what somebody does to the same thing
   * afterwards is theirs. `null` where it was not rolled back yet.
   */
  readonly settled: RollBackResult | null;
}

/** A transaction with the steps that it announced, in order. */
export interface JournaledTransaction extends TransactionHeader {
  readonly steps: readonly AnnouncedStep[];
  /** What transactions of the same API completed before it, in words: it stays. Absent where none did. */
  readonly completed?: readonly string[];
}

/** How a transaction ended. */
export type Ending = 'completed' | 'rolled-back';

/** The journal of this run. Where it cannot be written, every method throws EnforcementStopped. */
export interface Journal {
  readonly path: string;
  begin(header: TransactionHeader): Promise<void>;
  /** Announces a step. Its call may be made once this has returned, and not before. */
  announce(step: Step): Promise<void>;
  /**
   * Enters AWS's answer that it carried out the call of the last announced step.
   *
   * @param madeId the id that it gave to what the step made, if any.
   */
  confirm(madeId?: string): Promise<void>;
  /**
   * Enters what rolling back a step came to, so that it is not rolled back a second time.
   *
   * @param index of the step, in the order in which they were announced.
   */
  settle(index: number, result: RollBackResult): Promise<void>;
  /**
   * @param notRolledBack what could not be rolled back, for whoever reads the file; nothing more is tried.
   */
  end(ending: Ending, notRolledBack: readonly string[]): Promise<void>;
  /**
   * The transaction that began and did not end, from a run before this one.
   *
   * @throws JournalUnreadable where the file is no journal of the gate's, or not in a safe place.
   */
  readUnfinished(): Promise<JournaledTransaction | null>;
}

/**
 * The journal in a file; the file appears with the first transaction.
 *
 * @param environment names the runner's folders, in which no link may lead to the journal.
 */
export function createJournal(
  path: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Journal {
  const file = openJournalFile(path, environment);
  let isFirst = true;
  /** The end of a transaction that could not be written: no other may begin before it is. */
  let owed: object | null = null;
  const end = async (record: object): Promise<void> => {
    owed = record;
    await file.append(() => record, false);
    owed = null;
  };
  return {
    path,
    begin: async (header) => {
      if (owed !== null) await end(owed);
      // A transaction in the file has ended: the first one of a run begins the file anew.
      const begin = (file: string) => ({ record: 'begin', format: FORMAT, ...header, file });
      await file.append(begin, isFirst);
      isFirst = false;
    },
    announce: (step) => file.append(() => ({ record: 'step', step: stepInFile(step) }), false),
    confirm: (madeId) => {
      const made = madeId === undefined ? {} : { id: madeId };
      return file.append(() => ({ record: 'confirmed', ...made }), false);
    },
    settle: (index, result) => {
      const state = STATES[result.state];
      const settled = { record: 'settled', step: index, result: { ...result, state } };
      return file.append(() => settled, false);
    },
    end: (ending, left) => end({ record: 'end', ending: ENDINGS[ending], left }),
    readUnfinished: async () => {
      const content = await file.read();
      if (content.text === '') return null;
      // It loads the schema library, of which a run without a journal has no need.
      const { parseJournal } = await import('./parse-journal.js');
      return parseJournal(content);
    },
  };
}
