import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { ArtifactStore } from './artifacts.js';
import type { Disturbance } from './disturbance.js';
import {
  interpolate,
  interpolateText,
  isToRun,
  isTruthy,
  type Json,
  type Scope,
} from './expression.js';
import { type Conclusion, type JobResult, runJob, type StandIn } from './job.js';
import { type Combination, combinationsOf } from './matrix.js';
import { readWorkflow, type Workflow, type WorkflowJob } from './workflow-file.js';

export type { Disturbance } from './disturbance.js';
export type { Conclusion, JobResult, StandIn, StepOutcome } from './job.js';

/** One job of a run, as a test names it. */
export interface JobIdentity {
  readonly id: string;
  readonly matrix: Combination;
  readonly attempt: number;
}

/** What a workflow runs with. */
export interface RunOptions {
  /** The workflow file. */
  readonly file: string;
  /** Of `workflow_call` or `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Configuration variables: the context `vars`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What every runner has in its environment, such as where AWS is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files that actions/checkout brings, by path. */
  readonly repository?: Readonly<Record<string, string>>;
  /** Actions of others by name without version, such as `aws-actions/configure-aws-credentials`. */
  readonly standIns?: Readonly<Record<string, StandIn>>;
  readonly token?: string;
  /** Jobs that run at once; 2 unless given. */
  readonly atOnce?: number;
  readonly disturb?: (job: JobIdentity) => Disturbance | undefined;
  /** What the waits between a cancelled job's signals are multiplied with; 1 as on a runner. */
  readonly cancelScale?: number;
  readonly runId?: string;
}

