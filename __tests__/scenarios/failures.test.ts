import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { callsByOperation, findingsOf, scenario } from './kit.js';

const DENIED = { kind: 'answer', status: 403, errorType: 'AccessDeniedException' } as const;
const THROTTLED = { kind: 'answer', status: 429, errorType: 'TooManyRequestsException' } as const;
const FEW_ATTEMPTS = { AWS_MAX_ATTEMPTS: '2' };

test('a second page that cannot be read is no smaller API: incomplete', async () => {
  const { emulator, run } = await scenario('large');
  emulator.injectFault({ operation: 'GetResources', skip: 1, effect: DENIED });
  const { exitCode, parsed, outputs, summary } = await run({ 'smoke-test': 'false' });
  expect(exitCode).toBe(2);
  expect(outputs.verdict).toBe('incomplete');
  expect(findingsOf(parsed)).toEqual(['unreadable']);
  expect(parsed.findings[0]?.message).toContain('GetResources failed');
  expect(parsed.findings[0]?.fix).toContain('"Action":"apigateway:GET"');
  expect(parsed.methods.every((it) => it.configured === 'unreadable')).toBe(true);
  expect(summary.split('\n')[0]).toContain('Incomplete');
});

test.each(['GetRestApi', 'GetResources', 'GetStages', 'GetDeployment'])(
  'a denied %s is incomplete, and names the missing right',
  async (operation) => {
    const { emulator, run } = await scenario('clean');
    emulator.injectFault({ operation, effect: DENIED });
    const { exitCode, parsed, annotations } = await run();
    expect(exitCode).toBe(2);
    expect(parsed.verdict).toBe('incomplete');
    const [finding] = parsed.findings;
    expect(finding?.rule).toBe('unreadable');
    expect(finding?.message).toContain(`${operation} failed`);
    expect(finding?.fix).toContain('apigateway:GET');
    expect(annotations[0]?.level).toBe('error');
  },
);

test('throttling that ends is waited out, with labelled lines', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.injectFault({ operation: 'GetResources', times: 2, effect: THROTTLED });
  emulator.injectFault({ operation: 'GetDeployment', times: 1, effect: THROTTLED });
  const { exitCode, stdout, parsed } = await run();
  expect(exitCode).toBe(0);
  expect(parsed.verdict).toBe('pass');
  expect(stdout).toMatch(/GetResources c1e2a3n4a5: attempt 1 failed \(TooManyRequestsException/);
  expect(stdout).toMatch(
    /GetResources c1e2a3n4a5: attempt 2 failed .*, until \d\d:\d\d:\d\d UTC unless AWS answers before/,
  );
  expect(callsByOperation(emulator)).toMatchObject({ GetResources: 3, GetDeployment: 2 });
});

test('throttling is waited out beyond the attempts that other failures are given', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.injectFault({ operation: 'GetStages', times: 3, effect: THROTTLED });
  const { exitCode, stdout } = await run({}, { AWS_MAX_ATTEMPTS: '1' });
  expect(exitCode).toBe(0);
  expect(callsByOperation(emulator).GetStages).toBe(4);
  expect(stdout).toContain('AWS throttled GetStages: something else uses the same quota');
});

test.each(['GetRestApi', 'GetResources', 'GetStages', 'GetDeployment'])(
  'throttling of %s that does not end becomes unreadable at the deadline that the log tells',
  async (operation) => {
    const { emulator, run } = await scenario('clean');
    emulator.injectFault({ operation, effect: THROTTLED });
    const { exitCode, parsed, stdout } = await run({ 'aws-timeout': '1' });
    expect(exitCode).toBe(2);
    expect(parsed.verdict).toBe('incomplete');
    expect(parsed.findings[0]?.message).toMatch(
      new RegExp(`${operation} failed.*: AWS kept throttling`),
    );
    expect(stdout).toMatch(
      /This ends at \d\d:\d\d:\d\d UTC at the latest\. A call that AWS leaves unanswered for 1 s is given up earlier\./,
    );
  },
);

test('a control plane that does not answer becomes unreadable, and names the call', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.injectFault({ operation: 'GetStages', effect: { kind: 'delay', ms: 2500 } });
  const { exitCode, parsed } = await run({ 'aws-timeout': '1' });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toMatch(/GetStages failed.*: the connection to AWS failed/);
});

test('of many APIs, those that begin after the patience ran out are not asked for any more', async () => {
  const apis = Array.from({ length: 30 }, (_, index) => ({
    id: `m${String(index).padStart(9, '0')}`,
    name: `many ${index}`,
    methods: { 'GET /': { auth: 'AWS_IAM' as const } },
    deployments: [{ id: `dep${index}` }],
    stages: { prod: { deployment: `dep${index}` } },
  }));
  const { emulator, run } = await scenario({ apis });
  emulator.injectFault({ operation: 'GetResources', effect: THROTTLED });
  const { exitCode, parsed } = await run({
    'api-id': '*',
    'aws-timeout': '1',
    'smoke-test': 'false',
  });
  expect(exitCode).toBe(2);
  const unreadable = parsed.findings.filter(({ rule }) => rule === 'unreadable');
  expect(unreadable).toHaveLength(30);
  expect(callsByOperation(emulator).GetResources).toBeLessThan(30);
});

