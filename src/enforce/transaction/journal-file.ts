import { createHash } from 'node:crypto';
import { type BigIntStats, constants, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findLink, isSystemError, makeFolder } from '../../files/folder.js';
import { failed, ok, type Result } from '../../model/result.js';
import { EnforcementStopped } from './stopped.js';

/*
 * The file of a journal. It decides what is rolled back in an account, so it is written and read only where
 * nobody else can change it: a regular file of this user's, that no other user may write, with
 * no other name, in a folder that no link leads to.
 */

/** The file is no journal, or may be somebody else's: what an earlier run has left is not known. */
export class JournalUnreadable extends Error {
  override readonly name = 'JournalUnreadable';
}

export interface JournalFile {
  /**
   * Writes a line and returns when it is on the disk.
   *
   * @param recordIn makes the record, given the identity of the file: see identityOf.
   * @param anew whether the file is emptied first.
   * @throws EnforcementStopped where it cannot be written, or is not in a safe place.
   */
  append(recordIn: (file: string) => object, anew: boolean): Promise<void>;
  /**
   * What is in the file; no text where there is none.
   *
   * @throws JournalUnreadable where it may be somebody else's, or cannot be read.
   */
  read(): Promise<JournalContent>;
}

/** What a journal's file holds. */
export interface JournalContent {
  readonly text: string;
  /** Whether what tells a file from its copies is of this file. */
  readonly isOf: (file: string) => boolean;
}

/**
 * The file as this process left or found it: its number, and a hash of its whole lines. Lines of another run's
 * transaction of the same API are as long as ours.
 */
interface Known {
  readonly ino: bigint;
  readonly hash: string;
}

interface FileContent extends JournalContent {
  readonly known: Known | null;
}

type Identity = Pick<BigIntStats, 'ino' | 'birthtimeNs' | 'ctimeNs'>;

/**
 * What tells a file from its copies: its number on the disk, and when it was made. A repository, a cache
 * or an artifact brings the text of a journal along, and never these.
 */
export function identityOf({ ino, birthtimeNs }: Pick<Identity, 'ino' | 'birthtimeNs'>): string {
  return `${ino}-${birthtimeNs}`;
}

/**
 * Where it is not known when a file was made, that is the beginning of 1970, or when it was last changed
 * (Node.js, "Stat time values"); the latter moves on with each line, so that the number decides.
 */
export function isIdentityOf(status: Identity, file: string): boolean {
  if (file === identityOf(status)) return true;
  return status.birthtimeNs === status.ctimeNs && file.startsWith(`${status.ino}-`);
}

/** The largest journal that is read: a step is some hundred bytes, an API has 300 resources. */
const MAX_BYTES = 16 * 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** @param environment names the runner's folders, in which no link may stand. */
export function openJournalFile(path: string, environment: Environment): JournalFile {
  /** `null` where there was none; `undefined` where nobody looked. */
  let known: Known | null | undefined;
  return {
    append: async (recordIn, anew) => {
      const written = await writing(path, () =>
        append(path, recordIn, { anew, known }, environment),
      );
      if (written.ok) known = written.value;
      else {
        throw new EnforcementStopped(
          `The journal ${path} is not written: ${written.why}. Without it nothing may be changed: point report-dir to a folder that only the gate writes to.`,
        );
      }
    },
    read: async () => {
      const content = await reading(() => read(path, environment));
      if (!content.ok) throw new JournalUnreadable(content.why);
      known = content.value.known;
      return content.value;
    },
  };
}

/** Nothing is changed that is not in the journal first: a disk that is full stops enforcement. */
async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EnforcementStopped(
      `The journal ${path} could not be written (${error.message}). Without it nothing may be changed: point report-dir to a folder that can be written and has room.`,
    );
  }
}

