import { compareTexts } from '../model/compare-texts.js';
import type { Exception, Verdict } from '../model/finding.js';
import type { FleetCase, TargetOutcome, TargetState } from '../model/fleet.js';
import { leavesIncomplete, RULES, ruleOf } from '../rules/index.js';
import { compareFindings } from '../rules/order.js';
import { isWrong } from '../rules/verdict.js';
import { nameAccounts, type ShowAccounts, titleUnlisted, tokenOf } from './names.js';
import type { Plan, PlannedTarget } from './plan.js';
import type { ReportFacts } from './read-report.js';
import type { FleetFinding, FleetHead, FleetReport, ReportedTarget, Totals } from './report.js';
import { Worst } from './worst.js';

/** After which nobody knows whether a plan still lists every account: audits are nightly. */
const MAX_PLAN_AGE_MS = 24 * 3_600_000;

/** A clock may be wrong by so much. */
const CLOCK_SKEW_MS = 10 * 60_000;

/** What a merge is made with. */
export interface MergeSettings {
  readonly showAccounts: ShowAccounts;
  /** How many findings are kept to be shown, worst first. */
  readonly mostFindings: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What became of a target, with its reports where it has been read. */
export type Merged =
  | { readonly reports: readonly ReportFacts[]; readonly attempt: number; readonly gap?: Gap }
  | { readonly gap: Gap };

type RuleCount = FleetHead['rules'][number];

type Gap = Exclude<TargetState, { kind: 'read' }>;

/**
 * Merges the reports of a fleet's targets, one after the other: of each its totals and its findings are
 * taken, and then it is forgotten. What is kept grows with the number of targets, and not with what
 * they hold.
 */
export class Merge {
  readonly #plan: Plan;
  readonly #settings: MergeSettings;
  readonly #nameOf: (account: string) => string;
  readonly #worst: Worst<FleetFinding>;
  readonly #targets: ReportedTarget[] = [];
  readonly #outcomes: TargetOutcome[] = [];
  readonly #exceptions = new Map<string, Exception>();
  readonly #byRule = new Map<string, RuleCount>();
  readonly #totals: Record<keyof Totals, number> = noTotals();
  #hasFailed = false;
  #isIncomplete = false;
  #isAsked = false;
  #comparison: { added: number; same: number; fixed: number | null } | null = null;

  constructor(plan: Plan, settings: MergeSettings) {
    this.#plan = plan;
    this.#settings = settings;
    this.#nameOf = nameAccounts(plan, settings.showAccounts);
    this.#worst = new Worst(settings.mostFindings, compareFleetFindings);
  }

