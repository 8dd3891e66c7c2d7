import { expect, test } from '@jest/globals';
import type { GitHubEmulator } from '../../emulator/github/server.js';
import type { SeedFile } from '../../emulator/seed.js';
import type { Fault } from '../../emulator/server.js';
import type { StepResult } from '../../runner/run-action.js';
import { reportSchema } from '../../src/report/schema.js';
import { auditOnGitHub, openGitHub, pullRequest, SCHEDULE } from './github-kit.js';

/** An account with one API, each with an id of its own, as AWS hands them out. */
function account(id: string, apiId: string, isOpen: boolean): SeedFile {
  return {
    account: { id },
    apis: [
      {
        id: apiId,
        name: 'orders',
        methods: { 'GET /health': { auth: isOpen ? 'NONE' : 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  };
}

const [ONE, OTHER] = ['111111111111', '222222222222'];
const STS_SILENT: Fault = { operation: 'GetCallerIdentity', effect: { kind: 'reset' } };

/** A leg of a matrix over accounts: the same workflow, job and inputs. */
function leg(
  github: GitHubEmulator,
  seed: SeedFile,
  inputs: Readonly<Record<string, string>>,
  { event = SCHEDULE, fault }: { readonly event?: typeof SCHEDULE; readonly fault?: Fault } = {},
): Promise<StepResult> {
  return auditOnGitHub({
    github,
    seed,
    event,
    inputs: { 'api-id': '*', ...inputs },
    environment: { AWS_MAX_ATTEMPTS: '1' },
    ...(fault === undefined ? {} : { fault }),
  });
}

function issuesOf(github: GitHubEmulator) {
  return [...github.repository.issues.values()].filter(({ isPullRequest }) => !isPullRequest);
}

function reportOf({ report }: StepResult) {
  if (report === null) throw new Error('there is no report');
  return reportSchema.parse(JSON.parse(report));
}

function categoryOf({ sarif }: StepResult): string | undefined {
  const log: { runs: { automationDetails: { id: string } }[] } = JSON.parse(sarif ?? '{}');
  return log.runs[0]?.automationDetails.id;
}

test("one account's clean audit leaves the other's issue open, and each closes its own", async () => {
  const github = await openGitHub();
  const inputs = { 'drift-issue': 'true' };
  await leg(github, account(ONE, 'aaaaaaaaa1', true), inputs);
  await leg(github, account(OTHER, 'bbbbbbbbb2', false), inputs);
  expect(issuesOf(github).map(({ state }) => state)).toEqual(['open']);

  await leg(github, account(OTHER, 'bbbbbbbbb2', true), inputs);
  expect(issuesOf(github)).toHaveLength(2);
  const titles = issuesOf(github).map(({ title }) => title);
  expect(new Set(titles).size).toBe(2);
  for (const title of titles) {
    expect(title).toMatch(/^API Gateway without IAM: every API of account [0-9a-f]{12} in /);
  }

  await leg(github, account(ONE, 'aaaaaaaaa1', false), inputs);
  expect(issuesOf(github).map(({ state }) => state)).toEqual(['closed', 'open']);
});

test('an account that nobody names closes no issue but its own', async () => {
  const github = await openGitHub();
  const inputs = { 'drift-issue': 'true' };
  await leg(github, account(ONE, 'aaaaaaaaa1', true), inputs);
  const unnamed = await leg(github, account(OTHER, 'bbbbbbbbb2', true), inputs, {
    fault: STS_SILENT,
  });
  expect(issuesOf(github)).toHaveLength(2);
  expect(unnamed.exitCode).toBe(1);
  expect(reportOf(unnamed).target).toEqual({ account: null, region: 'us-east-1' });
  expect(reportOf(unnamed).notes.join(' ')).toContain('Which account was audited is not known');

  const clean = await leg(github, account(OTHER, 'bbbbbbbbb2', false), inputs, {
    fault: STS_SILENT,
  });
  // What could be read was judged: that nobody names the account is no reason to be incomplete.
  expect(clean.exitCode).toBe(0);
  expect(issuesOf(github).map(({ state }) => state)).toEqual(['open', 'closed']);
  await leg(github, account('333333333333', 'ccccccccc3', false), inputs, { fault: STS_SILENT });
  expect(issuesOf(github).map(({ state }) => state)).toEqual(['open', 'closed']);
});

test('comments, analyses and check runs are kept apart as well', async () => {
  const github = await openGitHub();
  const inputs = { comment: 'always', 'upload-sarif': 'true', 'check-run': 'IAM' };
  const event = pullRequest();
  const results = [
    await leg(github, account(ONE, 'aaaaaaaaa1', true), inputs, { event }),
    await leg(github, account(OTHER, 'bbbbbbbbb2', false), inputs, { event }),
    await leg(github, account(ONE, 'aaaaaaaaa1', true), inputs, { event }),
  ];
  expect(github.repository.comments).toHaveLength(2);
  const categories = results.map(categoryOf);
  expect(categories[0]).not.toBe(categories[1]);
  expect(categories[2]).toBe(categories[0]);
  const ids = github.repository.checkRuns.map(({ externalId }) => externalId);
  expect(ids[0]).not.toBe(ids[1]);
  expect(ids[2]).toBe(ids[0]);
});

test('the account is the same in every run, and its id shows nowhere', async () => {
  const github = await openGitHub();
  const first = await leg(github, account(ONE, 'aaaaaaaaa1', true), { 'drift-issue': 'true' });
  const second = await leg(github, account(ONE, 'ddddddddd4', false), {});
  const { target } = reportOf(first);
  expect(target?.account).toMatch(/^[0-9a-f]{12}$/);
  expect(reportOf(second).target).toEqual(target);
  const said = [first, second].flatMap(({ stdout, stderr, summary, report, sarif }) => [
    stdout,
    stderr,
    summary,
    report,
    sarif,
  ]);
  expect([...said, JSON.stringify(issuesOf(github))].join('\n')).not.toContain(ONE);
});

test('an audit of one kind of API speaks for no other kind', async () => {
  const github = await openGitHub();
  const http = {
    httpApis: [
      {
        id: 'hhhhhhhhh1',
        name: 'shop',
        routes: { 'GET /pets': { auth: 'AWS_IAM' as const } },
        stages: { $default: { autoDeploy: true } },
      },
    ],
  };
  const seed = { ...account(ONE, 'aaaaaaaaa1', true), ...http };
  const mended = { ...account(ONE, 'aaaaaaaaa1', false), ...http };
  const all = { 'drift-issue': 'true', comment: 'always', 'upload-sarif': 'true' };
  const rest = { ...all, 'api-types': 'REST' };
  const others = { ...all, 'api-types': 'WEBSOCKET, HTTP' };
  const event = pullRequest();
  const one = await leg(github, seed, rest);
  const other = await leg(github, seed, others);
  for (const inputs of [rest, others]) await leg(github, seed, inputs, { event });

  expect(issuesOf(github).map(({ state, title }) => [state, title])).toEqual([
    ['open', expect.stringContaining('every REST API of account')],
  ]);
  const headlines = github.repository.comments.map(({ body }) => /^## (\S+)/m.exec(body)?.[1]);
  expect(headlines).toEqual(['❌', '✅']);
  expect(categoryOf(one)).not.toBe(categoryOf(other));

  await leg(github, mended, rest);
  expect(issuesOf(github).map(({ state }) => state)).toEqual(['closed']);
});
