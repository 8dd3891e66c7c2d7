import type { Finding } from '../report/report.js';

/**
 * Reads the fingerprints that an earlier `report.json` holds. Of that file nothing else is used.
 *
 * @returns the fingerprints, or what is wrong with the file.
 */
export function parseBaseline(text: string): ReadonlySet<string> | string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof content !== 'object' || content === null) return 'is not a report';
  if (Reflect.get(content, 'schema') !== 'apigw-iam-gate/report/v1') {
    return 'is not a report of this gate (schema apigw-iam-gate/report/v1)';
  }
  const findings: unknown = Reflect.get(content, 'findings');
  if (!Array.isArray(findings)) return 'has no findings list';
  const fingerprints = findings.map((finding: unknown) =>
    typeof finding === 'object' && finding !== null ? Reflect.get(finding, 'fingerprint') : null,
  );
  if (!fingerprints.every((it) => typeof it === 'string'))
    return 'has a finding without fingerprint';
  return new Set(fingerprints);
}

/**
 * Marks the findings that the baseline holds: notices, which fail nothing. What could not be read
 * or proven is never known: nobody can have agreed to what nobody saw.
 */
export function markKnown(
  findings: readonly Finding[],
  baseline: ReadonlySet<string>,
): readonly Finding[] {
  if (baseline.size === 0) return findings;
  return findings.map((finding) => {
    const isBlind = finding.rule === 'unreadable' || finding.rule === 'probe-inconclusive';
    return isBlind || !baseline.has(finding.fingerprint) ? finding : { ...finding, known: true };
  });
}
