import { clip } from '../report/clip.js';
import { type Content, icon } from '../report/document/content.js';
import { inLog } from '../report/escape.js';
import { nameMethod } from '../report/place.js';
import { count, countFindings, formatNumber, VERDICT_WORDS } from '../report/wording.js';
import type { FleetFinding, FleetReport, ReportedTarget } from './report.js';

const VERDICT_ICONS = { pass: '✅', fail: '❌', incomplete: '⚠️' } as const;

/** `3 of 200 accounts have open methods; 2 of 800 targets were not read`. */
export function answerOf({ targets, counts }: FleetReport): string {
  const open = new Set(
    targets.filter(({ totals }) => (totals?.openApis ?? 0) > 0).map(({ account }) => account),
  ).size;
  const failing = targets.filter(
    ({ verdict, totals }) => verdict === 'fail' && (totals?.openApis ?? 0) === 0,
  ).length;
  const accounts = count(counts.accounts, 'account');
  const unread = counts.missing + counts.unreadable;
  return [
    open > 0
      ? `${formatNumber(open)} of ${accounts} ${open === 1 ? 'has' : 'have'} open methods`
      : `none of ${accounts} has open methods`,
    ...(failing > 0
      ? [`${count(failing, 'target')} ${failing === 1 ? 'fails' : 'fail'} for other reasons`]
      : []),
    ...(unread > 0
      ? [
          `${formatNumber(unread)} of ${count(counts.targets, 'target')} ${unread === 1 ? 'was' : 'were'} not read`,
        ]
      : []),
  ].join('; ');
}

/** `❌ Fail: 3 of 200 accounts have open methods`. */
export function headlineOf(report: FleetReport, since: string | null): Content {
  const { verdict } = report;
  const words = since === null ? '' : ` · ${since}`;
  return [icon(VERDICT_ICONS[verdict]), ` ${VERDICT_WORDS[verdict]}: ${answerOf(report)}${words}`];
}

/** The verdict in one line of plain text, safe in the job's log. */
export function summarizeFleet(report: FleetReport): string {
  const { counts, verdict, findings } = report;
  const judged = `${countFindings({ ...counts, changed: 0 })} in ${count(counts.methods, 'method')} of ${count(counts.apis, 'API')}`;
  const incomplete =
    verdict === 'incomplete' ? ' Not everything was read or proven: this is not a pass.' : '';
  const worst = findings.find(({ known }) => !known);
  const first =
    worst === undefined ? '' : ` First: ${titleFleetFinding(worst, targetsById(report))}.`;
  return `${VERDICT_WORDS[verdict]}: ${inLog(answerOf(report))}; ${judged} (${count(counts.targets, 'target')}).${incomplete}${first}`;
}

/** The targets of a report by id. */
export type TargetsById = ReadonlyMap<string, ReportedTarget>;

/** The targets of a report by id. */
export function targetsById({ targets }: Pick<FleetReport, 'targets'>): TargetsById {
  return new Map(targets.map((target) => [target.id, target]));
}

/** `deployed-not-iam: GET /pets/{id} (orders/prod of shop-prod in eu-west-1)`, in plain text, safe in the log. */
export function titleFleetFinding(finding: FleetFinding, targets: TargetsById): string {
  const method = nameMethod(finding);
  const subject = method === null ? '' : `: ${inLog(clip(method, 120))}`;
  const place = placeOfFinding(finding, targets);
  return `${inLog(finding.rule)}${subject}${place === null ? '' : ` (${inLog(clip(place, 160))})`}`;
}

/** `orders/prod of shop-prod in eu-west-1`; `null` where it is about the fleet as a whole. */
export function placeOfFinding(
  { target, api, apiName, stage }: FleetFinding,
  targets: TargetsById,
): string | null {
  const of = target === null ? undefined : targets.get(target);
  const account =
    of === undefined ? null : `${of.name}${of.region === null ? '' : ` in ${of.region}`}`;
  if (api === null) return account;
  const within = `${apiName ?? api}${stage === null ? '' : `/${stage}`}`;
  return account === null ? within : `${within} of ${account}`;
}
