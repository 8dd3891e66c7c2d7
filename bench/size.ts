import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { printTable } from './table.js';

const LIMIT_BYTES = 3 * 1024 * 1024;

/**
 * Prints the size of `dist/`, which every job that uses the action downloads.
 *
 * @returns what is over the limit; empty where nothing is.
 */
export async function benchSize(bundle: string): Promise<string[]> {
  const folder = dirname(bundle);
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const inMiB = (bytes: number): string => (bytes / 1024 / 1024).toFixed(2);
  printTable(
    'Bundle',
    ['folder', 'files', 'MiB', 'limit'],
    [[`${basename(folder)}/`, String(sizes.length), inMiB(size), inMiB(LIMIT_BYTES)]],
  );
  return size > LIMIT_BYTES ? [`dist/ has ${size} bytes; the limit is ${LIMIT_BYTES}`] : [];
}