  /**
   * Takes a target of the plan.
   *
   * @returns its findings, for the file that holds all of them.
   */
  add(target: PlannedTarget, merged: Merged): readonly FleetFinding[] {
    const name = this.#nameOf(target.account);
    const title = `${name} in ${target.region}`;
    const gap = 'gap' in merged ? (merged.gap ?? null) : null;
    this.#outcomes.push({ id: target.id, title, state: gap ?? { kind: 'read' } });
    const reported = {
      id: target.id,
      account: this.#accountOf(target.account, target.id),
      name,
      region: target.region,
    };
    if (!('reports' in merged)) {
      const { kind: state, why } = merged.gap;
      const unread = { verdict: 'incomplete', attempt: null, totals: null } as const;
      this.#targets.push({ ...reported, state, why, ...unread });
      return [];
    }
    const findings = findingsOf(target.id, merged.reports);
    const totals = totalsOf(merged.reports, findings);
    for (const key of TOTALS) this.#totals[key] += totals[key];
    for (const report of merged.reports) this.#takeReport(report);
    const verdict = verdictOf(merged.reports, findings, gap !== null);
    this.#hasFailed ||= verdict === 'fail';
    this.#targets.push({
      ...reported,
      ...(gap === null ? { state: 'read', why: null } : { state: gap.kind, why: gap.why }),
      verdict,
      attempt: merged.attempt,
      totals,
    });
    for (const finding of findings) this.#keep(finding);
    return findings;
  }

  /**
   * Ends the merge.
   *
   * @param notes what a reader must know besides.
   * @returns the report to show; what `fleet.json` holds besides findings, and the findings about the
   *   fleet itself, for the file that holds all.
   */
  finish(notes: readonly string[]): {
    readonly report: FleetReport;
    readonly head: FleetHead;
    readonly ofFleet: readonly FleetFinding[];
  } {
    for (const unlisted of this.#plan.unlisted) {
      const { id, account, unreadable: why, fix } = unlisted;
      const title = titleUnlisted(unlisted, this.#nameOf);
      const name = account === null ? title : this.#nameOf(account);
      this.#outcomes.push({ id, title, state: { kind: 'unreadable', why, fix } });
      this.#targets.push({
        id,
        account: account === null ? '' : this.#accountOf(account, id),
        name,
        region: null,
        state: 'unreadable',
        why,
        verdict: 'incomplete',
        attempt: null,
        totals: null,
      });
    }
    const ofFleet = this.#judge();
    for (const finding of ofFleet) this.#keep(finding);
    const head = this.#head(notes, ofFleet);
    return {
      report: {
        ...head,
        findings: this.#worst.items,
        findingsLeft: this.#worst.left,
        isAsked: this.#isAsked,
      },
      head,
      ofFleet,
    };
  }

  #keep(finding: FleetFinding): void {
    this.#worst.add(finding);
    const { rule, severity, known } = finding;
    if (known) return;
    const key = `${severity} ${rule}`;
    const findings = (this.#byRule.get(key)?.findings ?? 0) + 1;
    this.#byRule.set(key, { rule, severity, findings });
  }

  #accountOf(account: string, id: string): string {
    return this.#settings.showAccounts === 'id' ? account : tokenOf(id);
  }

  #takeReport({ incomplete, isAsked, exceptions, findings, comparison }: ReportFacts): void {
    this.#isIncomplete ||= incomplete;
    this.#isAsked ||= isAsked;
    for (const exception of exceptions) {
      const key = JSON.stringify([
        ...[exception.methods, exception.apis, exception.stages],
        ...[exception.reason, exception.owner, exception.expires],
      ]);
      const known = this.#exceptions.get(key);
      if (known === undefined || rankOf(exception) < rankOf(known)) {
        this.#exceptions.set(key, exception);
      }
    }
    if (comparison === undefined) return;
    const { added, same, fixed } = this.#comparison ?? { added: 0, same: 0, fixed: 0 };
    // Each target says of an exception that another one uses that it is unused.
    const leftOut = findings.filter(isAboutExceptions);
    const known = leftOut.filter((finding) => finding.known).length;
    this.#comparison = {
      added: added + Math.max(0, comparison.added - (leftOut.length - known)),
      same: same + Math.max(0, comparison.same - known),
      fixed: fixed === null || comparison.fixed === null ? null : fixed + comparison.fixed.length,
    };
  }

  /** What is wrong with the fleet as a whole, and with the configuration that all targets share. */
  #judge(): FleetFinding[] {
    const fleet: FleetCase = {
      outcomes: this.#outcomes,
      outdated: whyOutdated(this.#plan.madeAt, this.#settings.nowMs),
      methods: this.#totals.methods,
    };
    // An exception may cover what was not read.
    const isAllReadable =
      !this.#isIncomplete && this.#outcomes.every(({ state }) => state.kind === 'read');
    const used = [...this.#exceptions.values()].map((exception) => ({ exception, isAllReadable }));
    return RULES.flatMap((rule) => {
      if ('findInFleet' in rule) return rule.findInFleet(fleet);
      if (!('findInExceptions' in rule)) return [];
      return rule.findInExceptions(used).map((finding) => ({ ...finding, target: null }));
    }).map((finding) => ({
      ...finding,
      apiName: null,
      targetFingerprint: finding.fingerprint,
    }));
  }

  #head(notes: readonly string[], ofFleet: readonly FleetFinding[]): FleetHead {
    const count = (kind: TargetState['kind']): number =>
      this.#outcomes.filter(({ state }) => state.kind === kind).length;
    const of = (severity: FleetFinding['severity']): number =>
      ofFleet.filter((it) => it.severity === severity).length;
    const isIncomplete =
      this.#isIncomplete ||
      ofFleet.some(leavesIncomplete) ||
      this.#targets.some(({ verdict }) => verdict === 'incomplete');
    const hasFailed = this.#hasFailed || ofFleet.some(isWrong);
    const accounts = new Set(this.#plan.targets.map(({ account }) => account));
    for (const { account } of this.#plan.unlisted) if (account !== null) accounts.add(account);
    return {
      schema: 'apigw-iam-gate/fleet/v1',
      verdict: hasFailed ? 'fail' : isIncomplete ? 'incomplete' : 'pass',
      incomplete: isIncomplete,
      scope: this.#plan.scope,
      plan: { id: this.#plan.planId, madeAt: this.#plan.madeAt },
      counts: {
        ...this.#totals,
        errors: this.#totals.errors + of('error'),
        warnings: this.#totals.warnings + of('warning'),
        accounts: accounts.size,
        targets: this.#outcomes.length,
        missing: count('missing'),
        unreadable: count('unreadable'),
      },
      comparison:
        this.#comparison !== null && isIncomplete
          ? { ...this.#comparison, fixed: null }
          : this.#comparison,
      rules: [...this.#byRule.values()].toSorted(compareRules),
      targets: this.#targets,
      leftOut: this.#plan.leftOut.map(({ account, region, why }) => ({
        name: this.#nameOf(account),
        region,
        why,
      })),
      exceptions: [...this.#exceptions.values()],
      notes,
    };
  }
}

const TOTALS = [
  'apis',
  'openApis',
  'methods',
  'errors',
  'warnings',
  'known',
  'suppressed',
] as const satisfies readonly (keyof Totals)[];

function noTotals(): Record<keyof Totals, number> {
  return { apis: 0, openApis: 0, methods: 0, errors: 0, warnings: 0, known: 0, suppressed: 0 };
}

/**
 * The findings of a target, each once. Those about the exceptions, which all targets share, are left
 * out: whether one is used is decided over all of them.
 */
function findingsOf(target: string, reports: readonly ReportFacts[]): FleetFinding[] {
  const found = new Map<string, FleetFinding>();
  for (const { findings, apis } of reports) {
    const names = new Map(apis.map(({ id, name }) => [id, name]));
    for (const finding of findings) {
      if (isAboutExceptions(finding)) continue;
      const { api } = finding;
      const apiName = api === null ? null : names.get(api) || api;
      // Two of one report may share what stands for them, such as two statements of a policy.
      const { fingerprint, targetFingerprint, severity, known, message } = finding;
      const key = JSON.stringify([targetFingerprint ?? fingerprint, severity, known, message]);
      if (!found.has(key)) found.set(key, { ...finding, target, apiName });
    }
  }
  return [...found.values()];
}

function isAboutExceptions(finding: { readonly rule: string }): boolean {
  const rule = ruleOf(finding);
  return rule !== undefined && 'findInExceptions' in rule;
}

function totalsOf(reports: readonly ReportFacts[], findings: readonly FleetFinding[]): Totals {
  const most = (of: (report: ReportFacts) => number): number => Math.max(...reports.map(of));
  const count = (is: (finding: FleetFinding) => boolean): number => findings.filter(is).length;
  const open = findings.filter(({ effect, known }) => effect === 'open' && !known);
  return {
    apis: most(({ apis }) => apis.length),
    openApis: new Set(open.map(({ api }) => api)).size,
    methods: most(({ counts }) => counts.methods),
    errors: count(({ severity, known }) => severity === 'error' && !known),
    warnings: count(({ severity, known }) => severity === 'warning' && !known),
    known: count(({ known }) => known),
    suppressed: most(({ counts }) => counts.suppressed),
  };
}

/** A report's verdict, and never a better one than its findings allow. */
function verdictOf(
  reports: readonly ReportFacts[],
  findings: readonly FleetFinding[],
  hasGap: boolean,
): Verdict {
  if (reports.some(({ verdict }) => verdict === 'fail') || findings.some(isWrong)) return 'fail';
  const isUnsure =
    reports.some(({ verdict, incomplete }) => verdict !== 'pass' || incomplete) ||
    findings.some(leavesIncomplete);
  return hasGap || isUnsure ? 'incomplete' : 'pass';
}

function compareFleetFindings(a: FleetFinding, b: FleetFinding): number {
  return compareFindings(a, b) || compareTexts(a.target, b.target);
}

function compareRules(a: RuleCount, b: RuleCount): number {
  const rank = ({ rule }: RuleCount): number => {
    const index = RULES.findIndex(({ id }) => id === rule);
    return index < 0 ? RULES.length : index;
  };
  return (
    Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
    rank(a) - rank(b) ||
    compareTexts(a.rule, b.rule)
  );
}

/** One that is in use anywhere is in use; one that has expired somewhere would be needed there. */
function rankOf({ state }: Exception): number {
  return ['in-use', 'expired', 'unused'].indexOf(state);
}

/** Why a plan does not say any more which targets there are, as the end of a sentence. */
function whyOutdated(madeAt: string, nowMs: number): string | null {
  const ageMs = nowMs - Date.parse(madeAt);
  if (ageMs < -CLOCK_SKEW_MS) return `the plan says that it was made later than now, at ${madeAt}`;
  if (ageMs <= MAX_PLAN_AGE_MS) return null;
  return `the plan was made ${Math.floor(ageMs / 3_600_000)} hours ago, and accounts may have been added since`;
}
