import { answerOf, describeSince, sinceBaseline } from './answer.js';
import { clip } from './clip.js';
import { inLog } from './escape.js';
import { type ApiNames, nameApis, nameMethod, nameStage } from './place.js';
import type { Finding, Report } from './report.js';
import { countFindings, countOf, nounOf, VERDICT_WORDS, wordsOnLeftOut } from './wording.js';

/**
 * The verdict in one line of plain text, safe in the job's log and as the message of
 * `core.setFailed`: `Fail: 3 of 12 methods can be called without IAM; 3 errors and 1 warning in 12
 * methods (audit, eu-west-1). First: deployed-not-iam: GET /pets/{id} (orders/prod).`
 */
export function summarizeInOneLine(report: Report): string {
  const { counts, verdict } = report;
  const leftOut = wordsOnLeftOut(counts);
  const besides = leftOut.length === 0 ? '' : ` (and ${leftOut.join(', ')})`;
  const judged = `${countFindings(counts)}${besides} in ${countOf(counts.methods, nounOf(report.methods))}`;
  const changed = describeChanged(report);
  const where = `(${report.mode}, ${report.region === '' ? 'files alone' : inLog(clip(report.region, 64))})`;
  const [worst] = report.findings.filter((finding) => !finding.known);
  const first = worst === undefined ? '' : ` First: ${titleFinding(worst, nameApis(report.apis))}.`;
  const incomplete =
    verdict === 'incomplete' ? ' Not everything could be read or proven: this is not a pass.' : '';
  const since = sinceBaseline(report);
  const compared = since === null ? '' : `; ${describeSince(since)}`;
  const answer = `${VERDICT_WORDS[verdict]}: ${answerOf(report)}${compared}`;
  return `${answer}; ${judged}${changed} ${where}.${incomplete}${first}`;
}

/** `, 5 methods changed`; empty where the mode changes nothing. */
function describeChanged({ mode, counts, methods }: Report): string {
  if (mode === 'audit') {
    return '';
  }
  return `, ${countOf(counts.changed, nounOf(methods))} ${mode === 'plan' ? 'to be changed' : 'changed'}`;
}

/** `deployed-not-iam: GET /pets/{id} (orders/prod)`, in plain text, safe in the log. */
export function titleFinding(finding: Finding, apiNames: ApiNames): string {
  const method = nameMethod(finding);
  const stage = nameStage(finding, apiNames);
  const subject = method === null ? '' : `: ${inLog(clip(method, 120))}`;
  const place = stage === null ? '' : ` (${inLog(clip(stage, 80))})`;
  return `${inLog(finding.rule)}${subject}${place}`;
}
