import type { FailOn } from '../model/fail-on.js';
import { inCheckout } from '../model/finding.js';
import type { Logger } from '../model/logger.js';
import { within } from '../model/within.js';
import { renderAnnotations } from '../report/annotations.js';
import { inJson } from '../report/escape.js';
import type { Location, Report } from '../report/report.js';
import { deliverVia } from './deliver-via.js';
import { ofReport } from './delivered.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { type ReportFile, type WrittenFile, writeReportFiles } from './files.js';
import { FORMATS, type FormatSettings } from './formats.js';
import type { Deliveries, DeliverySettings, GitHubWorld } from './github-sinks.js';

/** Where an annotation shows: always under a title, and in a file where one is known. */
export interface AnnotationPlace {
  readonly title: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** The outputs of `action.yml`. */
export const OUTPUTS = [
  'verdict',
  'methods',
  'errors',
  'warnings',
  'changed',
  'deployment-id',
  'invoke-url',
  'invoke-policy',
  'report',
  'markdown',
  'html',
  'sarif',
  'junit',
  'shard-dir',
] as const;

/** The runner's side of an action, as `@actions/core` has it. */
export interface Runner<Output extends string = (typeof OUTPUTS)[number]> {
  setOutput(name: Output, value: string | number): void;
  error(message: string, properties: AnnotationPlace): void;
  warning(message: string, properties: AnnotationPlace): void;
  notice(message: string, properties: AnnotationPlace): void;
  /** Adds to the job summary; rejects where the runner offers none. */
  writeSummary(markdown: string): Promise<void>;
}

/** A disk that takes longer is none that answers. */
const FILES_DEADLINE_MS = 60_000;

/** Which sinks there are, and what they say besides the report. */
export interface PublishSettings extends Deliveries, DeliverySettings {
  /** Absolute. */
  readonly reportDir: string;
  /** The process's, for which folders a link may not lead out of. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly failOn: FailOn;
}

/**
 * Delivers a report to every sink. A sink that fails is said in the log and changes nothing else:
 * the verdict was decided before.
 *
 * @returns the exit code.
 */
export async function publish(
  report: Report,
  settings: PublishSettings,
  runner: Runner,
  world: Omit<GitHubWorld, 'warn'>,
): Promise<number> {
  const { logger } = world;
  const deliver = deliverVia(runner);
  const markdown = FORMATS.markdown.render(report, settings);
  const exitCode = exitCodeOf(report, settings.failOn);

  const written = await within(
    FILES_DEADLINE_MS,
    writeReportFiles(
      settings.reportDir,
      filesOf(report, settings, { markdown }),
      settings.environment,
    ),
  );
  await deliver('The report files', () => refuseUnwritten(written, settings.reportDir));
  await deliver('The job summary', () => runner.writeSummary(markdown));
  await deliver('The outputs', () => setOutputs(report, written, runner));
  await deliver('The annotations', () => annotate(report, exitCode, runner, logger));
  // Last, since GitHub may be slow: whatever becomes of it, the verdict has been said.
  const warn = (message: string): void =>
    runner.warning(message, { title: 'Report not delivered' });
  await deliver('What goes to GitHub', async () => {
    if (!goesToGitHub(settings)) return;
    const { publishToGitHub } = await import('./github-sinks.js');
    await publishToGitHub(ofReport(report), settings, settings, { ...world, warn });
  });
  return exitCode;
}

/** Most runs ask for none of the sinks there, and do without loading them. */
function goesToGitHub({ uploadSarif, checkRun, comment, driftIssue }: Deliveries): boolean {
  // A sink that is not here would be delivered beside others alone.
  const asked: Readonly<Record<Exclude<keyof Deliveries, 'githubToken'>, boolean>> = {
    uploadSarif,
    checkRun: checkRun !== null,
    comment: comment !== 'never',
    driftIssue,
  };
  return Object.values(asked).includes(true);
}

/** The report's files, each with the output that it is announced by. */
const FILES = Object.values(FORMATS);

/** Every form of the report as a file. */
export function filesOf(
  report: Report,
  settings: FormatSettings,
  /** Forms that were rendered already, by their outputs. */
  rendered: Readonly<Record<string, string>> = {},
): ReportFile[] {
  return FILES.map(({ file, output, render }) => ({
    name: file,
    render: () => rendered[output] ?? render(report, settings),
  }));
}

/** What became of the files, in the order of FILES; nobody knows where it took too long. */
type Written = readonly WrittenFile[] | 'too late';

/** @throws Error naming the files that were not written, and why. */
function refuseUnwritten(written: Written, folder: string): void {
  const problems = new Map<string, string[]>();
  for (const [index, { file: name }] of FILES.entries()) {
    const file = written === 'too late' ? undefined : written[index];
    if (file !== undefined && 'path' in file) continue;
    const problem =
      file?.problem ?? `${folder} did not answer within ${FILES_DEADLINE_MS / 1000} s`;
    problems.set(problem, [...(problems.get(problem) ?? []), name]);
  }
  if (problems.size === 0) return;
  throw new Error(
    [...problems].map(([problem, names]) => `${problem} (${names.join(', ')})`).join('; '),
  );
}

function setOutputs(report: Report, written: Written, runner: Runner): void {
  for (const [index, { output }] of FILES.entries()) {
    const file = written === 'too late' ? undefined : written[index];
    runner.setOutput(output, file !== undefined && 'path' in file ? file.path : '');
  }
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
  // A shard has no report of its own.
  runner.setOutput('shard-dir', '');
  runner.setOutput('invoke-policy', inJson(report.access?.invokePolicy?.document ?? ''));
}

/** Findings keep their level where the job goes on: `fail-on` changes the exit code alone. */
function annotate(report: Report, exitCode: number, runner: Runner, logger: Logger): void {
  const { annotations, verdictLine } = renderAnnotations(report);
  for (const { level, title, message, location } of annotations) {
    runner[level](message, { title, ...placeOf(location) });
  }
  if (exitCode === EXIT.pass) logger.info(verdictLine);
  else runner.error(verdictLine, { title: 'API Gateway IAM gate' });
}

/** Where an annotation shows, as the runner takes it. */
export function placeOf(location: Location | null): Omit<AnnotationPlace, 'title'> {
  const place = inCheckout(location);
  if (place === null) return {};
  const { file, line, column } = place;
  return { file, startLine: line, ...(column === undefined ? {} : { startColumn: column }) };
}
