import { createHash } from 'node:crypto';
import { isDeclaredId } from '../model/declared-id.js';
import type { Evidence } from '../model/evidence.js';
import type { Comparison, Finding, Place, Suppressed } from '../model/finding.js';
import { isRecord, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';

/** What an earlier `report.json` found. */
export interface Baseline {
  /** What makes a finding known. */
  readonly fingerprints: ReadonlySet<string>;
  /** The same findings, for saying which of them are fixed; `null` where there is no baseline. */
  readonly findings: readonly BaselineFinding[] | null;
}

export interface BaselineFinding extends Place {
  readonly fingerprint: string;
  /** `null` in older files, and where the account was not known. */
  readonly targetFingerprint: string | null;
}

export const NO_BASELINE: Baseline = { fingerprints: new Set(), findings: null };

/** The report of a run, and that of a fleet: their findings have the same fingerprints. */
const SCHEMAS: readonly unknown[] = ['apigw-iam-gate/report/v1', 'apigw-iam-gate/fleet/v1'];

/** How a finding's fingerprint stands in the set where the account that it was found in is known besides. */
const OF_A_TARGET = 'target:';

/**
 * Reads what an earlier `report.json` found. Its fingerprints decide what is known; the places are for
 * naming what is fixed. A finding of a known account counts there alone; one of an older file, which
 * names none, everywhere.
 *
 * @returns the findings, or what is wrong with the file, as the rest of a sentence.
 */
export function parseBaseline(text: string): Result<Baseline> {
  const content = jsonOf(text);
  if (content === undefined) return failed('is not JSON');
  if (typeof content !== 'object' || content === null) return failed('is not a report');
  if (!isRecord(content) || !SCHEMAS.includes(content.schema)) {
    return failed(`is not a report of this gate (schema ${SCHEMAS.join(' or ')})`);
  }
  const { findings } = content;
  if (!Array.isArray(findings)) return failed('has no findings list');
  const fingerprints = new Set<string>();
  const found: BaselineFinding[] = [];
  for (const finding of findings) {
    if (!isRecord(finding)) return failed('has a finding without fingerprint');
    const fingerprint = textOf(finding, 'fingerprint');
    const targetFingerprint = textOf(finding, 'targetFingerprint');
    if (fingerprint === null) return failed('has a finding without fingerprint');
    const grant = textOf(finding, 'grantFingerprint');
    for (const key of keysOf(fingerprint, targetFingerprint)) {
      fingerprints.add(grant === null ? key : withGrant(key, grant));
    }
    found.push({
      fingerprint,
      targetFingerprint,
      rule: textOf(finding, 'rule') ?? '',
      api: textOf(finding, 'api'),
      stage: textOf(finding, 'stage'),
      method: textOf(finding, 'method'),
      path: textOf(finding, 'path'),
    });
  }
  return ok({ fingerprints, findings: found });
}

/** What stands in the set for a finding, with and without the account that it was found in. */
function keysOf(fingerprint: string, targetFingerprint: string | null): string[] {
  if (targetFingerprint === null) return [fingerprint];
  return [targetFingerprint, `${OF_A_TARGET}${fingerprint}`];
}

/** How a finding stands in the set whose policy gave something when it was found. */
function withGrant(key: string, grant: string): string {
  return `${key} ${grant}`;
}

function textOf(value: Readonly<Record<string, unknown>>, name: string): string | null {
  const text = value[name];
  return typeof text === 'string' ? text : null;
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

/**
 * Whether the baseline holds a finding. A statement of a policy that gives something else by now is
 * another finding; that of an older file, which does not say what it gave, is the same.
 */
export function isHeld(
  { fingerprint, targetFingerprint, grantFingerprint }: Finding,
  baseline: ReadonlySet<string>,
): boolean {
  return [fingerprint, targetFingerprint || `${OF_A_TARGET}${fingerprint}`].some(
    (key) =>
      baseline.has(key) ||
      (grantFingerprint !== undefined && baseline.has(withGrant(key, grantFingerprint))),
  );
}

/** What of a baseline a run looked at. */
export interface ComparedRun {
  readonly target: { readonly account: string | null; readonly region: string };
  readonly evidence: Evidence;
  /** Every API of the region, of every kind, and every stage. */
  readonly isWhole: boolean;
  /** Whether the run looked at what alone tells what a rule finds, such as the endpoint's answers. */
  readonly couldTell: (rule: string) => boolean;
  readonly incomplete: boolean;
}

/**
 * What is new since the baseline, what is the same and what is fixed; `null` without a baseline. Only
 * what this run looked at can be fixed, and nothing is where not everything could be read. What an
 * exception covers by now is none of the three.
 */
export function compareWithBaseline(
  findings: readonly Finding[],
  suppressed: readonly Suppressed[],
  { fingerprints, findings: before }: Baseline,
  run: ComparedRun,
): Comparison | null {
  if (before === null) return null;
  const same = findings.filter((finding) => isHeld(finding, fingerprints)).length;
  const there = new Set(
    [...findings, ...suppressed.map(({ finding }) => finding)].map((it) => it.fingerprint),
  );
  const fixed = before
    .filter((it) => !there.has(it.fingerprint) && wasLookedAt(it, run))
    .map(({ rule, api, stage, method, path }) => ({ rule, api, stage, method, path }));
  return {
    with: 'baseline',
    added: findings.length - same,
    same,
    fixed: run.incomplete ? null : fixed,
  };
}

function wasLookedAt(it: BaselineFinding, run: ComparedRun): boolean {
  const { target, evidence, isWhole, couldTell } = run;
  const { account, region } = target;
  if (!couldTell(it.rule)) return false;
  if (
    account !== null &&
    it.targetFingerprint !== null &&
    it.targetFingerprint !== hashOf([account, region, it.fingerprint])
  ) {
    return false;
  }
  if (it.api === null) return isWhole;
  // No region holds the API of a file: it was looked at where its file was.
  if (isWhole && !isDeclaredId(it.api)) return true;
  const api = evidence.apis.find(({ id }) => id === it.api);
  if (api === undefined) return false;
  return (
    it.stage === null ||
    (api.stages.readable && api.stages.value.some(({ name }) => name === it.stage))
  );
}