test.each([
  ['a lost connection', { kind: 'reset' }],
  ['a connection lost after the answer was made', { kind: 'reset-after' }],
  ['a cut answer', { kind: 'truncate' }],
  ['a server error', { kind: 'answer', status: 503 }],
  ['a concurrent modification', { kind: 'answer', status: 409 }],
] as const)('%s is made good by another attempt', async (_what, effect) => {
  const { emulator, run } = await scenario('clean');
  for (const operation of ['GetRestApi', 'GetResources', 'GetStages', 'GetDeployment']) {
    emulator.injectFault({ operation, times: 1, effect });
  }
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(0);
  expect(parsed.verdict).toBe('pass');
});

test.each([
  ['GetResources', 'configured'],
  ['GetDeployment', 'deployed'],
] as const)(
  '%s answered without its methods is unreadable, never open and never clean',
  async (operation, layer) => {
    const { emulator, run } = await scenario('clean');
    emulator.injectFault({ operation, effect: { kind: 'unembed' } });
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(2);
    expect(parsed.verdict).toBe('incomplete');
    expect(new Set(parsed.findings.map((it) => it.rule))).toEqual(new Set(['unreadable']));
    expect(parsed.methods.every((it) => it[layer] === 'unreadable')).toBe(true);
  },
);

test('a region without any API is not a pass', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.account.apis.clear();
  const { exitCode, parsed } = await run({ 'api-id': '*' });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('there is no API of the kinds that are audited');
});

test('a summary that leaves out an open method does not hide it', async () => {
  const { emulator, run } = await scenario('fixed-not-deployed');
  emulator.injectFault({
    operation: 'GetDeployment',
    effect: {
      kind: 'rewrite',
      body: JSON.stringify({
        id: 'dep001',
        createdDate: 0,
        apiSummary: { '/health': { GET: { authorizationType: 'AWS_IAM', apiKeyRequired: false } } },
      }),
    },
  });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)[0]).toBe('unsigned-accepted GET /invoices prod');
});

test.each([
  ['GetDeployment', { id: 'd', apiSummary: {} }, 'names no method'],
  ['GetDeployment', { id: 'd', apiSummary: { '/a': null } }, 'cannot be understood'],
  ['GetResources', { item: [] }, 'lists no resources'],
  ['GetResources', { item: [{ id: 'r', path: '/', resourceMethods: { GET: null } }] }, ''],
  ['GetStages', { item: [{ deploymentId: 'd' }] }, 'without its name'],
])('%s answering %j is unreadable, and no crash', async (operation, body, words) => {
  const { emulator, run } = await scenario('clean');
  const effect = { kind: 'rewrite', body: JSON.stringify(body) } as const;
  emulator.injectFault({ operation, effect });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(2);
  expect(parsed.findings.map(({ rule }) => rule)).toContain('unreadable');
  expect(parsed.findings.map(({ message }) => message).join()).toContain(words);
});

test('one unreadable API of many leaves the others judged', async () => {
  // The canary takes no request of this run: its snapshot alone is judged.
  const { emulator, run } = await scenario(['clean', 'canary'], { random: () => 0.99 });
  const [clean = '', canary = ''] = emulator.account.apis.keys();
  emulator.injectFault({
    operation: 'GetResources',
    where: ({ path }) => path.includes(clean),
    effect: DENIED,
  });
  const both = await run({ 'api-id': `${clean}\n${canary}` });
  expect(both.exitCode).toBe(1);
  expect(findingsOf(both.parsed)).toEqual(['canary-not-iam GET /payments prod', 'unreadable']);

  emulator.clearFaults();
  emulator.injectFault({
    operation: 'GetResources',
    where: ({ path }) => path.includes(canary),
    effect: DENIED,
  });
  const cleanAndUnreadable = await run({ 'api-id': '*', stage: 'prod', 'smoke-test': 'false' });
  // The canary's snapshot is still readable, and open.
  expect(cleanAndUnreadable.exitCode).toBe(1);
});

test('fail-on: never lets findings by, and nothing that could not be read', async () => {
  const { emulator, run } = await scenario('orders');
  emulator.injectFault({ operation: 'GetResources', effect: DENIED });
  const { exitCode, outputs } = await run({ 'fail-on': 'never' });
  expect(outputs.verdict).toBe('fail');
  expect(exitCode).toBe(2);
});

test('a list of APIs that breaks off is incomplete', async () => {
  const { emulator, run } = await scenario(['clean']);
  emulator.injectFault({ operation: 'GetRestApis', effect: DENIED });
  const { exitCode, parsed } = await run({ 'api-id': '*' });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]).toMatchObject({ rule: 'unreadable', api: null });
});

