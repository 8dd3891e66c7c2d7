import type { Content, Said } from './content.js';
import type { RowState } from './state.js';

/** A line of a table or of a list. */
export interface Line {
  /** A cell a column; a list has one. */
  readonly cells: readonly Content[];
  /** What stands below it in a list: JSON to copy, and the words around it. */
  readonly below?: readonly Said[];
  /** How soon it gets a share of the room where the report is shortened, 0 first. */
  readonly rank: number;
  /** By what a reader can filter it. */
  readonly about?: About;
}

/** What a line is about. */
export interface About {
  readonly api: string | null;
  readonly rules: readonly string[];
  readonly state: RowState;
}

/**
 * A column. Markdown cannot say what becomes of it on a narrow screen, so there neighbors of one group
 * share a cell, in which each says what it is.
 */
export interface Column {
  readonly title: string;
  readonly group?: {
    readonly title: string;
    /** `configured NONE`, `3 open`, or the value alone. */
    readonly says: 'title first' | 'value first' | 'value alone';
  };
}

/** Lines in their order. Those of a long table are made as they are read, and each time anew. */
export interface Lines extends Iterable<Line> {
  readonly length: number;
}

/** Lines of which no two need to be in memory together. */
export function linesOf<T>(items: readonly T[], lineOf: (item: T, index: number) => Line): Lines {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const [index, item] of items.entries()) yield lineOf(item, index);
    },
  };
}

/** So many of the first lines. */
export function firstOf(lines: Lines, most: number): Line[] {
  const first: Line[] = [];
  for (const line of lines) {
    if (first.length >= most) break;
    first.push(line);
  }
  return first;
}

export type Body =
  | { readonly kind: 'list'; readonly lines: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly lines: Lines;
    };

/** A table or a list with what stands around it. */
export interface Part {
  readonly heading?: Heading;
  /** Above the lines. */
  readonly said?: readonly Said[];
  /** Where it is folded, what is seen of it. */
  readonly fold?: Content;
  readonly body: Body;
  /** Below the lines. */
  readonly after?: readonly Said[];
  /** What a line is, for `and 3 more methods`. */
  readonly noun: string;
}

export interface Heading {
  readonly level: 3 | 4;
  readonly content: Content;
  /** What links within the report lead to. */
  readonly anchor?: string;
}

/** The whole report: what is always there, and what is cut where there is no room. */
export interface Document {
  readonly headline: Content;
  readonly lead: readonly Said[];
  readonly parts: readonly Part[];
}
