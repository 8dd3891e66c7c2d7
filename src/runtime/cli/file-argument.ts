import type { PlatformPath } from 'node:path';

/** What the input `templates` reads as more than a character of a name. */
const MAGIC = /[*?[\]{}()!+@|,]/g;

/**
 * A file of the command line as a glob of the input `templates`: relative to the folder that the command is
 * run in, with slashes. A shell has expanded its own globs by then, so that a name is meant as it is: where
 * there is such a file, what would be magic stands for any character.
 *
 * @param path of the platform, as `node:path` has it.
 */
export function globOf(
  file: string,
  folder: string,
  path: Pick<PlatformPath, 'isAbsolute' | 'relative' | 'sep'>,
  exists: (file: string) => boolean,
): string {
  const literal = exists(file);
  const near = path.isAbsolute(file) ? path.relative(folder, file) || '.' : file;
  const slashed = path.sep === '\\' ? near.replaceAll('\\', '/') : near;
  return literal ? slashed.replace(MAGIC, '?') : slashed;
}
