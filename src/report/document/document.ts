import { type Since, sinceBaseline } from '../answer.js';
import type { Report } from '../report.js';
import { count, formatNumber } from '../wording.js';
import { partsOfAccess } from './access.js';
import { partOfApis } from './apis.js';
import { partsOfChanges } from './changes.js';
import { type Content, join, link, paragraph } from './content.js';
import { partOfFixed, partOfKnown, partOfNotes } from './ends.js';
import { partsOfExceptions } from './exceptions.js';
import { headlineOf, leadOf } from './headline.js';
import { partsInOrder } from './in-order.js';
import { type Judged, type JudgedApi, judgedOf, namesIn } from './judged.js';
import { anchorsOf, type Links } from './links.js';
import { listLines } from './listed.js';
import { partsOfApi, type Shown } from './methods.js';
import type { Document, Part } from './part.js';
import { iconOf, isOnTop, type RowState } from './state.js';

/** APIs, methods and findings that a comment or an issue shows. */
const BRIEF = 10;

/** How a report is shown. */
export interface View {
  readonly links: Links;
  /** The worst ten only, for a comment or an issue: the run has the rest. */
  readonly isBrief?: boolean;
  /** What it is compared with, where that is not the baseline. */
  readonly since?: Since;
}

/**
 * What a reader sees, in this order: the answer; what was audited and changed; the APIs, and what is wrong
 * with each of them, worst first; what is in order, folded; exceptions; who may invoke; notes.
 */
export function documentOf(report: Report, view: View): Document {
  const { links, isBrief = false } = view;
  const since = view.since ?? sinceBaseline(report);
  const nameOf = namesIn(report);
  const whole = judgedOf(report);
  const { shown: judged, left } = isBrief ? keepWorst(whole) : { shown: whole, left: 0 };
  const shown: Shown = { nameOf, anchorOf: anchorsOf(report), links };
  const parts = [
    ...partsOfChanges(report, nameOf, isBrief),
    ...partOfRegion(judged, shown),
    ...partOfApis(whole.apis, nameOf, shown.anchorOf, isBrief ? BRIEF : whole.apis.length),
    ...judged.apis.flatMap((api) => partsOfApi(api, shown, whole.apis.length === 1)),
    ...(left > 0 ? [partOfLeft(left, links)] : []),
    ...(isBrief
      ? partOfTotals(whole)
      : [...partsInOrder(whole, shown), ...partOfKnown(whole, shown)]),
    ...partsOfExceptions(report, shown, isBrief),
    ...(isBrief ? [] : [...partsOfAccess(report, nameOf)]),
    ...(view.since === undefined && !isBrief ? partOfFixed(report, links) : []),
    ...partOfNotes(report),
  ];
  return {
    headline: headlineOf(report, since),
    lead: leadOf(report, links, since),
    parts,
  };
}

/** What is about no API: the region could not be listed, an exception is over. */
function partOfRegion({ region }: Judged, shown: Shown): Part[] {
  const findings = region.filter(({ known }) => !known);
  if (findings.length === 0) return [];
  return [
    {
      heading: { level: 3, content: ['The audit as a whole'] },
      body: { kind: 'list', lines: listLines(findings, shown) },
      noun: 'finding',
    },
  ];
}

function partOfLeft(left: number, { run }: Links): Part {
  const more = `… and ${count(left, 'more line')} like these`;
  return {
    said: [paragraph(more, ' in ', ...link(run, "the run's summary"), '.')],
    body: { kind: 'list', lines: [] },
    noun: 'line',
  };
}

/** `Besides: 1 excepted, 9 in order`: what a comment does not list. */
function partOfTotals({ methods }: Judged): Part[] {
  const pieces = TOTALS.flatMap(({ states, words }): Content[] => {
    const total = methods.filter(({ state }) => states.includes(state)).length;
    const [first = 'pass'] = states;
    return total === 0 ? [] : [[...iconOf(first), ` ${formatNumber(total)} ${words}`]];
  });
  if (pieces.length === 0) return [];
  const said = [paragraph('Other methods: ', ...join(pieces, ', '))];
  return [{ said, body: { kind: 'list', lines: [] }, noun: 'line' }];
}

const TOTALS: readonly { readonly states: readonly RowState[]; readonly words: string }[] = [
  { states: ['known'], words: 'known' },
  { states: ['excepted'], words: 'excepted' },
  { states: ['pass', 'preflight'], words: 'in order' },
];

/** The worst methods and findings over all APIs, in their order, and how many are left out. */
function keepWorst(judged: Judged): { readonly shown: Judged; readonly left: number } {
  let room = BRIEF;
  let left = 0;
  const take = <T>(items: readonly T[]): T[] => {
    const taken = items.slice(0, Math.max(0, room));
    room -= taken.length;
    left += items.length - taken.length;
    return taken;
  };
  const region = take(judged.region.filter(({ known }) => !known));
  const methods = new Set(take(judged.methods.filter(({ state }) => isOnTop(state))));
  const apis = judged.apis.flatMap((api): JudgedApi[] => {
    const own = api.methods.filter((it) => methods.has(it));
    const listed = take(api.listed.filter(({ known }) => !known));
    return own.length + listed.length === 0 ? [] : [{ ...api, shown: own, listed }];
  });
  return { shown: { ...judged, region, apis }, left };
}
