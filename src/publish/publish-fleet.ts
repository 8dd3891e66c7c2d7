import { SUMMARY, WHOLE } from '../fleet/document.js';
import { renderFleetHtml, renderFleetMarkdown, renderFleetSarif } from '../fleet/render.js';
import type { FleetReport } from '../fleet/report.js';
import { MAX_ANNOTATIONS } from '../report/annotations.js';
import { inLog } from '../report/escape.js';
import { MAX_SARIF_RESULTS } from '../report/sarif.js';
import { formatNumber } from '../report/wording.js';
import { deliverVia } from './deliver-via.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { type WrittenFile, writeReportFiles } from './files.js';
import { FLEET_FILES } from './fleet-file.js';
import { SUMMARY_LIMIT_BYTES } from './formats.js';
import { type GitHubWorld, publishToGitHub } from './github-sinks.js';
import { ofFleet } from './of-fleet.js';
import { type PublishSettings, placeOf, type Runner } from './publish.js';

/** The outputs of `merge/action.yml`. */
export const MERGE_OUTPUTS = [
  'verdict',
  'targets',
  'unread',
  'methods',
  'errors',
  'warnings',
  'report',
  'markdown',
  'html',
  'sarif',
] as const;

/**
 * Delivers a fleet's report to every sink. A sink that fails is said in the log and changes nothing
 * else: the verdict was decided before.
 *
 * @param written what became of `fleet.json`, which was written while the reports were merged.
 * @returns the exit code.
 */
export async function publishFleet(
  report: FleetReport,
  written: WrittenFile,
  settings: PublishSettings,
  runner: Runner<(typeof MERGE_OUTPUTS)[number]>,
  world: Omit<GitHubWorld, 'warn'>,
): Promise<number> {
  const { logger } = world;
  const deliver = deliverVia(runner);
  const { links } = settings;
  const markdown = renderFleetMarkdown(report, SUMMARY_LIMIT_BYTES, { links, most: SUMMARY });
  const exitCode = exitCodeOf(
    { ...report, counts: { ...report.counts, changed: 0 } },
    settings.failOn,
  );
  const sarif = { ...settings, maxResults: MAX_SARIF_RESULTS, withSuppressed: false };
  const others = [
    { name: FLEET_FILES.markdown, render: () => markdown },
    { name: FLEET_FILES.html, render: () => renderFleetHtml(report, { links, most: WHOLE }) },
    { name: FLEET_FILES.sarif, render: () => renderFleetSarif(report, sarif) },
  ];
  const files = [
    written,
    ...(await writeReportFiles(settings.reportDir, others, settings.environment)),
  ];
  await deliver('The report files', () => refuseUnwritten(files));
  await deliver('The job summary', () => runner.writeSummary(markdown));
  await deliver('The outputs', () => setOutputs(report, files, runner));
  await deliver('The annotations', () => {
    const delivered = ofFleet(report);
    const shown = delivered.annotate(MAX_ANNOTATIONS);
    for (const { level, title, message, location } of shown) {
      runner[level](message, { title, ...placeOf(location) });
    }
    const left = report.findings.length + report.findingsLeft - shown.length;
    const more = left > 0 ? ` And ${formatNumber(left)} more in the summary.` : '';
    const line = `${delivered.inOneLine}${more}`;
    if (exitCode === EXIT.pass) logger.info(line);
    else runner.error(line, { title: 'API Gateway IAM gate' });
  });
  if (report.findingsLeft > 0) {
    const cut = `fleet.sarif, fleet.html and the summary hold the worst ${formatNumber(report.findings.length)} findings; the other ${formatNumber(report.findingsLeft)} are in fleet.json alone.`;
    runner.warning(inLog(cut), { title: 'Findings left out' });
  }
  await deliver('What goes to GitHub', () =>
    publishToGitHub(ofFleet(report), settings, settings, {
      ...world,
      warn: (message) => runner.warning(message, { title: 'Report not delivered' }),
    }),
  );
  return exitCode;
}

/** @throws Error naming the files that were not written, and why. */
function refuseUnwritten(files: readonly WrittenFile[]): void {
  const names = Object.values(FLEET_FILES);
  const problems = files.flatMap((file, index) =>
    'problem' in file ? [`${file.problem} (${names[index] ?? ''})`] : [],
  );
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function setOutputs(
  { verdict, counts }: FleetReport,
  files: readonly WrittenFile[],
  runner: Runner<(typeof MERGE_OUTPUTS)[number]>,
): void {
  const paths = files.map((file) => ('path' in file ? file.path : ''));
  const [json = '', markdown = '', html = '', sarif = ''] = paths;
  runner.setOutput('report', json);
  runner.setOutput('markdown', markdown);
  runner.setOutput('html', html);
  runner.setOutput('sarif', sarif);
  runner.setOutput('verdict', verdict);
  runner.setOutput('targets', counts.targets);
  runner.setOutput('unread', counts.missing + counts.unreadable);
  runner.setOutput('methods', counts.methods);
  runner.setOutput('errors', counts.errors);
  runner.setOutput('warnings', counts.warnings);
}
