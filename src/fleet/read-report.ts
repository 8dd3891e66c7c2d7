import { withTarget } from '../config/baseline.js';
import {
  type Exception,
  type Finding,
  isVerdict,
  type Location,
  type Suppressed,
} from '../model/finding.js';
import { hasTexts, isRecord, isTextOrNull, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';
import { wasAsked } from '../report/asked.js';
import type { Report } from '../report/report.js';
import { contradictionIn, type HeldReport } from './contradiction.js';

/** What a merge takes from a target's report; the rest of it stays in the artifact. */
export type ReportFacts = Pick<
  Report,
  'verdict' | 'incomplete' | 'counts' | 'findings' | 'suppressed' | 'exceptions' | 'comparison'
> & {
  readonly target: { readonly account: string | null; readonly region: string };
  readonly apis: readonly { readonly id: string; readonly name: string }[];
  /** An endpoint was asked. */
  readonly isAsked: boolean;
};

/** A target's report, as far as a merge needs it. */
export interface ReadReport {
  readonly facts: ReportFacts;
  /** Where it contradicts itself, as the rest of a sentence; `null` where it does not. */
  readonly contradiction: string | null;
}

/**
 * Reads a target's `report.json`, whose digest was right: it is this gate's own, or another version's, or
 * somebody wrote it. What it counts is counted again, and what stands for its findings is made again.
 *
 * @returns what is taken from it, or what is wrong with it, as the rest of a sentence.
 */
export function readReport(text: string): Result<ReadReport> {
  const data = jsonOf(text);
  if (data === undefined) return failed('is not JSON');
  if (!isRecord(data) || data.schema !== 'apigw-iam-gate/report/v1') {
    return failed('is no report of this version (schema apigw-iam-gate/report/v1)');
  }
  if (!hasFacts(data)) return failed('is no whole report');
  const { counts, methods, suppressed, target } = data;
  const counted = { ...counts, methods: methods.length, suppressed: suppressed.length };
  const findings = withTarget(data.findings, target);
  return ok({
    facts: { ...data, counts: counted, findings, isAsked: methods.some(wasAsked) },
    contradiction: contradictionIn(data),
  });
}

const MODES: readonly unknown[] = ['audit', 'plan', 'enforce'];
const EFFECTS: readonly unknown[] = [undefined, 'open', 'opens-next', 'unknown'];
const STATES: readonly unknown[] = ['in-use', 'unused', 'expired'];
const COMPARED_WITH: readonly unknown[] = ['baseline', 'last-audit'];
const COUNTS = ['methods', 'errors', 'warnings', 'known', 'suppressed', 'changed'];

type Data = Readonly<Record<string, unknown>>;

function hasFacts(data: Data): data is Omit<ReportFacts, 'isAsked'> & HeldReport & Data {
  const { verdict, incomplete, mode, counts, target, comparison } = data;
  return (
    isVerdict(verdict) &&
    MODES.includes(mode) &&
    typeof incomplete === 'boolean' &&
    isRecord(counts) &&
    COUNTS.every((name) => isCount(counts[name])) &&
    isRecord(target) &&
    isTextOrNull(target.account) &&
    typeof target.region === 'string' &&
    isListOf(data.apis, (api) => hasTexts(api, ['id', 'name'])) &&
    isListOf(data.methods, isMethod) &&
    isListOf(data.findings, isFinding) &&
    isListOf(data.suppressed, isSuppressed) &&
    isListOf(data.exceptions, isException) &&
    (comparison === undefined || isComparison(comparison))
  );
}

function isMethod(data: unknown): data is HeldReport['methods'][number] {
  return hasTexts(data, ['api', 'verdict']) && isVerdict(data.verdict);
}

function isFinding(data: unknown): data is Finding {
  if (!hasTexts(data, ['rule', 'message', 'fix', 'fingerprint'])) return false;
  const { severity, effect, known, snippet, location } = data;
  return (
    (severity === 'error' || severity === 'warning') &&
    EFFECTS.includes(effect) &&
    typeof known === 'boolean' &&
    [data.api, data.stage, data.method, data.path].every(isTextOrNull) &&
    (snippet === undefined || hasTexts(snippet, ['language', 'text'])) &&
    isLocationOrNull(location)
  );
}

function isSuppressed(data: unknown): data is Suppressed {
  return isRecord(data) && isFinding(data.finding) && isCount(data.exception);
}

function isException(data: unknown): data is Exception {
  if (!hasTexts(data, ['reason', 'owner'])) return false;
  const { daysLeft, state, location } = data;
  return (
    [data.methods, data.apis, data.stages].every((list) => isListOf(list, isText)) &&
    isTextOrNull(data.expires) &&
    (daysLeft === null || Number.isSafeInteger(daysLeft)) &&
    STATES.includes(state) &&
    isLocationOrNull(location)
  );
}

function isComparison(data: unknown): boolean {
  if (!isRecord(data)) return false;
  const { added, same, fixed } = data;
  if (!COMPARED_WITH.includes(data.with)) return false;
  return isCount(added) && isCount(same) && (fixed === null || isListOf(fixed, isRecord));
}

function isLocationOrNull(data: unknown): data is Location | null {
  if (data === null) return true;
  if (!hasTexts(data, ['file'])) return false;
  const { line, column, remote } = data;
  return (
    isCount(line) &&
    (column === undefined || isCount(column)) &&
    (remote === undefined || hasTexts(remote, ['owner', 'repo', 'path', 'ref']))
  );
}

function isListOf(data: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(data) && data.every(is);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
