import { clip } from '../report/clip.js';
import {
  type Content,
  join,
  name,
  paragraph,
  prose,
  type Said,
  strong,
} from '../report/document/content.js';
import { type Links, ruleLink, runLinks } from '../report/document/links.js';
import type { Document, Line, Part } from '../report/document/part.js';
import { markOf, type RowState, stateRank, worstOf } from '../report/document/state.js';
import { nameMethod } from '../report/place.js';
import { count, countFindings, formatNumber, wordsOnLeftOut } from '../report/wording.js';
import { headlineOf, type TargetsById, targetsById } from './answer.js';
import type { FleetFinding, FleetReport, ReportedTarget, Totals } from './report.js';

/** How much a place shows; whatever is left out is counted, and is in `fleet.json`. */
export interface FleetView {
  readonly links: Links;
  /** What differs since the last audit, as a piece of the headline; `null` where nobody compares. */
  readonly since?: string | null;
  /** Lines of each table. */
  readonly most: { readonly accounts: number; readonly findings: number; readonly others: number };
}

/** In a comment or an issue, in the summary, and in a page for a browser. */
export const BRIEF = { accounts: 10, findings: 10, others: 10 };
export const SUMMARY = { accounts: 50, findings: 1000, others: 200 };
export const WHOLE = { accounts: Number.POSITIVE_INFINITY, findings: 5000, others: 5000 };

/**
 * What a reader sees, in this order: the answer; what was not read; the accounts, worst first; which
 * rules; the worst findings; what was left out on purpose.
 */
export function fleetDocumentOf(report: FleetReport, view: FleetView): Document {
  const { links, most, since = null } = view;
  return {
    headline: headlineOf(report, since),
    lead: leadOf(report, links),
    parts: [
      ...partOfUnread(report, most.others),
      ...partOfAccounts(report, most.accounts),
      ...partOfRules(report, links),
      ...partOfFindings(report, links, most.findings),
      ...partOfLeftOut(report, most.others),
      ...partOfNotes(report),
    ],
  };
}

function leadOf(report: FleetReport, links: Links): Said[] {
  const { counts, verdict, incomplete, comparison } = report;
  const leftOut = wordsOnLeftOut({ ...counts, changed: 0 });
  const besides = leftOut.length === 0 ? '' : ` (not counted: ${leftOut.join(', ')})`;
  const pieces: Content[] = [
    [
      name('audit'),
      ` of ${count(counts.accounts, 'account')}, ${count(counts.targets, 'target')}, ${count(counts.apis, 'API')} and ${count(counts.methods, 'method')}`,
    ],
    [`${countFindings({ ...counts, changed: 0 })}${besides}`],
    [strong('nothing changed')],
    ...runLinks(links),
  ];
  return [
    paragraph(...join(pieces, ' · ')),
    ...(verdict === 'incomplete'
      ? [paragraph(strong('This is not a pass.'), ' Not everything was read or proven.')]
      : incomplete
        ? [paragraph('Besides, not everything was read or proven.')]
        : []),
    ...(comparison === null
      ? []
      : [
          paragraph(
            `Since the baseline: ${count(comparison.added, 'new finding')}, ${formatNumber(comparison.same)} the same${comparison.fixed === null ? '. Not everything was read or proven, so nothing is called fixed' : `, ${formatNumber(comparison.fixed)} fixed`}.`,
          ),
        ]),
  ];
}

/** What a target is called where its account is told beside its region. */
function placeOf({ name: account, region }: ReportedTarget): Content {
  return region === null ? [prose(clipped(account))] : [prose(clipped(account)), ' ', name(region)];
}

