import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { ACTIONS_TOKEN, type GitHubEmulator, startGitHub } from '../../emulator/github/server.js';
import type { SeedFile } from '../../emulator/seed.js';
import { type Fault, startEmulator } from '../../emulator/server.js';
import { runAction, type StepResult } from '../../runner/run-action.js';
import { BUNDLE } from './kit.js';
import { checkReportFiles } from './report-files.js';

/** The API that these scenarios audit. */
export const API_ID = 'a1b2c3d4e5';

export const MERGE_COMMIT = 'c'.repeat(40);
export const HEAD_COMMIT = 'a'.repeat(40);

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened.splice(0)) await close();
});

/** An emulated GitHub for a test. When the file's tests have ended, it must have seen no invalid request. */
export async function openGitHub(
  options: Parameters<typeof startGitHub>[0] = {},
): Promise<GitHubEmulator> {
  const github = await startGitHub(options);
  opened.push(async () => {
    await github.close();
    expect(github.violations).toEqual([]);
  });
  return github;
}

/** The event of a run and the runner's variables that go with it. */
export interface Event {
  readonly name: string;
  readonly ref: string;
  readonly payload: unknown;
  readonly actor?: string;
}

const REPOSITORY = { full_name: 'octo-org/orders', default_branch: 'main' };

/** `pull_request` of a branch of this repository, or of a fork. */
export function pullRequest(
  parts: {
    readonly number?: number;
    readonly isFork?: boolean;
    readonly actor?: string;
    readonly name?: 'pull_request' | 'pull_request_target';
  } = {},
): Event {
  const { number = 7, isFork = false, actor = 'octocat', name = 'pull_request' } = parts;
  const head = isFork ? { full_name: 'mallory/orders' } : REPOSITORY;
  return {
    name,
    ref: name === 'pull_request' ? `refs/pull/${number}/merge` : 'refs/heads/main',
    actor,
    payload: {
      repository: REPOSITORY,
      number,
      pull_request: {
        number,
        user: { login: actor },
        head: { sha: HEAD_COMMIT, repo: head },
        base: { sha: MERGE_COMMIT, repo: REPOSITORY },
      },
    },
  };
}

export const SCHEDULE: Event = {
  name: 'schedule',
  ref: 'refs/heads/main',
  payload: { repository: REPOSITORY, schedule: '17 3 * * *' },
};

export const MERGE_GROUP: Event = {
  name: 'merge_group',
  ref: 'refs/heads/gh-readonly-queue/main/pr-7-0123456789',
  payload: { repository: REPOSITORY, merge_group: { head_sha: MERGE_COMMIT } },
};

/** An API of which the given methods are open in both layers, beside one that is protected. */
export function apiWithOpen(...open: readonly string[]): SeedFile {
  return {
    apis: [
      {
        id: API_ID,
        name: 'orders',
        methods: {
          'GET /health': { auth: 'AWS_IAM' },
          ...Object.fromEntries(open.map((key) => [key, { auth: 'NONE' as const }])),
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  };
}

/** What AWS answers where the role may not read the stages: the audit is incomplete. */
export const STAGES_DENIED: Fault = {
  operation: 'GetStages',
  effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
};

export interface Audit {
  readonly seed: SeedFile;
  readonly event: Event;
  readonly github: GitHubEmulator;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
}

/** Runs the bundle once as a step of a workflow, with an AWS of its own and a GitHub that stays. */
export async function auditOnGitHub(audit: Audit): Promise<StepResult> {
  const { seed, event, github, inputs = {}, environment = {}, fault } = audit;
  const emulator = await startEmulator({ seed });
  const folder = await mkdtemp(join(tmpdir(), 'github-event-'));
  try {
    if (fault !== undefined) emulator.injectFault(fault);
    const eventFile = join(folder, 'event.json');
    await writeFile(eventFile, JSON.stringify(event.payload));
    const result = await runAction({
      bundle: BUNDLE,
      inputs: {
        'api-id': API_ID,
        'smoke-test': 'false',
        'github-token': ACTIONS_TOKEN,
        ...inputs,
      },
      environment: {
        ...emulator.env,
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'octo-org/orders',
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: eventFile,
        GITHUB_REF: event.ref,
        GITHUB_SHA: MERGE_COMMIT,
        GITHUB_ACTOR: event.actor ?? 'octocat',
        GITHUB_WORKFLOW: 'gate',
        GITHUB_JOB: 'audit',
        GITHUB_WORKFLOW_REF: 'octo-org/orders/.github/workflows/gate.yml@refs/heads/main',
        GITHUB_RUN_ID: '4711',
        GITHUB_ACTION_REPOSITORY: 'octo-org/apigw-iam-gate',
        GITHUB_ACTION_REF: 'v1',
        ...environment,
      },
    });
    checkReportFiles(result);
    return result;
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the step warned of that it could not deliver, a line each. */
export function notDelivered({ annotations }: StepResult): string[] {
  return annotations
    .filter(({ title }) => title === 'Report not delivered')
    .map(({ message }) => message);
}
