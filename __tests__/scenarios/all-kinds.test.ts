import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { callsByOperation, findingsOf, mutations, scenario } from './kit.js';
import { parseSarif } from './report-files.js';

type Untold = NonNullable<SeedFile['untold']>;

const ROUTES = { 'GET /pets': { auth: 'AWS_IAM' }, 'POST /pets': { auth: 'AWS_IAM' } } as const;

/** An HTTP API whose routes all have IAM. */
function shop(parts: Partial<NonNullable<SeedFile['httpApis']>[number]> = {}, untold: Untold = {}) {
  return {
    httpApis: [
      {
        id: 'h1h1h1h1h1',
        name: 'shop',
        routes: ROUTES,
        stages: { $default: { autoDeploy: true } },
        ...parts,
      },
    ],
    untold,
  } satisfies SeedFile;
}

/** The same, deployed by hand. */
const BY_HAND = { deployments: [{ id: 'dep001' }], stages: { prod: { deployment: 'dep001' } } };

function chat(parts: Partial<NonNullable<SeedFile['webSocketApis']>[number]> = {}) {
  return {
    webSocketApis: [
      {
        id: 'w1w1w1w1w1',
        name: 'chat',
        routes: { $connect: { auth: 'AWS_IAM' }, $default: {} },
        stages: { prod: { autoDeploy: true } },
        ...parts,
      },
    ],
  } satisfies SeedFile;
}

describe('a region with all three kinds', () => {
  test('is one report, each API with its kind', async () => {
    const { emulator, run } = await scenario('all-kinds');
    const { exitCode, parsed, summary, junit, sarif } = await run({ 'api-id': '*' });

    expect(exitCode).toBe(1);
    expect(parsed.apis.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'REST shop-orders',
      'HTTP shop-web',
      'HTTP billing',
      'HTTP hooks',
      'WEBSOCKET chat',
      'WEBSOCKET ticker',
      'WEBSOCKET support',
    ]);
    expect(findingsOf(parsed)).toEqual([
      'unsigned-accepted $default $default $default',
      'unsigned-accepted $default $default $default',
      'unsigned-accepted GET /orders $default',
      'unsigned-accepted $connect $connect prod',
      'unsigned-accepted $connect $connect prod',
      'tampered-accepted $connect $connect prod',
      'tampered-accepted $connect $connect prod',
      'deployed-not-iam POST /invoices prod',
      'deployed-not-iam $default $default $default',
      'deployed-not-iam $default $default $default',
      'deployed-not-iam GET /me $default',
      'deployed-not-iam GET /orders $default',
      'deployed-not-iam OPTIONS /{proxy+} $default',
      'preflight-has-backend OPTIONS /{proxy+}',
      'configured-not-iam $default $default',
      'configured-not-iam $default $default',
      'configured-not-iam GET /me',
      'websocket-without-connect $connect $connect',
      'deployed-untold dev',
      'deployed-untold prod',
      'deployed-untold $default',
      'probe-inconclusive GET /invoices/{id} dev',
      'probe-inconclusive $default',
    ]);
    expect(summary.split('\n')[0]).toBe(
      '## ❌ Fail: 5 of 7 APIs have open methods and routes; 2 could not be read',
    );
    expect(summary).toContain('· WEBSOCKET · `prod`');
    expect(summary).toContain('deployed **untold**');
    expect(junit).toContain('name="$connect" classname="chat/prod"');
    expect(junit).toContain('<property name="kind" value="WEBSOCKET"/>');
    const results = parseSarif(sarif ?? '').runs.flatMap(({ results: of = [] }) => of);
    expect(results.find(({ ruleId }) => ruleId === 'websocket-without-connect')).toMatchObject({
      properties: { kind: 'WEBSOCKET' },
    });
    expect(mutations(emulator)).toEqual([]);
    // One call for all APIs of both kinds; none of them is described again.
    expect(callsByOperation(emulator)).toEqual({
      GetCallerIdentity: 1,
      GetRestApis: 1,
      GetApis: 1,
      GetResources: 1,
      GetRoutes: 6,
      // Twice where a stage deploys by itself and is current: the routes are between the two. And behind the
      // answers that decide what no call tells.
      GetStages: 10,
      GetDeployment: 1,
      GetDeployments: 3,
      ExportApi: 4,
      GetGatewayResponses: 1,
    });
  });

  test('says what may not be listed, and the right; api-types: REST does without', async () => {
    const seed: SeedFile = {
      callers: [
        {
          name: 'old-role',
          accessKeyId: 'AKIAOLDROLE000000000',
          secretAccessKey: 'a-secret-of-an-old-role',
          notAllowed: ['apigateway:GET /apis*'],
        },
      ],
    };
    const { emulator, run } = await scenario(['clean', 'all-kinds']);
    const [caller] = seed.callers ?? [];
    if (caller === undefined) throw new Error('the seed has no caller');
    const other = await scenario({ ...seed, apis: CLEAN });
    const keys = {
      AWS_ACCESS_KEY_ID: caller.accessKeyId,
      AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
    };
    const { exitCode, parsed } = await other.run({ 'api-id': '*', 'smoke-test': 'false' }, keys);
    expect([exitCode, findingsOf(parsed)]).toEqual([2, ['unreadable']]);
    expect(parsed.findings[0]?.message).toContain('GetApis failed');
    expect(parsed.findings[0]?.fix).toMatch(/apigateway:[^:]*::\/apis".*api-types: REST/s);
    const inputs = { 'api-id': '*', 'api-types': 'REST', 'smoke-test': 'false' };
    expect((await other.run(inputs, keys)).exitCode).toBe(0);
    // Whoever may read them all reads REST APIs alone when told so.
    await run({ ...inputs });
    expect(callsByOperation(emulator).GetApis).toBeUndefined();
  });
});

