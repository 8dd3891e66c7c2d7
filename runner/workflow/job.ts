import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseOutputs } from '../outputs.js';
import { type Job, runStep, type StepResult } from '../run-action.js';
import { ArtifactError, type ArtifactStore } from './artifacts.js';
import { type Disturbance, Interruption } from './disturbance.js';
import {
  evaluate,
  interpolateText,
  isToRun,
  isTruthy,
  type Json,
  type Scope,
} from './expression.js';
import type { Combination } from './matrix.js';
import { ourAction } from './our-action.js';
import type { WorkflowJob, WorkflowStep } from './workflow-file.js';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What became of a step. */
export interface StepOutcome {
  readonly name: string;
  readonly uses: string | undefined;
  /** Before `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
  /** Of an action of this repository, everything that it left. */
  readonly result: StepResult | undefined;
  readonly ms: number;
}

/** What became of a job. */
export interface JobResult {
  readonly id: string;
  readonly matrix: Combination;
  readonly attempt: number;
  readonly conclusion: Conclusion;
  readonly steps: readonly StepOutcome[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What the runner says of the job itself. */
  readonly warnings: readonly string[];
  readonly ms: number;
}

/** An action of somebody else's, as a stand-in plays it. */
export type StandIn = (call: {
  readonly with: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly job: { readonly id: string; readonly matrix: Combination; readonly attempt: number };
}) => Promise<{
  readonly outputs?: Readonly<Record<string, string>>;
  /** For all steps that follow, as `GITHUB_ENV` has it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values that no log and no output may hold. */
  readonly masks?: readonly string[];
}>;

/** What a job runs with. */
export interface JobContext {
  readonly id: string;
  readonly definition: WorkflowJob;
  readonly matrix: Combination;
  readonly attempt: number;
  /** The folder of the job, which is removed with the run. */
  readonly folder: Job;
  /** Contexts of the run: `github`, `inputs`, `secrets`, `needs`. */
  readonly contexts: Readonly<Record<string, Json>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly token: string;
  readonly standIns: Readonly<Record<string, StandIn>>;
  readonly artifacts: ArtifactStore;
  readonly disturbance: Disturbance | undefined;
  /** Stops the job as a cancelled workflow does. */
  readonly cancelled: AbortSignal;
  readonly cancelScale: number;
}

/** Runs one job, step after step, as a runner does. */
export async function runJob(context: JobContext): Promise<JobResult> {
  return new JobRun(context).run();
}

class JobRun {
  readonly #context: JobContext;
  readonly #workspace: string;
  readonly #steps: StepOutcome[] = [];
  readonly #stepContext: Record<string, Json> = {};
  readonly #exported: Record<string, string> = {};
  readonly #masks: string[] = [];
  readonly #posts: (() => Promise<void>)[] = [];
  readonly #interruption: Interruption;
  #isFailed = false;

  constructor(context: JobContext) {
    this.#context = context;
    this.#workspace = join(context.folder.folder, '_work', 'example', 'example');
    this.#interruption = new Interruption(context.disturbance, context.cancelled);
  }

