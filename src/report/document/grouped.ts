import type { Column } from './part.js';

/** Columns that share a cell. */
export interface SharedCell {
  readonly title: string;
  /** Indexes of its columns. */
  readonly of: readonly number[];
}

/** The cells of a table in which neighbors of one group share one. */
export function sharedCells(columns: readonly Column[]): SharedCell[] {
  const shown: { title: string; of: number[]; group: string | null }[] = [];
  for (const [index, { title, group }] of columns.entries()) {
    const last = shown.at(-1);
    if (group !== undefined && last?.group === group.title) last.of.push(index);
    else shown.push({ title: group?.title ?? title, of: [index], group: group?.title ?? null });
  }
  return shown;
}

/** A value with what it is, as far as its column says so. */
export function withTitle(text: string, { title, group }: Column): string {
  // An abbreviation stays one.
  const word = title === title.toUpperCase() ? title : title.toLowerCase();
  if (group?.says === 'title first') return `${word} ${text}`;
  return group?.says === 'value first' ? `${text} ${word}` : text;
}
