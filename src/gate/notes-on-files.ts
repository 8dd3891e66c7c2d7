import type { Declared } from '../model/declared.js';
import { declaredId } from '../model/declared-id.js';

/** Files that a note names. */
const NAMED = 5;

/** What a reader must know of the files besides the findings, as sentences of the report. */
export function notesOnFiles({ apis, files }: Declared): string[] {
  const silent = files.filter(({ outcome }) => outcome === 'no API').map(({ file }) => file);
  const assumed = new Map<string, Set<string>>();
  for (const { methods, policies } of apis) {
    for (const { assumes = [], place } of [...methods, ...policies]) {
      for (const it of assumes) {
        const where = assumed.get(it) ?? new Set();
        assumed.set(it, where.add(place.file));
      }
    }
  }
  return [
    ...[...assumed].map(
      ([what, where]) =>
        `This was judged on the assumption that ${what} (${named([...where])}). With the input parameters it is a fact.`,
    ),
    ...apis.flatMap((api) => api.notes.map((it) => `${declaredId(api)}: ${it}.`)),
    ...(silent.length === 0
      ? []
      : [
          `${silent.length === 1 ? 'One file declares' : `${silent.length} files declare`} no API: ${named(silent)}.`,
        ]),
  ];
}

function named(files: readonly string[]): string {
  const more = files.length - NAMED;
  return [...files.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
