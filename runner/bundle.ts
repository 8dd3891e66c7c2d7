import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The repository's folder: the nearest one above this module that holds `action.yml`. Compiled code
 * lies one folder deeper than its source, so a fixed number of steps would fit only one of them.
 */
export const REPOSITORY: string = repositoryAbove(dirname(fileURLToPath(import.meta.url)));

/**
 * The bundle that ships, which a workflow's step runs.
 *
 * @throws Error where nobody built it.
 */
export function findBundle(): string {
  const bundle = join(REPOSITORY, 'dist', 'index.js');
  if (existsSync(bundle)) return bundle;
  throw new Error(`The bundle ${bundle} is missing. Build it first: npm run build`);
}

function repositoryAbove(folder: string): string {
  if (existsSync(join(folder, 'action.yml'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('There is no action.yml in any folder above the code.');
  return repositoryAbove(parent);
}