test.each([
  [
    'no credentials',
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    /no AWS credentials were found/,
    /configure-aws-credentials/,
  ],
  [
    'unknown credentials',
    { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN000000000' },
    /does not know these/,
    /partition/,
  ],
  [
    'a wrong secret',
    { AWS_SECRET_ACCESS_KEY: 'wrong' },
    /the secret access key does not belong to the access key id/,
    /AWS_SECRET_ACCESS_KEY/,
  ],
] as const)('%s: incomplete, and says so', async (_what, environment, message, fix) => {
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run({}, { ...environment, ...FEW_ATTEMPTS });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.rule).toBe('unreadable');
  expect(parsed.findings[0]?.message).toMatch(message);
  expect(parsed.findings[0]?.fix).toMatch(fix);
});

test("no credentials on a fork's pull request: incomplete, and says exactly that", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-event-'));
  const GITHUB_EVENT_PATH = join(folder, 'event.json');
  const fork = { head: { sha: 'f'.repeat(40), repo: { full_name: 'stranger/shop', fork: true } } };
  const base = { sha: 'b'.repeat(40), repo: { full_name: 'octo/shop' } };
  await writeFile(
    GITHUB_EVENT_PATH,
    JSON.stringify({ pull_request: { number: 7, ...fork, base, user: { login: 'stranger' } } }),
  );
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run(
    {},
    {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH,
      GITHUB_REPOSITORY: 'octo/shop',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_RUN_ID: '1',
      GITHUB_JOB: 'audit',
      GITHUB_ACTOR: 'stranger',
    },
  );
  await rm(folder, { recursive: true });
  expect(exitCode).toBe(2);
  expect(parsed.verdict).toBe('incomplete');
  expect(parsed.findings[0]?.fix).toContain(
    "not evaluated: no credentials on a fork's pull request",
  );
});

test('expired credentials: incomplete, and says so', async () => {
  const { emulator, run } = await scenario('clean');
  for (const caller of emulator.account.callers.values()) {
    caller.sessionToken = 'session';
    caller.expiresAtMs = 0;
  }
  const { exitCode, parsed } = await run({}, { AWS_SESSION_TOKEN: 'session' });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('have expired');
  expect(parsed.findings[0]?.fix).toContain('role-duration-seconds');
});

test('every problem of the inputs in one message, before any call', async () => {
  const { emulator, run } = await scenario('clean');
  const { exitCode, annotations, outputs, summary } = await run(
    {
      mode: 'auditt',
      'api-id': 'https://example.com, b2',
      stage: 'my stage',
      region: '',
      'smoke-timeout': '-5',
      'smoke-test': 'maybe',
      'smoke-methods': 'FETCH',
      'endpoint-url': 'ftp://{host}/',
      'invoke-role-arn': 'invoker',
      'fail-on': 'sometimes',
    },
    { AWS_REGION: '', AWS_DEFAULT_REGION: '' },
  );
  expect(exitCode).toBe(3);
  expect(outputs.verdict).toBe('incomplete');
  expect(annotations).toHaveLength(1);
  const names = [
    'mode',
    'api-id',
    'stage',
    'region',
    'smoke-timeout',
    'smoke-test',
    'smoke-methods',
    'endpoint-url',
    'invoke-role-arn',
    'fail-on',
  ];
  for (const name of names) expect(annotations[0]?.message).toContain(`- ${name}: `);
  for (const name of names) expect(summary).toContain(`- ${name}: `);
  expect(emulator.requests).toEqual([]);
});

test('an API that does not exist: which, where, and whose account', async () => {
  const { run } = await scenario('clean');
  const { exitCode, annotations, stdout } = await run({
    'api-id': 'nosuchapi1,nosuchapi2',
  });
  expect(exitCode).toBe(3);
  expect(annotations[0]?.message).toContain(
    'no API nosuchapi1 in us-east-1 of account ********9012',
  );
  expect(annotations[0]?.message).toContain('no API nosuchapi2 in us-east-1');
  expect(stdout).not.toContain('123456789012');
});

test('a stage that does not exist: which, and which there are', async () => {
  const { emulator, run } = await scenario('orders');
  // What is under way beside it is not broken off.
  emulator.injectFault({
    operation: 'GetCallerIdentity',
    times: 1,
    effect: { kind: 'delay', ms: 300 },
  });
  const { exitCode, annotations, stdout } = await run({ stage: 'prod, production' });
  expect(exitCode).toBe(3);
  expect(stdout).not.toContain('GetCallerIdentity');
  expect(annotations[0]?.message).toContain(
    'API a1b2c3d4e5 has no stage production. It has prod, dev.',
  );
});

test('one address for several stages is refused before anything is asked', async () => {
  const { emulator, run } = await scenario('orders');
  const { exitCode, annotations } = await run({
    'endpoint-url': `${emulator.url}/a1b2c3d4e5/prod`,
  });
  expect(exitCode).toBe(3);
  expect(annotations[0]?.message).toContain('Put {stage} into the URL');
  expect(emulator.requests.some((it) => it.plane === 'data')).toBe(false);
});

test('a report folder that cannot be written changes no verdict', async () => {
  const { run } = await scenario('clean');
  const { exitCode, outputs, stdout } = await run({ 'report-dir': '/dev/null/nowhere' });
  expect(exitCode).toBe(0);
  expect(outputs.verdict).toBe('pass');
  expect(stdout).toContain('The report files could not be written');
});
