import { createHash } from 'node:crypto';
import type { Finding, Report } from '../report/report.js';

/** How a finding's fingerprint stands in the set where the account that it was found in is known besides. */
const OF_A_TARGET = 'target:';

/**
 * Reads the fingerprints that an earlier `report.json` holds. Of that file nothing else is used. A
 * finding of a known account counts there alone; one of an older file, which names none, everywhere.
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
  const fingerprints = new Set<string>();
  for (const finding of findings) {
    const [fingerprint, targetFingerprint] = ['fingerprint', 'targetFingerprint'].map(
      (name): unknown =>
        typeof finding === 'object' && finding !== null ? Reflect.get(finding, name) : null,
    );
    if (typeof fingerprint !== 'string') return 'has a finding without fingerprint';
    if (typeof targetFingerprint !== 'string') fingerprints.add(fingerprint);
    else fingerprints.add(targetFingerprint).add(`${OF_A_TARGET}${fingerprint}`);
  }
  return fingerprints;
}

/** Findings with the fingerprint that they have within an account and region. */
export function withTarget(
  findings: readonly Finding[],
  { account, region }: NonNullable<Report['target']>,
): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    targetFingerprint: account === null ? null : hashOf([account, region, finding.fingerprint]),
  }));
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
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
    const isKnown = !NEVER_KNOWN.has(finding.rule) && isHeld(finding, baseline);
    return isKnown ? { ...finding, known: true } : finding;
  });
}

function isHeld(
  { fingerprint, targetFingerprint }: Finding,
  baseline: ReadonlySet<string>,
): boolean {
  if (baseline.has(fingerprint)) return true;
  return targetFingerprint
    ? baseline.has(targetFingerprint)
    : baseline.has(`${OF_A_TARGET}${fingerprint}`);
}
