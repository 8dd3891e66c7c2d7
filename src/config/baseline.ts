import { createHash } from 'node:crypto';
import type { Finding } from '../model/finding.js';
import { isRecord, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';

/** How a finding's fingerprint stands in the set where the account that it was found in is known besides. */
const OF_A_TARGET = 'target:';

/**
 * Reads the fingerprints that an earlier `report.json` holds. Of that file nothing else is used. A
 * finding of a known account counts there alone; one of an older file, which names none, everywhere.
 *
 * @returns the fingerprints, or what is wrong with the file, as the rest of a sentence.
 */
export function parseBaseline(text: string): Result<ReadonlySet<string>> {
  const content = jsonOf(text);
  if (content === undefined) return failed('is not JSON');
  if (typeof content !== 'object' || content === null) return failed('is not a report');
  if (!isRecord(content) || content.schema !== 'apigw-iam-gate/report/v1') {
    return failed('is not a report of this gate (schema apigw-iam-gate/report/v1)');
  }
  const { findings } = content;
  if (!Array.isArray(findings)) return failed('has no findings list');
  const fingerprints = new Set<string>();
  for (const finding of findings) {
    const { fingerprint, targetFingerprint } = isRecord(finding) ? finding : {};
    if (typeof fingerprint !== 'string') return failed('has a finding without fingerprint');
    if (typeof targetFingerprint !== 'string') fingerprints.add(fingerprint);
    else fingerprints.add(targetFingerprint).add(`${OF_A_TARGET}${fingerprint}`);
  }
  return ok(fingerprints);
}

/** Findings with the fingerprint that they have within an account and region. */
export function withTarget(
  findings: readonly Finding[],
  { account, region }: { readonly account: string | null; readonly region: string },
): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    targetFingerprint: account === null ? null : hashOf([account, region, finding.fingerprint]),
  }));
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Whether the baseline holds a finding. */
export function isHeld(
  { fingerprint, targetFingerprint }: Finding,
  baseline: ReadonlySet<string>,
): boolean {
  if (baseline.has(fingerprint)) return true;
  return targetFingerprint
    ? baseline.has(targetFingerprint)
    : baseline.has(`${OF_A_TARGET}${fingerprint}`);
}
