import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findLink, ignoreSystemError, isSystemError, makeFolder } from '../files/folder.js';
import { type Text, writeText } from '../files/write-text.js';

/** A file of the report; its text is made when it is written. */
export interface ReportFile {
  readonly name: string;
  readonly render: () => Text;
}

/** The path of a file that was written, or why it was not. */
export type WrittenFile = { readonly path: string } | { readonly problem: string };

/**
 * Writes the report's files, each whole or not at all: a reader never finds half a report, and one that
 * cannot be written keeps no other from it.
 *
 * @param folder - Absolute.
 * @returns what became of each file, in the order given.
 */
export async function writeReportFiles(
  folder: string,
  files: readonly ReportFile[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WrittenFile[]> {
  const link = await findLink(folder, environment);
  if (link !== null) {
    const problem = `${link} is a link, and nothing is written through one. Name the folder that it leads to in report-dir`;
    return files.map(() => ({ problem }));
  }
  try {
    await makeFolder(folder);
  } catch (error) {
    const problem = `The folder ${folder} cannot be made (${wordsOf(error)}). Name another one in report-dir`;
    return files.map(() => ({ problem }));
  }
  // One after the other: of a large report, no two texts are in memory together.
  const written: WrittenFile[] = [];
  for (const file of files) written.push(await write(folder, file));
  return written;
}

async function write(folder: string, { name, render }: ReportFile): Promise<WrittenFile> {
  const path = join(folder, name);
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    // A new file: a link of this name would not be followed.
    await writeText(unfinished, render());
    await rename(unfinished, path);
    return { path };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(ignoreSystemError);
    return { problem: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return isSystemError(error) || error instanceof Error ? error.message : String(error);
}
