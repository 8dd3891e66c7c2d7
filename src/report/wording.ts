import type { Report, Verdict } from './report.js';

/** `10,000`. Whole numbers alone; `Intl.NumberFormat` would cost every start some 10 ms. */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 method`, `2 methods`, `10,000 methods`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
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