function partOfUnread({ targets }: FleetReport, most: number): Part[] {
  const unread = targets.filter(({ state }) => state !== 'read');
  if (unread.length === 0) return [];
  const lines = unread.slice(0, most).map(
    (target): Line => ({
      cells: [
        [strong(...placeOf(target)), ` ${target.state}: `, prose(clipped(target.why ?? '', 600))],
      ],
      rank: 0,
      about: { api: target.account, rules: [], state: 'incomplete' },
    }),
  );
  return [
    {
      heading: { level: 3, content: [`What was not read: ${count(unread.length, 'target')}`] },
      body: { kind: 'list', lines },
      ...sayLeft(unread.length - lines.length, 'target'),
      noun: 'target',
    },
  ];
}

/** An account's targets together. */
interface AccountRow {
  readonly account: string;
  readonly name: string;
  readonly targets: readonly ReportedTarget[];
  readonly totals: Totals;
  readonly state: RowState;
}

function accountsOf({ targets }: FleetReport): AccountRow[] {
  const listed = targets.filter(({ account }) => account !== '');
  return [...Map.groupBy(listed, ({ account }) => account)]
    .map(([account, own]): AccountRow => {
      const sum = (key: keyof Totals): number =>
        own.reduce((total, { totals }) => total + (totals?.[key] ?? 0), 0);
      const totals = {
        apis: sum('apis'),
        openApis: sum('openApis'),
        methods: sum('methods'),
        errors: sum('errors'),
        warnings: sum('warnings'),
        known: sum('known'),
        suppressed: sum('suppressed'),
      };
      const [first] = own;
      return {
        account,
        name: first?.name ?? '',
        targets: own,
        totals,
        state: worstOf(own.map(stateOf)),
      };
    })
    .toSorted(
      (a, b) =>
        stateRank(a.state) - stateRank(b.state) ||
        b.totals.openApis - a.totals.openApis ||
        b.totals.errors - a.totals.errors ||
        b.totals.warnings - a.totals.warnings ||
        (a.name < b.name ? -1 : 1),
    );
}

function stateOf({ verdict, totals }: ReportedTarget): RowState {
  if (verdict === 'fail') return (totals?.openApis ?? 0) > 0 ? 'open' : 'fail';
  if (verdict === 'incomplete') return 'incomplete';
  if ((totals?.warnings ?? 0) > 0) return 'warning';
  return (totals?.methods ?? 0) === 0 ? 'empty' : 'pass';
}

function partOfAccounts(report: FleetReport, most: number): Part[] {
  const accounts = accountsOf(report);
  if (accounts.length === 0) return [];
  const lines = accounts.slice(0, most).map(
    ({ account, name: called, targets, totals, state }): Line => ({
      cells: [
        markOf(state),
        [prose(clipped(called))],
        regionsOf(targets),
        [formatNumber(totals.apis)],
        totals.openApis > 0 ? [strong(formatNumber(totals.openApis))] : ['0'],
        [formatNumber(totals.methods)],
        [formatNumber(totals.errors)],
        [formatNumber(totals.warnings)],
      ],
      rank: stateRank(state) <= stateRank('incomplete') ? 1 : 4,
      about: { api: account, rules: [], state },
    }),
  );
  return [
    {
      heading: { level: 3, content: ['Accounts'] },
      body: {
        kind: 'table',
        columns: [
          { title: 'Verdict' },
          { title: 'Account' },
          { title: 'Regions' },
          { title: 'APIs' },
          { title: 'Open APIs' },
          { title: 'Methods' },
          { title: 'Errors' },
          { title: 'Warnings' },
        ],
        lines,
      },
      ...sayLeft(accounts.length - lines.length, 'account'),
      noun: 'account',
    },
  ];
}

/** Regions of an account with their verdicts, where they differ. */
function regionsOf(targets: readonly ReportedTarget[]): Content {
  const pieces = targets.map(({ region, verdict }): Content => {
    const shown = region === null ? ['not listed'] : [name(region)];
    return verdict === 'pass' ? shown : [...shown, ` ${verdict}`];
  });
  return join(pieces, ', ');
}

