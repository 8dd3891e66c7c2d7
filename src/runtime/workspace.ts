import { readdirSync } from 'node:fs';

/** Whether a folder is there and holds nothing. */
export function isEmptyFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    // Not there, or not ours to list: so it is not known to be empty.
    return false;
  }
}
