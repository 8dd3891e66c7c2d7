import { isRequiredType } from '../config/requirement.js';
import { isKnownType } from '../model/evidence.js';
import { inList } from '../rules/in-list.js';
import { countOpen, type JudgedApi, type JudgedMethod, judgedOf } from './document/judged.js';
import { stateRank } from './document/state.js';
import type { Comparison, Report } from './report.js';
import { count, countOf, formatNumber, nounOf } from './wording.js';

/**
 * The answer that a reader came for, in plain words: `3 of 12 methods can be called without IAM`, `4 of 40
 * APIs have open methods; 1 could not be read`. The same everywhere: summary, annotations, check run, log.
 */
export function answerOf(report: Report): string {
  const { apis, methods } = judgedOf(report);
  const failed = failedEnforcement(report);
  const said =
    apis.length > 1 ? answerOfApis(report, apis, methods) : answerOfMethods(report, apis, methods);
  return `${failed}${said}`;
}

/** What is wrong although nothing may be open: it comes before all else. */
function failedEnforcement({ transactions = [] }: Report): string {
  const states = new Set(transactions.map(({ state }) => state));
  if (states.has('left')) return 'not everything could be rolled back; ';
  if (states.has('partial')) return 'enforcement stopped halfway; ';
  return states.has('restored') ? 'enforcement failed and was rolled back; ' : '';
}

/** Of files nobody knows what callers meet now: all that is said is what they will. */
function isOfFiles({ region }: Report): boolean {
  return region === '';
}

const ONCE_DEPLOYED = ' once deployed';

/** Whether what a file says of an API lets callers in without IAM, whatever its methods have. */
function isOpenAsWhole({ listed }: JudgedApi): boolean {
  return listed.some(
    ({ method, known, effect }) => method === null && !known && effect === 'opens-next',
  );
}

function answerOfApis(
  report: Report,
  apis: readonly JudgedApi[],
  methods: readonly JudgedMethod[],
): string {
  const total = count(apis.length, 'API');
  const isCountedOpen = (api: JudgedApi): boolean =>
    countOpen(api.methods) > 0 ||
    (isOfFiles(report) && (countNext(api.methods) > 0 || isOpenAsWhole(api)));
  const open = apis.filter(isCountedOpen).length;
  const next = isOfFiles(report) ? 0 : countNext(methods);
  const unread = apis.filter(isUnread).length;
  const failing = apis.filter(
    (api) => !isCountedOpen(api) && stateRank(api.state) <= stateRank('fail'),
  ).length;
  const noun = nounOf(methods.map(({ method }) => method));
  const once = isOfFiles(report) ? ONCE_DEPLOYED : '';
  const parts = [
    open > 0
      ? `${formatNumber(open)} of ${total} ${open === 1 ? 'has' : 'have'} open ${noun.many}${once}`
      : `none of ${total} has open ${noun.many}${once}`,
    ...(next > 0 ? [`${countOf(next, noun)} will open with the next deployment`] : []),
    ...(failing > 0 && next === 0
      ? [`${formatNumber(failing)} ${failing === 1 ? 'fails' : 'fail'} for other reasons`]
      : []),
    ...(unread > 0 ? [`${formatNumber(unread)} could not be read`] : []),
  ];
  return parts.join('; ');
}

/** Whether something about an API itself, or how one of its methods is authorized, is not known. */
export function isUnread({ listed, methods }: JudgedApi): boolean {
  return (
    listed.some(({ effect }) => effect === 'unknown') ||
    methods.some(({ state }) => state === 'incomplete')
  );
}

function answerOfMethods(
  report: Report,
  apis: readonly JudgedApi[],
  methods: readonly JudgedMethod[],
): string {
  if (methods.length === 0) return 'no method was judged';
  const once = isOfFiles(report) ? ONCE_DEPLOYED : '';
  const open = countOpen(methods) + (isOfFiles(report) ? countNext(methods) : 0);
  const next = isOfFiles(report) ? 0 : countNext(methods);
  const unknown = methods.filter(({ state }) => state === 'incomplete').length;
  const what = `can be called without IAM${once}`;
  const all = methods.length;
  const noun = nounOf(methods.map(({ method }) => method));
  const aside = describeAside(methods);
  const isOpen = isOfFiles(report) && apis.some(isOpenAsWhole);
  const answer = isOpen
    ? `the API ${what}`
    : all === 1 && aside === ''
      ? `the only ${noun.one} ${open === 1 ? 'can' : 'cannot'} be called without IAM${once}`
      : open > 0
        ? `${formatNumber(open)} of ${countOf(all, noun)} ${what}`
        : `none of ${countOf(all, noun)} ${what}${aside}`;
  const { errors } = report.counts;
  return [
    answer,
    ...(next > 0
      ? [`${formatNumber(next)}${open > 0 ? ' more' : ''} can from the next deployment on`]
      : []),
    ...(unknown > 0 ? [`${formatNumber(unknown)} could not be judged`] : []),
    ...(open + next + unknown === 0 && errors > 0 && !isOpen
      ? [`${count(errors, 'other error')}`]
      : []),
  ].join('; ');
}

function countNext(methods: readonly JudgedMethod[]): number {
  return methods.filter(({ open, state }) => open === 'next' && state !== 'excepted').length;
}

/** `, but for 2 preflights and 1 exception`: those that may be called so. */
function describeAside(methods: readonly JudgedMethod[]): string {
  const of = (state: JudgedMethod['state']): number =>
    methods.filter((it) => it.state === state).length;
  const allowed = methods.filter(isAllowedOtherwise).length;
  const parts = [
    ...(of('preflight') > 0 ? [count(of('preflight'), 'preflight')] : []),
    ...(of('excepted') > 0 ? [`${formatNumber(of('excepted'))} by exception`] : []),
    ...(allowed > 0 ? [`${formatNumber(allowed)} of an allowed type`] : []),
  ];
  return parts.length === 0 ? '' : `, but for ${inList(parts)}`;
}

/** The configuration file lets it have another type than AWS_IAM. */
function isAllowedOtherwise({ state, method }: JudgedMethod): boolean {
  return state === 'pass' && isKnownType(method.deployed) && !isRequiredType(method.deployed);
}

/** How many findings are new, the same and fixed since an earlier report. */
export interface Since extends Omit<Comparison, 'fixed'> {
  /** `null` where not everything could be read. */
  readonly fixed: number | null;
}

/** The comparison with the baseline; `null` where there is none. */
export function sinceBaseline({ comparison }: Report): Since | null {
  if (comparison === undefined) return null;
  return { ...comparison, fixed: comparison.fixed?.length ?? null };
}

/** `2 new findings, 5 fixed, 1 the same since the baseline`. */
export function describeSince({ with: other, added, same, fixed }: Since): string {
  return [
    count(added, 'new finding'),
    ...(fixed === null ? [] : [`${formatNumber(fixed)} fixed`]),
    `${formatNumber(same)} the same since ${nameOfOther(other)}`,
  ].join(', ');
}

/** The earlier report, in a sentence. */
export function nameOfOther(other: Comparison['with']): string {
  return other === 'baseline' ? 'the baseline' : 'the last audit';
}
