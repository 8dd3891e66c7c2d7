import { renderComment } from '../report/comment.js';
import { inCode } from '../report/escape.js';
import type { Report } from '../report/report.js';
import { count, formatNumber } from '../report/wording.js';
import { compareDrift, type Difference, isComplete } from './drift.js';
import { readState, writeState } from './drift-state.js';

/** Names of new and gone findings that are listed; the report below has all that are there. */
const SHOWN_DIFFERENCES = 20;

/**
 * The body: the marker, what the next audit must remember, what is new and what is gone
 * since the audit that wrote `previousBody`, and the report, cut to fit.
 */
export function renderDriftBody(
  report: Report,
  marker: string,
  previousBody: string | null,
  runUrl: string,
): string {
  const difference = compareDrift(report, previousBody === null ? null : readState(previousBody));
  const head = [marker, writeState(difference.current), ...describe(difference, report)].join('\n');
  const footer = `<sub>Kept by apigw-iam-gate · <a href="${runUrl}">last audit</a>. Closed by a complete audit that finds nothing.</sub>`;
  return renderComment(report, head, footer);
}

function describe({ added, gone, isTold }: Difference, report: Report): string[] {
  const lines = ['', '### Since the audit before', ''];
  if (!isTold) {
    return [...lines, 'This is not told: there were more findings than an issue can remember.', ''];
  }
  lines.push(...list('New', added), ...list('Gone', gone));
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
