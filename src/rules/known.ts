import { isHeld } from '../config/baseline.js';
import type { Finding } from '../model/finding.js';
import { ruleOf } from './index.js';

/** Marks the findings that the baseline holds: notices, which fail nothing. */
export function markKnown(
  findings: readonly Finding[],
  baseline: ReadonlySet<string>,
): readonly Finding[] {
  if (baseline.size === 0) return findings;
  return findings.map((finding) => {
    const isKnown = ruleOf(finding)?.neverKnown !== true && isHeld(finding, baseline);
    return isKnown ? { ...finding, known: true } : finding;
  });
}
