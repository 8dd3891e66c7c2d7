import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import type { Report, ReportedMethod } from '../../src/report/report.js';
import { callsByOperation, findingsOf, type Outcome, type Scenario, scenario } from './kit.js';
import { type LoopbackProxy, startProxy } from './proxy.js';

const INVOKE_HOST = 'c1e2a3n4a5.execute-api.us-east-1.amazonaws.com';
const CUSTOM_HOST = 'api.example.com';

/** An API behind a custom domain name, reached as from outside: by its own names, over TLS. */
async function outside(
  mappings: readonly {
    basePath?: string;
    api: string;
    stage?: string;
    listedBy?: 'first' | 'second';
  }[] = [],
  domain: Partial<NonNullable<SeedFile['domainNames']>[number]> = {},
): Promise<
  Scenario & { proxy: LoopbackProxy; ask: (inputs?: Record<string, string>) => Promise<Outcome> }
> {
  const base = await scenario({
    apis: [
      {
        id: 'c1e2a3n4a5',
        name: 'catalogue',
        methods: { 'GET /': { auth: 'AWS_IAM' }, 'GET /items': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
      {
        id: 'zzzzzzzzzz',
        name: 'another',
        methods: { 'GET /{proxy+}': { auth: 'AWS_IAM' }, 'GET /': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep002' }],
        stages: { prod: { deployment: 'dep002' } },
      },
    ],
    domainNames: [
      { name: '*.wild.example.com' },
      { name: CUSTOM_HOST, mappings: [...mappings], ...domain },
    ],
  });
  const proxy = await startProxy(base.emulator.url, [INVOKE_HOST, CUSTOM_HOST]);
  const ask = (inputs: Record<string, string> = {}): Promise<Outcome> =>
    base.run({ 'endpoint-url': '', ...inputs }, { HTTPS_PROXY: proxy.url, ...proxy.environment });
  return { ...base, proxy, ask };
}

/** The first method that a request was sent to. */
function asked({ methods }: Report): ReportedMethod | undefined {
  return methods.find(({ unsigned }) => unsigned !== null);
}

function disableDefaultEndpoint({ emulator }: Scenario): void {
  for (const api of emulator.account.apis.values()) api.disableExecuteApiEndpoint = true;
}

test('without endpoint-url the stage is asked at its invoke URL', async () => {
  const { ask, proxy, emulator } = await outside();
  const { exitCode, parsed, outputs } = await ask();
  expect(parsed.findings).toEqual([]);
  expect(exitCode).toBe(0);
  expect(outputs['invoke-url']).toBe(`https://${INVOKE_HOST}/prod`);
  expect(new Set(proxy.asked)).toEqual(new Set([`${INVOKE_HOST}:443`]));
  expect(callsByOperation(emulator).GetDomainNames).toBeUndefined();
  for (const row of parsed.methods) expect(row.proof).toBe('proven');
});

test.each([
  ['a base path', { basePath: 'shop', api: 'c1e2a3n4a5', stage: 'prod' }, '/shop'],
  ['no base path', { api: 'c1e2a3n4a5', stage: 'prod' }, ''],
  ['a base path and no stage', { basePath: 'shop', api: 'c1e2a3n4a5' }, '/shop/prod'],
])(
  'a disabled default endpoint is asked by its custom domain name with %s',
  async (_, mapping, path) => {
    const world = await outside([{ basePath: 'other', api: 'zzzzzzzzzz', stage: 'prod' }, mapping]);
    disableDefaultEndpoint(world);
    const { exitCode, parsed, outputs } = await world.ask();
    expect(parsed.findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(outputs['invoke-url']).toBe(`https://${CUSTOM_HOST}${path}`);
    expect(new Set(world.proxy.asked)).toEqual(new Set([`${CUSTOM_HOST}:443`]));
    const calls = callsByOperation(world.emulator);
    expect([calls.GetDomainNames, calls.GetBasePathMappings]).toEqual([1, 1]);
    expect(calls.GetApiMappings).toBe(1);
  },
);

test('a disabled default endpoint that no custom domain name leads to is not asked', async () => {
  const world = await outside([{ api: 'zzzzzzzzzz', stage: 'prod' }]);
  disableDefaultEndpoint(world);
  const { exitCode, parsed } = await world.ask();
  expect(exitCode).toBe(2);
  expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
  expect(parsed.findings[0]?.message).toContain('no base path mapping');
  expect(world.proxy.asked).toEqual([]);
});

test('custom domain names that may not be read are said, with the right that is missing', async () => {
  const world = await outside([{ api: 'c1e2a3n4a5', stage: 'prod' }]);
  disableDefaultEndpoint(world);
  world.emulator.injectFault({
    operation: 'GetDomainNames',
    effect: { kind: 'answer', status: 403 },
  });
  const { exitCode, parsed } = await world.ask();
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('GetDomainNames failed');
  expect(parsed.findings[0]?.fix).toMatch(/arn:aws:apigateway:[a-z0-9-]+::\/domainnames"/);
});

test('a custom domain name with the default endpoint open besides is a warning', async () => {
  const { ask, proxy } = await outside([{ api: 'c1e2a3n4a5', stage: 'prod' }]);
  const { exitCode, parsed } = await ask({ 'endpoint-url': `https://${CUSTOM_HOST}` });
  expect(exitCode).toBe(0);
  expect(findingsOf(parsed)).toEqual(['default-endpoint-open prod']);
  expect(new Set(proxy.asked)).toEqual(new Set([`${CUSTOM_HOST}:443`, `${INVOKE_HOST}:443`]));
});

test('a custom domain name alone is none', async () => {
  const world = await outside([{ api: 'c1e2a3n4a5', stage: 'prod' }]);
  disableDefaultEndpoint(world);
  const { exitCode, parsed } = await world.ask({ 'endpoint-url': `https://${CUSTOM_HOST}` });
  expect(exitCode).toBe(0);
  expect(parsed.findings).toEqual([]);
});

test('a private API is incomplete, and the ways to reach it are named', async () => {
  const world = await outside();
  for (const api of world.emulator.account.apis.values()) {
    api.endpointTypes = ['PRIVATE'];
    api.policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: `arn:aws:execute-api:us-east-1:${world.emulator.account.accountId}:${api.id}/*`,
        Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60001' } },
      },
    });
  }
  const { exitCode, parsed } = await world.ask();
  expect(exitCode).toBe(2);
  expect(new Set(parsed.findings.map((it) => it.rule))).toEqual(new Set(['probe-inconclusive']));
  expect(parsed.findings[0]?.fix).toContain('x-apigw-api-id');
  expect(parsed.findings[0]?.fix).toContain('self-hosted runner');
});

test('a certificate that nobody trusts is said to be one', async () => {
  const { run, proxy } = await outside();
  const { exitCode, parsed } = await run({ 'endpoint-url': '' }, { HTTPS_PROXY: proxy.url });
  expect(exitCode).toBe(2);
  expect(asked(parsed)?.unsigned?.answer).toBe('tls-failure');
  expect(parsed.findings[0]?.fix).toContain('NODE_EXTRA_CA_CERTS');
});

test('a name that does not resolve is said to be one', async () => {
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run({ 'endpoint-url': 'https://api.invalid/{stage}' });
  expect(exitCode).toBe(2);
  expect(asked(parsed)?.unsigned?.answer).toBe('name-not-resolved');
});

test('a proxy is asked for AWS and for the endpoint alike, and left out where NO_PROXY says so', async () => {
  const { run, emulator } = await scenario('clean');
  const proxy = await startProxy(emulator.url, []);
  const through = await run({}, { HTTP_PROXY: proxy.url });
  expect(through.exitCode).toBe(0);
  expect(proxy.asked.length).toBe(emulator.requests.length);
  expect(proxy.asked.some((url) => url.includes('/restapis/'))).toBe(true);

  proxy.asked.length = 0;
  const around = await run({}, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
  expect(around.exitCode).toBe(0);
  expect(proxy.asked).toEqual([]);
});

test('a proxy that refuses the way is no refusal of the API', async () => {
  const { run, emulator } = await scenario('clean');
  const proxy = await startProxy(emulator.url, []);
  const { exitCode, parsed } = await run(
    { 'endpoint-url': 'https://api.example.com/{stage}' },
    { HTTPS_PROXY: proxy.url.replace('http://', 'http://user:hunter2@') },
  );
  expect(exitCode).toBe(2);
  expect(asked(parsed)?.unsigned).toEqual({ status: 502, answer: 'not-api-gateway' });
});

const HERE = { api: 'c1e2a3n4a5', stage: 'prod' };
const THERE = { api: 'zzzzzzzzzz', stage: 'prod' };

describe('a custom domain name with routing rules', () => {
  const RULES_FIRST = { routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' } as const;

  test('that lead to another API proves nothing of this one', async () => {
    const world = await outside([HERE], { ...RULES_FIRST, rules: [{ priority: 1, ...THERE }] });
    disableDefaultEndpoint(world);
    const { exitCode, parsed } = await world.ask();
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
    expect(world.proxy.asked).toEqual([]);
    expect(callsByOperation(world.emulator).ListRoutingRules).toBe(1);
  });

  test('that lead another header to another API is asked', async () => {
    const headers = [{ header: 'X-Beta', valueGlob: '*' }];
    const rules = [{ priority: 1, headers, ...THERE }];
    const world = await outside([HERE], { ...RULES_FIRST, rules });
    disableDefaultEndpoint(world);
    const { exitCode, parsed } = await world.ask();
    expect(parsed.findings).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('alone is asked by the rule that leads here, its base path taken off or not', async () => {
    for (const stripBasePath of [true, false]) {
      const world = await outside([], {
        routingMode: 'ROUTING_RULE_ONLY',
        rules: [
          { priority: 5, basePaths: stripBasePath ? ['v1'] : ['items'], stripBasePath, ...HERE },
          { priority: 9, ...THERE },
        ],
      });
      disableDefaultEndpoint(world);
      const { exitCode, parsed } = await world.ask();
      expect(exitCode).toBe(0);
      const proven = parsed.methods.filter(({ proof }) => proof === 'proven');
      expect(proven.map(({ path }) => path).sort()).toEqual(
        stripBasePath ? ['/', '/items'] : ['/items'],
      );
      for (const { path, notProbed } of parsed.methods)
        if (!stripBasePath && path === '/') expect(notProbed).toContain('zzzzzzzzzz');
    }
  });

  test('that may not be read is no address, and says which right is missing', async () => {
    const world = await outside([HERE], { ...RULES_FIRST, rules: [{ priority: 1, ...THERE }] });
    disableDefaultEndpoint(world);
    world.emulator.injectFault({
      operation: 'ListRoutingRules',
      effect: { kind: 'answer', status: 403 },
    });
    const { exitCode, parsed } = await world.ask();
    expect(exitCode).toBe(2);
    expect(parsed.findings[0]?.message).toContain('ListRoutingRules failed');
    expect(parsed.findings[0]?.fix).toContain(
      'arn:aws:apigateway:us-east-1::/domainnames/api.example.com/routingrules',
    );
  });
});

test('a stage whose samples all lead to another API is incomplete, and is not asked', async () => {
  const world = await outside([HERE], {
    routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING',
    rules: [{ priority: 1, headers: [{ header: 'X-Tenant', valueGlob: 'b*' }], ...THERE }],
  });
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-'));
  try {
    const file = join(folder, 'policy.yml');
    await writeFile(file, 'smoke:\n  - methods: "* /**"\n    headers: { x-tenant: beta }\n');
    const inputs = { 'endpoint-url': `https://${CUSTOM_HOST}`, 'policy-file': file };
    const { exitCode, parsed } = await world.ask(inputs);
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
    expect(parsed.findings[0]?.fix).toContain('set endpoint-url to an address that leads to');
    expect(world.proxy.asked).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each([
  ['that both versions list', undefined],
  ['that GetBasePathMappings alone lists', 'first'],
  ['that GetApiMappings alone lists', 'second'],
] as const)(
  'a longer base path of another API, %s, takes what is below it out of the proof',
  async (_, listedBy) => {
    const world = await outside(
      [HERE, { basePath: 'items', ...THERE, ...(listedBy === undefined ? {} : { listedBy }) }],
      // While it is migrated it has both types, and API mappings all the same.
      { endpoint: ['EDGE', 'REGIONAL'] },
    );
    disableDefaultEndpoint(world);
    const { exitCode, parsed } = await world.ask();
    expect(exitCode).toBe(0);
    const rows = Object.fromEntries(parsed.methods.map((row) => [row.path, row]));
    expect(rows['/']?.proof).toBe('proven');
    expect(rows['/items']).toMatchObject({ proof: null, unsigned: null });
    expect(rows['/items']?.notProbed).toContain('the API zzzzzzzzzz');
  },
);

describe('an endpoint-url that leads to another API', () => {
  test.each<[string, string]>([
    ['by its base path', `https://${CUSTOM_HOST}/other`],
    ['by its name', 'https://zzzzzzzzzz.execute-api.us-east-1.amazonaws.com/prod'],
    ['by its base path, with the dot of the root', `https://${CUSTOM_HOST}./other`],
    [
      'by its name, with the dot of the root',
      'https://zzzzzzzzzz.execute-api.us-east-1.amazonaws.com./prod',
    ],
    ['by its region', 'https://c1e2a3n4a5.execute-api.eu-west-1.amazonaws.com/prod'],
  ])('%s is not asked, though every method there has IAM', async (_how, endpointUrl) => {
    const world = await outside([HERE, { basePath: 'other', ...THERE }]);
    const { exitCode, parsed } = await world.ask({ 'endpoint-url': endpointUrl });
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
    expect(parsed.findings[0]?.fix).toContain('endpoint-url');
    expect(world.proxy.asked).toEqual([]);
  });

  test('is not asked where its base paths may not be read', async () => {
    const world = await outside([HERE]);
    world.emulator.injectFault({
      operation: 'GetBasePathMappings',
      effect: { kind: 'answer', status: 403 },
    });
    const { exitCode, parsed } = await world.ask({ 'endpoint-url': `https://${CUSTOM_HOST}` });
    expect(exitCode).toBe(2);
    expect(parsed.findings[0]?.message).toContain('could not be read (GetBasePathMappings failed');
    expect(parsed.findings[0]?.message).toContain('apigateway:GET');
    expect(world.proxy.asked).toEqual([]);
  });

  test('is asked as it is where nobody may look it up, and that is said', async () => {
    const world = await outside([HERE]);
    world.emulator.injectFault({
      operation: 'GetDomainNames',
      effect: { kind: 'answer', status: 403 },
    });
    const { exitCode, parsed } = await world.ask({ 'endpoint-url': `https://${CUSTOM_HOST}` });
    expect(exitCode).toBe(0);
    expect(parsed.notes.join()).toContain('Where endpoint-url leads could not be checked');
  });
});

test.each([
  'c1e2a3n4a5.execute-api.us-east-1.api.aws',
  'c1e2a3n4a5.execute-api-fips.us-east-1.amazonaws.com',
])('%s is the default endpoint by another name', async (host) => {
  const base = await outside();
  const proxy = await startProxy(base.emulator.url, [host, INVOKE_HOST]);
  const { exitCode, parsed } = await base.run(
    { 'endpoint-url': `https://${host}/prod` },
    { HTTPS_PROXY: proxy.url, ...proxy.environment },
  );
  expect(parsed.findings).toEqual([]);
  expect(exitCode).toBe(0);
  expect(new Set(proxy.asked)).toEqual(new Set([`${host}:443`]));
});

test('a private API is proven by the name of its VPC endpoint', async () => {
  const vpce = 'vpce-0a1b2c3d4e5f60001';
  const host = `${vpce}-x1y2z3.execute-api.us-east-1.vpce.amazonaws.com`;
  const { emulator, run } = await scenario({
    vpcEndpoints: [{ id: vpce, vpc: 'vpc-0a1b2c3d' }],
    apis: [
      {
        id: 'p1r2i3v4a5',
        name: 'private',
        endpoint: 'PRIVATE',
        policy: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: '*',
            Action: 'execute-api:Invoke',
            Resource: 'execute-api:/*',
            Condition: { StringEquals: { 'aws:SourceVpce': vpce } },
          },
        },
        methods: { 'GET /': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const proxy = await startProxy(emulator.url, [host]);
  const { exitCode, parsed } = await run(
    { 'endpoint-url': `https://${host}/{stage}` },
    { HTTPS_PROXY: proxy.url, ...proxy.environment },
  );
  expect(asked(parsed)?.proof).toBe('proven');
  expect(exitCode).toBe(0);
  expect(new Set(proxy.asked)).toEqual(new Set([`${host}:443`]));
});
