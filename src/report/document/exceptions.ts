import { clip } from '../clip.js';
import { countCovered, describeTerm, isEndingSoon } from '../exceptions.js';
import type { Exception, Report } from '../report.js';
import { count } from '../wording.js';
import { icon, name, paragraph, prose, strong } from './content.js';
import { fileLink } from './links.js';
import type { Shown } from './methods.js';
import type { Column, Line, Part } from './part.js';
import { RANKS } from './ranks.js';

const MAX_LIST_LENGTH = 200;
const MAX_REASON_LENGTH = 400;
const MAX_OWNER_LENGTH = 80;

const WHY = { title: 'Why and until when', says: 'value alone' } as const;

const COLUMNS: readonly Column[] = [
  { title: 'Methods' },
  { title: 'Reason', group: WHY },
  { title: 'Owner', group: { ...WHY, says: 'title first' } },
  { title: 'Until', group: { ...WHY, says: 'title first' } },
  { title: 'Left', group: WHY },
  { title: 'Covers', group: { ...WHY, says: 'title first' } },
];

/**
 * Every exception of the configuration file with its days left, what ends first on top, and how
 * much each covers; what is covered stands with its method.
 *
 * @param isBrief only what ends soon or is over.
 */
export function partsOfExceptions(report: Report, shown: Shown, isBrief: boolean): Part[] {
  const covered = countCovered(report);
  const ordered = report.exceptions
    .map((exception, index) => ({ exception, findings: covered[index] ?? 0 }))
    .filter(({ exception }) => !isBrief || isUrgent(exception))
    .toSorted((a, b) => urgencyOf(a.exception) - urgencyOf(b.exception));
  const inUse = report.exceptions.filter(({ state }) => state === 'in-use').length;
  const table: Part = {
    heading: { level: 3, content: ['Exceptions'] },
    said: [
      paragraph(
        `${count(inUse, 'exception')} in use, covering ${count(report.suppressed.length, 'finding')}.`,
      ),
    ],
    body: {
      kind: 'table',
      columns: COLUMNS,
      lines: ordered.map(({ exception, findings }) => lineOf(exception, findings, shown)),
    },
    noun: 'exception',
  };
  return ordered.length === 0 ? [] : [table];
}

function lineOf(exception: Exception, findings: number, { links }: Shown): Line {
  const scope = [...exception.methods, ...exception.apis, ...exception.stages].join(', ');
  const term = describeTerm(exception);
  const { location, expires } = exception;
  const place = location === null ? [] : [' (', ...fileLink(location, links), ')'];
  return {
    cells: [
      [name(clip(scope, MAX_LIST_LENGTH)), ...place],
      [prose(clip(exception.reason, MAX_REASON_LENGTH))],
      [prose(clip(exception.owner, MAX_OWNER_LENGTH))],
      expires === null ? [] : [name(clip(expires, MAX_OWNER_LENGTH))],
      isUrgent(exception) ? [icon('⚠️'), ' ', strong(term)] : [term],
      [exception.state === 'unused' ? 'nothing' : count(findings, 'finding')],
    ],
    rank: isUrgent(exception) ? RANKS.first : RANKS.rest,
  };
}

function isUrgent(exception: Exception): boolean {
  return exception.state === 'expired' || isEndingSoon(exception);
}

function urgencyOf({ state, daysLeft }: Exception): number {
  return state === 'expired' ? -1 : (daysLeft ?? Number.MAX_SAFE_INTEGER);
}
