import { clip, clipBytes, utf8Bytes } from './clip.js';
import { inLog } from './escape.js';
import { sortFindings } from './order.js';
import { type ApiNames, nameApis } from './place.js';
import type { Finding, Report, Severity } from './report.js';
import { summarizeInOneLine, titleFinding } from './summary-line.js';
import { formatNumber } from './wording.js';

/** What `core.error` or `core.warning` is called with; both escape the command's own syntax. */
export interface Annotation {
  readonly level: Severity;
  readonly title: string;
  readonly message: string;
}

/**
 * Ten errors of a step are shown, and `core.setFailed` takes one of them
 * (https://docs.github.com/en/rest/checks/runs and actions/runner, `_maxCountPerIssueType`).
 */
const MAX_ANNOTATIONS = 9;

/**
 * The runner cuts a message after 4,096 UTF-16 units (`_maxIssueMessageLength` in
 * src/Runner.Worker/ExecutionContext.cs). UTF-8 has never fewer bytes than UTF-16 has units, so a
 * message within as many bytes is within the limit, however it is counted.
 */
const MAX_MESSAGE_BYTES = 4096;

/** A check run's annotation takes a title of at most 255 characters. */
const MAX_TITLE_LENGTH = 255;

/**
 * The worst findings as annotations, and the line for `core.setFailed` (or the log, where the
 * verdict is `pass`), which says how many findings only the summary holds.
 */
export function renderAnnotations(report: Report): {
  readonly annotations: readonly Annotation[];
  readonly verdictLine: string;
} {
  const apiNames = nameApis(report.apis);
  const shown = sortFindings(report.findings).slice(0, MAX_ANNOTATIONS);
  const left = report.findings.length - shown.length;
  const more = left === 0 ? '' : ` And ${formatNumber(left)} more in the summary.`;
  return {
    annotations: shown.map((finding) => annotate(finding, apiNames)),
    verdictLine: `${summarizeInOneLine(report)}${more}`,
  };
}

function annotate(finding: Finding, apiNames: ApiNames): Annotation {
  const fix = finding.fix === '' ? '' : `\nFix: ${inLog(finding.fix)}`;
  const room = MAX_MESSAGE_BYTES - Math.min(utf8Bytes(fix), MAX_MESSAGE_BYTES / 2);
  return {
    level: finding.severity,
    title: clip(titleFinding(finding, apiNames), MAX_TITLE_LENGTH),
    message: clipBytes(`${clipBytes(inLog(finding.message), room)}${fix}`, MAX_MESSAGE_BYTES),
  };
}