/** What became of an attempt. */
export interface Attempt {
  readonly attempt: number;
  readonly conclusion: Conclusion;
  /** All jobs, those of earlier attempts that did not run again too. */
  readonly jobs: readonly JobResult[];
  /** Outputs of `workflow_call`. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A run of a workflow, over all of its attempts. */
export interface WorkflowRun {
  readonly artifacts: ArtifactStore;
  /** The first attempt, or "Re-run all jobs". */
  start(): Promise<Attempt>;
  /** "Re-run failed jobs": what failed, was cancelled or skipped, and whatever needs it. */
  rerunFailed(): Promise<Attempt>;
  /** Cancels the attempt that runs. */
  cancel(): void;
  close(): Promise<void>;
}

/**
 * Plays a workflow file as GitHub does: jobs by what they need, the matrix, conditions, outputs, artifacts
 * and attempts. Steps of this repository run as they do on a runner; those of others are played.
 *
 * Source: GitHub Docs, "Workflow syntax for GitHub Actions", "Evaluate expressions", "Re-running
 * workflows and jobs".
 */
export async function openRun(options: RunOptions): Promise<WorkflowRun> {
  const workflow = readWorkflow(await readFile(options.file, 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-run-'));
  const artifacts = new ArtifactStore(join(folder, 'artifacts'));
  let last: Attempt | undefined;
  let stop = new AbortController();

  async function attempt(reruns: (job: JobResult) => boolean): Promise<Attempt> {
    stop = new AbortController();
    const number = (last?.attempt ?? 0) + 1;
    const run = new AttemptRun({ workflow, options, folder, artifacts, number, stop: stop.signal });
    last = await run.run(last?.jobs.filter((job) => !reruns(job)) ?? []);
    return last;
  }

  return {
    artifacts,
    start: () => attempt(() => true),
    rerunFailed: () => attempt(({ conclusion }) => conclusion !== 'success'),
    cancel: () => stop.abort(),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

interface AttemptContext {
  readonly workflow: Workflow;
  readonly options: RunOptions;
  readonly folder: string;
  readonly artifacts: ArtifactStore;
  readonly number: number;
  readonly stop: AbortSignal;
}

class AttemptRun {
  readonly #context: AttemptContext;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #jobs = new Map<string, Promise<JobResult[]>>();
  /** Jobs that ran in this attempt: what needs one of them runs again, too. */
  readonly #ran = new Set<string>();

  constructor(context: AttemptContext) {
    this.#context = context;
    this.#limit = pLimit(context.options.atOnce ?? 2);
  }

  async run(kept: readonly JobResult[]): Promise<Attempt> {
    const { workflow, number } = this.#context;
    const all = await Promise.all(Object.keys(workflow.jobs).map((id) => this.#job(id, kept)));
    const jobs = all.flat();
    const needs = Object.fromEntries(
      Object.keys(workflow.jobs).map((id) => [id, needOf(jobs.filter((job) => job.id === id))]),
    );
    const scope = { ...this.#scope({}), contexts: { ...this.#contexts(), jobs: needs } };
    const outputs = Object.entries(workflow.outputs).map(
      ([name, text]) => [name, interpolateText(text, scope)] as const,
    );
    return {
      attempt: number,
      conclusion: conclusionOf(jobs),
      jobs,
      outputs: Object.fromEntries(outputs),
    };
  }

  #job(id: string, kept: readonly JobResult[]): Promise<JobResult[]> {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known;
    const made = this.#runAll(id, kept);
    this.#jobs.set(id, made);
    return made;
  }

  async #runAll(id: string, kept: readonly JobResult[]): Promise<JobResult[]> {
    const definition = this.#definition(id);
    const needed = [definition.needs].flat();
    const results = await Promise.all(needed.map((need) => this.#job(need, kept)));
    const needs = Object.fromEntries(
      needed.map((need, index) => [need, needOf(results[index] ?? [])]),
    );
    const before = kept.filter((job) => job.id === id);
    const dependsOnRerun = needed.some((need) => this.#ran.has(need));
    const stays = (matrix: Combination) =>
      dependsOnRerun ? undefined : before.find((job) => sameMatrix(job.matrix, matrix));
    const scope = this.#scope(needs);
    const base = { id, attempt: this.#context.number, steps: [], outputs: {}, ms: 0 };
    const failed = (conclusion: Conclusion, ...warnings: string[]): JobResult[] => {
      this.#ran.add(id);
      return [{ ...base, matrix: {}, conclusion, warnings }];
    };
    const condition = definition.if === undefined ? undefined : String(definition.if);
    // A job whose condition only looks at others that did not run again is what it was.
    if (!isToRun(condition, scope)) {
      const was = stays({});
      return was === undefined ? failed('skipped') : [was];
    }
    let combinations: Combination[];
    try {
      combinations = this.#combinations(definition, scope);
    } catch (error) {
      return failed('failure', error instanceof Error ? error.message : String(error));
    }
    const toRun = combinations.filter((matrix) => stays(matrix) === undefined);
    if (toRun.length > 0) this.#ran.add(id);
    const group = new AbortController();
    // What runs although the workflow was cancelled before is not cancelled by that once more.
    const { stop } = this.#context;
    const cancelled = stop.aborted ? group.signal : AbortSignal.any([group.signal, stop]);
    const strategy = definition.strategy;
    const failFast = strategy !== undefined && this.#isOn(strategy['fail-fast'], scope);
    const most = pLimit(this.#mostAtOnce(definition, scope));
    const ran = await Promise.all(
      toRun.map((matrix) =>
        most(() =>
          this.#limit(async () => {
            const result = await this.#runOne(id, definition, matrix, needs, cancelled);
            if (result.conclusion === 'failure' && failFast) group.abort();
            return result;
          }),
        ),
      ),
    );
    const done = combinations.flatMap((matrix) => stays(matrix) ?? []);
    return [...done, ...ran];
  }

  async #runOne(
    id: string,
    definition: WorkflowJob,
    matrix: Combination,
    needs: Record<string, Json>,
    cancelled: AbortSignal,
  ): Promise<JobResult> {
    const { options, artifacts, folder: runFolder, number: attempt } = this.#context;
    const disturbance = options.disturb?.({ id, matrix, attempt });
    const nothing = { id, matrix, attempt, steps: [], outputs: {}, ms: 0 };
    if (disturbance?.kind === 'never-started')
      return {
        ...nothing,
        conclusion: disturbance.conclusion,
        warnings: ['The job was not acquired by a runner.'],
      };
    if (cancelled.aborted) return { ...nothing, conclusion: 'cancelled', warnings: [] };
    const folder = await mkdtemp(join(runFolder, 'job-'));
    try {
      return await runJob({
        id,
        definition,
        matrix,
        attempt,
        folder: { folder },
        contexts: { ...this.#contexts(), needs },
        environment: {
          ...this.#runVariables(),
          ...options.environment,
          ...this.#workflowEnvironment(),
        },
        token: options.token ?? '',
        standIns: { 'actions/checkout': this.#checkout(), ...options.standIns },
        artifacts,
        disturbance,
        cancelled,
        cancelScale: options.cancelScale ?? 1,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #definition(id: string): WorkflowJob {
    const definition = this.#context.workflow.jobs[id];
    if (definition === undefined) throw new Error(`There is no job ${id}`);
    return definition;
  }

  #combinations({ strategy }: WorkflowJob, scope: Scope): Combination[] {
    const given = strategy?.matrix;
    if (given === undefined) return [{}];
    return combinationsOf(
      typeof given === 'string' ? interpolate(given, scope) : filled(given, scope),
    );
  }

  #isOn(value: string | number | boolean, scope: Scope): boolean {
    return isTruthy(typeof value === 'string' ? interpolate(value, scope) : value);
  }

  #mostAtOnce({ strategy }: WorkflowJob, scope: Scope): number {
    const given = strategy?.['max-parallel'];
    if (given === undefined) return Number.POSITIVE_INFINITY;
    return Number(typeof given === 'string' ? interpolate(given, scope) : given);
  }

  #checkout(): StandIn {
    const files = this.#context.options.repository ?? {};
    return async ({ workspace, with: { path = '' } }) => {
      for (const [name, text] of Object.entries(files)) {
        const file = join(workspace, path, name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      return {};
    };
  }

  #runVariables(): Record<string, string> {
    const { runId } = this.#context.options;
    return runId === undefined ? {} : { GITHUB_RUN_ID: runId };
  }

  #workflowEnvironment(): Record<string, string> {
    const scope = this.#scope({});
    return Object.fromEntries(
      Object.entries(this.#context.workflow.env).map(([name, value]) => [
        name,
        typeof value === 'string' ? interpolateText(value, scope) : String(value ?? ''),
      ]),
    );
  }

  /** Contexts that are the same for every job (GitHub Docs, "Contexts reference"). */
  #contexts(): Record<string, Json> {
    const { options, workflow, number } = this.#context;
    const defaults = Object.entries(workflow.inputs).map(([name, { type, default: value }]) => [
      name,
      value ?? (type === 'boolean' ? false : ''),
    ]);
    return {
      github: {
        run_id: options.runId ?? '1658821493',
        run_attempt: String(number),
        run_number: '3',
        repository: 'octo-org/example',
        repository_owner: 'octo-org',
        ref: 'refs/heads/main',
        ref_name: 'main',
        sha: '5'.repeat(40),
        event_name: 'schedule',
        event: {},
        server_url: 'https://github.com',
        token: options.token ?? '',
        workflow: 'gate',
      },
      inputs: { ...Object.fromEntries(defaults), ...options.inputs },
      secrets: { GITHUB_TOKEN: options.token ?? '', ...options.secrets },
      vars: { ...options.variables },
      env: {},
    };
  }

  #scope(needs: Record<string, Json>): Scope {
    const results = Object.values(needs).map((need) => resultOf(need));
    const isCancelled = this.#context.stop.aborted;
    return {
      contexts: { ...this.#contexts(), needs },
      status: {
        success: results.every((result) => result === 'success') && !isCancelled,
        failure: results.includes('failure'),
        cancelled: isCancelled,
      },
    };
  }
}

function resultOf(need: Json): Json {
  return typeof need === 'object' && need !== null && 'result' in need ? need.result : undefined;
}

/** What a job that needs others sees of one of them. Of a matrix the last one to set an output wins. */
function needOf(jobs: readonly JobResult[]): { result: string; outputs: Record<string, string> } {
  return {
    result: conclusionOf(jobs),
    outputs: Object.assign({}, ...jobs.map(({ outputs }) => outputs)),
  };
}

function conclusionOf(jobs: readonly JobResult[]): Conclusion {
  const all = new Set(jobs.map(({ conclusion }) => conclusion));
  if (all.has('failure')) return 'failure';
  if (all.has('cancelled')) return 'cancelled';
  return all.has('success') || all.size === 0 ? 'success' : 'skipped';
}

function sameMatrix(one: Combination, other: Combination): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A matrix that the file writes out, its expressions filled in. */
function filled(value: unknown, scope: Scope): Json {
  if (typeof value === 'string') return interpolate(value, scope);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry: unknown) => filled(entry, scope));
  if (typeof value !== 'object') return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, filled(entry, scope)]),
  );
}
