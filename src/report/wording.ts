import type { Report, Verdict } from './report.js';

/** `10,000`. Whole numbers alone; `Intl.NumberFormat` would cost every start some 10 ms. */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 method`, `2 methods`, `10,000 methods`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** What a row is called. */
export interface Noun {
  readonly one: string;
  readonly many: string;
}

const METHOD: Noun = { one: 'method', many: 'methods' };
const ROUTE: Noun = { one: 'route', many: 'routes' };
const EITHER: Noun = { one: 'method or route', many: 'methods and routes' };

/** What rows are called: a REST API has methods, HTTP and WebSocket APIs have routes. */
export function nounOf(rows: readonly { readonly kind?: string | undefined }[]): Noun {
  // Older reports know of REST APIs alone.
  const routes = rows.filter(({ kind = 'REST' }) => kind !== 'REST').length;
  if (routes === 0) return METHOD;
  return routes === rows.length ? ROUTE : EITHER;
}

/** `1 route`, `12 methods and routes`. */
export function countOf(number: number, { one, many }: Noun): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`;
}

/** `3 errors and 1 warning`, `2 warnings`, `no findings`: without what is known or excepted. */
export function countFindings(counts: Report['counts']): string {
  const parts = [
    ...(counts.errors > 0 ? [count(counts.errors, 'error')] : []),
    ...(counts.warnings > 0 ? [count(counts.warnings, 'warning')] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(' and ');
}

/** `200 known` and `3 excepted`, as far as there are any: what the counts of findings leave out. */
export function wordsOnLeftOut(counts: Report['counts']): string[] {
  return [
    ...(counts.known > 0 ? [`${formatNumber(counts.known)} known`] : []),
    ...(counts.suppressed > 0 ? [`${formatNumber(counts.suppressed)} excepted`] : []),
  ];
}

/** The word that starts a verdict's line. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  incomplete: 'Incomplete',
};
