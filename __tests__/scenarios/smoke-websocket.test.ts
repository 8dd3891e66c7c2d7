import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/seed.js';
import type { ReportedMethod } from '../../src/report/report.js';
import { findingsOf, type Outcome, type Scenario, scenario } from './kit.js';
import { startProxy } from './proxy.js';

const ID = 'w1s2o3c4k5';

type Api = NonNullable<SeedFile['webSocketApis']>[number];
type Switches = NonNullable<SeedFile['untold']>;

const AUTO: Partial<Api> = { stages: { prod: { autoDeploy: true } } };

/** No call tells what such a stage serves: `$connect` with this authorization. */
function untoldOf(auth: 'NONE' | 'AWS_IAM'): Partial<Api> {
  return {
    deployments: [{ id: 'dep001', auth: { $connect: auth } }],
    stages: { prod: { deployment: 'dep001' } },
  };
}

const UNTOLD = untoldOf('AWS_IAM');
/** The same, and what it serves is open. */
const UNTOLD_AND_OPEN = untoldOf('NONE');
const CONNECT = { 'smoke-methods': 'GET,CONNECT' };

function seedOf(api: Partial<Api>, untold: Switches = {}): SeedFile {
  return {
    webSocketApis: [
      {
        id: ID,
        name: 'chat',
        routes: { $connect: { auth: 'AWS_IAM' }, $disconnect: {}, $default: {} },
        ...AUTO,
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

function connectOf({ parsed, stdout }: Outcome): ReportedMethod {
  const found = parsed.methods.find(({ method }) => method === '$connect');
  if (found === undefined) throw new Error(`the report has no $connect:\n${stdout}`);
  return found;
}

/** How often the integration of `$connect` ran. */
function connects({ emulator }: Pick<Scenario, 'emulator'>): number {
  return emulator.integrationCalls.filter(({ routeKey }) => routeKey === '$connect').length;
}

/** Everything that was asked of the data plane, by what API Gateway calls it. */
function operations({ emulator }: Pick<Scenario, 'emulator'>): Set<string> {
  return new Set(
    emulator.requests.filter(({ plane }) => plane === 'data').map((it) => it.operation),
  );
}

/** Whatever refusals look like. */
const REFUSALS: readonly Switches[] = (['rest', 'http', 'bare'] as const).flatMap(
  (webSocketRefusals) =>
    ([403, 401] as const).map((webSocketRefusalStatus) => ({
      webSocketRefusals,
      webSocketRefusalStatus,
    })),
);

describe.each(REFUSALS)('a WebSocket API whose refusals are %j', (untold) => {
  const tells = untold.webSocketRefusals === 'rest';

  test('is proven with CONNECT, whether a call tells what is served or not', async () => {
    for (const api of [AUTO, UNTOLD]) {
      const outcome = await audited(api, untold, CONNECT);
      expect(findingsOf(outcome.parsed)).toEqual([]);
      expect(outcome.exitCode).toBe(0);
      expect(connectOf(outcome)).toMatchObject({
        unsigned: { status: untold.webSocketRefusalStatus },
        tampered: { status: untold.webSocketRefusalStatus },
        signed: { status: 101, answer: 'accepted' },
        proof: 'proven',
        verdict: 'pass',
      });
      // Asked until it settled, and closed at once each time.
      expect(connects(outcome)).toBe(3);
      expect(operations(outcome)).toEqual(new Set(['Connect']));
    }
  });

  test('is decided without CONNECT only where API Gateway says what it wants', async () => {
    for (const webSocketNoStage of [403, 404] as const) {
      for (const api of [AUTO, UNTOLD]) {
        const outcome = await audited(api, { ...untold, webSocketNoStage });
        expect(connectOf(outcome)).toMatchObject({ signed: null, proof: 'consistent' });
        expect(outcome.exitCode).toBe(tells ? 0 : 2);
        expect(connectOf(outcome).unproven?.join()).toContain('add CONNECT to smoke-methods');
        expect(connects(outcome)).toBe(0);
      }
    }
  });

  test('is convicted where it is open, whatever is configured', async () => {
    const outcome = await audited(UNTOLD_AND_OPEN, untold);
    expect(outcome.exitCode).toBe(1);
    expect(findingsOf(outcome.parsed)).toContain('unsigned-accepted $connect $connect prod');
    expect(connectOf(outcome)).toMatchObject({ unsigned: { status: 101 }, proof: 'refuted' });
  });

  test('keeps a caller without the right out, and the gate fails or says that it knows nothing', async () => {
    const { run, emulator } = await scenario(seedOf(UNTOLD, untold));
    for (const caller of emulator.account.callers.values()) {
      Object.assign(caller, { notAllowed: ['execute-api:Invoke'] });
    }
    const outcome = await run({ 'api-id': ID, ...CONNECT });
    expect(outcome.exitCode).toBe(tells ? 1 : 2);
    if (tells) {
      expect(outcome.parsed.findings[0]).toMatchObject({
        rule: 'signed-rejected',
        fix: expect.stringContaining(`:${ID}/prod/$connect`),
      });
    }
  });
});

describe('a backend that refuses by itself, of an API that is open', () => {
  test.each<[status: number, body: string, inputs: Record<string, string>]>([
    [403, '', {}],
    [403, '', CONNECT],
    [403, '{"message":"Forbidden"}', {}],
    [403, '{"message":"Forbidden"}', CONNECT],
    [403, '{"message":"Missing Authentication Token"}', {}],
    [401, '{"message":"Unauthorized"}', {}],
    [400, 'no', {}],
    [500, '{"message":"Internal server error"}', CONNECT],
  ])('with %s %s never passes', async (status, body, inputs) => {
    const integration = { type: 'AWS_PROXY', status, body } as const;
    const routes = { $connect: { auth: 'AWS_IAM', integration } } as const;
    const outcome = await audited({ ...UNTOLD_AND_OPEN, routes }, {}, inputs);
    expect(outcome.exitCode).not.toBe(0);
    expect(connectOf(outcome).verdict).not.toBe('pass');
    expect(connects(outcome)).toBeGreaterThan(0);
  });
});

describe('a signed handshake', () => {
  test.each(['headers', 'query'])('has its signature in %s', async (place) => {
    const outcome = await audited(UNTOLD, {}, { ...CONNECT, 'websocket-signature': place });
    expect(outcome.exitCode).toBe(0);
    const signed = outcome.emulator.requests.filter(
      ({ plane, headers, query }) =>
        plane === 'data' &&
        (place === 'query'
          ? query.includes('X-Amz-Signature=')
          : headers.authorization !== undefined),
    );
    // Three that are tampered with, three that are right.
    expect(signed).toHaveLength(6);
    expect(connectOf(outcome).proof).toBe('proven');
  });

  test('is not sent where credentials fail, and nothing passes', async () => {
    const { run } = await scenario(seedOf(UNTOLD));
    const outcome = await run({
      ...{ 'api-id': ID, ...CONNECT },
      'invoke-role-arn': 'arn:aws:iam::111122223333:role/nobody',
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(connectOf(outcome).signed).toMatchObject({ answer: 'no-credentials' });
  });
});

test('the query has the token of temporary credentials, whichever way API Gateway wants it', async () => {
  for (const webSocketToken of ['signed', 'either'] as const) {
    const { run, emulator } = await scenario(seedOf(UNTOLD, { webSocketToken }));
    const outcome = await run({ 'api-id': ID, ...CONNECT, 'websocket-signature': 'query' });
    expect(outcome.exitCode).toBe(0);
    expect(operations({ emulator })).toEqual(new Set(['Connect']));
  }
});

describe('a WebSocket API behind a custom domain name', () => {
  const HOST = 'ws.example.com';

  async function outside(inputs: Record<string, string>, untold: Switches = {}) {
    const base = await scenario({
      ...seedOf({ ...UNTOLD, disableExecuteApiEndpoint: true }, untold),
      domainNames: [{ name: HOST, mappings: [{ api: ID, stage: 'prod', basePath: 'chat/v2' }] }],
    });
    const proxy = await startProxy(base.emulator.url, [HOST]);
    return base.run(
      { 'api-id': ID, 'endpoint-url': '', ...inputs },
      { HTTPS_PROXY: proxy.url, ...proxy.environment },
    );
  }

  test('is asked at the mapping, through the proxy', async () => {
    const outcome = await outside(CONNECT);
    expect(findingsOf(outcome.parsed)).toEqual([]);
    expect(connectOf(outcome).proof).toBe('proven');
    expect(outcome.exitCode).toBe(0);
  });

  test('is not decided without CONNECT: no other stage can be asked for there', async () => {
    const outcome = await outside({});
    expect(connectOf(outcome)).toMatchObject({ proof: 'consistent', verdict: 'incomplete' });
    expect(outcome.exitCode).toBe(2);
  });
});

test('an API without $connect lets everybody in, and is found by its routes', async () => {
  const outcome = await audited({ routes: { $default: {}, $disconnect: {} } });
  expect(outcome.exitCode).toBe(1);
  expect(findingsOf(outcome.parsed).join()).toContain('websocket-without-connect');
  expect(operations(outcome)).not.toContain('PostToConnection');
});

test('debug lines call a handshake so', async () => {
  const { run } = await scenario(seedOf(UNTOLD));
  const { stdout } = await run({ 'api-id': ID }, { RUNNER_DEBUG: '1' });
  expect(stdout).toMatch(/unsigned handshake \S+\/prod: missing-token 403 after/);
  expect(stdout).toMatch(/tampered handshake \S+\/apigw-iam-gate-control: \S+ 403 after/);
});
