import { lstat, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { hasTexts } from '../model/json-data.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A link on the way to a folder: below the workspace, `RUNNER_TEMP` or the machine's temporary folder
 * none may be, since a pull request can bring links along; elsewhere the folder itself must be none.
 *
 * @returns the link's path, or `null`.
 */
export async function findLink(folder: string, environment: Environment): Promise<string | null> {
  const roots = [
    environment.GITHUB_WORKSPACE || process.cwd(),
    environment.RUNNER_TEMP || tmpdir(),
    tmpdir(),
  ].map((root) => resolve(root));
  const [root = dirname(folder)] = roots
    .filter((candidate) => isBelow(folder, candidate))
    .toSorted((a, b) => b.length - a.length);
  let path = root;
  for (const part of relative(root, folder).split(sep)) {
    path = join(path, part);
    const found = await lookAt(path);
    if (found === 'link') return path;
    // Nothing can be there, nor below: walking on would take time that grows with the square of the path.
    if (found === 'too long') return null;
  }
  return null;
}

/** Whether a path lies below a folder, as far as the two texts say. */
export function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function lookAt(path: string): Promise<'link' | 'no link' | 'too long'> {
  try {
    return (await lstat(path)).isSymbolicLink() ? 'link' : 'no link';
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENAMETOOLONG' ? 'too long' : 'no link';
  }
}

/** Whether something is there, whatever it is. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a folder, and the folders above it, which others may make at the same time. Node's own
 * `recursive` never ends where a folder exists and nothing can be made in it, as in `/proc`.
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isMade(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder && !(await exists(parent))) await makeFolder(parent);
  if (!(await isMade(folder))) await mkdir(folder);
}

/** Tries to make a folder; `false` where what it would lie in is not there. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST' && (await stat(folder)).isDirectory()) return true;
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Whether an error is the file system's: it has a code, such as `ENOSPC`. */
export function isSystemError(
  error: unknown,
): error is { readonly code: string; readonly message: string } {
  return hasTexts(error, ['code', 'message']);
}

/** For a file that may be missing, or be one that nobody may touch. */
export function ignoreSystemError(error: unknown): void {
  if (!isSystemError(error)) throw error;
}
