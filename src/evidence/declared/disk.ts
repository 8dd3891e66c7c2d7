import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeText } from '../../files/decode-text.js';
import { isBelow } from '../../files/folder.js';
import { type Files, type FileText, normalize } from './files.js';
import { LIMITS } from './limits.js';

/**
 * Folders that no glob looks into: other people's files, and copies that `sam build` makes. A path
 * without magic is read wherever it is.
 */
const SKIPPED = new Set(['node_modules', '.git', '.terraform', '.venv', '.aws-sam']);

/** The files below a folder of the disk. */
export function filesOnDisk(workspace: string): Files {
  const root = resolve(workspace);
  const realRoot = realpathSync(root);
  return {
    root,
    list: () => walk(realRoot),
    read: (path, maxBytes) => readBelow(realRoot, path, maxBytes),
  };
}

/** Folders behind symbolic links are not walked: a circle of them would never end. */
function walk(root: string): { paths: string[]; problem: string | null } {
  const paths: string[] = [];
  const folders = [''];
  let walked = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let items: ReturnType<typeof itemsOf>;
    try {
      items = itemsOf(join(root, folder));
    } catch (error) {
      return { paths, problem: `the folder ${folder || '.'} cannot be listed (${wordsOf(error)})` };
    }
    for (const item of items) {
      walked += 1;
      if (walked > LIMITS.walked) {
        return { paths, problem: `the workspace has more than ${LIMITS.walked} files` };
      }
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) {
        if (!SKIPPED.has(item.name)) folders.push(path);
      } else if (item.isFile() || item.isSymbolicLink()) paths.push(path);
    }
  }
  return { paths: paths.sort(), problem: null };
}

function itemsOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function readBelow(root: string, path: string, maxBytes: number): FileText {
  const inside = normalize(path);
  if (inside === null) return { problem: 'leads out of the workspace' };
  try {
    const real = realpathSync(join(root, inside));
    if (real !== root && !isBelow(real, root)) {
      return { problem: 'leads out of the workspace through a symbolic link' };
    }
    const status = statSync(real);
    if (!status.isFile()) return { problem: 'is not a file' };
    if (status.size > maxBytes) {
      return { problem: `is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB` };
    }
    return { text: decodeText(readFileSync(real)) };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'does not exist' };
    if (code === 'ELOOP' || /\bELOOP\b/.test(wordsOf(error)))
      return { problem: 'is a circle of symbolic links' };
    return { problem: `cannot be read (${wordsOf(error)})` };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
