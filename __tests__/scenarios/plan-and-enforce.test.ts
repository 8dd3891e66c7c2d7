import { expect, test } from '@jest/globals';
import { callsByOperation, findingsOf, mutations, scenario } from './kit.js';

const EVERYTHING = { mode: 'enforce', 'replace-authorizers': 'true' };

test.each(['audit', 'plan'])('mode %s sends no mutating call', async (mode) => {
  for (const seed of ['orders', 'clean', 'fixed-not-deployed', 'canary', 'no-stage'] as const) {
    const { emulator, run } = await scenario(seed);
    await run({ mode, 'replace-authorizers': 'true' });
    expect(mutations(emulator)).toEqual([]);
  }
});

test('plan shows what enforce would change, and what it leaves alone and why', async () => {
  const { run } = await scenario('orders');
  const { exitCode, parsed, outputs, summary } = await run({ mode: 'plan', stage: 'prod' });
  expect(exitCode).toBe(1);
  expect(outputs.changed).toBe('6');
  expect(
    parsed.changes.map((it) => [it.method, it.path, it.from, it.to, it.state].join(' ')),
  ).toEqual(
    expect.arrayContaining([
      'GET /health NONE AWS_IAM planned',
      'POST /orders NONE AWS_IAM planned',
    ]),
  );
  expect(parsed.kept.map((it) => `${it.method} ${it.path}`)).toEqual(
    expect.arrayContaining(['OPTIONS /orders', 'GET /me']),
  );
  expect(parsed.deployments).toEqual([
    {
      api: 'a1b2c3d4e5',
      deploymentId: null,
      stages: [{ name: 'prod', from: 'dep002', state: 'planned' }],
    },
  ]);
  expect(summary).toContain('→ AWS_IAM');
});

test('enforce turns IAM on, deploys once, moves the stages, proves it; the next audit is green', async () => {
  const { emulator, run } = await scenario('orders', { propagationDelayMs: 400 });
  const enforced = await run({ ...EVERYTHING, 'smoke-timeout': '60' });

  expect(enforced.stdout).toContain('1/7');
  expect(enforced.exitCode).toBe(0);
  expect(enforced.parsed).toMatchObject({ verdict: 'pass', counts: { changed: 7, errors: 0 } });
  expect(mutations(emulator)).toEqual([
    ...Array<string>(7).fill('UpdateMethod'),
    'CreateDeployment',
    'UpdateStage',
    'UpdateStage',
  ]);
  const [deployment] = enforced.parsed.deployments;
  expect(deployment?.stages.map((it) => [it.name, it.state])).toEqual([
    ['prod', 'moved'],
    ['dev', 'moved'],
  ]);
  expect(enforced.outputs['deployment-id']).toBe(deployment?.deploymentId);
  const api = emulator.account.apis.get('a1b2c3d4e5');
  for (const stage of api?.stages.values() ?? []) {
    expect(stage.deploymentId).toBe(deployment?.deploymentId);
  }
  // The deployment was made without a stage: nothing is served before its summary was checked.
  const made = emulator.requests.find((it) => it.operation === 'CreateDeployment');
  expect(JSON.parse(made?.body ?? '')).not.toHaveProperty('stageName');

  emulator.clearRequests();
  const audited = await run();
  expect(audited.exitCode).toBe(0);
  expect(audited.parsed.verdict).toBe('pass');

  emulator.clearRequests();
  const again = await run(EVERYTHING);
  expect(again.exitCode).toBe(0);
  expect(mutations(emulator)).toEqual([]);
});

test('an authorizer is replaced only where asked, and a preflight never', async () => {
  const { emulator, run } = await scenario('orders');
  const { exitCode, parsed } = await run({ mode: 'enforce', stage: 'prod' });
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual([
    'deployed-not-iam GET /me prod',
    'configured-not-iam GET /me',
  ]);
  const methods = [...(emulator.account.apis.get('a1b2c3d4e5')?.resources.values() ?? [])];
  const typeOf = (path: string, method: string) =>
    methods.find((it) => it.path === path)?.methods.get(method)?.authorizationType;
  expect(typeOf('/me', 'GET')).toBe('COGNITO_USER_POOLS');
  expect(typeOf('/orders', 'OPTIONS')).toBe('NONE');
  expect(typeOf('/health', 'GET')).toBe('AWS_IAM');
});

