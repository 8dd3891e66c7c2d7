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
 * Rules whose findings no baseline makes known: nobody can have agreed to what nobody saw, and an
 * exception that is over was agreed to until a day.
 */
const NEVER_KNOWN: ReadonlySet<string> = new Set([
  'unreadable',
  'probe-inconclusive',
  'exception-expired',
]);

/** Marks the findings that the baseline holds: notices, which fail nothing. */
export function markKnown(
  findings: readonly Finding[],
  baseline: ReadonlySet<string>,
): readonly Finding[] {
  if (baseline.size === 0) return findings;
  return findings.map((finding) => {
    const isNew = NEVER_KNOWN.has(finding.rule) || !baseline.has(finding.fingerprint);
    return isNew ? finding : { ...finding, known: true };
  });
}
