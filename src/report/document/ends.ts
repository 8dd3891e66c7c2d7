import { nameOfOther } from '../answer.js';
import type { Report } from '../report.js';
import { count, formatNumber } from '../wording.js';
import { icon } from './content.js';
import { type Judged, namesIn } from './judged.js';
import { type Links, ruleLink } from './links.js';
import { listLines } from './listed.js';
import type { Shown } from './methods.js';
import type { Part } from './part.js';
import { RANKS } from './ranks.js';
import { sayPlace, sayProse } from './saying.js';

/** What is fixed since the report before, folded: it is good news, and nothing to do. */
export function partOfFixed(report: Report, links: Links): Part[] {
  const { comparison } = report;
  const fixed = comparison?.fixed ?? [];
  if (comparison === undefined || fixed.length === 0) return [];
  const since = nameOfOther(comparison.with);
  return [
    {
      fold: [icon('✅'), ` ${count(fixed.length, 'finding')} fixed since ${since}`],
      body: {
        kind: 'list',
        lines: fixed.map((place) => ({
          cells: [[...ruleLink(place.rule, links), ': ', ...sayPlace(place, namesIn(report))]],
          rank: RANKS.inOrder,
        })),
      },
      noun: 'fixed finding',
    },
  ];
}

/** What the baseline knows and no line of a method shows, folded. */
export function partOfKnown({ apis, region }: Judged, shown: Shown): Part[] {
  const known = [...region, ...apis.flatMap(({ listed }) => listed)].filter((it) => it.known);
  if (known.length === 0) return [];
  const words = known.length === 1 ? 'other finding that' : 'other findings that';
  return [
    {
      fold: [icon('ℹ️'), ` ${formatNumber(known.length)} ${words} the baseline knows`],
      body: {
        kind: 'list',
        lines: listLines(known, shown).map((it) => ({ ...it, rank: RANKS.inOrder })),
      },
      noun: 'known finding',
    },
  ];
}

/** What a reader must know besides; what is about a change was said first. */
export function partOfNotes({ notes, changeNotes = [], mode }: Report): Part[] {
  const said = new Set(mode === 'audit' ? [] : changeNotes);
  const others = notes.filter((note) => !said.has(note));
  if (others.length === 0) return [];
  return [
    {
      heading: { level: 3, content: ['Notes'] },
      body: {
        kind: 'list',
        lines: others.map((note) => {
          const [first, ...below] = sayProse(note);
          return {
            cells: [first?.kind === 'paragraph' ? first.content : []],
            below: first?.kind === 'code' ? [first, ...below] : below,
            rank: RANKS.rest,
          };
        }),
      },
      noun: 'note',
    },
  ];
}
