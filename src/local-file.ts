import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FileReading } from './policy/load.js';

/** Larger than any policy or report that the gate writes for a whole region. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a text file below a folder, or by an absolute path. */
export async function readLocalFile(folder: string, path: string): Promise<FileReading> {
  const absolute = resolve(folder, path);
  try {
    const status = await stat(absolute);
    if (!status.isFile()) return { problem: 'is not a file' };
    const { size } = status;
    if (size > MAX_BYTES) return { problem: `is larger than ${MAX_BYTES / 1024 / 1024} MiB` };
    return { text: await readFile(absolute, 'utf8') };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { text: null };
    return {
      problem: `cannot be read (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}
