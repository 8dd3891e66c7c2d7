import { expect, test } from '@jest/globals';
import { callsByOperation, findingsOf, mutations, scenario } from './kit.js';

/**
 * Two more calls than both layers take: whose credentials they are, once a run, and for the smoke test
 * what an API's gateway responses are.
 */
const MINIMUM = {
  GetCallerIdentity: 1,
  GetRestApi: 1,
  GetResources: 1,
  GetStages: 1,
  GetGatewayResponses: 1,
};

test('an API with open methods fails, and says of each where it is open', async () => {
  const { emulator, run } = await scenario('orders');
  const { exitCode, parsed, outputs, annotations, summary } = await run({ stage: 'prod' });

  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual([
    'unsigned-accepted GET /health prod',
    'deployed-not-iam ANY /files/{proxy+} prod',
    'deployed-not-iam GET /health prod',
    'deployed-not-iam GET /me prod',
    'deployed-not-iam POST /orders prod',
    'deployed-not-iam GET /orders/export prod',
    'deployed-not-iam DELETE /orders/{id} prod',
    'deployed-not-iam OPTIONS /webhook prod',
    'preflight-has-backend OPTIONS /webhook',
    'configured-not-iam ANY /files/{proxy+}',
    'configured-not-iam GET /health',
    'configured-not-iam GET /me',
    'configured-not-iam POST /orders',
    'configured-not-iam GET /orders/export',
    'configured-not-iam DELETE /orders/{id}',
  ]);
  expect(outputs).toMatchObject({
    verdict: 'fail',
    methods: '12',
    errors: '15',
    warnings: '0',
    changed: '0',
    'deployment-id': '',
    'invoke-url': `${emulator.url}/a1b2c3d4e5/prod`,
  });
  expect(annotations).toHaveLength(10);
  expect(annotations[0]?.title).toBe('unsigned-accepted: GET /health (orders/prod)');
  expect(annotations[9]?.message).toContain(
    'Fail: 7 of 12 methods can be called without IAM; 15 errors in 12 methods',
  );
  expect(annotations[9]?.message).toContain('And 6 more in the summary.');
  expect(summary.split('\n')[0]).toBe('## ❌ Fail: 7 of 12 methods can be called without IAM');
  expect(summary).toContain('· 15 errors ·');
  expect(summary).toContain(
    '| ✅&nbsp;pass | GET `/orders` | configured AWS_IAM · deployed AWS_IAM · unsigned 403 missing-token, tampered 403 wrong-signature, signed 200 accepted: proven |',
  );
  expect(mutations(emulator)).toEqual([]);
  // Both preflights are told by one export, of a stage that another list of them shows to be where it was.
  expect(callsByOperation(emulator)).toEqual({
    ...MINIMUM,
    ...{ GetDeployment: 1, GetExport: 1, GetStages: 2 },
  });
});

test('a preflight, an API key and an authorizer are told apart', async () => {
  const { run } = await scenario('orders');
  const { parsed } = await run({ stage: 'prod' });
  const row = (method: string, path: string) =>
    parsed.methods.find((it) => it.method === method && it.path === path);

  expect(row('OPTIONS', '/orders')).toMatchObject({ preflight: true, verdict: 'pass' });
  expect(row('OPTIONS', '/webhook')).toMatchObject({ preflight: false, verdict: 'fail' });
  expect(row('GET', '/orders/export')).toMatchObject({ deployed: 'NONE', verdict: 'fail' });
  expect(row('GET', '/me')).toMatchObject({ deployed: 'COGNITO_USER_POOLS', verdict: 'fail' });
  expect(row('ANY', '/admin')).toMatchObject({ deployed: 'AWS_IAM', verdict: 'pass' });
});

test('a protected API passes with the fewest calls, unsigned refused and signed accepted', async () => {
  const { emulator, run } = await scenario('clean');
  const { exitCode, parsed, annotations, stdout, stderr } = await run();

  expect(exitCode).toBe(0);
  expect(parsed).toMatchObject({
    verdict: 'pass',
    findings: [],
    counts: { errors: 0, warnings: 0 },
  });
  expect(annotations).toEqual([]);
  expect(stdout).toContain(
    'Pass: none of 6 methods can be called without IAM, but for 1 preflight; no findings in 6 methods',
  );
  expect(stderr).toBe('');
  const probed = parsed.methods.filter((it) => it.unsigned !== null);
  expect(probed.length).toBeGreaterThan(0);
  for (const row of probed) {
    expect(row.unsigned).toEqual({ status: 403, answer: 'missing-token' });
    expect(row.tampered).toEqual({ status: 403, answer: 'wrong-signature' });
    // Nobody gave a value for {id}, and a made-up one must not reach the backend.
    const isProven = !row.path.includes('{');
    expect(row.signed).toEqual(isProven ? { status: 200, answer: 'accepted' } : null);
    expect(row.proof).toBe(isProven ? 'proven' : 'consistent');
  }
  expect(callsByOperation(emulator)).toEqual({ ...MINIMUM, GetDeployment: 1, GetExport: 1 });
});

