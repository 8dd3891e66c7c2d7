import { REPORT_FILES } from '../files/report-folder.js';
import type { Text } from '../files/write-text.js';
import type { View } from '../report/document/document.js';
import { renderHtml } from '../report/html.js';
import { renderJson } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import type { Report } from '../report/report.js';
import { MAX_SARIF_RESULTS, renderSarif, type SarifSettings } from '../report/sarif.js';

/** What the texts say besides the report. */
export type FormatSettings = View & Omit<SarifSettings, 'maxResults' | 'withSuppressed'>;

/** A form that a report is written in. */
interface Format {
  /** The name of its file. */
  readonly file: string;
  /** The output of the action that has the file's path. */
  readonly output: 'report' | 'markdown' | 'html' | 'sarif' | 'junit';
  readonly render: (report: Report, settings: FormatSettings) => Text;
}

/** A step summary over 1 MiB is not uploaded at all (GitHub Docs, "Workflow commands"); a margin is left. */
export const SUMMARY_LIMIT_BYTES = 1024 * 1024 - 1024;

/** The report's forms, by the name that the command line has for them, in the order of the outputs. */
export const FORMATS = {
  json: { file: REPORT_FILES.json, output: 'report', render: renderJson },
  markdown: {
    file: REPORT_FILES.markdown,
    output: 'markdown',
    render: (report, settings) => renderMarkdown(report, SUMMARY_LIMIT_BYTES, settings),
  },
  html: { file: REPORT_FILES.html, output: 'html', render: renderHtml },
  sarif: {
    file: REPORT_FILES.sarif,
    output: 'sarif',
    render: (report, settings) =>
      renderSarif(report, { ...settings, maxResults: MAX_SARIF_RESULTS, withSuppressed: true }),
  },
  junit: { file: REPORT_FILES.junit, output: 'junit', render: renderJunit },
} as const satisfies Readonly<Record<string, Format>>;
