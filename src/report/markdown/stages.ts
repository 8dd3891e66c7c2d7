import { clip } from '../clip.js';
import { inCode, inHtml, inMarkdown } from '../escape.js';
import { sortMethods, verdictRank } from '../order.js';
import type { ApiNames } from '../place.js';
import type { Report, ReportedApi, ReportedMethod, Verdict } from '../report.js';
import { count, formatNumber } from '../wording.js';
import type { Block, Row } from './fit.js';
import { VERDICT_ICONS } from './icons.js';
import { RANKS } from './ranks.js';
import { tabulate } from './table.js';

/** Methods in order that are shown below the others without unfolding. */
const SHOWN_IN_ORDER = 20;

/** Failing methods of a stage that get room before any stage gets more. */
const FIRST_OPEN = 20;

const MAX_NAME_LENGTH = 120;
const MAX_URL_LENGTH = 300;

type Stage = ReportedApi['stages'][number];

/** One table: the methods of a stage, or of an API that has none. */
interface Section {
  readonly name: string;
  readonly stage: Stage | null;
  readonly methods: readonly ReportedMethod[];
  readonly verdict: Verdict;
}

/** A table a stage, those with failing methods first; stages in order are folded. */
export function renderStages(report: Report, apiNames: ApiNames): Block[] {
  const sections = listSections(report, apiNames);
  const open = sections.filter((section) => section.verdict !== 'pass');
  const inOrder = sections.filter((section) => section.verdict === 'pass');
  const ordered = [
    ...open.sort((a, b) => verdictRank(a.verdict) - verdictRank(b.verdict)),
    ...inOrder,
  ];
  return ordered.flatMap((section, index) =>
    renderSection(section, index === 0 ? '### Methods\n\n' : ''),
  );
}

function listSections(report: Report, apiNames: ApiNames): Section[] {
  const groups = groupMethods(report.methods);
  const known: { api: string; stage: Stage | null; name: string | null }[] = report.apis.flatMap(
    (api) => api.stages.map((stage) => ({ api: api.id, stage, name: stage.name })),
  );
  const seen = new Set(known.map(({ api, name }) => keyOf(api, name)));
  for (const [key, [method]] of groups) {
    if (method !== undefined && !seen.has(key)) {
      known.push({ api: method.api, stage: null, name: method.stage });
    }
  }
  return known.map(({ api, stage, name }) => {
    const methods = sortMethods(groups.get(keyOf(api, name)) ?? []);
    return {
      name: `${apiNames(api)}${name !== null ? `/${name}` : api.includes('#') ? '' : ' (no stage)'}`,
      stage,
      methods,
      verdict: methods[0]?.verdict ?? 'pass',
    };
  });
}

function groupMethods(methods: readonly ReportedMethod[]): Map<string, ReportedMethod[]> {
  const groups = new Map<string, ReportedMethod[]>();
  for (const method of methods) {
    const key = keyOf(method.api, method.stage);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [method]);
    } else {
      group.push(method);
    }
  }
  return groups;
}

function keyOf(api: string, stage: string | null): string {
  return JSON.stringify([api, stage]);
}

function renderSection(section: Section, heading: string): Block[] {
  const name = clip(section.name, MAX_NAME_LENGTH);
  const about = [describeStage(section.stage), countProofs(section.methods)]
    .filter((part) => part !== '')
    .join(' · ');
  const said = about === '' ? '' : `\n\n${about}`;
  if (section.verdict === 'pass') {
    return [foldInOrder(section.methods, `${inHtml(name)}: `, heading, said)];
  }
  const title = `#### ${VERDICT_ICONS[section.verdict]} ${inMarkdown(name)}: ${countVerdicts(section.methods)}`;
  const open = section.methods.filter((method) => method.verdict !== 'pass');
  const rest = section.methods.slice(open.length);
  const shown = rest.length <= SHOWN_IN_ORDER ? section.methods : open;
  const table = tabulate(shown);
  const block: Block = {
    open: `${heading}${title}${said}\n\n${table.open}`,
    rows: toRows(table.lines, shown),
    close: table.close,
    noun: 'method',
  };
  return shown.length === section.methods.length
    ? [block]
    : [block, foldInOrder(rest, `${inHtml(name)}, the rest: `, '', '')];
}

/** A table that is folded until somebody wants it. Its summary is HTML, its inside Markdown. */
function foldInOrder(
  methods: readonly ReportedMethod[],
  name: string,
  heading: string,
  said: string,
): Block {
  const table = tabulate(methods);
  // No tick where nothing was judged: the list may be empty because it could not be read.
  const summary =
    methods.length === 0
      ? `${name}no methods listed`
      : `${VERDICT_ICONS.pass} ${name}${count(methods.length, 'method')} in order`;
  return {
    open: `${heading}<details><summary>${summary}</summary>${said}\n\n${table.open}`,
    rows: methods.length === 0 ? [{ text: '', rank: RANKS.inOrder }] : toRows(table.lines, methods),
    close: `${table.close}\n\n</details>`,
    noun: 'method',
  };
}

function toRows(lines: readonly string[], methods: readonly ReportedMethod[]): Row[] {
  return lines.map((text, index) => ({ text, rank: rankOf(methods[index], index) }));
}

function rankOf(method: ReportedMethod | undefined, index: number): number {
  if (method === undefined || method.verdict === 'pass') {
    return RANKS.inOrder;
  }
  return index < FIRST_OPEN ? RANKS.firstOpenMethods : RANKS.moreOpenMethods;
}

/** `2 failing, 1 incomplete, 40 in order`; verdicts that no method has are not mentioned. */
function countVerdicts(methods: readonly ReportedMethod[]): string {
  const totals: Record<Verdict, number> = { fail: 0, incomplete: 0, pass: 0 };
  for (const method of methods) {
    totals[method.verdict] += 1;
  }
  const words: readonly (readonly [number, string])[] = [
    [totals.fail, 'failing'],
    [totals.incomplete, 'incomplete'],
    [totals.pass, 'in order'],
  ];
  return words
    .filter(([total]) => total > 0)
    .map(([total, word]) => `${formatNumber(total)} ${word}`)
    .join(', ');
}

const PROOFS = ['proven', 'consistent', 'inconclusive', 'refuted'] as const;

/** `asked: 3 proven, 1 consistent`; empty where nothing was asked. */
function countProofs(methods: readonly ReportedMethod[]): string {
  const totals = PROOFS.map((proof) => ({
    proof,
    total: methods.filter((method) => method.proof === proof).length,
  })).filter(({ total }) => total > 0);
  if (totals.length === 0) {
    return '';
  }
  return `asked: ${totals.map(({ proof, total }) => `${formatNumber(total)} ${proof}`).join(', ')}`;
}

function describeStage(stage: Stage | null): string {
  if (stage === null) {
    return '';
  }
  const deployment =
    stage.deploymentId === null
      ? 'no deployment'
      : `deployment ${inCode(clip(stage.deploymentId, MAX_NAME_LENGTH))}`;
  const canary =
    stage.canary === null
      ? ''
      : `canary deployment ${inCode(clip(stage.canary.deploymentId, MAX_NAME_LENGTH))} with ${stage.canary.percentTraffic} % of the traffic`;
  const url = stage.invokeUrl === '' ? '' : inCode(clip(stage.invokeUrl, MAX_URL_LENGTH));
  return [deployment, canary, url].filter((part) => part !== '').join(' · ');
}
