import { makeSarifSettings } from '../__tests__/unit/publish/sample-settings.js';
import { makeLargeReport } from '../__tests__/unit/report/sample-report.js';
import { NO_LINKS } from '../src/report/document/links.js';
import { renderHtml } from '../src/report/html.js';
import { renderJunit } from '../src/report/junit.js';
import { renderMarkdown } from '../src/report/markdown.js';
import { renderSarif } from '../src/report/sarif.js';
import { clock, median } from './clock.js';
import { printTable } from './table.js';

const SIZE = { methods: 10_000, findings: 3000, stages: 4 };
/** What GitHub takes for the summary of a step. */
const LIMIT_BYTES = 1024 * 1024;
const RUNS = 9;

/** Prints how long a large report takes to render, against writing the same report as JSON. */
export async function benchRendering(): Promise<void> {
  const report = makeLargeReport(SIZE);
  const subjects = [
    { name: 'JSON.stringify', run: () => JSON.stringify(report) },
    { name: 'report.md', run: () => renderMarkdown(report, LIMIT_BYTES) },
    { name: 'report.html', run: () => [...renderHtml(report, { links: NO_LINKS })].join('') },
    { name: 'report.sarif', run: () => renderSarif(report, makeSarifSettings()) },
    { name: 'report.junit.xml', run: () => renderJunit(report) },
  ];
  const rows: string[][] = [];
  let ofJson = Number.NaN;
  for (const { name, run } of subjects) {
    const bytes = Buffer.byteLength(run());
    const times: number[] = [];
    for (let turn = 0; turn < RUNS; turn += 1) {
      // What another run left behind is not this run's time.
      globalThis.gc?.();
      times.push(await clock(run));
    }
    const ms = median(times);
    if (Number.isNaN(ofJson)) ofJson = ms;
    rows.push([name, `${(bytes / 1024).toFixed(0)}`, ms.toFixed(1), (ms / ofJson).toFixed(1)]);
  }
  printTable(
    `Rendering ${SIZE.methods} methods and ${SIZE.findings} findings, median of ${RUNS}`,
    ['as', 'KiB', 'ms', '× JSON'],
    rows,
  );
}
