import { countFindings, type Finding } from '../model/finding.js';
import type { AskedMethod } from '../report/asked.js';
import type { Report } from '../report/report.js';
import { leavesIncomplete, ruleOf } from '../rules/index.js';
import { isWrong } from '../rules/verdict.js';

/** What of a report is held against the rest of it. */
export type HeldReport = Pick<
  Report,
  'verdict' | 'incomplete' | 'mode' | 'counts' | 'findings' | 'suppressed' | 'exceptions'
> & {
  readonly apis: readonly { readonly id: string }[];
  readonly methods: readonly (AskedMethod & { readonly api: string; readonly verdict: string })[];
};

/**
 * Where a report contradicts itself: its digest is right, and yet somebody wrote what no audit says, or a
 * part of it is gone. Such a report proves nothing, whatever its verdict.
 *
 * @returns the first contradiction, as the rest of a sentence; `null` where there is none.
 */
export function contradictionIn(report: HeldReport): string | null {
  const { mode } = report;
  if (mode !== 'audit') return `is of mode ${mode}, and a fleet is only audited`;
  return inCounts(report) ?? inVerdict(report) ?? inFindings(report) ?? inApis(report);
}

function inCounts({ counts, methods, findings, suppressed }: HeldReport): string | null {
  const held = {
    methods: methods.length,
    ...countFindings(findings),
    suppressed: suppressed.length,
  };
  for (const name of ['methods', 'errors', 'warnings', 'known', 'suppressed'] as const) {
    if (counts[name] !== held[name]) {
      return `counts ${counts[name]} in counts.${name} and holds ${held[name]}`;
    }
  }
  return null;
}

function inVerdict({ verdict, incomplete, methods, findings }: HeldReport): string | null {
  const wrong = findings.find(isWrong);
  if (verdict !== 'fail' && wrong !== undefined) {
    return `has the verdict ${verdict} and a finding of ${nameRule(wrong)}, which fails`;
  }
  if (verdict !== 'fail' && methods.some((method) => method.verdict === 'fail')) {
    return `has the verdict ${verdict} and a method whose verdict is fail`;
  }
  const unsure = findings.find(leavesIncomplete);
  if (!incomplete && unsure !== undefined) {
    return `is called complete and has a finding of ${nameRule(unsure)}`;
  }
  if (verdict === 'fail' || incomplete === (verdict === 'incomplete')) return null;
  return `has the verdict ${verdict} and is called ${incomplete ? 'incomplete' : 'complete'}`;
}

function inFindings({ findings, suppressed, exceptions }: HeldReport): string | null {
  for (const finding of findings) {
    const rule = ruleOf(finding);
    // Another version's: what it finds counts as it says.
    if (rule === undefined) continue;
    if (finding.severity !== rule.severity) {
      return `calls a finding of ${rule.id} a ${finding.severity}`;
    }
    if (finding.known && rule.neverKnown === true) {
      return `calls a finding of ${rule.id} known, which no baseline can do`;
    }
  }
  for (const { finding, exception } of suppressed) {
    if (ruleOf(finding)?.excusable !== true) {
      return `excepts a finding of ${nameRule(finding)}, which no exception can do`;
    }
    if (exceptions[exception]?.state !== 'in-use') {
      return `excepts a finding of ${nameRule(finding)} by no exception that holds`;
    }
  }
  return null;
}

function inApis({ apis, methods }: HeldReport): string | null {
  const ids = new Set(apis.map(({ id }) => id));
  if (ids.size !== apis.length) return 'lists an API twice';
  return methods.every(({ api }) => ids.has(api))
    ? null
    : 'has a method of an API that it does not list';
}

/** Only what is known here is repeated: the rest may be of any length. */
function nameRule(finding: Finding): string {
  return ruleOf(finding)?.id ?? 'a rule that is not known here';
}