function partOfRules({ rules }: FleetReport, links: Links): Part[] {
  if (rules.length === 0) return [];
  return [
    {
      heading: { level: 3, content: ['Rules'] },
      body: {
        kind: 'table',
        columns: [{ title: 'Rule' }, { title: 'Severity' }, { title: 'Findings' }],
        lines: rules.map(({ rule, severity, findings }) => ({
          cells: [ruleLink(rule, links), [severity], [formatNumber(findings)]],
          rank: 2,
        })),
      },
      noun: 'rule',
    },
  ];
}

function partOfFindings(report: FleetReport, links: Links, most: number): Part[] {
  const { findings, findingsLeft } = report;
  // What is about a target as a whole stands above already.
  const ofApis = findings.filter(({ target, api }) => api !== null || target === null);
  if (ofApis.length === 0) return [];
  const targets = targetsById(report);
  const lines = ofApis.slice(0, most).map((finding) => lineOf(finding, targets, links));
  const left = ofApis.length - lines.length + findingsLeft;
  return [
    {
      heading: { level: 3, content: ['Findings, worst first'] },
      body: {
        kind: 'table',
        columns: [
          { title: 'Verdict' },
          { title: 'Where' },
          { title: 'Method' },
          { title: 'Rule' },
          { title: 'Finding' },
        ],
        lines,
      },
      ...sayLeft(left, 'finding'),
      noun: 'finding',
    },
  ];
}

function lineOf(finding: FleetFinding, targets: TargetsById, links: Links): Line {
  const { target, api, apiName, stage, rule, message, fix } = finding;
  const of = target === null ? undefined : targets.get(target);
  const state = stateOfFinding(finding);
  const where: Content[] = of === undefined ? [] : [placeOf(of)];
  if (api !== null) {
    where.push([name(clipped(`${apiName ?? api}${stage === null ? '' : `/${stage}`}`))]);
  }
  const method = nameMethod(finding);
  return {
    cells: [
      markOf(state),
      join(where, ' '),
      method === null ? [] : [name(clipped(method, 300))],
      ruleLink(rule, links),
      [prose(clipped(fix === '' ? message : `${message} Fix: ${fix}`, 600))],
    ],
    rank: state === 'known' ? 5 : 3,
    about: { api: of?.account ?? null, rules: [rule], state },
  };
}

function stateOfFinding({ known, effect, severity }: FleetFinding): RowState {
  if (known) return 'known';
  if (severity === 'warning') return 'warning';
  if (effect === 'open') return 'open';
  return effect === 'unknown' ? 'incomplete' : 'fail';
}

function partOfLeftOut({ leftOut }: FleetReport, most: number): Part[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.slice(0, most).map(({ name: called, region, why }): Line => {
    const place: Content =
      region === null ? [prose(clipped(called))] : [prose(clipped(called)), ' ', name(region)];
    return { cells: [[...place, ': ', prose(clipped(why))]], rank: 6 };
  });
  const accounts = leftOut.filter(({ region }) => region === null).length;
  const regions = leftOut.length - accounts;
  const what = [
    ...(accounts > 0 ? [count(accounts, 'account')] : []),
    ...(regions > 0 ? [`${count(regions, 'region')} of accounts`] : []),
  ];
  return [
    {
      fold: [`Left out by the plan: ${what.join(' and ')}`],
      body: { kind: 'list', lines },
      ...sayLeft(leftOut.length - lines.length, 'line'),
      noun: 'line',
    },
  ];
}

function partOfNotes({ notes }: FleetReport): Part[] {
  if (notes.length === 0) return [];
  return [
    {
      heading: { level: 3, content: ['Notes'] },
      body: {
        kind: 'list',
        lines: notes.map((note) => ({ cells: [[prose(clipped(note, 600))]], rank: 2 })),
      },
      noun: 'note',
    },
  ];
}

function sayLeft(left: number, noun: string): Pick<Part, 'after'> {
  if (left <= 0) return {};
  return {
    after: [paragraph(`… and ${count(left, `more ${noun}`)} in `, name('fleet.json'), '.')],
  };
}

function clipped(text: string, most = 120): string {
  return clip(text, most);
}
