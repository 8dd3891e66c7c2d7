import { nameApis } from '../place.js';
import type { Finding, Report, ReportedApi, ReportedMethod } from '../report.js';
import { type RowState, stateRank, worstOf } from './state.js';

/*
 * The findings, put to what they are about: a method of a stage where there is one, else the API, else the
 * region. Every finding is somewhere.
 */

/** A method of a stage with all that was found about it. */
export interface JudgedMethod {
  readonly method: ReportedMethod;
  /** What counts, worst first. */
  readonly findings: readonly Finding[];
  /** What the baseline knows. */
  readonly known: readonly Finding[];
  /** What an exception covers. */
  readonly excused: readonly Finding[];
  readonly state: RowState;
  /** Callers get in without IAM: now, from the next deployment on, or not. */
  readonly open: 'now' | 'next' | null;
  /** Where its worst finding stands among all. */
  readonly place: number;
}

/** An API with all that was found about it. */
export interface JudgedApi {
  readonly id: string;
  readonly name: string;
  readonly kind: NonNullable<ReportedApi['kind']>;
  readonly stages: ReportedApi['stages'];
  /** Worst first. */
  readonly methods: readonly JudgedMethod[];
  /** Those that are shown in its section. */
  readonly shown: readonly JudgedMethod[];
  /** Findings that are about no method of the list. */
  readonly listed: readonly Finding[];
  readonly state: RowState;
  /** Its place in the report's own list. */
  readonly index: number;
}

export interface Judged {
  /** Worst first. */
  readonly apis: readonly JudgedApi[];
  /** All methods, worst first: in the order of the findings about them. */
  readonly methods: readonly JudgedMethod[];
  /** Findings about no API of the list. */
  readonly region: readonly Finding[];
}

const JUDGED = new WeakMap<Report, Judged>();

/** A report with its findings put in their places; made once for each report. */
export function judgedOf(report: Report): Judged {
  const made = JUDGED.get(report);
  if (made !== undefined) return made;
  const judged = putInPlace(report);
  JUDGED.set(report, judged);
  return judged;
}

function putInPlace(report: Report): Judged {
  // They are sorted where the report is built, for every reader.
  const sorted = report.findings;
  const places = new Map(sorted.map((finding, place) => [finding, place]));
  const byMethod = Map.groupBy(sorted, methodKeyOf);
  const excused = Map.groupBy(
    report.suppressed.map(({ finding }) => finding),
    methodKeyOf,
  );
  const attached = new Set<Finding>();
  const methods = report.methods.map((method): JudgedMethod => {
    const own = isAbout(method, byMethod);
    for (const finding of own) attached.add(finding);
    const covered = isAbout(method, excused);
    const findings = own.filter(({ known }) => !known);
    const [worst] = own;
    return {
      method,
      findings,
      known: own.filter(({ known }) => known),
      excused: covered,
      state: stateOf(method, own),
      open: openOf([...own, ...covered]),
      place: (worst && places.get(worst)) ?? Number.MAX_SAFE_INTEGER,
    };
  });
  const ordered = methods.toSorted(compareMethods);
  const rest = sorted.filter((finding) => !attached.has(finding));
  const methodsOf = Map.groupBy(ordered, ({ method }) => method.api);
  const listedOf = Map.groupBy(rest, ({ api }) => api);
  const apis = listApis(report).map((api, index) =>
    judgeApi(api, index, methodsOf.get(api.id) ?? [], listedOf.get(api.id) ?? []),
  );
  const ids = new Set(apis.map(({ id }) => id));
  return {
    apis: apis.toSorted(compareApis),
    methods: ordered,
    region: rest.filter(({ api }) => api === null || !ids.has(api)),
  };
}

/** The APIs of the report, and whatever methods or findings are about besides. */
function listApis({ apis, methods }: Report): ReportedApi[] {
  const ids = new Set(apis.map(({ id }) => id));
  const others = new Set(methods.map(({ api }) => api).filter((api) => !ids.has(api)));
  return [...apis, ...[...others].map((id) => ({ id, name: '', stages: [] }))];
}

function judgeApi(
  { id, name, kind, stages }: ReportedApi,
  index: number,
  methods: readonly JudgedMethod[],
  listed: readonly Finding[],
): JudgedApi {
  const worst = worstOf([...methods.map(({ state }) => state), ...listed.map(stateOfFinding)]);
  // No tick where nothing was judged.
  const isEmpty = methods.length === 0 && listed.length === 0;
  const state = isEmpty ? 'empty' : worst === 'preflight' ? 'pass' : worst;
  return {
    id,
    name,
    kind: kind ?? kindOf(methods),
    stages,
    methods,
    shown: methods,
    listed,
    index,
    state,
  };
}

/** Older reports have it at the methods, or know of REST APIs alone. */
function kindOf(methods: readonly JudgedMethod[]): JudgedApi['kind'] {
  return methods[0]?.method.kind ?? 'REST';
}

function methodKeyOf({ api, method, path }: Pick<Finding, 'api' | 'method' | 'path'>): string {
  return JSON.stringify([api, method, path]);
}

function isAbout(method: ReportedMethod, byMethod: ReadonlyMap<string, Finding[]>): Finding[] {
  const group = byMethod.get(methodKeyOf(method)) ?? [];
  return group.filter(({ stage }) => stage === null || stage === method.stage);
}

function stateOf(method: ReportedMethod, own: readonly Finding[]): RowState {
  const worst = worstOf(own.map(stateOfFinding));
  const states: RowState[] = own.length === 0 ? [] : [worst];
  if (method.verdict === 'fail') states.push('fail');
  if (method.verdict === 'incomplete') states.push('incomplete');
  if (states.length > 0) return worstOf(states);
  if (method.excepted) return 'excepted';
  return method.preflight ? 'preflight' : 'pass';
}

/** What a finding makes of what it is about. */
export function stateOfFinding({ known, effect, severity }: Finding): RowState {
  if (effect === 'unknown') return 'incomplete';
  if (known) return 'known';
  if (severity === 'warning') return 'warning';
  return effect === 'open' ? 'open' : 'fail';
}

function openOf(findings: readonly Finding[]): JudgedMethod['open'] {
  if (findings.some(({ effect }) => effect === 'open')) return 'now';
  return findings.some(({ effect }) => effect === 'opens-next') ? 'next' : null;
}

function compareMethods(a: JudgedMethod, b: JudgedMethod): number {
  return (
    stateRank(a.state) - stateRank(b.state) ||
    a.place - b.place ||
    compare(a.method.path, b.method.path) ||
    compare(a.method.method, b.method.method)
  );
}

function compareApis(a: JudgedApi, b: JudgedApi): number {
  const open = (api: JudgedApi): number => countOpen(api.methods);
  return (
    stateRank(a.state) - stateRank(b.state) ||
    open(b) - open(a) ||
    compare(a.name, b.name) ||
    a.index - b.index
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Methods that can be called without IAM now, and by no exception. */
export function countOpen(methods: readonly JudgedMethod[]): number {
  return methods.filter(isOpenNow).length;
}

export function isOpenNow({ open, state }: JudgedMethod): boolean {
  return open === 'now' && state !== 'excepted';
}

/** The names of a report's APIs. */
export function namesIn(report: Report): (api: string) => string {
  return nameApis(report.apis);
}
