import { renderAccess } from './markdown/access.js';
import { renderChanges } from './markdown/changes.js';
import { renderExceptions } from './markdown/exceptions.js';
import { renderFindings } from './markdown/findings.js';
import { fitBlocks } from './markdown/fit.js';
import { renderHeadline } from './markdown/headline.js';
import { renderKnown } from './markdown/known.js';
import { renderStages } from './markdown/stages.js';
import { nameApis } from './place.js';
import type { Finding, Report } from './report.js';
import { snippetInLine } from './snippet.js';

/**
 * `report.md`: the verdict, what to do, the exceptions, what changes, a table a stage, and what the
 * baseline knows, as GitHub-flavoured
 * Markdown of at most `limitBytes` of UTF-8 (1 MiB for a step's summary, which GitHub drops whole
 * when it is larger). Where it must be shortened, rows of detail are left out, passing methods
 * first, and the report says how many; the headline and the totals always stay.
 */
export function renderMarkdown(report: Report, limitBytes: number): string {
  const apiNames = nameApis(report.apis);
  const blocks = [
    ...renderFindings(report.findings.map(withSnippet), apiNames),
    ...renderExceptions(report, apiNames),
    ...renderChanges(report, apiNames),
    ...renderAccess(report, apiNames),
    ...renderStages(report, apiNames),
    ...renderKnown(report, apiNames),
  ];
  return fitBlocks(renderHeadline(report), blocks, limitBytes);
}

/** What a fix is to write follows its words. */
function withSnippet(finding: Finding): Finding {
  return finding.snippet === undefined
    ? finding
    : { ...finding, fix: `${finding.fix}${snippetInLine(finding)}` };
}
