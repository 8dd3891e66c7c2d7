import { readFile } from 'node:fs/promises';
import { afterAll } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import {
  type Emulator,
  type EmulatorOptions,
  type SeedFile,
  startEmulator,
} from '../../emulator/server.js';
import {
  type Job,
  runPostStep,
  runStep,
  type Step,
  type StepResult,
  withJob,
} from '../../runner/run-action.js';
import type { Report } from '../../src/report/report.js';
import { reportSchema } from '../../src/report/schema.js';
import { BUNDLE } from './kit.js';

export const API = 't1r2a3n4s5';

/** Small, and with all that can be lost: an open method, one with an authorizer and scopes, two stages. */
export const SMALL: SeedFile = {
  apis: [
    {
      id: API,
      name: 'small',
      authorizers: [
        {
          name: 'people',
          type: 'COGNITO_USER_POOLS',
          providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_EXAMPLE'],
        },
      ],
      methods: {
        'GET /': { auth: 'AWS_IAM' },
        'GET /open': { auth: 'NONE' },
        'GET /me': { auth: 'COGNITO_USER_POOLS', authorizer: 'people', scopes: ['b', 'a'] },
      },
      deployments: [{ id: 'dep001' }, { id: 'dep002' }],
      stages: { prod: { deployment: 'dep002' }, dev: { deployment: 'dep001' } },
    },
  ],
};

const opened: Emulator[] = [];
afterAll(async () => {
  for (const emulator of opened.splice(0)) await emulator.close();
});

/** An emulator that is closed after the tests of the file, which run side by side: most of a run is waiting. */
export async function emulatorWith(
  seed: SeedFile | readonly SeedFile[],
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ seed, ...options });
  opened.push(emulator);
  return emulator;
}

/** A step with `mode: enforce`, everything replaced, as little waiting as may be. */
export function enforceStep(
  emulator: Emulator,
  inputs: Readonly<Record<string, string>> = {},
  hooks: Pick<Step, 'onStart' | 'onOutput'> = {},
  environment: Readonly<Record<string, string>> = {},
): Step {
  return {
    bundle: BUNDLE,
    inputs: {
      mode: 'enforce',
      'api-id': API,
      'replace-authorizers': 'true',
      'endpoint-url': `${emulator.url}/{api-id}/{stage}`,
      'smoke-timeout': '0',
      ...inputs,
    },
    environment: { ...emulator.env, AWS_MAX_ATTEMPTS: '2', ...environment },
    ...hooks,
  };
}

/** Runs a step in a job of its own, and its post step behind it, as a runner does. */
export function runJob(
  step: Step,
): Promise<{ readonly main: StepResult; readonly post: StepResult; readonly journal: string }> {
  return withJob(async (job) => {
    const main = await runStep(step, job);
    const post = await runPostStep(step, main, job);
    return { main, post, journal: await journalOf(job) };
  });
}

/** Runs a main step whose post step would find nothing to do, as the journal says. */
export function runAlone(
  step: Step,
): Promise<{ readonly main: StepResult; readonly journal: string }> {
  return withJob(async (job) => ({
    main: await runStep(step, job),
    journal: await journalOf(job),
  }));
}

/** The journal that a job's steps wrote; empty where there is none. */
export async function journalOf({ folder }: Job): Promise<string> {
  const path = `${folder}/apigw-iam-gate/enforce-journal.jsonl`;
  return readFile(path, 'utf8').catch(() => '');
}

/** A step's report, held against the published schema. */
export function reportOf({ report, stdout, stderr }: StepResult): Report {
  if (report === null) throw new Error(`there is no report:\n${stdout}${stderr}`);
  return reportSchema.parse(JSON.parse(report));
}

/** All of an API that enforcement may touch. */
export interface ApiPicture {
  /** By method key: type, authorizer, scopes in order. */
  readonly methods: Readonly<Record<string, string>>;
  readonly stages: Readonly<Record<string, string>>;
  readonly deployments: readonly string[];
}

/** What the emulator holds of an API now. */
export function pictureOf(emulator: Emulator, apiId = API): ApiPicture {
  const api = emulator.account.apis.get(apiId);
  if (api === undefined) throw new Error(`there is no API ${apiId}`);
  const methods = [...api.resources.values()].flatMap(({ path, methods: own }) =>
    [...own.values()].map((method): [string, string] => [
      `${method.httpMethod} ${path}`,
      JSON.stringify([
        method.authorizationType,
        method.authorizerId ?? null,
        [...(method.authorizationScopes ?? [])].sort(),
      ]),
    ]),
  );
  return {
    methods: Object.fromEntries(methods),
    stages: Object.fromEntries(
      [...api.stages.values()].map(({ stageName, deploymentId }) => [stageName, deploymentId]),
    ),
    deployments: [...api.deployments.keys()],
  };
}

/** The same with the deployments that were not there at the start called `new`: ids differ by run. */
export function comparable(picture: ApiPicture, start: ApiPicture): ApiPicture {
  const name = (id: string): string => (start.deployments.includes(id) ? id : 'new');
  return {
    methods: picture.methods,
    stages: Object.fromEntries(
      Object.entries(picture.stages).map(([stage, id]) => [stage, name(id)]),
    ),
    deployments: picture.deployments.map(name),
  };
}

/** `start`, `end` or what lies between, in words that a failing test should show. */
export function whichState(emulator: Emulator, start: ApiPicture, end: ApiPicture): string {
  const now = JSON.stringify(comparable(pictureOf(emulator), start));
  if (now === JSON.stringify(start)) return 'start';
  return now === JSON.stringify(end) ? 'end' : `between: ${now}`;
}

/** A transaction that nothing disturbs. */
export interface CleanTransaction {
  readonly start: ApiPicture;
  readonly end: ApiPicture;
  /** The control plane's calls, in order. */
  readonly calls: readonly LoggedRequest[];
  readonly mutating: readonly LoggedRequest[];
}

let clean: Promise<CleanTransaction> | undefined;

/** The clean transaction: its calls in order, and what it leads to; run once a test file. */
export function cleanTransaction(): Promise<CleanTransaction> {
  clean ??= runCleanTransaction();
  return clean;
}

async function runCleanTransaction(): Promise<CleanTransaction> {
  const emulator = await emulatorWith(SMALL);
  const start = pictureOf(emulator);
  const { main } = await runJob(enforceStep(emulator));
  if (main.exitCode !== 0) throw new Error(`the clean run failed:\n${main.stdout}`);
  const calls = emulator.requests.filter(({ plane }) => plane === 'control');
  return {
    start,
    end: comparable(pictureOf(emulator), start),
    calls,
    mutating: calls.filter((call) => call.mutating),
  };
}

/**
 * Runs every case, a few at a time: most of a case is waiting for processes.
 *
 * @returns what went wrong, each under its case's name; a matrix is in order when this is empty.
 */
export async function problemsOf<C extends { readonly name: string }>(
  cases: readonly C[],
  run: (one: C) => Promise<string | null>,
): Promise<string[]> {
  const open = [...cases];
  const problems: string[] = [];
  const worker = async (): Promise<void> => {
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      const problem = await run(one);
      if (problem !== null) problems.push(`${one.name}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  return problems;
}