  async run(): Promise<JobResult> {
    const startedMs = performance.now();
    await mkdir(this.#workspace, { recursive: true });
    for (const [index, step] of this.#context.definition.steps.entries()) {
      // Nobody is there any more to run what follows, whatever its condition says.
      if (this.#interruption.isLost) break;
      await this.#runStep(step, index);
    }
    for (const post of this.#posts.reverse()) if (!this.#interruption.isLost) await post();
    const { id, matrix, attempt } = this.#context;
    const { outputs, warnings } = this.#interruption.isLost
      ? { outputs: {}, warnings: ['The runner has lost communication with the server.'] }
      : this.#outputs();
    return {
      id,
      matrix,
      attempt,
      conclusion: this.#conclusion(),
      steps: this.#steps,
      outputs,
      warnings,
      ms: performance.now() - startedMs,
    };
  }

  #conclusion(): Conclusion {
    if (this.#interruption.isLost) return 'failure';
    if (this.#interruption.isCancelled) return 'cancelled';
    return this.#isFailed ? 'failure' : 'success';
  }

  /**
   * "A job output that holds a secret is not sent" (GitHub Docs, "Pass information between jobs"): it is
   * dropped whole, and only a warning says so.
   */
  #outputs(): { outputs: Record<string, string>; warnings: string[] } {
    const outputs: Record<string, string> = {};
    const warnings: string[] = [];
    for (const [name, expression] of Object.entries(this.#context.definition.outputs)) {
      const value = interpolateText(expression, this.#scope({}));
      if (this.#masks.some((mask) => mask !== '' && value.includes(mask)))
        warnings.push(`Skip output '${name}' since it may contain secret.`);
      else outputs[name] = value;
    }
    return { outputs, warnings };
  }

  async #runStep(step: WorkflowStep, index: number): Promise<void> {
    const environment = this.#environment(step);
    const scope = this.#scope(environment);
    const condition = step.if === undefined ? undefined : String(step.if);
    const startedMs = performance.now();
    const told: Told = { outputs: {}, log: '', result: undefined };
    let outcome: Conclusion = 'skipped';
    if (isToRun(condition, scope)) {
      outcome = await this.#perform(step, environment, scope, told);
      if (outcome !== 'success' && !this.#continues(step, scope)) this.#isFailed = true;
    }
    this.#steps.push({
      name: step.name ?? step.uses ?? step.run?.split('\n')[0] ?? `step ${index + 1}`,
      uses: step.uses,
      outcome,
      ...told,
      ms: performance.now() - startedMs,
    });
    if (step.id !== undefined) {
      const conclusion =
        this.#continues(step, scope) && outcome === 'failure' ? 'success' : outcome;
      this.#stepContext[step.id] = { outputs: told.outputs, outcome, conclusion };
    }
  }

  #continues(step: WorkflowStep, scope: Scope): boolean {
    const value = step['continue-on-error'];
    return typeof value === 'string' ? isTruthy(evaluateText(value, scope)) : isTruthy(value);
  }

  async #perform(
    step: WorkflowStep,
    environment: Record<string, string>,
    scope: Scope,
    told: Told,
  ): Promise<Conclusion> {
    const given = textsOf(step.with, scope);
    try {
      if (step.run !== undefined) return await this.#script(step, environment, scope, told);
      const uses = step.uses ?? '';
      const action = ourAction(uses);
      if (action !== undefined) return await this.#ours(action, given, environment, told);
      await this.#theirs(uses.replace(/@.*$/, ''), given, told);
      return 'success';
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      told.log += `##[error]${error.message}\n`;
      return 'failure';
    }
  }

  async #ours(
    action: NonNullable<ReturnType<typeof ourAction>>,
    inputs: Record<string, string>,
    environment: Record<string, string>,
    told: Told,
  ): Promise<Conclusion> {
    const { folder, token, cancelScale } = this.#context;
    const interruption = this.#interruption;
    const step = {
      bundle: action.main,
      inputs,
      declared: action.inputs,
      environment,
      token,
      cancelScale,
      onStart: (kill: (signal: NodeJS.Signals) => void, cancel: () => void) =>
        interruption.begin(kill, cancel),
      onOutput: (text: string) => interruption.see(text),
    };
    const wasCancelled = interruption.isCancelled;
    const result = await runStep(step, folder);
    interruption.end();
    told.result = result;
    told.log = result.stdout + result.stderr;
    told.outputs = { ...result.outputs };
    this.#masks.push(...masksIn(result.stdout));
    if (action.post !== undefined) {
      const { post } = action;
      this.#posts.push(async () => {
        const { onStart: _onStart, onOutput: _onOutput, ...rest } = step;
        await runStep(
          { ...rest, bundle: post, environment: { ...environment, ...result.state } },
          folder,
        );
      });
    }
    if (interruption.isCancelled && !wasCancelled) return 'cancelled';
    return result.exitCode === 0 ? 'success' : 'failure';
  }