const CLEAN = [
  {
    id: 'a1b2c3d4e5',
    name: 'orders',
    methods: { 'GET /orders': { auth: 'AWS_IAM' } },
    deployments: [{ id: 'dep001' }],
    stages: { prod: { deployment: 'dep001' } },
  },
] satisfies SeedFile['apis'];

describe('an id', () => {
  test('of an HTTP API is audited as one, in as few calls as tell it', async () => {
    const { emulator, run } = await scenario(shop());
    const { exitCode, parsed, summary } = await run({
      'api-id': 'h1h1h1h1h1',
      'smoke-test': 'false',
    });
    expect([exitCode, findingsOf(parsed)]).toEqual([0, []]);
    expect(callsByOperation(emulator)).toEqual({
      GetCallerIdentity: 1,
      GetRestApi: 1,
      GetApi: 1,
      GetRoutes: 1,
      GetStages: 2,
      GetDeployments: 1,
      ExportApi: 1,
    });
    expect(summary).toContain('none of 2 routes can be called without IAM');
    expect(summary).not.toMatch(/canary|resource policy/i);
  });

  test('of a WebSocket API is one route', async () => {
    const { run } = await scenario(chat());
    const { exitCode, parsed } = await run({ 'api-id': 'w1w1w1w1w1', 'smoke-test': 'false' });
    expect(exitCode).toBe(0);
    expect(parsed.methods).toMatchObject([
      { kind: 'WEBSOCKET', method: '$connect', path: '$connect', deployed: 'AWS_IAM' },
    ]);
  });

  test.each([
    [{}, 'there is no API zzzzzzzzzz in'],
    [{ 'api-types': 'HTTP' }, 'there is no HTTP API zzzzzzzzzz in'],
  ])('of no kind is one mistake with %j', async (inputs, words) => {
    const { run } = await scenario(shop());
    const { exitCode, annotations } = await run({ 'api-id': 'zzzzzzzzzz', ...inputs });
    expect(exitCode).toBe(3);
    expect(annotations.map(({ message }) => message).join()).toContain(words);
  });
});

/** What ExportApi of a stage may show: its deployment, or what is newest. */
const EXPORTS = ['deployment', 'newest'] as const;

