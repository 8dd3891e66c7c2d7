import type { FailOn } from '../inputs.js';
import type { Logger } from '../logger.js';
import { renderAnnotations } from '../report/annotations.js';
import { renderJson } from '../report/json.js';
import { renderMarkdown } from '../report/markdown.js';
import type { Report } from '../report/report.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { writeReportFiles } from './files.js';

/** The runner's side of an action, as `@actions/core` has it. */
export interface Runner {
  setOutput(name: string, value: string | number): void;
  error(message: string, properties: { title: string }): void;
  warning(message: string, properties: { title: string }): void;
  /** Adds to the job summary; rejects where the runner offers none. */
  writeSummary(markdown: string): Promise<void>;
}

/** A step summary over 1 MiB is not uploaded at all (GitHub Docs, "Workflow commands"); a margin is left. */
const SUMMARY_LIMIT_BYTES = 1024 * 1024 - 1024;

/**
 * Delivers a report to every sink. A sink that fails is said in the log and changes nothing else:
 * the verdict was decided before.
 *
 * @returns the exit code.
 */
export async function publish(
  report: Report,
  settings: { readonly reportDir: string; readonly failOn: FailOn },
  runner: Runner,
  logger: Logger,
): Promise<number> {
  const deliver = async (what: string, delivery: () => Promise<void> | void): Promise<void> => {
    try {
      await delivery();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      runner.warning(`${what} could not be written: ${why}`, { title: 'Report not delivered' });
    }
  };
  const markdown = renderMarkdown(report, SUMMARY_LIMIT_BYTES);
  const exitCode = exitCodeOf(report, settings.failOn);

  await deliver('The report files', async () => {
    const [json, md] = await writeReportFiles(settings.reportDir, [
      { name: 'report.json', text: renderJson(report) },
      { name: 'report.md', text: markdown },
    ]);
    runner.setOutput('report', json ?? '');
    runner.setOutput('markdown', md ?? '');
  });
  await deliver('The job summary', () => runner.writeSummary(markdown));
  await deliver('The outputs', () => setOutputs(report, runner));
  await deliver('The annotations', () => annotate(report, exitCode, runner, logger));
  return exitCode;
}

function setOutputs(report: Report, runner: Runner): void {
  const { verdict, counts, deployments, apis } = report;
  runner.setOutput('verdict', verdict);
  runner.setOutput('methods', counts.methods);
  runner.setOutput('errors', counts.errors);
  runner.setOutput('warnings', counts.warnings);
  runner.setOutput('changed', counts.changed);
  const made = deployments.flatMap(({ deploymentId }) => deploymentId ?? []);
  runner.setOutput('deployment-id', made.join(','));
  const stages = apis.flatMap((api) => api.stages);
  runner.setOutput('invoke-url', stages[0]?.invokeUrl ?? '');
  runner.setOutput('invoke-policy', report.access?.invokePolicy?.document ?? '');
}

/** Findings keep their level where the job goes on: `fail-on` changes the exit code alone. */
function annotate(report: Report, exitCode: number, runner: Runner, logger: Logger): void {
  const { annotations, verdictLine } = renderAnnotations(report);
  for (const { level, title, message } of annotations) runner[level](message, { title });
  if (exitCode === EXIT.pass) logger.info(verdictLine);
  else runner.error(verdictLine, { title: 'API Gateway IAM gate' });
}
