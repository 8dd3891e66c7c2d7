import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/seed.js';
import type { ReportedMethod } from '../../src/report/report.js';
import { findingsOf, type Outcome, type Scenario, scenario } from './kit.js';
import { startProxy } from './proxy.js';

const ID = 'h1t2t3p4a5';

type Api = NonNullable<SeedFile['httpApis']>[number];
type Switches = NonNullable<SeedFile['untold']>;

function seedOf(api: Partial<Api>, untold: Switches = {}): SeedFile {
  return {
    httpApis: [
      {
        id: ID,
        name: 'shop',
        routes: { 'GET /orders': { auth: 'AWS_IAM' } },
        stages: { $default: { autoDeploy: true } },
        ...api,
      },
    ],
    untold,
  };
}

async function audited(
  api: Partial<Api>,
  untold: Switches = {},
  inputs: Record<string, string> = {},
): Promise<Outcome & Pick<Scenario, 'emulator'>> {
  const { run, emulator } = await scenario(seedOf(api, untold));
  return Object.assign(await run({ 'api-id': ID, ...inputs }), { emulator });
}

function methodOf(outcome: Outcome, method: string): ReportedMethod {
  const found = outcome.parsed.methods.find((it) => `${it.method} ${it.path}` === method);
  if (found === undefined) throw new Error(`the report has no ${method}:\n${outcome.stdout}`);
  return found;
}

/** The requests to the data plane, as `METHOD /path`. */
function asked({ emulator }: Pick<Scenario, 'emulator'>): string[] {
  return emulator.requests
    .filter(({ plane }) => plane === 'data')
    .map(({ method, path }) => `${method} ${path}`);
}

describe.each<Switches>([
  { httpRefusals: 'forbidden' },
  { httpRefusals: 'told' },
  { preflight: 'before-routes' },
  { preflight: 'before-default' },
])('an HTTP API with IAM, where %j', (untold) => {
  test('is proven by a control that no route takes, which is asked once a stage', async () => {
    const routes = {
      'GET /orders': { auth: 'AWS_IAM' },
      'GET /pets': { auth: 'AWS_IAM' },
    } as const;
    const outcome = await audited({ routes }, untold);
    expect(findingsOf(outcome.parsed)).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    for (const key of ['GET /orders', 'GET /pets']) {
      expect(methodOf(outcome, key)).toMatchObject({
        kind: 'HTTP',
        unsigned: { status: 403 },
        tampered: { status: 403 },
        signed: { status: 200, answer: 'accepted' },
        control: { status: 404, answer: 'no-such-method' },
        proof: 'proven',
      });
    }
    const controls = asked(outcome).filter((it) => it.includes('apigw-iam-gate-control'));
    expect(controls).toHaveLength(3);
    expect(new Set(controls)).toEqual(new Set([`GET /${ID}/apigw-iam-gate-control`]));
    // Refused requests reach no backend.
    expect(outcome.emulator.integrationCalls.map(({ routeKey }) => routeKey).toSorted()).toEqual([
      ...Array(3).fill('GET /orders'),
      ...Array(3).fill('GET /pets'),
    ]);
  });

  test('with $default is consistent, with the reason, and passes', async () => {
    const routes = { 'GET /orders': { auth: 'AWS_IAM' }, $default: { auth: 'AWS_IAM' } } as const;
    const cors = { allowOrigins: ['*'] };
    const inputs = { 'smoke-methods': 'GET,HEAD,OPTIONS' };
    const outcome = await audited({ routes, cors }, untold, inputs);
    expect(findingsOf(outcome.parsed)).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    const whole = methodOf(outcome, '$default $default');
    expect(whole).toMatchObject({
      unsigned: { status: 403 },
      signed: { status: 200 },
      proof: 'consistent',
      unproven: [expect.stringContaining('every path has a route')],
    });
    expect(whole.control).toBeUndefined();
    expect(outcome.summary).toContain('every path has a route');
    // With CorsConfiguration nobody knows who answers OPTIONS.
    expect(asked(outcome).filter((it) => it.startsWith('OPTIONS'))).toEqual([]);
  });
});

test('an open route is convicted by the unsigned request', async () => {
  const outcome = await audited({
    routes: { 'GET /orders': { auth: 'AWS_IAM' }, 'GET /open': { auth: 'NONE' } },
  });
  expect(outcome.exitCode).toBe(1);
  expect(findingsOf(outcome.parsed).join('\n')).toContain('unsigned-accepted GET /open');
});

