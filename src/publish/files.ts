import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes the report's files, each whole or not at all: a reader never finds half a report.
 *
 * @returns the path of each file, in the order given.
 */
export async function writeReportFiles(
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    files.map(async ({ name, text }) => {
      const path = join(folder, name);
      const unfinished = `${path}.${process.pid}.tmp`;
      await writeFile(unfinished, text);
      await rename(unfinished, path);
      return path;
    }),
  );
}
