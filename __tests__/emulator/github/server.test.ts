import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ACTIONS_TOKEN,
  FINE_GRAINED_TOKEN,
  type GitHubEmulator,
  startGitHub,
  USER_TOKEN,
} from '../../../emulator/github/server.js';

let github: GitHubEmulator;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
  token: string = ACTIONS_TOKEN,
): Promise<{ status: number; link: string | null; body: unknown }> {
  const response = await fetch(path.startsWith('http') ? path : `${github.url}${path}`, {
    method,
    headers: {
      authorization: `token ${token}`,
      'user-agent': 'test',
      accept: 'application/vnd.github+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    link: response.headers.get('link'),
    body: await response.json(),
  };
}

const COMMENTS = '/repos/octo-org/orders/issues/7/comments';

const CHECKS = '/repos/octo-org/orders/check-runs';
const CHECK = {
  name: 'gate',
  head_sha: 'a'.repeat(40),
  status: 'completed',
  conclusion: 'success',
} as const;

function outputOf(parts: object) {
  return { ...CHECK, output: { title: 'x', summary: 'x', ...parts } };
}

function annotationOf(parts: object) {
  const annotation = {
    path: 'a.yml',
    start_line: 1,
    end_line: 1,
    annotation_level: 'failure',
    message: 'x',
  };
  return outputOf({ annotations: [{ ...annotation, ...parts }] });
}

describe('the emulated GitHub', () => {
  test('pages a list and links to the next page', async () => {
    for (let id = 1; id <= 5; id += 1) {
      const user = { login: 'octocat', type: 'User' } as const;
      github.repository.comments.push({ id, issue: 7, user, body: `${id}`, edits: 0 });
    }
    const seen: unknown[] = [];
    let next: string | undefined = `${COMMENTS}?per_page=2`;
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof call>> = await call('GET', next);
      seen.push(...(Array.isArray(page.body) ? page.body : []));
      next = /<([^>]+)>; rel="next"/.exec(page.link ?? '')?.[1];
    }
    expect(seen).toMatchObject([1, 2, 3, 4, 5].map((id) => ({ id })));
    expect(github.requests).toHaveLength(3);
    expect(github.violations).toEqual([]);
  });

  test('answers an invalid request 422 and remembers it', async () => {
    const { status, body } = await call('POST', COMMENTS, { text: 'x' });
    expect([status, body]).toMatchObject([422, { message: 'Invalid request.' }]);
    expect(github.violations).toEqual([expect.stringContaining("required property 'body'")]);
    await call('DELETE', COMMENTS);
    expect(github.violations).toHaveLength(2);
  });

  test('refuses a comment that is too long, as GitHub does', async () => {
    const { status, body } = await call('POST', COMMENTS, { body: 'x'.repeat(65_537) });
    expect([status, body]).toMatchObject([422, { message: 'Validation Failed' }]);
    expect(github.violations).toEqual([]);
  });

  test.each([
    ['an issue', '/repos/octo-org/orders/issues', { title: 'x'.repeat(257) }, 'title is too long'],
    ['an issue', '/repos/octo-org/orders/issues', { title: '  ' }, "title can't be blank"],
    ['a comment', COMMENTS, { body: ' \n' }, "Body can't be blank"],
    [
      'a label',
      '/repos/octo-org/orders/labels',
      { name: 'x', description: 'x'.repeat(101) },
      'description is too long',
    ],
    ['a label', '/repos/octo-org/orders/labels', { name: 'x'.repeat(51) }, 'name is too long'],
    ['a check run', CHECKS, { ...CHECK, details_url: 'ftp://x' }, 'http or https'],
    ['a check run', CHECKS, annotationOf({ title: 'x'.repeat(256) }), 'title is too long'],
    ['a check run', CHECKS, annotationOf({ message: 'ä'.repeat(33_000) }), 'message is too long'],
    ['a check run', CHECKS, annotationOf({ start_line: 0 }), 'start_line'],
    ['a check run', CHECKS, annotationOf({ path: '' }), 'path'],
  ])('refuses %s that is not as GitHub takes it (%#)', async (_what, path, body, words) => {
    const answer = await call('POST', path, body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(words);
    expect(github.violations).toEqual([]);
  });

  test('refuses a commit that it does not have', async () => {
    github.repository.commits = new Set(['b'.repeat(40)]);
    const { status, body } = await call('POST', CHECKS, CHECK);
    expect([status, body]).toMatchObject([
      422,
      { message: `No commit found for SHA: ${CHECK.head_sha}` },
    ]);
    expect((await call('POST', CHECKS, { ...CHECK, head_sha: 'b'.repeat(40) })).status).toBe(201);
  });

  test('refuses a comment on what is locked', async () => {
    const pullRequest = github.repository.issues.get(7);
    if (pullRequest !== undefined) pullRequest.isLocked = true;
    expect(await call('POST', COMMENTS, { body: 'x' })).toMatchObject({
      status: 403,
      body: { message: 'Unable to create comment because issue is locked.' },
    });
  });

  test.each([
    [USER_TOKEN, 'You must authenticate via a GitHub App.'],
    [FINE_GRAINED_TOKEN, 'Resource not accessible by personal access token'],
  ])('lets only Apps write check runs: %s', async (token, message) => {
    expect(await call('POST', CHECKS, CHECK, token)).toMatchObject({
      status: 403,
      body: { message },
    });
    expect(github.repository.checkRuns).toEqual([]);
  });

  test('knows tokens, and that an app has no user', async () => {
    expect((await call('GET', '/user')).status).toBe(403);
    expect(await call('GET', '/user', undefined, USER_TOKEN)).toMatchObject({
      status: 200,
      body: { login: 'octocat' },
    });
    expect((await call('GET', '/user', undefined, 'ghp_other')).status).toBe(401);
  });

  test('has no other repository', async () => {
    expect((await call('GET', '/repos/octo-org/other/issues')).status).toBe(404);
  });

  test('gives a file as it was at a ref', async () => {
    github.repository.files.set('.github/gate.yml@v1', 'a: 1\n');
    const path = '/repos/octo-org/orders/contents/.github%2Fgate.yml';
    expect((await call('GET', path)).status).toBe(404);
    expect(await call('GET', `${path}?ref=v1`)).toMatchObject({
      status: 200,
      body: { encoding: 'base64', content: Buffer.from('a: 1\n').toString('base64') },
    });
  });

  test('fails as it is told, so often as it is told', async () => {
    github.injectFault({
      operationId: 'issues/create-comment',
      skip: 1,
      times: 1,
      effect: { kind: 'answer', status: 502, afterDoing: true },
    });
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      statuses.push((await call('POST', COMMENTS, { body: 'x' })).status);
    }
    expect(statuses).toEqual([201, 502, 201]);
    expect(github.repository.comments).toHaveLength(3);
    github.injectFault({ operationId: '*', effect: { kind: 'reset' } });
    await expect(call('GET', COMMENTS)).rejects.toThrow();
  });
});
