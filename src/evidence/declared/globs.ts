import { withoutTrailingSlashes } from '../../model/slashes.js';
import { type Files, fromRoot, normalize } from './files.js';
import { LIMITS } from './limits.js';
import { compilePathGlob, isGlob, type PathMatcher } from './path-glob.js';

/** What the user's globs stand for. */
export interface Matches {
  /** Files, and folders that are cloud assemblies or Terraform modules. */
  readonly paths: readonly string[];
  /** Globs that match nothing. */
  readonly unmatched: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Finds what globs match. A path without magic is taken as it is, so that the workspace is walked where
 * it must be alone. `!glob` takes away what others match.
 */
export function matchGlobs(globs: readonly string[], files: Files): Matches {
  const found = new Set<string>();
  const unmatched: string[] = [];
  const problems: string[] = [];
  const compiled = (pattern: string, glob: string): PathMatcher => {
    const matches = compilePathGlob(pattern);
    if (!('problem' in matches)) return matches;
    problems.push(`${glob} ${matches.problem}`);
    return () => false;
  };
  const excluded = globs
    .filter((it) => it.startsWith('!'))
    .map((it) => compiled(fromRoot(withoutDot(it.slice(1)), files.root), it));
  let listed: { paths: readonly string[]; problem: string | null } | null = null;
  for (const glob of globs) {
    if (glob.startsWith('!')) continue;
    const pattern = fromRoot(withoutDot(glob), files.root);
    const matched: string[] = [];
    const path = normalize(pattern.replace(/\\([*?[\]{}])/g, '$1'));
    if (path === null) problems.push(`${glob} leads out of the workspace`);
    else if (!isGlob(pattern)) {
      if (isThere(path, files)) matched.push(path);
    } else {
      if (listed === null) {
        listed = files.list();
        if (listed.problem !== null) problems.push(listed.problem);
      }
      const matches = compiled(pattern, glob);
      matched.push(...listed.paths.filter((path) => matches(path)));
      for (const folder of assembliesIn(listed.paths)) if (matches(folder)) matched.push(folder);
    }
    const kept = matched.filter((path) => !excluded.some((matches) => matches(path)));
    if (kept.length === 0 && !problems.some((it) => it.startsWith(`${glob} `)))
      unmatched.push(glob);
    for (const path of kept) found.add(path);
  }
  const paths = [...found].sort();
  if (paths.length > LIMITS.files) {
    problems.push(`the globs match ${paths.length} files, and ${LIMITS.files} are read at most`);
  }
  return { paths: paths.slice(0, LIMITS.files), unmatched, problems };
}

function withoutDot(glob: string): string {
  const pattern = withoutTrailingSlashes(glob.replace(/^(\.\/)+/, ''));
  return pattern === '' ? '.' : pattern;
}

/** A file, or a folder of one of the kinds that are read as a whole. */
function isThere(path: string, files: Files): boolean {
  // No byte of it is wanted: that it is larger says that it is there.
  const source = files.read(path, 0);
  if ('text' in source || !/does not exist|is not a file/.test(source.problem)) return true;
  return isFolder(path, files);
}

export function isFolder(path: string, files: Files): boolean {
  if (isAssembly(path, files)) return true;
  const prefix = path === '' ? '' : `${path}/`;
  return files.list().paths.some((it) => it.startsWith(prefix));
}

export function isAssembly(folder: string, files: Files): boolean {
  const manifest = folder === '' ? 'manifest.json' : `${folder}/manifest.json`;
  const source = files.read(manifest, LIMITS.bytes);
  return 'text' in source && source.text.includes('"artifacts"');
}

/** The folders with a `manifest.json`, of which some are assemblies. */
function assembliesIn(paths: readonly string[]): readonly string[] {
  return paths
    .filter((path) => path.endsWith('/manifest.json'))
    .map((path) => path.slice(0, -'/manifest.json'.length));
}
