import { readdir } from 'node:fs/promises';

/** Whether a folder is there and holds nothing. */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch {
    // Not there, or not ours to list: so it is not known to be empty.
    return false;
  }
}