test('a stage that serves an open $default that nothing names is convicted by the control', async () => {
  const outcome = await audited(
    {
      routes: { 'GET /orders': { auth: 'AWS_IAM' } },
      deployments: [{ id: 'dep001', routes: { $default: { auth: 'NONE' } } }],
      stages: { $default: { deployment: 'dep001' } },
    },
    { exportOfStage: 'newest' },
  );
  expect(outcome.exitCode).toBe(1);
  const [finding] = outcome.parsed.findings.filter(({ rule }) => rule === 'unsigned-accepted');
  expect(finding).toMatchObject({
    stage: '$default',
    method: null,
    message: expect.stringContaining('to a path that no known route takes was served'),
  });
});

test('a stage that serves a protected $default that nothing names is not proven', async () => {
  const outcome = await audited(
    {
      routes: { 'GET /orders': { auth: 'AWS_IAM' } },
      deployments: [{ id: 'dep001', routes: { $default: { auth: 'AWS_IAM' } } }],
      stages: { $default: { deployment: 'dep001' } },
    },
    { exportOfStage: 'newest' },
  );
  expect(outcome.exitCode).toBe(2);
  expect(methodOf(outcome, 'GET /orders')).toMatchObject({
    control: { status: 403, answer: 'refused' },
    proof: 'consistent',
    verdict: 'incomplete',
  });
});

describe('a stage without AutoDeploy', () => {
  const api = {
    deployments: [{ id: 'dep001' }],
    stages: { prod: { deployment: 'dep001' } },
  };
  test.each(['deployment', 'newest'] as const)('is proven by its answers (%s)', async (shown) => {
    const outcome = await audited(api, { exportOfStage: shown });
    expect(findingsOf(outcome.parsed)).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(methodOf(outcome, 'GET /orders')).toMatchObject({ deployed: 'untold', proof: 'proven' });
  });

  test('is open by its answers, whatever the export shows', async () => {
    const open = { deployments: [{ id: 'dep001', auth: { 'GET /orders': 'NONE' } as const }] };
    const outcome = await audited({ ...api, ...open }, { exportOfStage: 'newest' });
    expect(outcome.exitCode).toBe(1);
    expect(findingsOf(outcome.parsed).join('\n')).toContain('unsigned-accepted GET /orders');
  });
});

test('a backend that refuses by itself, behind an open route, proves nothing', async () => {
  const integration = { type: 'AWS_PROXY', status: 403, body: '{"message":"Forbidden"}' } as const;
  const outcome = await audited(
    {
      routes: { 'GET /orders': { auth: 'AWS_IAM', integration } },
      deployments: [{ id: 'dep001', auth: { 'GET /orders': 'NONE' } }],
      stages: { prod: { deployment: 'dep001' } },
    },
    { exportOfStage: 'newest' },
  );
  expect(outcome.exitCode).not.toBe(0);
  expect(methodOf(outcome, 'GET /orders').verdict).not.toBe('pass');
});

test('a backend that answers HEAD with an error leaves its route proven, by GET', async () => {
  const integration = { type: 'AWS_PROXY', status: 405, body: '{"detail":"no"}' } as const;
  const routes = { 'ANY /orders': { auth: 'AWS_IAM', integration } } as const;
  const outcome = await audited({ routes });
  expect(outcome.exitCode).toBe(0);
  expect(outcome.parsed.verdict).toBe('pass');
  expect(findingsOf(outcome.parsed)).toEqual(['unexpected-status ANY /orders $default']);
  expect(methodOf(outcome, 'ANY /orders')).toMatchObject({
    signed: { status: 405, answer: 'backend-error' },
    proof: 'proven',
    verdict: 'pass',
  });

  // Where no call tells what is served, GET and HEAD may be two routes.
  const untold = await audited(
    { routes, deployments: [{ id: 'dep001' }], stages: { $default: { deployment: 'dep001' } } },
    { exportOfStage: 'newest' },
  );
  expect(untold.parsed.verdict).toBe('incomplete');
  expect(untold.parsed.findings.map(({ fix }) => fix).join(' ')).toContain(
    'HEAD can be left out of smoke-methods',
  );
});

