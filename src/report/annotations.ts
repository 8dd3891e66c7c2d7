import { clip, clipBytes, utf8Bytes } from './clip.js';
import { inLog } from './escape.js';
import { describeTerm, endingSoon } from './exceptions.js';
import { annotateFailedEnforcement } from './failed-enforcement.js';
import { type ApiNames, nameApis } from './place.js';
import type { Exception, Finding, Location, Report } from './report.js';
import { snippetLines } from './snippet.js';
import { summarizeInOneLine, titleFinding } from './summary-line.js';
import { count, formatNumber } from './wording.js';

/** What `core.error`, `core.warning` or `core.notice` is called with; each escapes the command's own syntax. */
export interface Annotation {
  /** `notice`: the baseline knows it. */
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly location: Location | null;
}

/**
 * Ten errors of a step are shown, and `core.setFailed` takes one of them
 * (https://docs.github.com/en/rest/checks/runs and actions/runner, `_maxCountPerIssueType`).
 */
export const MAX_ANNOTATIONS = 9;

/**
 * The runner cuts a message after 4,096 UTF-16 units (`_maxIssueMessageLength` in
 * src/Runner.Worker/ExecutionContext.cs). UTF-8 has never fewer bytes than UTF-16 has units, so a
 * message within as many bytes is within the limit, however it is counted.
 */
const MAX_MESSAGE_BYTES = 4096;

/** A check run's annotation takes a title of at most 255 characters. */
const MAX_TITLE_LENGTH = 255;

/** Exceptions that one warning names; the report's table has them all. */
const MAX_NAMED_EXCEPTIONS = 5;

/**
 * Why enforcement failed, the worst findings as annotations, one warning of the exceptions that end soon, and the line for
 * `core.setFailed` (or the log, where the verdict is `pass`), which says how many findings only the
 * summary holds. Known findings are notices, which have a limit of their own.
 */
export function renderAnnotations(report: Report): {
  readonly annotations: readonly Annotation[];
  readonly verdictLine: string;
} {
  const apiNames = nameApis(report.apis);
  const { findings } = report;
  const failed = annotateFailedEnforcement(report, {
    maxBytes: MAX_MESSAGE_BYTES,
    maxTitle: MAX_TITLE_LENGTH,
  }).slice(0, MAX_ANNOTATIONS);
  const room = MAX_ANNOTATIONS - failed.length;
  const shown = findings.filter(({ known }) => !known).slice(0, room);
  const notices = findings.filter(({ known }) => known).slice(0, MAX_ANNOTATIONS);
  const left = findings.length - shown.length - notices.length;
  const more = left === 0 ? '' : ` And ${formatNumber(left)} more in the summary.`;
  return {
    annotations: [
      ...failed,
      ...shown.map((finding) => annotateFinding(finding, apiNames)),
      ...warnOfEnding(endingSoon(report.exceptions)),
      ...notices.map((finding) => annotateFinding(finding, apiNames)),
    ],
    verdictLine: `${summarizeInOneLine(report)}${more}`,
  };
}

/** A finding as one annotation; also what a check run shows. */
export function annotateFinding(finding: Finding, apiNames: ApiNames): Annotation {
  return annotateUnder(titleFinding(finding, apiNames), finding);
}

/** The same under a title that says where. */
export function annotateUnder(title: string, finding: Finding): Annotation {
  const snippet = snippetLines(finding).map((line) => `\n${inLog(line)}`);
  const fix = finding.fix === '' ? '' : `\nFix: ${inLog(finding.fix)}${snippet.join('')}`;
  const room = MAX_MESSAGE_BYTES - Math.min(utf8Bytes(fix), MAX_MESSAGE_BYTES / 2);
  return {
    level: finding.known ? 'notice' : finding.severity,
    title: clip(title, MAX_TITLE_LENGTH),
    message: clipBytes(`${clipBytes(inLog(finding.message), room)}${fix}`, MAX_MESSAGE_BYTES),
    location: finding.location,
  };
}

/** One warning for all of them, since a step shows ten. */
function warnOfEnding(ending: readonly Exception[]): Annotation[] {
  const [first] = ending;
  if (first === undefined) {
    return [];
  }
  const named = ending.slice(0, MAX_NAMED_EXCEPTIONS).map((exception) => {
    const methods = inLog(clip(exception.methods.join(', '), 120));
    const owner = inLog(clip(exception.owner, 80));
    return `${methods} (${describeTerm(exception)}, owner ${owner})`;
  });
  const left = ending.length - named.length;
  const more = left === 0 ? '' : `; and ${formatNumber(left)} more`;
  return [
    {
      level: 'warning',
      title: `${count(ending.length, 'exception')} ending soon`,
      message: clipBytes(
        `${named.join('; ')}${more}.\nFix: Mend what they cover, or renew them with their owners.`,
        MAX_MESSAGE_BYTES,
      ),
      location: first.location,
    },
  ];
}
