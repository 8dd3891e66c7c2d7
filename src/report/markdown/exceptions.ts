import { clip } from '../clip.js';
import { inCode, inMarkdown } from '../escape.js';
import { countCovered, describeTerm, isEndingSoon } from '../exceptions.js';
import type { ApiNames } from '../place.js';
import type { Exception, Report } from '../report.js';
import { count } from '../wording.js';
import { openTable, renderTableLine } from './cells.js';
import { renderPlace } from './findings.js';
import type { Block } from './fit.js';
import { EXCEPTED_ICON } from './icons.js';
import { RANKS } from './ranks.js';

const MAX_LIST_LENGTH = 200;
const MAX_REASON_LENGTH = 400;
const MAX_OWNER_LENGTH = 80;

/**
 * Every exception of the policy file with its days left, what ends first on top, and, folded, the
 * findings that they cover.
 */
export function renderExceptions(report: Report, apiNames: ApiNames): Block[] {
  const { exceptions } = report;
  if (exceptions.length === 0) {
    return [];
  }
  const covered = countCovered(report);
  const ordered = exceptions
    .map((exception, index) => ({ exception, findings: covered[index] ?? 0 }))
    .sort((a, b) => urgencyOf(a.exception) - urgencyOf(b.exception));
  const inUse = exceptions.filter(({ state }) => state === 'in-use').length;
  const table = openTable(['Methods', 'Reason', 'Owner', 'Until', 'Left', 'Covers']);
  return [
    {
      open: `### Exceptions\n\n${count(inUse, 'exception')} in use, covering ${count(report.suppressed.length, 'finding')}.\n\n${table}`,
      rows: ordered.map(({ exception, findings }) => ({
        text: renderException(exception, findings),
        rank: isUrgent(exception) ? RANKS.endingExceptions : RANKS.exceptions,
      })),
      noun: 'exception',
    },
    ...renderSuppressed(report, apiNames),
  ];
}

function renderException(exception: Exception, findings: number): string {
  const scope = [...exception.methods, ...exception.apis, ...exception.stages].join(', ');
  const term = describeTerm(exception);
  return renderTableLine([
    inCode(clip(scope, MAX_LIST_LENGTH)),
    inMarkdown(clip(exception.reason, MAX_REASON_LENGTH)),
    inMarkdown(clip(exception.owner, MAX_OWNER_LENGTH)),
    exception.expires === null ? '—' : inCode(clip(exception.expires, MAX_OWNER_LENGTH)),
    isUrgent(exception) ? `⚠️ **${term}**` : term,
    exception.state === 'unused' ? 'nothing' : count(findings, 'finding'),
  ]);
}

function isUrgent(exception: Exception): boolean {
  return exception.state === 'expired' || isEndingSoon(exception);
}

function urgencyOf({ state, daysLeft }: Exception): number {
  return state === 'expired' ? -1 : (daysLeft ?? Number.MAX_SAFE_INTEGER);
}

function renderSuppressed({ suppressed }: Report, apiNames: ApiNames): Block[] {
  if (suppressed.length === 0) {
    return [];
  }
  return [
    {
      open: `<details><summary>${EXCEPTED_ICON} ${count(suppressed.length, 'excepted finding')}</summary>\n`,
      rows: suppressed.map(({ finding }) => ({
        text: `- ${inCode(finding.rule)}: ${renderPlace(finding, apiNames)}`,
        rank: RANKS.inOrder,
      })),
      close: '\n\n</details>',
      noun: 'excepted finding',
    },
  ];
}
