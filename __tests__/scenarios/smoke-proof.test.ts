import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/server.js';
import { findingsOf, type Scenario, scenario } from './kit.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** The environment of a job whose repository has this policy file. */
async function withPolicy(text: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-workspace-'));
  folders.push(folder);
  await mkdir(join(folder, '.github'));
  await writeFile(join(folder, '.github', 'apigw-iam-gate.yml'), text);
  return { GITHUB_WORKSPACE: folder };
}

function shop(): Promise<Scenario> {
  return scenario({
    apiKeys: [{ id: 'key0000001', value: 'the-key-of-the-probe' }],
    apis: [
      {
        id: 's1h2o3p4s5',
        name: 'shop',
        methods: {
          'GET /': { auth: 'AWS_IAM' },
          'GET /pets/{id}': { auth: 'AWS_IAM' },
          'GET /paid': { auth: 'AWS_IAM', apiKey: true },
          'GET /files/{proxy+}': { auth: 'AWS_IAM' },
          'ANY /all': { auth: 'AWS_IAM' },
          'HEAD /all': { auth: 'AWS_IAM' },
          'POST /orders': { auth: 'AWS_IAM' },
          'GET /gone': { auth: 'AWS_IAM', integration: { type: 'MOCK', status: 404, body: 'no' } },
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
}

const SAMPLES = `smoke:
  - methods: GET /pets/{id}
    path-parameters: { id: "a b/c+ä" }
    query: { q: [2, 1], r: "x y" }
  - methods: GET /paid
    headers: { X-Api-Key: the-key-of-the-probe }
  - methods: GET /files/{proxy+}
    path-parameters: { proxy: dir/file name.txt }
  - methods: GET /gone
    expect: [404]
`;

function probesOf({ emulator }: Scenario): LoggedRequest[] {
  return emulator.requests.filter(({ plane }) => plane === 'data');
}

test('without samples every row says what was proven, and what would prove the rest', async () => {
  const world = await shop();
  const { exitCode, parsed, summary } = await world.run();
  expect(exitCode).toBe(0);
  const proofs = Object.fromEntries(
    parsed.methods.map((it) => [`${it.method} ${it.path}`, it.proof]),
  );
  expect(proofs).toEqual({
    'GET /': 'proven',
    'GET /pets/{id}': 'consistent',
    'GET /paid': 'consistent',
    'GET /files/{proxy+}': null,
    'ANY /all': 'proven',
    'HEAD /all': 'proven',
    'POST /orders': null,
    'GET /gone': 'proven',
  });
  expect(findingsOf(parsed)).toEqual(['unexpected-status GET /gone prod']);
  expect(summary.match(/: proven \|/g)).toHaveLength(4);
  expect(summary.match(/: consistent; for a proof, /g)).toHaveLength(2);
  expect(summary).toContain('add a value for `{id}` to the smoke section of the policy file');
  expect(summary).toContain('add the header x-api-key');

  const probes = probesOf(world);
  const made = probes.filter(({ path }) => path.includes('apigw-iam-gate-probe'));
  expect(made.length).toBeGreaterThan(0);
  // None of them may reach a backend: unsigned, or with a signature that is wrong.
  for (const { status } of made) expect(status).toBe(403);
  expect(probes.some(({ method }) => method === 'POST')).toBe(false);
});

test('samples of the policy file make them proven', async () => {
  const world = await shop();
  const { exitCode, parsed } = await world.run({}, await withPolicy(SAMPLES));
  expect(parsed.findings).toEqual([]);
  expect(exitCode).toBe(0);
  const asked = parsed.methods.filter(({ notProbed }) => notProbed === null);
  expect(asked.map(({ proof }) => proof)).toEqual(asked.map(() => 'proven'));
  expect(asked).toHaveLength(7);
  const urls = new Set(probesOf(world).map(({ path, query }) => `${path}?${query}`));
  expect(urls).toContain('/s1h2o3p4s5/prod/pets/a%20b%2Fc%2B%C3%A4?q=2&q=1&r=x%20y');
  expect(urls).toContain('/s1h2o3p4s5/prod/files/dir/file%20name.txt?');
});

test('a POST is sent when it is named, with its body, and marked as a probe', async () => {
  const world = await shop();
  const policy = 'smoke:\n  - methods: POST /orders\n    body: \'{"dry":true}\'\n';
  const { parsed } = await world.run({ 'smoke-methods': 'POST' }, await withPolicy(policy));
  const posted = probesOf(world).filter(({ path }) => path.endsWith('/orders'));
  expect(posted.length).toBeGreaterThan(0);
  for (const { method, body, headers } of posted) {
    expect([method, body]).toEqual(['POST', '{"dry":true}']);
    expect(headers['x-apigw-iam-gate']).toBe('probe');
  }
  expect(parsed.methods.find(({ path }) => path === '/orders')?.proof).toBe('proven');
  // ANY stands for POST as well, and GET was not named.
  expect(new Set(probesOf(world).map(({ method }) => method))).toEqual(new Set(['POST']));
});

test('a canary is asked for until it must have answered', async () => {
  const { emulator, run } = await scenario('canary', { random: Math.random });
  for (const api of emulator.account.apis.values()) {
    const [protectedDeployment] = api.deployments.values();
    for (const stage of api.stages.values()) {
      if (stage.canarySettings && protectedDeployment) {
        stage.canarySettings.deploymentId = protectedDeployment.id;
      }
    }
  }
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(0);
  expect(parsed.methods.find(({ path }) => path === '/payments')?.proof).toBe('proven');
  const unsigned = emulator.requests.filter(
    ({ plane, path, headers }) =>
      plane === 'data' && path.endsWith('/payments') && headers.authorization === undefined,
  );
  expect(0.9 ** unsigned.length).toBeLessThan(0.001);
});

test('an open canary is found at the endpoint as well', async () => {
  // One request of ten goes to the canary, so that no three in a row at the start tell of it.
  let asked = 0;
  const { run } = await scenario('canary', {
    random: () => {
      asked += 1;
      return asked % 20 === 0 ? 0 : 0.99;
    },
  });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toContain('unsigned-accepted GET /payments prod');
});

test('a canary whose share is too small to meet is said to be unseen', async () => {
  const { emulator, run } = await scenario('canary', { random: () => 0.99 });
  for (const api of emulator.account.apis.values()) {
    for (const { canarySettings } of api.stages.values()) {
      if (canarySettings) canarySettings.percentTraffic = 0.1;
    }
  }
  const { parsed, summary } = await run();
  expect(parsed.methods.find(({ path }) => path === '/payments')?.unproven).toEqual([
    expect.stringContaining("the canary's answer was not seen"),
  ]);
  expect(summary).toContain('answer was not seen');
});

test('a stage of open-ended paths alone is incomplete, with the value that is missing, and is proven with it', async () => {
  const world = await scenario({
    apis: [
      {
        id: 'p1r2o3x4y5',
        name: 'proxy',
        methods: { 'ANY /{proxy+}': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const { exitCode, parsed } = await world.run();
  expect(exitCode).toBe(2);
  expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
  expect(parsed.findings[0]?.fix).toContain('add a value for {proxy+}');
  expect(probesOf(world)).toEqual([]);

  const sample = 'smoke:\n  - methods: ANY /{proxy+}\n    path-parameters: { proxy: a/b }\n';
  const proven = await world.run({}, await withPolicy(sample));
  expect(proven.exitCode).toBe(0);
  expect(proven.parsed.methods.map(({ proof }) => proof)).toEqual(['proven']);
  // Where no verb of it may be sent, nothing was to be asked.
  expect((await world.run({ 'smoke-methods': 'POST' })).exitCode).toBe(2);
  expect((await world.run({ 'smoke-test': 'false' })).exitCode).toBe(0);
});
