import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileReading } from '../config/load.js';
import { failed, ok } from '../model/result.js';
import { decodeText } from './decode-text.js';
import { isSystemError } from './folder.js';

/** Larger than any configuration file or report that the gate writes for a whole region. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a text file below a folder, or by an absolute path, if it is not larger than so many bytes. At once:
 * what a run looks for before its first call is mostly not there, and a promise takes longer to say so.
 */
export function readLocalFile(
  folder: string,
  path: string,
  maxBytes: number = MAX_FILE_BYTES,
): FileReading {
  try {
    // Opening a pipe would wait for somebody to write into it.
    const file = openSync(resolve(folder, path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return failed('is not a file');
      const text = readUpTo(file, stats.size, maxBytes);
      return text === null ? failed(`is larger than ${sizeOf(maxBytes)}`) : ok(text);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = isSystemError(error) ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok(null);
    const words = isSystemError(error) ? error.message : String(error);
    return failed(`cannot be read (${words})`);
  }
}

/** The text of a file; `null` where there is more of it, whatever its size says (`/proc` says 0). */
function readUpTo(file: number, size: number, maxBytes: number): string | null {
  if (size > maxBytes) return null;
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.alloc(Math.min(Math.max(size + 1 - total, 4096), maxBytes + 1));
    const bytesRead = readSync(file, chunk, 0, chunk.length, null);
    if (bytesRead === 0) return decodeText(Buffer.concat(chunks));
    total += bytesRead;
    if (total > maxBytes) return null;
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

function sizeOf(bytes: number): string {
  const mib = 1024 * 1024;
  return bytes >= mib ? `${bytes / mib} MiB` : `${bytes / 1024} KiB`;
}
