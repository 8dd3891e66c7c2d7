import { compareTexts } from '../model/compare-texts.js';
import type { ReportedMethod, Verdict } from './report.js';

const VERDICT_RANKS: Readonly<Record<Verdict, number>> = { fail: 0, incomplete: 1, pass: 2 };

/** Failing methods first, then incomplete ones, then by path and method. */
export function sortMethods(methods: readonly ReportedMethod[]): ReportedMethod[] {
  return [...methods].sort(
    (a, b) =>
      verdictRank(a.verdict) - verdictRank(b.verdict) ||
      compareTexts(a.path, b.path) ||
      compareTexts(a.method, b.method),
  );
}

/** 0 for `fail`, 1 for `incomplete`, 2 for `pass`. */
export function verdictRank(verdict: Verdict): number {
  return VERDICT_RANKS[verdict];
}
