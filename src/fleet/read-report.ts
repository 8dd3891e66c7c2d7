import type { Finding } from '../model/finding.js';
import { isRecord, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';
import type { Report } from '../report/report.js';

/** What a merge takes from a target's report; the rest of it stays in the artifact. */
export type ReportFacts = Pick<
  Report,
  'verdict' | 'incomplete' | 'counts' | 'findings' | 'suppressed' | 'exceptions' | 'comparison'
> & {
  readonly target: { readonly account: string | null; readonly region: string };
  readonly apis: readonly { readonly id: string; readonly name: string }[];
};

/**
 * Reads a target's `report.json`, whose digest was right: it is this gate's own, or another version's.
 *
 * @returns what is taken from it, or what is wrong with it, as the rest of a sentence.
 */
export function readReport(text: string): Result<ReportFacts> {
  const data = jsonOf(text);
  if (data === undefined) return failed('is not JSON');
  if (!isRecord(data) || data.schema !== 'apigw-iam-gate/report/v1') {
    return failed('is no report of this version (schema apigw-iam-gate/report/v1)');
  }
  return hasFacts(data) ? ok(data) : failed('is no whole report');
}

const VERDICTS: readonly unknown[] = ['pass', 'fail', 'incomplete'];
const COUNTS = ['methods', 'errors', 'warnings', 'known', 'suppressed'];

function hasFacts(data: Readonly<Record<string, unknown>>): data is ReportFacts & typeof data {
  const { verdict, incomplete, counts, target, apis, findings, suppressed, exceptions } = data;
  return (
    VERDICTS.includes(verdict) &&
    typeof incomplete === 'boolean' &&
    isRecord(counts) &&
    COUNTS.every((name) => Number.isInteger(counts[name])) &&
    isRecord(target) &&
    (target.account === null || typeof target.account === 'string') &&
    typeof target.region === 'string' &&
    Array.isArray(apis) &&
    apis.every(
      (api) => isRecord(api) && typeof api.id === 'string' && typeof api.name === 'string',
    ) &&
    Array.isArray(findings) &&
    findings.every(isFinding) &&
    Array.isArray(suppressed) &&
    Array.isArray(exceptions) &&
    exceptions.every(isRecord)
  );
}

function isFinding(data: unknown): data is Finding {
  if (!isRecord(data)) return false;
  const { rule, severity, message, fix, fingerprint, known } = data;
  return (
    [rule, message, fix, fingerprint].every((it) => typeof it === 'string') &&
    (severity === 'error' || severity === 'warning') &&
    typeof known === 'boolean' &&
    ['api', 'stage', 'method', 'path'].every(
      (name) => data[name] === null || typeof data[name] === 'string',
    )
  );
}