test('a backend that wants a login of its own refuses nobody for the gate', async () => {
  const integration = {
    type: 'AWS_PROXY',
    status: 401,
    body: '{"message":"Unauthorized"}',
  } as const;
  const routes = {
    'GET /orders': { auth: 'AWS_IAM', integration },
    'GET /pets': { auth: 'AWS_IAM' },
  } as const;
  const outcome = await audited({ routes });
  expect(outcome.parsed.verdict).toBe('pass');
  expect(findingsOf(outcome.parsed)).toEqual(['probe-inconclusive GET /orders $default']);
  const { 'GET /orders': alone } = routes;
  const unproven = await audited({ routes: { 'GET /orders': alone } });
  expect(unproven.parsed.verdict).toBe('incomplete');
});

test('a caller without the right is refused, which the control tells from an address that leads nowhere', async () => {
  const { run, emulator } = await scenario(seedOf({}));
  for (const caller of emulator.account.callers.values()) {
    Object.assign(caller, { notAllowed: ['execute-api:Invoke'] });
  }
  const outcome = await run({ 'api-id': ID });
  expect(outcome.exitCode).toBe(1);
  const [finding] = outcome.parsed.findings;
  expect(finding).toMatchObject({
    rule: 'signed-rejected',
    fix: expect.stringContaining(':h1t2t3p4a5/$default/GET/orders'),
  });
});

test('samples, parameters and routes that take each other’s paths', async () => {
  const outcome = await audited({
    routes: {
      'GET /pets/{id}': { auth: 'AWS_IAM' },
      'ANY /pets/list': { auth: 'AWS_IAM' },
      'POST /pets/list': { auth: 'AWS_IAM' },
      'GET /files/{proxy+}': { auth: 'AWS_IAM' },
    },
  });
  expect(methodOf(outcome, 'GET /pets/{id}')).toMatchObject({ proof: 'consistent', signed: null });
  expect(methodOf(outcome, 'ANY /pets/list')).toMatchObject({ proof: 'proven' });
  expect(methodOf(outcome, 'POST /pets/list').notProbed).toBe('not in smoke-methods');
  expect(methodOf(outcome, 'GET /files/{proxy+}').notProbed).toContain('open-ended');
  expect(outcome.exitCode).toBe(0);
});

describe('an HTTP API behind a custom domain name', () => {
  const HOST = 'api.example.com';
  const INVOKE = `${ID}.execute-api.us-east-1.amazonaws.com`;

  async function outside(mapping: Record<string, string> | null, api: Partial<Api> = {}, url = '') {
    const base = await scenario({
      ...seedOf({ disableExecuteApiEndpoint: true, ...api }),
      domainNames: [
        {
          name: HOST,
          mappings: mapping === null ? [] : [{ api: ID, stage: '$default', ...mapping }],
        },
      ],
    });
    const proxy = await startProxy(base.emulator.url, [HOST, INVOKE]);
    const outcome = await base.run(
      { 'api-id': ID, 'endpoint-url': url },
      { HTTPS_PROXY: proxy.url, ...proxy.environment },
    );
    return { outcome, proxy, emulator: base.emulator };
  }

  test('is asked at the mapping, of several segments too', async () => {
    const { outcome, proxy, emulator } = await outside({ basePath: 'shop/v1' });
    expect(findingsOf(outcome.parsed)).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(methodOf(outcome, 'GET /orders').proof).toBe('proven');
    expect(new Set(proxy.asked.filter((it) => it.startsWith(HOST)))).toEqual(
      new Set([`${HOST}:443`]),
    );
    expect(asked({ emulator })).toContain('GET /shop/v1/orders');
  });

  test('is open at its default endpoint besides, where that is not disabled', async () => {
    const { outcome } = await outside({}, { disableExecuteApiEndpoint: false }, `https://${HOST}`);
    expect(methodOf(outcome, 'GET /orders').proof).toBe('proven');
    expect(findingsOf(outcome.parsed)).toEqual(['default-endpoint-open $default']);
  });

  test('is incomplete where no mapping leads to it', async () => {
    const { outcome } = await outside(null);
    expect(outcome.exitCode).toBe(2);
    expect(methodOf(outcome, 'GET /orders').notProbed).toContain('no API mapping or routing rule');
  });
});

test('debug lines show what was sent, and no secret', async () => {
  const { run } = await scenario(seedOf({}));
  const { stdout: log } = await run({ 'api-id': ID }, { RUNNER_DEBUG: '1' });
  expect(log).toMatch(/unsigned GET \S+\/apigw-iam-gate-control: no-such-method 404 after/);
  expect(log).toMatch(/tampered GET \S+\/orders: refused 403 after/);
});