test('what is fixed but not deployed is only deployed', async () => {
  const { emulator, run } = await scenario('fixed-not-deployed');
  const { exitCode } = await run({ mode: 'enforce', 'smoke-timeout': '30' });
  expect(exitCode).toBe(0);
  expect(mutations(emulator)).toEqual(['CreateDeployment', 'UpdateStage']);
});

test('a stage with a canary is refused before anything is changed', async () => {
  const { emulator, run } = await scenario('canary', { random: () => 0.99 });
  emulator.account.apis.get('c4n4r5y6a7')?.stages.forEach((stage) => {
    // Both snapshots open: enforce has something to do here, and must not.
    stage.deploymentId = stage.canarySettings?.deploymentId ?? '';
  });
  const { exitCode, parsed } = await run({ mode: 'enforce' });
  expect(exitCode).toBe(1);
  expect(mutations(emulator)).toEqual([]);
  expect(parsed.notes).toEqual([expect.stringContaining('has a canary')]);
});

test("somebody's pending change stops enforcement before the first patch", async () => {
  const { emulator, run } = await scenario('orders');
  for (const deployment of emulator.account.apis.get('a1b2c3d4e5')?.deployments.values() ?? []) {
    const paths = new Map(deployment.snapshot.paths);
    paths.delete('/admin');
    deployment.snapshot = { ...deployment.snapshot, paths };
  }
  const { exitCode, parsed, summary } = await run({ mode: 'enforce' });
  expect(exitCode).toBe(1);
  expect(mutations(emulator)).toEqual([]);
  expect(summary).toContain('would also ship a pending change');
  expect(parsed.notes.join()).toContain('ANY /admin is new');
});

test('a patch that is refused stops the rest, what was patched is rolled back, and nothing is deployed', async () => {
  const { emulator, run } = await scenario('orders');
  emulator.injectFault({
    operation: 'UpdateMethod',
    skip: 2,
    times: 1,
    effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
  });
  const { exitCode, parsed } = await run({ mode: 'enforce', stage: 'prod' });
  expect(exitCode).toBe(1);
  expect(mutations(emulator)).toEqual(Array<string>(5).fill('UpdateMethod'));
  expect(parsed.changes.map((it) => it.state)).toEqual([
    'restored',
    'restored',
    'failed',
    'not-attempted',
    'not-attempted',
    'not-attempted',
  ]);
  expect(parsed.notes.join()).toContain('apigateway:PATCH');
});

test('a deployment that does not hold the plan is deleted, and no stage moves', async () => {
  const { emulator, run } = await scenario('orders');
  // Somebody opens a method between our patches and our deployment.
  const api = emulator.account.apis.get('a1b2c3d4e5');
  emulator.injectFault({
    operation: 'CreateDeployment',
    where: () => {
      for (const resource of api?.resources.values() ?? []) {
        const method = resource.path === '/orders' ? resource.methods.get('GET') : undefined;
        if (method !== undefined) method.authorizationType = 'NONE';
      }
      return false;
    },
    effect: { kind: 'reset' },
  });
  const { exitCode, parsed } = await run({ mode: 'enforce', stage: 'prod' });
  expect(exitCode).toBe(1);
  expect(mutations(emulator).filter((it) => it !== 'UpdateMethod')).toEqual([
    'CreateDeployment',
    'DeleteDeployment',
  ]);
  expect(api?.stages.get('prod')?.deploymentId).toBe('dep002');
  expect(parsed.notes.join()).toContain('GET /orders is NONE instead of AWS_IAM');
  expect(callsByOperation(emulator).UpdateStage).toBeUndefined();
});
