import { stat } from 'node:fs/promises';
import { printTable } from './table.js';

const LIMIT_BYTES = 2 * 1024 * 1024;

/**
 * Prints the size of the bundle, which every job that uses the action downloads.
 *
 * @returns what is over the limit; empty where nothing is.
 */
export async function benchSize(bundle: string): Promise<string[]> {
  const { size } = await stat(bundle);
  const inMiB = (bytes: number): string => (bytes / 1024 / 1024).toFixed(2);
  printTable(
    'Bundle',
    ['file', 'MiB', 'limit'],
    [['dist/index.js', inMiB(size), inMiB(LIMIT_BYTES)]],
  );
  return size > LIMIT_BYTES ? [`the bundle has ${size} bytes; the limit is ${LIMIT_BYTES}`] : [];
}
