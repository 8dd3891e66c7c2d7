import { compareTexts } from '../model/compare-texts.js';
import type { Finding } from '../model/finding.js';
import { RULES } from './index.js';

const RANKS: ReadonlyMap<string, number> = new Map(RULES.map(({ id }, rank) => [id, rank]));

/**
 * Compares two findings: new ones before those that the baseline knows, errors before warnings, then the
 * worst rule, then by API, stage, path and method.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    Number(a.known) - Number(b.known) ||
    Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
    rankOf(a) - rankOf(b) ||
    compareTexts(a.rule, b.rule) ||
    compareTexts(a.api, b.api) ||
    compareTexts(a.stage, b.stage) ||
    compareTexts(a.path, b.path) ||
    compareTexts(a.method, b.method) ||
    compareTexts(a.message, b.message)
  );
}

/** Worst first: the same order in every run, whatever order the findings were made in. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(compareFindings);
}

function rankOf({ rule }: Finding): number {
  return RANKS.get(rule) ?? RULES.length;
}
