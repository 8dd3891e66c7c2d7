import { join } from 'node:path';
import { hasTexts, isRecord, jsonOf } from '../../model/json-data.js';
import { JournalUnreadable, openJournalFile } from './journal-file.js';
import { isUndoResult, type Step, stepFrom, targetsApi, type UndoResult } from './registry.js';

/*
 * The journal of a run: JSON lines, one written and flushed to the disk before each call that changes
 * something, and one after its answer. Whoever finds it with a transaction that did not end can undo
 * that transaction. It holds ids, names of methods and authorization types; no credentials, tokens of
 * AWS or account ids. It is data from a disk: what it says is believed as far as AWS confirms it.
 */

const FORMAT = 'apigw-iam-gate/journal/v1';
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
  readonly apiName: string;
  /** The deployment that each stage served when it began. */
  readonly stages: Readonly<Record<string, string>>;
  /** The deployment that each canary served when it began. */
  readonly canaries: Readonly<Record<string, string>>;
}

/** A step whose call may have been made. */
export interface AnnouncedStep {
  readonly step: Step;
  /** AWS answered that it carried our call out: without that, what is there may be somebody else's. */
  readonly isConfirmed: boolean;
  /**
   * What undoing it came to, where that was the end of it: what somebody does to the same thing
   * afterwards is theirs. `null` where it was not undone yet.
   */
  readonly settled: UndoResult | null;
}

/** A transaction with the steps that it announced, in order. */
export interface JournaledTransaction extends TransactionHeader {
  readonly steps: readonly AnnouncedStep[];
}

/** How a transaction ended. */
export type Ending = 'completed' | 'undone';

/** The journal of this run. Where it cannot be written, every method throws EnforcementStopped. */
export interface Journal {
  readonly path: string;
  begin(header: TransactionHeader): Promise<void>;
  /** Announces a step. Its call may be made once this has returned, and not before. */
  announce(step: Step): Promise<void>;
  /** Enters that AWS carried the call of the last announced step out, by its own answer. */
  confirm(): Promise<void>;
  /**
   * Enters what undoing a step came to, so that it is not undone a second time.
   *
   * @param index of the step, in the order in which they were announced.
   */
  settle(index: number, result: UndoResult): Promise<void>;
  /**
   * @param left what could not be put back, for whoever reads the file; nothing more is tried.
   */
  end(ending: Ending, left: readonly string[]): Promise<void>;
  /**
   * The transaction that began and did not end, from a run before this one.
   *
   * @throws JournalUnreadable where what is there is no journal of the gate's, or not in a safe place.
   */
  readUnfinished(): Promise<JournaledTransaction | null>;
}

/**
 * The journal in a file; the file appears with the first transaction.
 *
 * @param environment tells the runner's folders, in which no link may lead to the journal.
 */
export function createJournal(
  path: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Journal {
  const file = openJournalFile(path, environment);
  let isFirst = true;
  return {
    path,
    begin: async (header) => {
      // What is there has ended: the first transaction of a run begins the file anew.
      await file.append({ record: 'begin', format: FORMAT, ...header }, isFirst);
      isFirst = false;
    },
    announce: (step) => file.append({ record: 'step', step }, false),
    confirm: () => file.append({ record: 'confirmed' }, false),
    settle: (index, result) => file.append({ record: 'settled', step: index, result }, false),
    end: (ending, left) => file.append({ record: 'end', ending, left }, false),
    readUnfinished: async () => parseJournal(await file.read()),
  };
}

/**
 * The transaction of a journal's text that did not end.
 *
 * @throws JournalUnreadable where a whole line is none of a journal's, or not in its place.
 */
export function parseJournal(text: string): JournaledTransaction | null {
  // A last line without its end was cut short by a kill: the call that it announces was never made.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  let header: TransactionHeader | null = null;
  let steps: AnnouncedStep[] = [];
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const record = parseLine(line, number);
    if (record.record === 'begin') {
      if (header !== null) {
        throw new JournalUnreadable(`line ${number} begins a transaction within another`);
      }
      header = record.header;
      steps = [];
      continue;
    }
    if (header === null) throw new JournalUnreadable(`line ${number} is in no transaction`);
    if (record.record === 'end') {
      header = null;
    } else if (record.record === 'confirmed') {
      const last = steps.pop();
      if (last === undefined) throw new JournalUnreadable(`line ${number} confirms no step`);
      steps.push({ ...last, isConfirmed: true });
    } else if (record.record === 'settled') {
      const settled = steps[record.index];
      if (settled === undefined) throw new JournalUnreadable(`line ${number} settles no step`);
      steps[record.index] = { ...settled, settled: record.result };
    } else {
      const problem = problemOf(record.step, header);
      if (problem !== null) throw new JournalUnreadable(`line ${number} ${problem}`);
      steps.push({ step: record.step, isConfirmed: false, settled: null });
    }
  }
  return header === null ? null : { ...header, steps };
}

/** Why a step cannot be of the transaction that it stands in; `null` where it can. */
function problemOf(step: Step, header: TransactionHeader): string | null {
  if (!targetsApi(step, header.apiId)) return `is about another API than ${header.apiId}`;
  switch (step.kind) {
    case 'create-deployment':
      return step.undo.deleteWhereDescriptionHolds === header.token
        ? null
        : 'is about the deployment of another transaction';
    case 'move-stage': {
      const { stage } = step.target;
      const former = Object.hasOwn(header.stages, stage) ? header.stages[stage] : undefined;
      return step.undo.deploymentId === former
        ? null
        : `puts stage ${stage} to a deployment that it did not serve`;
    }
    default:
      return null;
  }
}

type Line =
  | { readonly record: 'begin'; readonly header: TransactionHeader }
  | { readonly record: 'step'; readonly step: Step }
  | { readonly record: 'confirmed' }
  | { readonly record: 'settled'; readonly index: number; readonly result: UndoResult }
  | { readonly record: 'end' };

function parseLine(line: string, number: number): Line {
  const data = jsonOf(line);
  if (isRecord(data)) {
    if (data.record === 'end' || data.record === 'confirmed') return { record: data.record };
    if (data.record === 'settled' && typeof data.step === 'number' && isUndoResult(data.result)) {
      return { record: 'settled', index: data.step, result: data.result };
    }
    const step = data.record === 'step' ? stepFrom(data.step) : null;
    if (step !== null) return { record: 'step', step };
    if (data.record === 'begin' && data.format === FORMAT && isHeader(data)) {
      const { token, region, apiId, apiName, stages } = data;
      if (!isUuid(token)) {
        throw new JournalUnreadable(`line ${number} names a transaction that is no UUID`);
      }
      // Journals of before the gate looked at canaries have no such member.
      const canaries = isTextMap(data.canaries) ? data.canaries : {};
      return { record: 'begin', header: { token, region, apiId, apiName, stages, canaries } };
    }
  }
  throw new JournalUnreadable(`line ${number} is not one that this version of the gate writes`);
}

function isHeader(data: unknown): data is Omit<TransactionHeader, 'canaries'> & {
  readonly canaries?: unknown;
} {
  return hasTexts(data, ['token', 'region', 'apiId', 'apiName']) && isTextMap(data.stages);
}

function isTextMap(data: unknown): data is Readonly<Record<string, string>> {
  return isRecord(data) && Object.values(data).every((value) => typeof value === 'string');
}

/** RFC 9562, "UUID Format". A shorter text could be found in descriptions that are not ours. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
