import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareTexts } from '../model/compare-texts.js';

/** A folder of artifacts has a folder for each, and whatever their paths had in common. */
const MAX_DEPTH = 8;

/**
 * Files of a name in a folder and below it, in the order of their paths. Links are not followed.
 *
 * @throws the file system's error where the folder itself cannot be listed.
 */
export async function findFiles(folder: string, name: string): Promise<string[]> {
  const found: string[] = [];
  const open: { path: string; depth: number }[] = [{ path: folder, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, depth } = next;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isFile() && entry.name === name) found.push(inside);
      if (entry.isDirectory() && depth < MAX_DEPTH) open.push({ path: inside, depth: depth + 1 });
    }
  }
  return found.toSorted(compareTexts);
}
