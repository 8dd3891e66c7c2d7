import { describe, expect, test } from '@jest/globals';
import { FINE_GRAINED_TOKEN, type GitHubFault, USER_TOKEN } from '../../emulator/github/server.js';
import {
  apiWithOpen,
  auditOnGitHub,
  notDelivered,
  openGitHub,
  pullRequest,
  SCHEDULE,
  STAGES_DENIED,
} from './github-kit.js';

/** Each sink with the first request that it makes, on the event that it acts on. */
const SINKS = [
  {
    sink: 'comment',
    inputs: { comment: 'always' },
    event: pullRequest(),
    first: 'issues/list-comments',
    writes: 'issues/create-comment',
    what: 'The pull request comment',
    permission: 'pull-requests: write',
  },
  {
    sink: 'check-run',
    inputs: { 'check-run': 'IAM gate' },
    event: pullRequest(),
    first: 'checks/create',
    writes: 'checks/create',
    what: 'The check run',
    permission: 'checks: write',
  },
  {
    sink: 'upload-sarif',
    inputs: { 'upload-sarif': 'true' },
    event: pullRequest(),
    first: 'code-scanning/upload-sarif',
    writes: 'code-scanning/upload-sarif',
    what: 'The upload to code scanning',
    permission: 'security-events: write',
  },
  {
    sink: 'drift-issue',
    inputs: { 'drift-issue': 'true' },
    event: SCHEDULE,
    first: 'issues/list-for-repo',
    writes: 'issues/create',
    what: 'The drift issue',
    permission: 'issues: write',
  },
] as const;

const ALL = {
  comment: 'always',
  'check-run': 'IAM gate',
  'upload-sarif': 'true',
  'drift-issue': 'true',
};

function answer(status: number, message?: string, headers?: Record<string, string>) {
  return {
    kind: 'answer',
    status,
    ...(message === undefined ? {} : { message }),
    ...(headers === undefined ? {} : { headers }),
  } satisfies GitHubFault['effect'];
}