describe.each(EXPORTS)('an HTTP API where an export shows the %s', (exportOfStage) => {
  test('without AutoDeploy is proven by the smoke test, and by nothing else', async () => {
    const { run } = await scenario(shop(BY_HAND, { exportOfStage }));
    const all = { 'api-id': 'h1h1h1h1h1', 'smoke-methods': 'GET,POST' };
    const asked = await run(all);
    expect([asked.exitCode, findingsOf(asked.parsed)]).toEqual([0, []]);
    expect(asked.parsed.methods).toMatchObject([
      { deployed: 'untold', proof: 'proven', verdict: 'pass' },
      { deployed: 'untold', proof: 'proven', verdict: 'pass' },
    ]);
    const half = await run({ 'api-id': 'h1h1h1h1h1' });
    expect([half.exitCode, findingsOf(half.parsed)]).toEqual([2, ['deployed-untold prod']]);
    expect(half.parsed.findings[0]?.message).toContain('POST /pets');
    expect(half.parsed.findings[0]?.message).not.toContain('GET /pets');
    const silent = await run({ ...all, 'smoke-test': 'false' });
    expect([silent.exitCode, findingsOf(silent.parsed)]).toEqual([2, ['deployed-untold prod']]);
  });

  test('whose fix is not deployed never passes', async () => {
    const deployments = [{ id: 'dep001', auth: { 'POST /pets': 'NONE' as const } }];
    const { run } = await scenario(shop({ ...BY_HAND, deployments }, { exportOfStage }));
    const silent = await run({ 'api-id': 'h1h1h1h1h1', 'smoke-test': 'false' });
    expect(silent.exitCode).toBe(exportOfStage === 'deployment' ? 1 : 2);
    const asked = await run({ 'api-id': 'h1h1h1h1h1', 'smoke-methods': 'GET,POST' });
    expect(asked.exitCode).toBe(1);
    expect(findingsOf(asked.parsed)).toContain('unsigned-accepted POST /pets prod');
  });

  test.each(['old', 'new'] as const)(
    'is not told while an automatic deployment is under way: %s',
    async (pendingDeploymentId) => {
      const untold: Untold = { exportOfStage, pendingDeploymentId, deploymentMs: 600_000 };
      const { emulator, run } = await scenario(shop({}, untold));
      await changeRoute(emulator.url, emulator.env);
      const { exitCode, parsed } = await run({ 'api-id': 'h1h1h1h1h1', 'smoke-test': 'false' });
      expect(exitCode).not.toBe(0);
      expect(parsed.methods.some(({ deployed }) => deployed === 'untold')).toBe(true);
    },
  );
});

/** Turns IAM on for a route that had it already: a change of the API all the same. */
async function changeRoute(url: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { ApiGatewayV2Client, GetRoutesCommand, UpdateRouteCommand } = await import(
    '@aws-sdk/client-apigatewayv2'
  );
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  const client = new ApiGatewayV2Client({
    endpoint: url,
    region: env.AWS_REGION ?? 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
  });
  const { Items = [] } = await client.send(new GetRoutesCommand({ ApiId: 'h1h1h1h1h1' }));
  for (const { RouteId } of Items) {
    const change = { ApiId: 'h1h1h1h1h1', RouteId, AuthorizationType: 'AWS_IAM' as const };
    await client.send(new UpdateRouteCommand(change));
  }
  client.destroy();
}

test.each(['scheme', 'extension'] as const)(
  'an export that writes AWS_IAM as a %s is understood',
  async (exportOfIam) => {
    const { run } = await scenario(shop({}, { exportOfIam }));
    expect((await run({ 'api-id': 'h1h1h1h1h1', 'smoke-test': 'false' })).exitCode).toBe(0);
  },
);

test('an export that hides AWS_IAM convicts nothing and acquits nothing', async () => {
  const { run } = await scenario(shop({}, { exportOfIam: 'none' }));
  const silent = await run({ 'api-id': 'h1h1h1h1h1', 'smoke-test': 'false' });
  expect([silent.exitCode, findingsOf(silent.parsed)]).toEqual([2, ['deployed-untold $default']]);
  expect((await run({ 'api-id': 'h1h1h1h1h1', 'smoke-methods': 'GET,POST' })).exitCode).toBe(0);
});

