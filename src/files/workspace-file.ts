import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileReading } from '../config/load.js';
import { failed } from '../model/result.js';
import { ignoreSystemError, isBelow } from './folder.js';
import { readLocalFile } from './local-file.js';

/**
 * Reads a text file as {@link readLocalFile} does, but not through a link that leads out of the workspace:
 * a pull request can bring one along, and what is wrong in a file is quoted where others read it. A path
 * that names a file elsewhere is the workflow's own and may.
 */
export function readWorkspaceFile(workspace: string, path: string): FileReading {
  const file = resolve(workspace, path);
  if (isBelow(file, resolve(workspace)) && leadsOut(workspace, file)) {
    return failed('leads out of the workspace through a symbolic link');
  }
  return readLocalFile(workspace, path);
}

function leadsOut(workspace: string, file: string): boolean {
  try {
    return !isBelow(realpathSync(file), realpathSync(workspace));
  } catch (error) {
    // Not there, or not to be read: whoever opens it says so.
    ignoreSystemError(error);
    return false;
  }
}
