import { expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { emulatorWith, enforceStep, reportOf, runJob } from './enforce-kit.js';
import {
  cleanV2,
  enforceV2Step,
  HTTP,
  LIVE_HTTP,
  LIVE_WEBSOCKET,
  type V2Case,
  v2Emulator,
  v2PictureOf,
  WEBSOCKET,
  whichV2State,
} from './enforce-kit-v2.js';

/* What enforcement of HTTP and WebSocket APIs does, refuses and says. */

function withUntold(one: V2Case, untold: SeedFile['untold']): V2Case {
  return { ...one, seed: { ...one.seed, untold } };
}

const isIam = (routes: Readonly<Record<string, string>> | undefined): boolean =>
  routes !== undefined && Object.values(routes).every((text) => text.startsWith('["AWS_IAM"'));

test.concurrent.each<[string, V2Case]>([
  ['HTTP', HTTP],
  ['WebSocket, live', LIVE_WEBSOCKET],
])('the plan of %s says what would be done, and changes nothing', async (_, one) => {
  const emulator = await v2Emulator(one);
  const { main } = await runJob(enforceV2Step(emulator, one, { mode: 'plan' }));
  const report = reportOf(main);
  expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  expect(new Set(report.changes.map(({ state }) => state))).toEqual(new Set(['planned']));
  expect(report.transactions).toEqual([]);
  expect(main.stdout).toMatch(one.isLive ? /live at once in prod/ : /one deployment, served by/);
});

test.concurrent.each<[string, V2Case]>([
  ['HTTP', LIVE_HTTP],
  ['WebSocket', LIVE_WEBSOCKET],
])('what is live at once is refused without allow-live-changes (%s)', async (_, one) => {
  const emulator = await v2Emulator(one);
  const refused = { 'allow-live-changes': 'false' };
  const { main } = await runJob(enforceV2Step(emulator, one, refused));
  expect(main.exitCode).toBe(1);
  const [transaction] = reportOf(main).transactions ?? [];
  expect(transaction?.state).toBe('refused');
  expect(transaction?.reasons.join()).toContain('set allow-live-changes: true');
  expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
});

test.concurrent('a WebSocket API is deployed only where what is pending may be shipped unseen', async () => {
  const emulator = await v2Emulator(WEBSOCKET);
  const { main } = await runJob(
    enforceV2Step(emulator, WEBSOCKET, { 'allow-pending-changes': 'false' }),
  );
  expect(main.exitCode).toBe(1);
  expect(reportOf(main).transactions?.[0]?.reasons.join()).toContain(
    'AWS does not tell what a stage of a WebSocket API serves',
  );
  expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
});

test.concurrent('a handshake that may not be signed refuses the plan', async () => {
  const emulator = await v2Emulator(WEBSOCKET);
  const { main } = await runJob(enforceV2Step(emulator, WEBSOCKET, { 'smoke-methods': 'GET' }));
  expect(reportOf(main).transactions?.[0]).toMatchObject({
    state: 'refused',
    reasons: expect.arrayContaining([expect.stringContaining('no method of stage prod')]),
  });
});

test.concurrent('an export that shows what is configured is found out before anything is deployed', async () => {
  const one = withUntold(HTTP, { exportOfStage: 'newest' });
  const { start, end } = await cleanV2(HTTP);
  const emulator = await v2Emulator(one);
  const { main } = await runJob(enforceV2Step(emulator, one));
  expect(reportOf(main).transactions?.[0]).toMatchObject({ state: 'restored', left: [] });
  expect(main.stdout).toContain('shows what is configured, or not that it was changed');
  expect(whichV2State(emulator, one, { start, end })).toBe('start');
  expect(emulator.requests.map(({ operation }) => operation)).not.toContain('CreateDeployment');

  const allowed = await runJob(enforceV2Step(emulator, one, { 'allow-pending-changes': 'true' }));
  expect(allowed.main.exitCode).toBe(0);
  expect(whichV2State(emulator, one, { start, end })).toBe('end');
});

test.concurrent.each(['extension', 'none'] as const)(
  'an export that shows AWS_IAM as %s proves nothing, and keeps nothing from being proven',
  async (exportOfIam) => {
    const one = withUntold(HTTP, { exportOfIam });
    const clean = await cleanV2(HTTP);
    const emulator = await v2Emulator(one);
    const { main } = await runJob(
      enforceV2Step(emulator, one, { 'allow-pending-changes': 'true' }),
    );
    expect(reportOf(main).transactions?.[0]).toMatchObject({ state: 'proven' });
    expect([main.exitCode, whichV2State(emulator, one, clean)]).toEqual([0, 'end']);
    // Nor is it believed of what is pending.
    const unseen = await v2Emulator(withUntold(HTTP, { exportOfIam, exportOfStage: 'newest' }));
    const refused = await runJob(enforceV2Step(unseen, one));
    expect(reportOf(refused.main).transactions?.[0]).toMatchObject({ state: 'restored', left: [] });
  },
);

test.concurrent.each<[string, V2Case, 'old' | 'new']>([
  ['HTTP', HTTP, 'old'],
  ['HTTP, live', LIVE_HTTP, 'old'],
  ['HTTP, live', LIVE_HTTP, 'new'],
  ['WebSocket, live', LIVE_WEBSOCKET, 'new'],
])(
  'a deployment that takes its time is waited for (%s, which the stage names: %#)',
  async (_, one, pendingDeploymentId) => {
    const slow = withUntold(one, { deploymentMs: 400, pendingDeploymentId });
    const clean = await cleanV2(one);
    const emulator = await v2Emulator(slow);
    const { main } = await runJob(enforceV2Step(emulator, slow));
    expect([main.exitCode, whichV2State(emulator, slow, clean)]).toEqual([0, 'end']);
  },
);

test.concurrent('a deployment that fails leaves everything as it was', async () => {
  const clean = await cleanV2(HTTP);
  const emulator = await v2Emulator(HTTP);
  const effect = { kind: 'fail-deployment', message: 'an integration is not valid' } as const;
  emulator.injectFault({ operation: 'CreateDeployment', times: 1, effect });
  const { main } = await runJob(enforceV2Step(emulator, HTTP));
  const [transaction] = reportOf(main).transactions ?? [];
  expect(transaction).toMatchObject({ state: 'restored', left: [] });
  expect(transaction?.reasons.join()).toContain('an integration is not valid');
  expect(whichV2State(emulator, HTTP, clean)).toBe('start');
});

test.concurrent.each(['old', 'new'] as const)(
  'a deployment that a stage makes by itself and that fails rolls its route back (%s)',
  async (pendingDeploymentId) => {
    const one = withUntold(LIVE_HTTP, { pendingDeploymentId });
    const clean = await cleanV2(LIVE_HTTP);
    const emulator = await v2Emulator(one);
    let updates = 0;
    const where = (): boolean => {
      updates += 1;
      return updates === 2;
    };
    const effect = { kind: 'fail-deployment', message: 'an integration is not valid' } as const;
    emulator.injectFault({ operation: 'UpdateRoute', where, times: 1, effect });
    const { main } = await runJob(enforceV2Step(emulator, one));
    const report = reportOf(main);
    expect(report.transactions?.[0]).toMatchObject({ state: 'partial', left: [] });
    expect(report.transactions?.[0]?.reasons.join()).toContain('an integration is not valid');
    expect(report.changes.map(({ state }) => state)).toEqual(['applied', 'restored']);
    expect(whichV2State(emulator, one, clean)).toBe('partial');
    expect(main.exitCode).toBe(1);
    expect(main.summary).toContain('is changed halfway');
    expect(main.stdout).toContain('enforcement stopped halfway');
  },
);

test.concurrent.each<[string, V2Case]>([
  ['HTTP', HTTP],
  ['HTTP, live', LIVE_HTTP],
  ['WebSocket', WEBSOCKET],
  ['WebSocket, live', LIVE_WEBSOCKET],
])('callers who are locked out get in again (%s)', async (_, one) => {
  const clean = await cleanV2(one);
  const emulator = await v2Emulator(one);
  for (const caller of emulator.account.callers.values()) {
    caller.notAllowed.push('execute-api:Invoke');
  }
  const { main, journal } = await runJob(enforceV2Step(emulator, one, { 'smoke-timeout': '5' }));
  expect(main.exitCode).toBe(1);
  expect(reportOf(main).transactions?.[0]).toMatchObject({ state: 'restored', left: [] });
  expect(whichV2State(emulator, one, clean)).toBe('start');
  expect(journal).toMatch(/"record":"end"[^\n]*\n$/);
});

test.concurrent('a second run finds nothing to do', async () => {
  for (const one of [HTTP, LIVE_HTTP, WEBSOCKET]) {
    const emulator = await v2Emulator(one);
    await runJob(enforceV2Step(emulator, one));
    emulator.clearRequests();
    const { main } = await runJob(enforceV2Step(emulator, one));
    expect([one.id, main.exitCode]).toEqual([one.id, 0]);
    expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  }
});

/** Changed in the console and never deployed: everybody still connects. */
const NOT_DEPLOYED: V2Case = {
  id: 's1u2p3p4w5',
  isLive: false,
  seed: {
    webSocketApis: [
      {
        id: 's1u2p3p4w5',
        name: 'support',
        routes: { $connect: { auth: 'AWS_IAM' }, $default: {} },
        deployments: [{ id: 'sup001', auth: { $connect: 'NONE' } }],
        stages: { prod: { deployment: 'sup001' } },
      },
    ],
  },
  inputs: { 'smoke-methods': 'CONNECT', 'allow-pending-changes': 'true' },
};

test.concurrent('a route that is configured right and was never deployed is deployed, since the endpoint tells', async () => {
  const emulator = await v2Emulator(NOT_DEPLOYED);
  const { main } = await runJob(enforceV2Step(emulator, NOT_DEPLOYED));
  expect(reportOf(main).transactions?.[0]).toMatchObject({ state: 'proven' });
  expect(main.exitCode).toBe(0);
  const { served } = v2PictureOf(emulator, NOT_DEPLOYED);
  expect(served.prod?.$connect).toContain('AWS_IAM');
  const mutating = emulator.requests.filter((request) => request.mutating);
  expect(mutating.map(({ operation }) => operation)).toEqual(['CreateDeployment', 'UpdateStage']);
});

const MIXED: V2Case = {
  id: 'm1i2x3e4d5',
  isLive: true,
  seed: {
    httpApis: [
      {
        id: 'm1i2x3e4d5',
        name: 'mixed',
        tags: { 'aws:cloudformation:stack-name': 'shop' },
        routes: { $default: {}, 'GET /a': {}, 'POST /b': {}, 'GET /kept': { managed: true } },
        deployments: [{ id: 'dep001' }, { id: 'dep002' }],
        stages: {
          $default: { deployment: 'dep001', autoDeploy: true },
          prod: { deployment: 'dep002' },
        },
      },
    ],
  },
  inputs: { 'allow-live-changes': 'true' },
};

test.concurrent('an API with a stage of either kind: route by route, $default last, then the stage that is moved', async () => {
  const emulator = await v2Emulator(MIXED);
  const { main } = await runJob(enforceV2Step(emulator, MIXED));
  const report = reportOf(main);
  expect(report.transactions?.[0]).toMatchObject({ state: 'proven', reasons: [] });
  for (const served of Object.values(v2PictureOf(emulator, MIXED).served)) {
    const { 'GET /kept': kept, ...others } = served;
    expect([isIam(others), kept]).toEqual([true, expect.stringContaining('NONE')]);
  }
  const updates = emulator.requests.filter(({ operation }) => operation === 'UpdateRoute');
  expect(updates).toHaveLength(3);
  expect(report.changes.map(({ path }) => path)).toEqual(['/a', '/b', '$default']);
  expect(report.changes.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied']);
  expect(report.deployments[0]?.stages.map(({ state }) => state)).toEqual(['moved']);
  // A managed route stays, and is said; it is open, so that the gate fails all the same.
  expect(report.kept?.map(({ path, reason }) => [path, reason])).toEqual([
    ['/kept', expect.stringContaining('quick create')],
  ]);
  expect(main.exitCode).toBe(1);
  expect(report.owners?.[0]?.warning).toContain('AWS::ApiGatewayV2::Route');
});

test.concurrent('a stage that deploys by itself and that nobody named refuses the plan', async () => {
  const emulator = await v2Emulator(MIXED);
  const { main } = await runJob(enforceV2Step(emulator, MIXED, { stage: 'prod' }));
  expect(reportOf(main).transactions?.[0]?.reasons.join()).toContain(
    'name every stage that deploys by itself',
  );
  expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
});

test.concurrent('a grant lets the group in before the routes ask for a right, by the ARNs of routes', async () => {
  const seed: SeedFile = {
    ...HTTP.seed,
    webSocketApis: WEBSOCKET.seed.webSocketApis ?? [],
    users: [{ name: 'till' }],
    groups: [{ name: 'tills', users: ['till'] }],
  };
  const emulator = await emulatorWith(seed);
  const step = enforceStep(emulator, {
    'api-id': `${HTTP.id},${WEBSOCKET.id}`,
    ...WEBSOCKET.inputs,
    grant: 'true',
    'invoke-group': 'tills',
  });
  const { main } = await runJob(step);
  expect(main.exitCode).toBe(0);
  const granted = [...emulator.account.iam.policies.values()].flatMap(({ versions }) =>
    [...versions.values()].map((version) => JSON.stringify(version)),
  );
  expect(granted.join()).toMatch(new RegExp(`${HTTP.id}/prod/GET/open`));
  expect(granted.join()).toMatch(new RegExp(`${WEBSOCKET.id}/prod/\\$connect`));
  const order = emulator.requests.filter(({ mutating }) => mutating).map((it) => it.operation);
  expect(order.indexOf('AttachGroupPolicy')).toBeLessThan(order.indexOf('UpdateRoute'));
});
