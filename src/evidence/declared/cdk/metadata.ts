import type { Place } from '../../../model/declared.js';
import { isRecord } from '../../../model/json-data.js';

/** Where each logical id of a stack was created in the app, by the assembly's metadata. */
export interface SourceLines {
  placeOf(logicalId: string): Place | null;
}

/**
 * Reads the metadata of a stack: by construct path, a list of entries, of which
 * `aws:cdk:creationStack` has the frames of the construct's creation and `aws:cdk:logicalId` the name
 * and, in older assemblies, a `trace`.
 */
export function sourceLines(
  metadata: unknown,
  root: string,
  /** How many lines a file of the workspace has; `null` where there is none. */
  countLines: (path: string) => number | null,
): SourceLines {
  const paths = new Map<string, string>();
  const frames = new Map<string, readonly string[]>();
  for (const [path, entries] of isRecord(metadata) ? Object.entries(metadata) : []) {
    const all: readonly unknown[] = Array.isArray(entries) ? entries : [];
    const created = all.flatMap((it) => (isRecord(it) ? framesOf(it) : []));
    for (const it of all) {
      if (!isRecord(it) || it.type !== 'aws:cdk:logicalId') continue;
      if (typeof it.data === 'string') paths.set(it.data, path);
      frames.set(path, created);
    }
  }
  const counted = new Map<string, number | null>();
  const linesOf = (path: string) => {
    const known = counted.get(path);
    if (known !== undefined) return known;
    const lines = countLines(path);
    counted.set(path, lines);
    return lines;
  };
  return {
    placeOf(logicalId) {
      const path = paths.get(logicalId);
      return path === undefined ? null : placeOfConstruct(path, frames, root, linesOf);
    },
  };
}

/**
 * The place of a construct. Where its own frames hold no user code, since the CDK keeps but a few of
 * them, the nearest construct around it that was created in user code is the one to change.
 */
function placeOfConstruct(
  path: string,
  frames: ReadonlyMap<string, readonly string[]>,
  root: string,
  linesOf: LinesOf,
): Place | null {
  const parts = path.split('/');
  for (let length = parts.length; length > 1; length -= 1) {
    const around = parts.slice(0, length).join('/');
    for (const candidate of [around, `${around}/Resource`]) {
      const place = firstInside(frames.get(candidate) ?? [], root, linesOf);
      if (place !== null) return place;
    }
  }
  return null;
}

type LinesOf = (path: string) => number | null;

function framesOf(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const list = entry.type === 'aws:cdk:creationStack' ? entry.data : entry.trace;
  return Array.isArray(list) ? list.filter((it) => typeof it === 'string') : [];
}

/** `new Rest (/…/app.ts:12:79)`, `/…/app.ts:12:79`. */
const FRAME = /(?:\(|^(?:at )?|\s)(?:file:\/\/)?((?:[A-Za-z]:)?[^\s():]+):(\d+):(\d+)\)?$/;

/**
 * The first frame that lies in the workspace and is nobody else's code. The app may have been
 * synthesized in another folder than the one that is read now: the longest end of its path that is a
 * file of the workspace is taken.
 */
function firstInside(frames: readonly string[], root: string, linesOf: LinesOf): Place | null {
  for (const frame of frames) {
    const [, written, line, column] = FRAME.exec(frame.trim()) ?? [];
    if (written === undefined || /(^|[\\/])node_modules[\\/]|^node:/.test(written)) continue;
    const path = written.replaceAll('\\', '/');
    const below = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
    const number = Number(line);
    const isThere = (candidate: string) => (linesOf(candidate) ?? 0) >= number;
    const file = below !== null && isThere(below) ? below : longestEnd(path, isThere);
    if (file !== null) return { file, line: number, column: Number(column) };
  }
  return null;
}

function longestEnd(path: string, isThere: (path: string) => boolean): string | null {
  const parts = path.split('/').filter(Boolean);
  for (let from = 1; from < parts.length; from += 1) {
    const end = parts.slice(from).join('/');
    if (isThere(end)) return end;
  }
  return null;
}