test('the unsigned request carries no Authorization header, and only GET and HEAD are sent', async () => {
  const { emulator, run } = await scenario('orders');
  await run();
  const probes = emulator.requests.filter((it) => it.plane === 'data');
  expect(new Set(probes.map((it) => it.method))).toEqual(new Set(['GET', 'HEAD']));
  const signed = probes.filter((it) => it.headers.authorization !== undefined);
  expect(signed.length).toBeGreaterThan(0);
  expect(probes.length).toBeGreaterThan(signed.length);
  for (const it of probes) expect(it.headers['user-agent']).toMatch(/^apigw-iam-gate\//);
});

test('fixed but not deployed is open, and the finding says which it is', async () => {
  const { run } = await scenario('fixed-not-deployed');
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(1);
  const deployed = parsed.findings.filter((it) => it.rule === 'deployed-not-iam');
  expect(deployed.length).toBeGreaterThan(0);
  for (const finding of deployed) expect(finding.message).toContain('fixed but not deployed');
  expect(parsed.findings.some((it) => it.rule === 'configured-not-iam')).toBe(false);
});

test('an open canary fails though the stage itself is right', async () => {
  // The canary takes no request of this run: the snapshot alone must convict it.
  const { emulator, run } = await scenario('canary', { random: () => 0.99 });
  const { exitCode, parsed, summary } = await run();
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual(['canary-not-iam GET /payments prod']);
  expect(parsed.findings[0]?.message).toContain("10 % of the stage's traffic");
  expect(summary).toContain('configured AWS_IAM · deployed AWS_IAM · canary **NONE**');
  expect(callsByOperation(emulator)).toEqual({ ...MINIMUM, GetDeployment: 2 });
});

test('an API without stages is judged on what is configured, and says so', async () => {
  const { run } = await scenario('no-stage');
  const { exitCode, parsed, summary } = await run();
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual(['configured-not-iam GET /drafts']);
  expect(parsed.methods.every((it) => it.stage === null && it.deployed === null)).toBe(true);
  expect(parsed.notes).toEqual([expect.stringContaining('has no stage to audit')]);
  expect(summary).toContain('has no stage to audit');
});

test('the whole region is audited without a GetRestApi', async () => {
  const { emulator, run } = await scenario(['orders', 'clean', 'canary']);
  const { exitCode, parsed } = await run({ 'api-id': '*' });
  expect(exitCode).toBe(1);
  expect(parsed.apis.map((it) => it.name)).toEqual(['orders', 'catalogue', 'payments']);
  expect(callsByOperation(emulator)).toEqual({
    GetCallerIdentity: 1,
    GetRestApis: 1,
    GetApis: 1,
    GetResources: 3,
    // Once more of the one that has several.
    GetStages: 4,
    GetDeployment: 5,
    // Each of those that serves a preflight.
    GetExport: 3,
    GetGatewayResponses: 3,
  });
});

test('fail-on changes the exit code and nothing else', async () => {
  const { run } = await scenario('orders');
  const error = await run();
  const never = await run({ 'fail-on': 'never' });
  expect([error.exitCode, never.exitCode]).toEqual([1, 0]);
  expect(never.parsed).toEqual(error.parsed);
  expect(never.summary).toBe(error.summary);
  expect(never.outputs.verdict).toBe('fail');
});

test('hostile names are shown harmlessly in log, annotations and summary', async () => {
  const { run } = await scenario('hostile');
  const { stdout, summary, annotations } = await run();
  const commands = stdout.split('\n').filter((line) => line.trimStart().startsWith('::'));
  for (const line of commands) {
    expect(line).toMatch(/^::(group|endgroup|error title=|error::)/);
  }
  expect(stdout).not.toMatch(/##\[/);
  expect(stdout).not.toContain('\u202e');
  expect(annotations).toHaveLength(10);
  expect(summary).not.toMatch(/<script|\u202e|]\(javascript/);
  // Each row of a table keeps its number of cells whatever its path holds.
  const rows = summary.split('\n').filter((line) => /^\| [^|]+ \| GET /.test(line));
  expect(rows).toHaveLength(11);
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);
});

test('hostile paths are escape sequences in the least policy', async () => {
  const { emulator, run } = await scenario('hostile');
  for (const { resources } of emulator.account.apis.values()) {
    for (const { methods } of resources.values()) {
      for (const method of methods.values()) method.authorizationType = 'AWS_IAM';
    }
  }
  const { outputs } = await run({ 'smoke-test': 'false' });
  const policy = outputs['invoke-policy'] ?? '';
  expect(policy).toContain('/GET/\\u202etxt.exe');
  expect(policy).toMatch(/^[ -~]+$/);
  expect(policy).not.toContain('##');
  // Every reader of JSON turns them back.
  expect(JSON.stringify(JSON.parse(policy))).toContain('/GET/\u202etxt.exe');
});

test('a cache that an open method shares with a protected one is a warning', async () => {
  const { emulator, run } = await scenario('orders');
  const api = emulator.account.apis.get('a1b2c3d4e5');
  const prod = api?.stages.get('prod');
  if (api === undefined || prod === undefined) throw new Error('the seed has another API');
  prod.cacheClusterEnabled = true;
  prod.methodSettings = { '*/*': { cachingEnabled: true }, 'me/GET': { cachingEnabled: false } };
  for (const { path, methods } of api.resources.values()) {
    const integration = methods.get('GET')?.integration;
    // The methods of /me are not kept, and that of /orders/export has a key of its own.
    if (integration === undefined || path === '/orders/export') continue;
    integration.cacheNamespace = 'all';
  }
  const { parsed } = await run({ stage: 'prod' });
  const found = parsed.findings.filter(({ rule }) => rule === 'shared-cache');
  expect(found).toMatchObject([
    { severity: 'warning', stage: 'prod', method: 'GET', path: '/health' },
  ]);
  expect(found[0]?.message).toContain('GET /orders');
});
