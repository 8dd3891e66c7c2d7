import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnnotationCommand, annotationsIn } from './commands.js';
import { findNode24 } from './node24.js';
import { parseOutputs } from './outputs.js';

/** What a step of a workflow would give the action. */
export interface Step {
  /** The bundle, `dist/index.js`. */
  readonly bundle: string;
  /** The step's `with:`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The step's `env:`; nothing of this process's environment gets through. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with what the action prints, while it prints it. */
  readonly onOutput?: (text: string) => void;
}

/** What a step left behind. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly annotations: readonly AnnotationCommand[];
  /** `report.json` as it was written; `null` where there is none. */
  readonly report: string | null;
  /** `report.sarif` and `report.junit.xml`, likewise. */
  readonly sarif: string | null;
  readonly junit: string | null;
}

/**
 * Runs the bundle as the runner does: a child process on Node 24, inputs as `INPUT_*`, and files
 * for outputs and summary. Everything it wrote is read and removed again.
 */
export async function runAction(step: Step): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-'));
  try {
    const outputFile = join(folder, 'output');
    const summaryFile = join(folder, 'summary.md');
    await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')]);
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      // Nothing of the machine's own AWS configuration may decide a run.
      AWS_EC2_METADATA_DISABLED: 'true',
      ...inputVariables(step.inputs),
      ...step.environment,
    };
    const { exitCode, stdout, stderr } = await execute(step, folder, environment);
    const outputs = parseOutputs(await readFile(outputFile, 'utf8'));
    const readOutput = async (path: string | undefined): Promise<string | null> =>
      path ? readFile(path, 'utf8') : null;
    return {
      exitCode,
      stdout,
      stderr,
      outputs,
      summary: await readFile(summaryFile, 'utf8'),
      annotations: annotationsIn(stdout),
      report: await readOutput(outputs.report),
      sarif: await readOutput(outputs.sarif),
      junit: await readOutput(outputs.junit),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `with:` as the runner hands it over: `INPUT_` and the name in capitals, blanks as `_`. */
function inputVariables(inputs: Step['inputs']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

function execute(
  step: Step,
  cwd: string,
  env: Record<string, string>,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(findNode24(), [step.bundle], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      step.onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      step.onOutput?.(text);
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