async function append(
  path: string,
  recordIn: (file: string) => object,
  { anew, known }: { readonly anew: boolean; readonly known: Known | null | undefined },
  environment: Environment,
): Promise<Result<Known>> {
  const folder = dirname(path);
  const doubt = (await doubtOfFolder(folder, environment)) ?? (await doubtOfPath(path));
  if (doubt !== null) return failed(doubt);
  if (anew) await makeFolder(folder);
  // Only the first line makes the file: where it is gone by then, its beginning is gone with it.
  const flags = constants.O_RDWR | NO_FOLLOW | (anew ? constants.O_CREAT : 0);
  const file = await open(path, flags, 0o600);
  let written: Known;
  try {
    const opened = doubtOfFile(await file.stat());
    if (opened !== null) return failed(opened);
    const ino = (await file.stat({ bigint: true })).ino;
    const lines = wholeLinesIn(await file.readFile());
    // Emptied, it would take along what another run has begun since it was read.
    const isGone = anew && lines.length === 0;
    if (!isGone && known !== undefined && !isSame(known, { ino, hash: hashOf(lines) })) {
      return failed(
        'something else changed it meanwhile, such as another run with the same folder',
      );
    }
    // A line that a kill cut short is cut off first.
    const end = anew ? 0 : lines.length;
    await file.truncate(end);
    const record = recordIn(identityOf(await file.stat({ bigint: true })));
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const { bytesWritten } = await file.write(line, 0, line.length, end);
    if (bytesWritten < line.length) return failed('the disk has no room for a whole line');
    await file.sync();
    const kept = anew ? line : Buffer.concat([lines, line]);
    written = { ino, hash: hashOf(kept) };
  } finally {
    await file.close();
  }
  if (anew) await flushFolder(folder);
  return ok(written);
}

const NOTHING_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

async function reading(read: () => Promise<Result<FileContent>>): Promise<Result<FileContent>> {
  try {
    return await read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return NOTHING_THERE.has(error.code)
      ? ok({ text: '', isOf: () => false, known: null })
      : failed(error.message);
  }
}

async function read(path: string, environment: Environment): Promise<Result<FileContent>> {
  const doubt = (await doubtOfFolder(dirname(path), environment)) ?? (await doubtOfPath(path));
  if (doubt !== null) return failed(doubt);
  // A pipe in its place would keep the job waiting for ever.
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT);
  try {
    const opened = doubtOfFile(await file.stat());
    if (opened !== null) return failed(opened);
    const status = await file.stat({ bigint: true });
    const content = await file.readFile();
    return ok({
      text: content.toString('utf8'),
      isOf: (file) => isIdentityOf(status, file),
      known: { ino: status.ino, hash: hashOf(wholeLinesIn(content)) },
    });
  } finally {
    await file.close();
  }
}

/** Windows has neither flag: there only `lstat` finds a link. */
const NO_FOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const NO_WAIT = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

async function doubtOfFolder(folder: string, environment: Environment): Promise<string | null> {
  const link = await findLink(resolve(folder), environment);
  return link === null ? null : `${link} is a link`;
}

async function doubtOfPath(path: string): Promise<string | null> {
  try {
    const status = await lstat(path);
    return status.isSymbolicLink() ? 'it is a link' : doubtOfFile(status);
  } catch (error) {
    if (isSystemError(error) && NOTHING_THERE.has(error.code)) return null;
    throw error;
  }
}

/** Why a file may be somebody else's, or lead there; `null` where nothing says so. */
function doubtOfFile(status: Stats): string | null {
  if (!status.isFile()) return 'it is no regular file';
  if (status.size > MAX_BYTES) return `it is larger than ${MAX_BYTES / 1024 / 1024} MiB`;
  if (status.nlink > 1) return 'the file has another name, too (a hard link)';
  const self = process.geteuid?.();
  // Windows keeps owners and rights elsewhere.
  if (self === undefined) return null;
  if (status.uid !== self) return 'the file belongs to another user';
  return (status.mode & 0o022) === 0 ? null : 'other users may write to the file';
}

function wholeLinesIn(content: Buffer): Buffer {
  return content.subarray(0, content.lastIndexOf('\n') + 1);
}

function hashOf(lines: Buffer): string {
  return createHash('sha256').update(lines).digest('base64');
}

function isSame(known: Known | null, now: Known): boolean {
  return known !== null && known.ino === now.ino && known.hash === now.hash;
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
