import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError, makeFolder } from '../folder.js';
import { hasTexts, isRecord } from '../json-data.js';
import { type Step, stepFrom } from './step.js';
import { EnforcementStopped } from './stopped.js';

/*
 * The journal of a run: JSON lines, one written and flushed to the disk before each call that changes
 * something. Whoever finds it with a transaction that did not end can undo that transaction. It holds
 * ids, names of methods and authorization types; no credentials, tokens of AWS or account ids.
 */

const FORMAT = 'apigw-iam-gate/journal/v1';
const FILE = 'enforce-journal.jsonl';

/** Where a run with this report folder keeps its journal. */
export function journalPath(reportDir: string): string {
  return join(reportDir, FILE);
}

/** What a transaction is about: one API. */
export interface TransactionHeader {
  /** Unique over all runs; also in the description of the deployment that it makes. */
  readonly token: string;
  readonly region: string;
  readonly apiId: string;
  readonly apiName: string;
  /** The deployment that each stage served when it began. */
  readonly stages: Readonly<Record<string, string>>;
}

/** A transaction with the steps that it announced, in order. */
export interface JournaledTransaction extends TransactionHeader {
  readonly steps: readonly Step[];
}

/** How a transaction ended. */
export type Ending = 'completed' | 'undone';

/** The journal of this run. Where it cannot be written, every method throws EnforcementStopped. */
export interface Journal {
  readonly path: string;
  begin(header: TransactionHeader): Promise<void>;
  /** Announces a step. Its call may be made once this has returned, and not before. */
  announce(step: Step): Promise<void>;
  /**
   * @param left what could not be put back, for whoever reads the file; nothing more is tried.
   */
  end(ending: Ending, left: readonly string[]): Promise<void>;
  /** The transaction that began and did not end, from a run before this one. */
  readUnfinished(): Promise<JournaledTransaction | null>;
}

/** The journal at a path is not one: nobody knows what an earlier run has left. */
export class JournalUnreadable extends Error {
  override readonly name = 'JournalUnreadable';
}

/** The journal in a file; the file appears with the first transaction. */
export function createJournal(path: string): Journal {
  let isFirst = true;
  return {
    path,
    begin: (header) =>
      writing(path, async () => {
        await makeFolder(dirname(path));
        // What is there has ended: the first transaction of a run begins the file anew.
        await append(path, { record: 'begin', format: FORMAT, ...header }, isFirst);
        if (isFirst) await flushFolder(dirname(path));
        isFirst = false;
      }),
    announce: (step) => writing(path, () => append(path, { record: 'step', step }, false)),
    end: (ending, left) =>
      writing(path, () => append(path, { record: 'end', ending, left }, false)),
    readUnfinished: async () => parseJournal(await textOf(path)),
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
  let steps: Step[] = [];
  for (const [index, line] of lines.entries()) {
    const record = parseLine(line, index + 1);
    if (record.record === 'begin') {
      if (header !== null) {
        throw new JournalUnreadable(`line ${index + 1} begins a transaction within another`);
      }
      header = record.header;
      steps = [];
    } else if (record.record === 'end') {
      header = null;
    } else {
      steps.push(record.step);
    }
  }
  return header === null ? null : { ...header, steps };
}

type Line =
  | { readonly record: 'begin'; readonly header: TransactionHeader }
  | { readonly record: 'step'; readonly step: Step }
  | { readonly record: 'end' };

function parseLine(line: string, number: number): Line {
  const data = jsonOf(line);
  if (isRecord(data)) {
    if (data.record === 'end') return { record: 'end' };
    const step = data.record === 'step' ? stepFrom(data.step) : null;
    if (step !== null) return { record: 'step', step };
    if (data.record === 'begin' && data.format === FORMAT && isHeader(data)) {
      const { token, region, apiId, apiName, stages } = data;
      return { record: 'begin', header: { token, region, apiId, apiName, stages } };
    }
  }
  throw new JournalUnreadable(`line ${number} is not one that this version of the gate writes`);
}

function isHeader(data: unknown): data is TransactionHeader {
  return (
    hasTexts(data, ['token', 'region', 'apiId', 'apiName']) &&
    data.token !== '' &&
    isRecord(data.stages) &&
    Object.values(data.stages).every((id) => typeof id === 'string')
  );
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Writes a line and returns when it is on the disk; a line that a kill cut short is cut off first. */
async function append(path: string, record: object, anew: boolean): Promise<void> {
  const flags = constants.O_RDWR | constants.O_CREAT | (anew ? constants.O_TRUNC : 0);
  const file = await open(path, flags, 0o600);
  try {
    const end = await endOfLastLine(file);
    await file.truncate(end);
    await file.write(`${JSON.stringify(record)}\n`, end);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Nothing is changed that is not in the journal first: a disk that is full stops enforcement. */
async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EnforcementStopped(
      `The journal ${path} could not be written (${error.message}). Without it nothing may be changed: point report-dir to a folder that can be written.`,
    );
  }
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  const content = await file.readFile();
  return content.lastIndexOf('\n') + 1;
}

/** A new file is found after a crash only when its folder is on the disk, too. */
async function flushFolder(folder: string): Promise<void> {
  // Windows opens no folder as a file, and needs no such flush.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