test.each(['cut', 'refused'] as const)(
  'lists of small pages are read to their end where larger ones are %s',
  async (largePage) => {
    const routes = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`GET /item-${at}`, { auth: 'AWS_IAM' as const }]),
    );
    const untold: Untold = { largePage, maxPage: 10, defaultPage: 7 };
    const { run } = await scenario(shop({ routes }, untold));
    const { exitCode, parsed } = await run({ 'api-id': '*', 'smoke-test': 'false' });
    expect([exitCode, parsed.methods.length]).toEqual([0, 30]);
  },
);

describe('a WebSocket API that is deployed by hand', () => {
  const deployed = { stages: { prod: { deployment: 'dep001' } } };

  test('is decided by the handshake', async () => {
    const { run } = await scenario(chat({ ...deployed, deployments: [{ id: 'dep001' }] }));
    const asked = await run({ 'api-id': 'w1w1w1w1w1', 'smoke-methods': 'CONNECT' });
    expect([asked.exitCode, findingsOf(asked.parsed)]).toEqual([0, []]);
    expect(asked.parsed.methods).toMatchObject([{ deployed: 'untold', verdict: 'pass' }]);
    const silent = await run({ 'api-id': 'w1w1w1w1w1', 'smoke-test': 'false' });
    expect([silent.exitCode, findingsOf(silent.parsed)]).toEqual([2, ['deployed-untold prod']]);
  });

  test('and whose fix is not deployed lets everybody in', async () => {
    const deployments = [{ id: 'dep001', auth: { $connect: 'NONE' as const } }];
    const { run } = await scenario(chat({ ...deployed, deployments }));
    const { exitCode, parsed } = await run({ 'api-id': 'w1w1w1w1w1' });
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toContain('unsigned-accepted $connect $connect prod');
  });
});

describe('the least policy', () => {
  test.each(['request', 'route-key'] as const)(
    'lets callers in whichever resource $default has: %s',
    async (defaultRouteResource) => {
      const routes = {
        'GET /pets': { auth: 'AWS_IAM' as const },
        $default: { auth: 'AWS_IAM' as const },
      };
      const seed = { ...shop({ routes }, { defaultRouteResource }), ...chat() };
      const first = await scenario(seed);
      const { outputs } = await first.run({ 'api-id': '*', 'smoke-test': 'false' });
      const policy = JSON.parse(outputs['invoke-policy'] ?? '{}');
      const resources: string[] = policy.Statement[0].Resource;
      expect(resources.map((arn) => arn.split(':').at(-1))).toEqual([
        'h1h1h1h1h1/$default/$default',
        'h1h1h1h1h1/$default/*/*',
        'w1w1w1w1w1/prod/$connect',
      ]);
      const invoker = {
        name: 'invoker',
        accessKeyId: 'AKIAINVOKER000000000',
        secretAccessKey: 'a-secret-of-an-invoker',
        policies: [policy],
      };
      const second = await scenario({ ...seed, callers: [invoker] });
      const asked = await second.run(
        { 'api-id': '*', 'smoke-methods': 'GET,CONNECT' },
        {
          AWS_ACCESS_KEY_ID: invoker.accessKeyId,
          AWS_SECRET_ACCESS_KEY: invoker.secretAccessKey,
        },
      );
      expect([asked.exitCode, findingsOf(asked.parsed)]).toEqual([0, []]);
    },
  );

  test('is what the group has or lacks', async () => {
    const statement = (resource: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
    });
    const group = (name: string, resource: string) => ({
      name,
      users: ['ann'],
      attached: [],
      policies: { invoke: statement(resource) },
    });
    const { run } = await scenario({
      ...shop(),
      ...chat(),
      users: [{ name: 'ann', keys: [] }],
      groups: [
        group('chatters', 'arn:aws:execute-api:*:*:w1w1w1w1w1/prod/$connect'),
        group('everybody', 'arn:aws:execute-api:*:*:*'),
      ],
    });
    const inputs = { 'api-id': '*', 'smoke-test': 'false' };
    const some = await run({ ...inputs, 'invoke-group': 'chatters' });
    expect(findingsOf(some.parsed)).toEqual([
      'group-cannot-invoke GET /pets $default',
      'group-cannot-invoke POST /pets $default',
    ]);
    expect((await run({ ...inputs, 'invoke-group': 'everybody' })).exitCode).toBe(0);
  });
});
