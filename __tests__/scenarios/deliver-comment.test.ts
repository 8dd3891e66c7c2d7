import { describe, expect, test } from '@jest/globals';
import { USER_TOKEN } from '../../emulator/github/server.js';
import {
  apiWithOpen,
  auditOnGitHub,
  MERGE_GROUP,
  notDelivered,
  openGitHub,
  pullRequest,
  STAGES_DENIED,
} from './github-kit.js';

const ON_FAILURE = { comment: 'on-failure' };

describe('comment: on-failure', () => {
  test('fail, fail with other findings, pass: one comment, edited twice, green at the end', async () => {
    const github = await openGitHub();
    const run = (...open: string[]) =>
      auditOnGitHub({
        github,
        seed: apiWithOpen(...open),
        event: pullRequest(),
        inputs: ON_FAILURE,
      });

    const first = await run('GET /pets');
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain('comment: created');
    const { comments } = github.repository;
    expect(comments).toHaveLength(1);
    expect(comments[0]?.issue).toBe(7);
    expect(comments[0]?.user.login).toBe('github-actions[bot]');
    expect(comments[0]?.body).toMatch(/^<!-- apigw-iam-gate:comment:[0-9a-f]{16} -->\n## ❌ Fail/);
    expect(comments[0]?.body).toContain('GET `/pets`');

    await run('POST /orders');
    expect(comments).toHaveLength(1);
    expect(comments[0]?.edits).toBe(1);
    expect(comments[0]?.body).toContain('POST `/orders`');
    expect(comments[0]?.body).not.toContain('GET `/pets`');

    const last = await run();
    expect(last.exitCode).toBe(0);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.edits).toBe(2);
    expect(comments[0]?.body).toContain('## ✅ Pass');
    expect(github.requests.map((it) => it.operationId)).toEqual([
      'issues/list-comments',
      'issues/create-comment',
      'issues/list-comments',
      'issues/update-comment',
      'issues/list-comments',
      'issues/update-comment',
    ]);
    for (const { headers } of github.requests) {
      expect(headers['user-agent']).toMatch(/^apigw-iam-gate\//);
    }
  });

  test('a pass writes none, and an incomplete run does', async () => {
    const github = await openGitHub();
    const base = { github, seed: apiWithOpen(), event: pullRequest(), inputs: ON_FAILURE };
    await auditOnGitHub(base);
    expect(github.repository.comments).toEqual([]);
    const incomplete = await auditOnGitHub({ ...base, fault: STAGES_DENIED });
    expect(incomplete.exitCode).toBe(2);
    expect(github.repository.comments[0]?.body).toContain('This is not a pass');
  });
});

test('comment: always writes on a pass too; never asks GitHub nothing', async () => {
  const github = await openGitHub();
  const base = { github, seed: apiWithOpen(), event: pullRequest() };
  await auditOnGitHub({ ...base, inputs: { comment: 'never' } });
  expect(github.requests).toEqual([]);
  await auditOnGitHub({ ...base, inputs: { comment: 'always' } });
  expect(github.repository.comments).toHaveLength(1);
});

test('somebody else who copies the marker is left alone, also behind a hundred other comments', async () => {
  const github = await openGitHub();
  const base = { github, seed: apiWithOpen('GET /pets'), event: pullRequest(), inputs: ON_FAILURE };
  await auditOnGitHub(base);
  const { comments } = github.repository;
  const [own] = comments.splice(0);
  if (own === undefined) throw new Error('there is no comment');
  const mallory = { login: 'mallory', type: 'User' } as const;
  comments.push({ id: 1, issue: 7, user: mallory, body: own.body, edits: 0 });
  for (let id = 2; id < 150; id += 1) {
    comments.push({ id, issue: 7, user: mallory, body: 'LGTM', edits: 0 });
  }
  comments.push(own);

  await auditOnGitHub(base);
  expect(comments).toHaveLength(150);
  expect(comments.filter(({ edits }) => edits > 0).map(({ id }) => id)).toEqual([own.id]);
});

test('jobs and sets of APIs and stages have a comment each', async () => {
  const github = await openGitHub();
  const base = { github, seed: apiWithOpen('GET /pets'), event: pullRequest() };
  await auditOnGitHub({ ...base, inputs: ON_FAILURE });
  await auditOnGitHub({ ...base, inputs: { ...ON_FAILURE, stage: 'prod' } });
  await auditOnGitHub({ ...base, inputs: ON_FAILURE, environment: { GITHUB_JOB: 'other' } });
  expect(github.repository.comments).toHaveLength(3);
});

test("a person's token finds the comment under that person's name", async () => {
  const github = await openGitHub();
  const base = {
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { ...ON_FAILURE, 'github-token': USER_TOKEN },
  };
  await auditOnGitHub(base);
  const { stdout } = await auditOnGitHub(base);
  expect(github.repository.comments).toMatchObject([{ user: { login: 'octocat' }, edits: 1 }]);
  expect(stdout).not.toMatch(new RegExp(`^(?!::add-mask::).*${USER_TOKEN}`, 'm'));
});

test('pull_request_target comments as pull_request does, and merge_group has no pull request', async () => {
  const github = await openGitHub();
  const base = { github, seed: apiWithOpen('GET /pets'), inputs: ON_FAILURE };
  const merge = await auditOnGitHub({ ...base, event: MERGE_GROUP });
  expect(merge.exitCode).toBe(1);
  expect(merge.stdout).toContain('comment: a run of merge_group belongs to no single pull request');
  expect(notDelivered(merge)).toEqual([]);
  expect(github.requests).toEqual([]);
  await auditOnGitHub({
    ...base,
    event: pullRequest({ name: 'pull_request_target', isFork: true }),
  });
  expect(github.repository.comments).toHaveLength(1);
});

test('a GitHub Enterprise Server is reached under its own path', async () => {
  const github = await openGitHub({ basePath: '/api/v3' });
  await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: ON_FAILURE,
  });
  expect(github.url).toMatch(/\/api\/v3$/);
  expect(github.repository.comments).toHaveLength(1);
});

test('a creation that was carried out and answered 502 is found, not repeated', async () => {
  const github = await openGitHub();
  github.injectFault({
    operationId: 'issues/create-comment',
    times: 1,
    effect: { kind: 'answer', status: 502, afterDoing: true },
  });
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: ON_FAILURE,
  });
  expect(notDelivered(result)).toEqual([]);
  expect(github.repository.comments).toMatchObject([{ edits: 1 }]);
});

test('outside of GitHub Actions a comment is refused in one line, and nothing else changes', async () => {
  const github = await openGitHub();
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: ON_FAILURE,
    environment: { GITHUB_REPOSITORY: '' },
  });
  expect(result.exitCode).toBe(1);
  expect(notDelivered(result)).toEqual([
    'The pull request comment: not delivered. This is no run of GitHub Actions: GITHUB_REPOSITORY is not set.',
  ]);
});
