import type { Since } from '../report/answer.js';
import { renderComment } from '../report/comment.js';
import type { Links } from '../report/document/links.js';
import { inCode } from '../report/escape.js';
import { count, formatNumber } from '../report/wording.js';
import type { Delivered } from './delivered.js';
import { compareDrift, type Difference, isComplete } from './drift.js';
import { readState, writeState } from './drift-state.js';

/** Names of new and gone findings that are listed. */
const SHOWN_DIFFERENCES = 10;

/**
 * The body: what it is found by, what the next audit must remember, the worst of the report with what is
 * new and what is gone since the audit that wrote `previousBody` in its headline, and both by name.
 */
export function renderDriftBody(
  report: Delivered,
  hidden: string,
  previousBody: string | null,
  links: Links,
  runUrl: string,
): string {
  const previous = previousBody === null ? null : readState(previousBody);
  const difference = compareDrift(report, previous);
  const head = [hidden, writeState(difference.current)].join('\n');
  const footer = [
    ...describe(difference, report),
    `<sub>Kept by apigw-iam-gate · <a href="${runUrl}">last audit</a>. Closed by a complete audit that finds nothing.</sub>`,
  ].join('\n');
  const { added, gone, same, isTold } = difference;
  const since: Since = {
    with: 'last-audit',
    added: added.length,
    same,
    fixed: isComplete(report) ? gone.length : null,
  };
  const isCompared = previous !== null && isTold;
  const view = { links, isBrief: true, ...(isCompared ? { since } : {}) };
  return renderComment((limitBytes) => report.markdown(limitBytes, view), head, footer);
}

function describe({ added, gone, unseen, isTold }: Difference, report: Delivered): string[] {
  const lines = ['', '### Since the audit before', ''];
  if (!isTold) {
    return [...lines, 'This is not told: there were more findings than an issue can remember.', ''];
  }
  lines.push(...list('New', added), ...list('Gone', gone));
  if (unseen.length > 0) {
    lines.push(
      ...list('Not asked any more', unseen),
      "Only the endpoint's answers tell these, and this audit asked none. Run it with `smoke-test: true`, or close the issue yourself.",
      '',
    );
  }
  if (!isComplete(report)) {
    lines.push('Not everything could be read or proven, so nothing is called gone.', '');
  }
  return lines;
}

function list(word: string, labels: readonly string[]): string[] {
  const left = labels.length - SHOWN_DIFFERENCES;
  return [
    `**${word}: ${formatNumber(labels.length)}**`,
    '',
    ...labels.slice(0, SHOWN_DIFFERENCES).map((label) => `- ${inCode(label)}`),
    ...(left > 0 ? [`- … and ${count(left, 'more finding')}`] : []),
    '',
  ];
}
