import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode24 } from '../scripts/node24.mjs';
import { inputsOf, postFileOf } from './action.js';
import { cancelProcess } from './cancel.js';
import { type AnnotationCommand, annotationsIn } from './commands.js';
import { defaultVariables } from './environment.js';
import { shownAnnotations, shownSummary } from './limits.js';
import { parseOutputs } from './outputs.js';

/** What a step of a workflow would give the action. */
export interface Step {
  /** The bundle, `dist/index.js`. */
  readonly bundle: string;
  /** The step's `with:`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The inputs that the action declares; those of `action.yml` unless it is another one. */
  readonly declared?: Readonly<Record<string, { readonly default?: string | undefined }>>;
  /** The step's `env:`; nothing of this process's environment gets through but the folder of Node's compile cache. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with what the action prints, while it prints it. */
  readonly onOutput?: (text: string) => void;
  /** Called once the action's process runs, with the means to send it a signal or to cancel its job. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void, cancel: () => void) => void;
  /** What the waits between a cancelled job's signals are multiplied with; 1 as on a runner. */
  readonly cancelScale?: number;
  /** `github.token`, the default of the input `github-token`; without it, none. */
  readonly token?: string;
  /** The file that `GITHUB_STATE` names cannot be written: the disk is full, or somebody took the right. */
  readonly isStateUnwritable?: boolean;
  /** Nobody reads what the step prints: the runner went away. */
  readonly isLogClosed?: boolean;
}

/** The job that steps run in: they share its folder for temporary files. */
export interface Job {
  /** `RUNNER_TEMP`. */
  readonly folder: string;
}

/** What a step left behind. */
export interface StepResult {
  readonly exitCode: number | null;
  /** How long its process ran, in milliseconds: without what the runner itself did for it. */
  readonly tookMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The job summary as GitHub shows it: empty where it is larger than GitHub takes. */
  readonly summary: string;
  /** Every annotation that the step asked for. */
  readonly annotations: readonly AnnotationCommand[];
  /** Those that GitHub shows, cut where it cuts them. */
  readonly shown: readonly AnnotationCommand[];
  /** `report.json` as it was written; `null` where there is none. */
  readonly report: string | null;
  /** `report.html`, `report.sarif` and `report.junit.xml`, likewise. */
  readonly html: string | null;
  readonly sarif: string | null;
  readonly junit: string | null;
  /** What the step saved for its post step, as variables of that step. */
  readonly state: Readonly<Record<string, string>>;
}

/** Runs the bundle as a job of one step. Everything it wrote is read and removed again. */
export function runAction(step: Step): Promise<StepResult> {
  return withJob((job) => runStep(step, job));
}

/** Runs what is given in a job of its own; the job's folder is removed at the end. */
export async function withJob<T>(run: (job: Job) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-'));
  try {
    return await run({ folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a step's post step, with the inputs and the environment of its main step and what that saved
 * (GitHub Docs, "Metadata syntax", `runs.post`; "Workflow commands", "Sending values to the pre and
 * post actions").
 */
export function runPostStep(step: Step, main: StepResult, job: Job): Promise<StepResult> {
  const bundle = postFileOf(step.bundle);
  return runStep({ ...step, bundle, environment: { ...step.environment, ...main.state } }, job);
}

/**
 * Runs the bundle as the runner does: a child process on Node 24 in the workspace, inputs and their
 * defaults as `INPUT_*`, the runner's own variables, and files for outputs, summary and state.
 */
export async function runStep(step: Step, { folder }: Job): Promise<StepResult> {
  // The runner, too, gives every step files of its own.
  const files = await mkdtemp(join(folder, 'step-'));
  try {
    const outputFile = join(files, 'output');
    const summaryFile = join(files, 'summary.md');
    const stateFile = join(files, 'state');
    await Promise.all([outputFile, summaryFile].map((file) => writeFile(file, '')));
    // Written to by nobody, the superuser included.
    if (step.isStateUnwritable === true) await mkdir(stateFile);
    else await writeFile(stateFile, '');
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      ...(await defaultVariables(folder)),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_STATE: stateFile,
      // A machine may keep what Node compiled for the next step, as a self-hosted runner can.
      ...(process.env.NODE_COMPILE_CACHE === undefined
        ? {}
        : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
      // Nothing of the machine's own AWS configuration may decide a run.
      AWS_EC2_METADATA_DISABLED: 'true',
      ...inputVariables(inputsOf(step.inputs, step.token ?? '', step.declared)),
      ...step.environment,
    };
    const { exitCode, tookMs, stdout, stderr } = await execute(step, environment);
    const outputs = parseOutputs(await readFile(outputFile, 'utf8'));
    const annotations = annotationsIn(stdout);
    const readOutput = async (path: string | undefined): Promise<string | null> =>
      path ? readFile(path, 'utf8') : null;
    return {
      exitCode,
      tookMs,
      stdout,
      stderr,
      outputs,
      summary: shownSummary(await readFile(summaryFile, 'utf8')),
      annotations,
      shown: shownAnnotations(annotations),
      report: await readOutput(outputs.report),
      html: await readOutput(outputs.html),
      sarif: await readOutput(outputs.sarif),
      junit: await readOutput(outputs.junit),
      state:
        step.isStateUnwritable === true
          ? {}
          : stateVariables(parseOutputs(await readFile(stateFile, 'utf8'))),
    };
  } finally {
    await rm(files, { recursive: true, force: true });
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

/** State as the runner hands it to the post step: `STATE_` and the name, in its own case. */
function stateVariables(state: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}

function execute(
  step: Step,
  env: Record<string, string>,
): Promise<Pick<StepResult, 'exitCode' | 'tookMs' | 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(findNode24(), [step.bundle], {
      cwd: env.GITHUB_WORKSPACE,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    step.onStart?.(
      (signal) => child.kill(signal),
      () => cancelProcess(child, step.cancelScale ?? 1),
    );
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
    if (step.isLogClosed === true) child.stdout.destroy();
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve({ exitCode, tookMs: performance.now() - startedMs, stdout, stderr }),
    );
  });
}
