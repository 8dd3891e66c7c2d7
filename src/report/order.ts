import type { Finding, ReportedMethod, Verdict } from './report.js';

/**
 * The rules, worst first: what is open now, then what opens with the next deployment, then what
 * keeps callers out, then what could not be told, then the rest.
 */
const WORST_FIRST: readonly string[] = [
  'unsigned-accepted',
  'tampered-accepted',
  'deployed-not-iam',
  'canary-not-iam',
  'public-principal',
  'private-api-open',
  'preflight-has-backend',
  'configured-not-iam',
  'signed-rejected',
  'policy-locks-out',
  'group-cannot-invoke',
  'exception-expired',
  'unreadable',
  'probe-inconclusive',
  'default-endpoint-open',
  'unexpected-status',
  'undeployed-change',
  'deny-shadows-allow',
  'policy-matches-nothing',
  'principal-gone',
  'grant-too-broad',
  'exception-unused',
];

const RANKS: ReadonlyMap<string, number> = new Map(WORST_FIRST.map((rule, rank) => [rule, rank]));

const VERDICT_RANKS: Readonly<Record<Verdict, number>> = { fail: 0, incomplete: 1, pass: 2 };

/**
 * New findings before those that the baseline knows, errors before warnings, then the worst rule, then
 * by rule, API, stage, path and method: the same order in every run, whatever order the findings were
 * made in.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      Number(a.known) - Number(b.known) ||
      severityRank(a) - severityRank(b) ||
      ruleRank(a.rule) - ruleRank(b.rule) ||
      compareTexts(a.rule, b.rule) ||
      compareTexts(a.api, b.api) ||
      compareTexts(a.stage, b.stage) ||
      compareTexts(a.path, b.path) ||
      compareTexts(a.method, b.method) ||
      compareTexts(a.message, b.message),
  );
}

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

function severityRank(finding: Finding): number {
  return finding.severity === 'error' ? 0 : 1;
}

function ruleRank(rule: string): number {
  return RANKS.get(rule) ?? WORST_FIRST.length;
}

/** By code unit, so that no locale changes the order; null first. */
export function compareTexts(a: string | null, b: string | null): number {
  if (a === b) {
    return 0;
  }
  if (a === null) {
    return -1;
  }
  return b === null || a > b ? 1 : -1;
}
