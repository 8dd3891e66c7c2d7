import { expect, test } from '@jest/globals';
import type { GitHubEmulator } from '../../emulator/github/server.js';
import {
  type Audit,
  apiWithOpen,
  auditOnGitHub,
  MERGE_GROUP,
  notDelivered,
  openGitHub,
  pullRequest,
  SCHEDULE,
  STAGES_DENIED,
} from './github-kit.js';

function nightly(github: GitHubEmulator, open: readonly string[], parts: Partial<Audit> = {}) {
  return auditOnGitHub({
    github,
    seed: apiWithOpen(...open),
    event: SCHEDULE,
    inputs: { 'drift-issue': 'true' },
    ...parts,
  });
}

/** The issues that are no pull requests. */
function issuesOf(github: GitHubEmulator) {
  return [...github.repository.issues.values()].filter(({ isPullRequest }) => !isPullRequest);
}

test('fail, fail, incomplete, pass, fail: one issue, closed once, reopened once', async () => {
  const github = await openGitHub();

  await nightly(github, ['GET /pets']);
  const [issue] = issuesOf(github);
  if (issue === undefined) throw new Error('there is no issue');
  expect(issue).toMatchObject({
    title: 'API Gateway without IAM: orders (a1b2c3d4e5) in us-east-1',
    user: { login: 'github-actions[bot]' },
    labels: ['apigw-iam-gate'],
    state: 'open',
  });
  expect(issue.body).toMatch(/^<!-- apigw-iam-gate:drift:[0-9a-f]{16} -->\n/);
  expect(issue.body).toContain('**New: 2**');
  expect(issue.body).toContain('`deployed-not-iam GET /pets in prod`');

  await nightly(github, ['POST /orders']);
  expect(issue.body).toContain('**New: 2**');
  expect(issue.body).toContain('**Gone: 2**');
  expect(issue.body).toMatch(/\*\*Gone: 2\*\*\n\n- `deployed-not-iam GET \/pets in prod`/);

  const incomplete = await nightly(github, [], { fault: STAGES_DENIED });
  expect(incomplete.exitCode).toBe(2);
  expect(issue.state).toBe('open');
  expect(issue.body).toContain('**Gone: 0**');
  expect(issue.body).toContain('nothing is called gone');

  const passed = await nightly(github, []);
  expect(passed.exitCode).toBe(0);
  expect(issue.state).toBe('closed');
  // What the incomplete audit could not see was remembered, and is gone now.
  expect(issue.body).toContain('`deployed-not-iam POST /orders in prod`');

  const again = await nightly(github, ['GET /pets']);
  expect(again.stdout).toContain(`drift-issue: #${issue.number} reopened`);
  expect(issuesOf(github)).toHaveLength(1);
  expect(issue.history).toEqual(['opened', 'edited', 'edited', 'closed completed', 'reopened']);
  expect(issue.body).toContain('**New: 2**');
});

test('an incomplete first audit and a clean one open nothing', async () => {
  const github = await openGitHub();
  await nightly(github, [], { fault: STAGES_DENIED });
  await nightly(github, []);
  expect(issuesOf(github)).toEqual([]);
});

test.each([
  ['a pull request', pullRequest()],
  ['the merge queue', MERGE_GROUP],
  ['a branch', { name: 'workflow_dispatch', ref: 'refs/heads/topic', payload: {} }],
])('a run of %s keeps no issue, open or closed', async (_, event) => {
  const github = await openGitHub();
  const result = await nightly(github, ['GET /pets'], { event });
  expect(github.requests).toEqual([]);
  expect(notDelivered(result)).toEqual([]);
  expect(result.stdout).toMatch(/drift-issue: .*; nothing written/);
});

test('somebody may ask again on the default branch after mending', async () => {
  const github = await openGitHub();
  await nightly(github, ['GET /pets']);
  await nightly(github, [], {
    event: {
      name: 'workflow_dispatch',
      ref: 'refs/heads/main',
      payload: { repository: { default_branch: 'main' } },
    },
  });
  expect(issuesOf(github)).toMatchObject([{ state: 'closed' }]);
});

test('mode plan is no audit', async () => {
  const github = await openGitHub();
  await nightly(github, ['GET /pets'], { inputs: { 'drift-issue': 'true', mode: 'plan' } });
  expect(issuesOf(github)).toEqual([]);
});

test('an issue of somebody else, a pull request and a body that was tampered with are no trap', async () => {
  const github = await openGitHub();
  await nightly(github, ['GET /pets']);
  const [own] = issuesOf(github);
  if (own === undefined) throw new Error('there is no issue');
  const copy = { ...own, user: { login: 'mallory', type: 'User' as const }, history: ['opened'] };
  github.repository.issues.set(5000, { ...copy, number: 5000 });
  github.repository.issues.set(5001, { ...own, number: 5001, isPullRequest: true, history: [] });
  own.body = own.body.replace(/state:v1:\S+/, `state:v1:${'A'.repeat(500)}`);

  const { stdout } = await nightly(github, ['GET /pets']);
  expect(stdout).toContain(`drift-issue: #${own.number} updated`);
  expect(github.repository.issues.get(5000)?.history).toEqual(['opened']);
  expect(own.body).toContain('**New: 2**');
});

test('the label is made where it is missing, and taken where it is there', async () => {
  const github = await openGitHub();
  github.repository.labels.add('apigw-iam-gate');
  await nightly(github, ['GET /pets']);
  expect(github.requests.map((it) => it.operationId)).toEqual([
    'issues/list-for-repo',
    'issues/get-label',
    'issues/create',
  ]);
  expect(issuesOf(github)).toHaveLength(1);
});

test('a label that was made though the answer said otherwise is no reason to give up', async () => {
  const github = await openGitHub();
  github.injectFault({
    operationId: 'issues/create-label',
    times: 1,
    effect: { kind: 'answer', status: 502, afterDoing: true },
  });
  const result = await nightly(github, ['GET /pets']);
  expect(notDelivered(result)).toEqual([]);
  expect(issuesOf(github)).toMatchObject([{ labels: ['apigw-iam-gate'] }]);
});

test('the stages of an API have issues of their own', async () => {
  const github = await openGitHub();
  await nightly(github, ['GET /pets']);
  await nightly(github, ['GET /pets'], { inputs: { 'drift-issue': 'true', stage: 'prod' } });
  expect(issuesOf(github)).toHaveLength(2);
});

test('a title of names that take room to be made visible is one that GitHub takes', async () => {
  const github = await openGitHub();
  const seed = apiWithOpen('GET /pets');
  const [api] = seed.apis ?? [];
  if (api === undefined) throw new Error('there is no API');
  const name = '\u202e\u200b'.repeat(90);
  const result = await nightly(github, [], { seed: { apis: [{ ...api, name }] } });
  expect(notDelivered(result)).toEqual([]);
  const [issue] = issuesOf(github);
  expect(issue?.title).toContain('<U+202E><U+200B>');
  expect(issue?.title.length).toBeLessThanOrEqual(256);
});