describe.each(SINKS)('$sink', ({ inputs, event, first, writes, what, permission }) => {
  test.concurrent.each([
    [401, answer(401), 'GitHub refused the token (401: Bad credentials)'],
    [403, answer(403), `Add to the job \`permissions: ${permission}\``],
    [404, answer(404), `the token may not see it. Add to the job \`permissions: ${permission}\``],
    [422, answer(422), 'GitHub refused the content (422: Validation Failed'],
    [429, answer(429, undefined, { 'retry-after': '3600' }), 'Run the job again in 60 minutes'],
    [503, answer(503), 'GitHub failed (503: Service Unavailable)'],
  ] as const)('an answer %i is one line that names what is missing', async (_, effect, words) => {
    const github = await openGitHub();
    github.injectFault({ operationId: effect.status === 422 ? writes : first, effect });
    const base = { seed: apiWithOpen('GET /pets'), event };
    const result = await auditOnGitHub({ ...base, github, inputs });
    const lines = notDelivered(result);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${what}: not delivered.`);
    expect(lines[0]).toContain(words);
    expect(lines[0]).not.toContain('\n');

    // The verdict is what it would be without any sink.
    const alone = await auditOnGitHub({ ...base, github: await openGitHub() });
    expect(result.exitCode).toBe(alone.exitCode);
    expect(JSON.parse(result.report ?? '')).toEqual(JSON.parse(alone.report ?? ''));
  });

  test.concurrent('an unreachable GitHub is one line too', async () => {
    const github = await openGitHub();
    github.injectFault({ operationId: '*', effect: { kind: 'reset' } });
    const result = await auditOnGitHub({ seed: apiWithOpen('GET /pets'), event, github, inputs });
    expect(notDelivered(result)).toEqual([
      expect.stringContaining(`${what}: not delivered. GitHub could not be reached`),
    ]);
    expect(result.exitCode).toBe(1);
  });

  test.concurrent('a server that stumbles once is asked again', async () => {
    const github = await openGitHub();
    github.injectFault({ operationId: first, times: 1, effect: answer(502) });
    const result = await auditOnGitHub({ seed: apiWithOpen('GET /pets'), event, github, inputs });
    expect(notDelivered(result)).toEqual([]);
  });
});

test.concurrent.each([
  ['Code Security must be enabled for this repository to use code scanning.'],
  ['Advanced Security must be enabled for this repository to use code scanning.'],
  ['Code scanning is not enabled for this repository. Please enable code scanning.'],
])('code scanning that is switched off is a setting, no permission: %s', async (message) => {
  const github = await openGitHub();
  github.injectFault({ operationId: 'code-scanning/upload-sarif', effect: answer(403, message) });
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { 'upload-sarif': 'true' },
  });
  expect(notDelivered(result)).toEqual([
    expect.stringContaining('Enable it: Settings, Advanced Security, Code scanning'),
  ]);
  expect(notDelivered(result)[0]).not.toContain('permissions:');
});

test.concurrent('a repository without issues says where to switch them on', async () => {
  const github = await openGitHub();
  github.injectFault({ operationId: 'issues/list-for-repo', effect: answer(410) });
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: SCHEDULE,
    inputs: { 'drift-issue': 'true' },
  });
  expect(notDelivered(result)).toEqual([
    expect.stringContaining(
      'Where issues are meant, switch them on: Settings, General, Features, Issues',
    ),
  ]);
});

test.concurrent.each([
  ["A fork's pull request", pullRequest({ isFork: true })],
  ["Dependabot's pull request", pullRequest({ actor: 'dependabot[bot]' })],
])('%s has a token that can only read, and the line says so', async (who, event) => {
  const github = await openGitHub();
  for (const operationId of ['issues/create-comment', 'checks/create']) {
    github.injectFault({ operationId, effect: answer(403) });
  }
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event,
    inputs: { comment: 'always', 'check-run': 'IAM gate' },
  });
  expect(result.exitCode).toBe(1);
  const lines = notDelivered(result);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toContain(`${who} gets a token that can only read`);
});

describe('with a personal token', () => {
  test.concurrent.each([
    [USER_TOKEN, 'You must authenticate via a GitHub App.'],
    [FINE_GRAINED_TOKEN, 'Resource not accessible by personal access token'],
  ])(
    'a check run is refused, and the line names the token, not permissions alone (%#)',
    async (token, said) => {
      const github = await openGitHub();
      const result = await auditOnGitHub({
        github,
        seed: apiWithOpen(),
        event: pullRequest(),
        inputs: { 'check-run': 'IAM gate', 'github-token': token },
      });
      expect(result.exitCode).toBe(0);
      const [line = ''] = notDelivered(result);
      expect(line).toContain(
        `Only a GitHub App may write it, and github-token is a personal access token (403: ${said}`,
      );
      expect(line).toContain('Leave github-token out');
      expect(line).toContain('`permissions: checks: write`');
    },
  );

  test.concurrent.each([403, 404])(
    '%i: `permissions:` of the job are not what is missing',
    async (status) => {
      const github = await openGitHub();
      github.injectFault({ operationId: 'issues/create-comment', effect: answer(status) });
      const result = await auditOnGitHub({
        github,
        seed: apiWithOpen('GET /pets'),
        event: pullRequest(),
        inputs: { comment: 'always', 'github-token': FINE_GRAINED_TOKEN },
      });
      const [line = ''] = notDelivered(result);
      expect(line).toContain('give it this repository and the permission `pull-requests: write`');
      expect(line).not.toContain('Add to the job');
    },
  );
});

test.concurrent('a locked conversation is said to be locked', async () => {
  const github = await openGitHub();
  const locked = github.repository.issues.get(7);
  if (locked !== undefined) locked.isLocked = true;
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { comment: 'always' },
  });
  expect(notDelivered(result)).toEqual([expect.stringContaining('The conversation is locked')]);
});

test.concurrent('a used-up rate limit is not waited for, and says when it ends', async () => {
  const github = await openGitHub();
  // Before 2038: the throttling plugin reads the time as a 32-bit number.
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2114380800' };
  github.injectFault({
    operationId: 'checks/create',
    effect: answer(403, 'API rate limit exceeded for installation ID 1.', headers),
  });
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { 'check-run': 'IAM gate' },
  });
  expect(notDelivered(result)).toEqual([
    expect.stringContaining('It is renewed at 2037-01-01T00:00:00.000Z'),
  ]);
  expect(github.requests).toHaveLength(1);
});

test.concurrent('a short rate limit is waited out', async () => {
  const github = await openGitHub();
  github.injectFault({
    operationId: 'checks/create',
    times: 1,
    effect: answer(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' }),
  });
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { 'check-run': 'IAM gate' },
  });
  expect(notDelivered(result)).toEqual([]);
  expect(result.stdout).toContain('the secondary rate limit is reached, sent again in 1 s');
  expect(github.repository.checkRuns).toHaveLength(1);
});

test.concurrent('an answer of GitHub cannot speak in the log', async () => {
  const github = await openGitHub();
  github.injectFault({
    operationId: 'checks/create',
    effect: answer(403, 'no\n::error::gotcha ##[error]gotcha \u202e'),
  });
  const { stdout, exitCode } = await auditOnGitHub({
    github,
    seed: apiWithOpen(),
    event: pullRequest(),
    inputs: { 'check-run': 'IAM gate' },
  });
  expect(exitCode).toBe(0);
  expect(stdout).not.toMatch(/^\s*::error/m);
  expect(stdout).not.toMatch(/##\[|\u202e/);
});

describe('the same run with and without sinks has the same verdict, report and exit code', () => {
  test.concurrent.each([
    ['pass', [], undefined, 0],
    ['fail', ['GET /pets'], undefined, 1],
    ['incomplete', [], STAGES_DENIED, 2],
  ] as const)('%s', async (verdict, open, fault, exitCode) => {
    const base = {
      seed: apiWithOpen(...open),
      event: pullRequest(),
      ...(fault === undefined ? {} : { fault }),
    };
    const without = await auditOnGitHub({ ...base, github: await openGitHub() });
    const withAll = await auditOnGitHub({ ...base, github: await openGitHub(), inputs: ALL });
    const broken = await openGitHub();
    broken.injectFault({ operationId: '*', effect: answer(403) });
    const withBroken = await auditOnGitHub({ ...base, github: broken, inputs: ALL });
    for (const result of [without, withAll, withBroken]) {
      expect(result.exitCode).toBe(exitCode);
      expect(result.outputs.verdict).toBe(verdict);
      expect(result.summary).toBe(without.summary);
      expect(JSON.parse(result.report ?? '')).toEqual(JSON.parse(without.report ?? ''));
    }
    expect(notDelivered(withAll)).toEqual([]);
    expect(notDelivered(withBroken)).toHaveLength(3);
  });
});
