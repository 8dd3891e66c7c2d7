import type { Report, Verdict } from './report.js';

/** `10,000`. Whole numbers alone; `Intl.NumberFormat` would cost every start some 10 ms. */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 method`, `2 methods`, `10,000 methods`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `3 errors and 1 warning`, `2 warnings`, `no findings`. */
export function countFindings(counts: Report['counts']): string {
  const parts = [
    ...(counts.errors > 0 ? [count(counts.errors, 'error')] : []),
    ...(counts.warnings > 0 ? [count(counts.warnings, 'warning')] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(' and ');
}

/** The word that starts a verdict's line. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  incomplete: 'Incomplete',
};
