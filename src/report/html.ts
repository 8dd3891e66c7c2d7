import { documentOf, type View } from './document/document.js';
import { judgedOf, namesIn } from './document/judged.js';
import { renderPage } from './html/page.js';
import type { Report } from './report.js';

/**
 * `report.html`: the report as one file that needs nothing else, for a browser. It says what `report.md`
 * says, whole, and shows what a reader asks for by API, rule and verdict. It comes piece by piece.
 */
export function renderHtml(report: Report, view: View): Generator<string> {
  const ids = judgedOf(report).apis.map(({ id }) => id);
  return renderPage({
    verdict: report.verdict,
    ...documentOf(report, view),
    subjects: { title: 'API', ids, nameOf: namesIn(report) },
    dataFile: 'report.json',
  });
}
