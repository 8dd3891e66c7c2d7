import { isAbsolute, relative, sep } from 'node:path';

/** What came of reading a file of the workspace. */
export type FileText =
  | { readonly text: string }
  /** Why it is not read: `does not exist`, `leads out of the workspace`. */
  | { readonly problem: string };

/**
 * The files of the workspace. Paths are relative to it, with `/`, and never lead out of it: a path
 * that does, also through a symbolic link, is a problem like any other.
 */
export interface Files {
  /** Every file below the workspace, or why not all of them could be listed. */
  list(): { readonly paths: readonly string[]; readonly problem: string | null };
  read(path: string, maxBytes: number): FileText;
  /** The workspace's own absolute path, to recognize it in what other tools wrote. */
  readonly root: string;
}

/** A path written in a file, relative to that file's folder; `null` where it leads out. */
export function resolveFrom(file: string, written: string): string | null {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  return normalize(written.startsWith('/') ? written : `${folder}/${written}`);
}

/** A relative path without `.` and `..`; `null` where it leads out of the workspace. */
export function normalize(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/**
 * A path or glob that an input gives, from the workspace on. An absolute one is meant as it is: the same
 * path below the workspace is another file, which a pull request may bring along.
 */
export function fromRoot(given: string, root: string): string {
  if (!isAbsolute(given)) return given;
  const path = relative(root, given) || '.';
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** Files that live in memory. */
export function filesInMemory(
  contents: Readonly<Record<string, string>>,
  root = '/workspace',
): Files {
  const texts = new Map(Object.entries(contents));
  return {
    root,
    list: () => ({ paths: [...texts.keys()], problem: null }),
    read(path, maxBytes) {
      const text = texts.get(path);
      if (text === undefined) return { problem: 'does not exist' };
      if (text.length > maxBytes) return { problem: `is larger than ${maxBytes} bytes` };
      return { text };
    },
  };
}