  async #theirs(name: string, given: Record<string, string>, told: Told): Promise<void> {
    const { artifacts, standIns, id, matrix, attempt } = this.#context;
    const workspace = this.#workspace;
    if (name === 'actions/upload-artifact') {
      told.log += await upload(given, { artifacts, workspace, job: jobName(this.#context) });
      return;
    }
    if (name === 'actions/download-artifact') {
      told.log += await download(given, { artifacts, workspace });
      return;
    }
    const standIn = standIns[name];
    if (standIn === undefined)
      throw new Error(`The stand-in has nothing that plays ${name}: give it one`);
    const { outputs, environment, masks } = await standIn({
      with: given,
      workspace,
      job: { id, matrix, attempt },
    });
    told.outputs = { ...outputs };
    Object.assign(this.#exported, environment);
    this.#masks.push(...(masks ?? []));
  }

  /** With bash, as a runner on Linux does it (GitHub Docs, "Workflow syntax", `steps[*].shell`). */
  async #script(
    step: WorkflowStep,
    environment: Record<string, string>,
    scope: Scope,
    told: Told,
  ): Promise<Conclusion> {
    const { folder } = this.#context.folder;
    const files = join(folder, `script-${this.#steps.length}`);
    await mkdir(files, { recursive: true });
    const [outputFile, envFile, summaryFile] = ['output', 'env', 'summary'].map((name) =>
      join(files, name),
    );
    for (const file of [outputFile, envFile, summaryFile])
      if (file !== undefined) await writeFile(file, '');
    const text = interpolateText(step.run ?? '', scope);
    const directory = step['working-directory'];
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], {
        cwd: directory === undefined ? this.#workspace : join(this.#workspace, directory),
        env: {
          PATH: process.env.PATH ?? '',
          HOME: folder,
          RUNNER_TEMP: folder,
          GITHUB_WORKSPACE: this.#workspace,
          GITHUB_OUTPUT: outputFile,
          GITHUB_ENV: envFile,
          GITHUB_STEP_SUMMARY: summaryFile,
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const hear = (chunk: Buffer) => {
        told.log += chunk.toString();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', reject);
      child.on('close', resolve);
    });
    told.outputs = assignmentsIn(await readFile(outputFile ?? '', 'utf8'));
    Object.assign(this.#exported, assignmentsIn(await readFile(envFile ?? '', 'utf8')));
    return exitCode === 0 ? 'success' : 'failure';
  }

  #environment(step: WorkflowStep): Record<string, string> {
    const { environment, definition, attempt, id } = this.#context;
    const before = { ...environment, ...this.#exported };
    const ofJob = textsOf(definition.env, this.#scope(before));
    const ofStep = textsOf(step.env, this.#scope({ ...before, ...ofJob }));
    return {
      ...before,
      ...ofJob,
      ...ofStep,
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_JOB: id,
    };
  }

  #scope(environment: Readonly<Record<string, string>>): Scope {
    const { contexts, matrix } = this.#context;
    const isCancelled = this.#interruption.isCancelled;
    return {
      contexts: {
        ...contexts,
        matrix,
        steps: this.#stepContext,
        env: environment,
        job: { status: this.#conclusion() },
        runner: { os: 'Linux', arch: 'X64', temp: this.#context.folder.folder },
      },
      status: {
        success: !this.#isFailed && !isCancelled,
        failure: this.#isFailed && !isCancelled,
        cancelled: isCancelled,
      },
    };
  }
}

interface Told {
  outputs: Record<string, string>;
  log: string;
  result: StepResult | undefined;
}

function evaluateText(text: string, scope: Scope): Json {
  return evaluate(text.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, '$1'), scope);
}

/** Values of `with` or `env`, their expressions filled in. */
function textsOf(
  values: Readonly<Record<string, string | number | boolean | null>>,
  scope: Scope,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? interpolateText(value, scope) : String(value ?? ''),
    ]),
  );
}

function jobName({ id, matrix, attempt }: JobContext): string {
  return [id, attempt, ...Object.values(matrix)].join(' ');
}

async function upload(
  given: Readonly<Record<string, string>>,
  context: { artifacts: ArtifactStore; workspace: string; job: string },
): Promise<string> {
  const uploaded = await context.artifacts.upload({
    name: given.name ?? 'artifact',
    paths: (given.path ?? '').split('\n').flatMap((path) => path.trim() || []),
    workspace: context.workspace,
    overwrite: given.overwrite === 'true',
    job: context.job,
  });
  if (uploaded !== undefined) return `${uploaded.files} files uploaded\n`;
  const message = `No files were found with the provided path: ${given.path}. No artifacts will be uploaded.`;
  if (given['if-no-files-found'] === 'error') throw new ArtifactError(message);
  return `##[warning]${message}\n`;
}

async function download(
  given: Readonly<Record<string, string>>,
  { artifacts, workspace }: { artifacts: ArtifactStore; workspace: string },
): Promise<string> {
  const folder = join(workspace, given.path ?? '');
  if (given.name !== undefined && given.name !== '') {
    await artifacts.download(given.name, folder);
    return `${given.name} downloaded\n`;
  }
  const merge = given['merge-multiple'] === 'true';
  const names = await artifacts.downloadAll(given.pattern ?? '', folder, merge);
  return `Total of ${names.length} artifact(s) downloaded\n`;
}

function masksIn(stdout: string): string[] {
  return [...stdout.matchAll(/^::add-mask::(.*)$/gm)].map(([, mask = '']) => mask);
}

/** `name=value` a line, and values of several lines (GitHub Docs, "Workflow commands"). */
function assignmentsIn(text: string): Record<string, string> {
  const single = text.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? ''] as const];
  });
  return { ...Object.fromEntries(single), ...parseOutputs(text) };
}
