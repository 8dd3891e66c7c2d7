import { createServer, type ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/server.js';
import type { Report } from '../../src/report/report.js';
import { findingsOf, type Scenario, scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** A server that answers as a test says, with the marks of API Gateway. */
async function imitation(
  answer: (authorization: string | undefined, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('x-amzn-requestid', '6f1c2d3e');
    response.setHeader('x-amz-apigw-id', 'Ab1Cd2Ef3Gh4=');
    answer(request.headers.authorization, response);
  });
  return `http://127.0.0.1:${await listen(server)}/{stage}`;
}

function missingToken(response: ServerResponse): void {
  response.writeHead(403, { 'x-amzn-errortype': 'MissingAuthenticationTokenException' });
  response.end('{"message":"Missing Authentication Token"}');
}

const isSigned = ({ headers }: LoggedRequest): boolean => headers.authorization !== undefined;

function answersIn({ methods }: Report, name: 'unsigned' | 'tampered' | 'signed'): string[] {
  return [...new Set(methods.flatMap((it) => it[name]?.answer ?? []))];
}

describe('each way to refuse a signed request is told by its name', () => {
  test.each([
    [
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/x is not authorized to perform: execute-api:Invoke',
      'denied',
      '"Resource":"arn:aws:execute-api:us-east-1:*:c1e2a3n4a5/prod/GET/"',
    ],
    [
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/x is not authorized with an explicit deny in a resource-based policy',
      'denied',
      "An explicit deny in the API's resource policy",
    ],
    [
      'InvalidSignatureException',
      'The request signature we calculated does not match',
      'wrong-signature',
      'Host header',
    ],
    [
      'InvalidSignatureException',
      'Signature expired: 20201027T123008Z is now earlier than 20201027T125507Z (20201027T130007Z - 5 min.)',
      'clock-skew',
      'NTP',
    ],
    [
      'InvalidSignatureException',
      "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'execute-api'. ",
      'wrong-scope',
      'region',
    ],
    [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'unknown-key',
      'credentials',
    ],
    [
      'AccessDeniedException',
      'The security token included in the request is invalid.',
      'unknown-key',
      'credentials',
    ],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'expired-token',
      'role-duration-seconds',
    ],
    [
      'IncompleteSignatureException',
      "'x' not a valid key=value pair",
      'incomplete-signature',
      'proxy',
    ],
    ['ForbiddenException', 'Forbidden', 'forbidden', 'endpoint-url'],
  ])('%s: %s', async (errorType, message, answer, remedy) => {
    const { emulator, run } = await scenario('clean');
    emulator.injectFault({
      operation: 'Invoke',
      where: isSigned,
      effect: { kind: 'answer', status: 403, errorType, message },
    });
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(1);
    const rejected = parsed.findings.filter(({ rule }) => rule === 'signed-rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect(answersIn(parsed, 'signed')).toEqual([answer]);
    expect(rejected[0]?.fix).toContain(remedy);
  });
});

test('an unknown key, an expired token and a wrong secret are told apart', async () => {
  const { emulator, run } = await scenario('clean');
  // The control plane must let the caller in first: the keys go bad with the first probe.
  let spoil = (): void => {};
  emulator.injectFault({
    operation: 'Invoke',
    where: () => {
      spoil();
      return false;
    },
    effect: { kind: 'reset' },
  });
  const callers = [...emulator.account.callers.entries()];
  spoil = () => emulator.account.callers.clear();
  expect(answersIn((await run()).parsed, 'signed')).toEqual(['unknown-key']);

  const restore = (): void => {
    for (const [id, caller] of callers) emulator.account.callers.set(id, { ...caller });
  };
  spoil = () => {};
  restore();
  spoil = () => {
    for (const caller of emulator.account.callers.values()) caller.expiresAtMs = 1;
  };
  expect(answersIn((await run()).parsed, 'signed')).toEqual(['expired-token']);

  spoil = () => {};
  restore();
  spoil = () => {
    for (const caller of emulator.account.callers.values()) caller.secretAccessKey = 'another';
  };
  expect(answersIn((await run()).parsed, 'signed')).toEqual(['wrong-signature']);
});

test('a session token is signed and sent', async () => {
  const { emulator, run } = await scenario({
    callers: [
      {
        name: 'session',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'session-secret-EXAMPLE',
        sessionToken: 'session-token-EXAMPLE',
      },
    ],
    apis: [
      {
        id: 't1o2k3e4n5',
        name: 'tokens',
        methods: { 'GET /': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const { exitCode } = await run(
    {},
    {
      AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'session-secret-EXAMPLE',
      AWS_SESSION_TOKEN: 'session-token-EXAMPLE',
    },
  );
  expect(exitCode).toBe(0);
  const signed = emulator.requests.filter((it) => it.plane === 'data' && isSigned(it));
  for (const { headers } of signed) {
    expect(headers['x-amz-security-token']).toBe('session-token-EXAMPLE');
    expect(headers.authorization).toContain('x-amz-security-token');
  }
});

test('a clock that is off is told with how much', async () => {
  // The clock jumps with the first probe: before, the control plane must take the same clock.
  let skewMs = 0;
  const { emulator, run } = await scenario('clean', { now: () => Date.now() + skewMs });
  emulator.injectFault({
    operation: 'Invoke',
    where: () => {
      skewMs = 12 * 60_000;
      return false;
    },
    effect: { kind: 'reset' },
  });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(1);
  expect(answersIn(parsed, 'signed')).toEqual(['clock-skew']);
  expect(parsed.findings[0]?.message).toMatch(/this machine is (12 min 0|11 min 59) s behind/);
});

test('an assumed role that may not invoke is a finding with the statement that would let it', async () => {
  const { emulator, run } = await scenario('clean');
  for (const role of emulator.account.roles.values()) role.notAllowed.push('execute-api:Invoke');
  const { exitCode, parsed } = await run({
    'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
  });
  expect(exitCode).toBe(1);
  const rejected = parsed.findings.find(({ path }) => path === '/items');
  expect(rejected?.rule).toBe('signed-rejected');
  expect(rejected?.fix).toContain(
    '{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:*:c1e2a3n4a5/prod/GET/items"}',
  );
});

test('whoever takes any signature for good is found out', async () => {
  const { run } = await scenario('clean');
  const url = await imitation((authorization, response) => {
    if (authorization === undefined) missingToken(response);
    else response.end('{}');
  });
  const { exitCode, parsed } = await run({ 'endpoint-url': url });
  expect(exitCode).toBe(1);
  expect(new Set(parsed.findings.map(({ rule }) => rule))).toEqual(new Set(['tampered-accepted']));
});

test('a refusal by another API Gateway behind this one is no refusal of this one', async () => {
  const { run } = await scenario('clean');
  const url = await imitation((_, response) => {
    response.setHeader('x-amzn-remapped-x-amzn-requestid', '01b698dd');
    missingToken(response);
  });
  const { exitCode, parsed } = await run({ 'endpoint-url': url });
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toContain('unsigned-accepted GET / prod');
});

test('an endpoint that cannot make up its mind is inconclusive, and says what was seen', async () => {
  const { run } = await scenario('clean');
  const asked = new Map<string, number>();
  const url = await imitation((authorization, response) => {
    if (authorization !== undefined) {
      // The signed and the tampered request cannot be told apart here, and must not answer in turns.
      response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' });
      response.end('{"message":"Too Many Requests"}');
      return;
    }
    // In turns for each method: they are asked side by side.
    const path = response.req.url ?? '';
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const turn = times % 2 === 0;
    response.writeHead(403, {
      'x-amzn-errortype': turn ? 'MissingAuthenticationTokenException' : 'ForbiddenException',
    });
    response.end('{"message":"no"}');
  });
  const { exitCode, parsed } = await run({ 'endpoint-url': url });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.rule).toBe('probe-inconclusive');
  expect(parsed.findings[0]?.message).toMatch(/did not settle \(.*forbidden \d×/);
});

describe('an API with gateway responses of its own', () => {
  async function customised(
    gatewayResponses: Record<
      string,
      { statusCode?: string; responseTemplates?: Record<string, string> }
    >,
  ): Promise<Scenario> {
    return scenario({
      apis: [
        {
          id: 'g1a2t3e4w5',
          name: 'polite',
          gatewayResponses,
          methods: { 'GET /': { auth: 'AWS_IAM' } },
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001' } },
        },
      ],
    });
  }

  const HIDING = { statusCode: '404', responseTemplates: { 'application/json': '{"error":"no"}' } };

  test.each([
    ['of the missing token', { MISSING_AUTHENTICATION_TOKEN: HIDING }],
    ['of every error', { DEFAULT_4XX: HIDING }],
  ])('%s is proven by them', async (_, responses) => {
    const { run } = await customised(responses);
    const { exitCode, parsed } = await run();
    expect(parsed.findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(parsed.methods[0]).toMatchObject({
      proof: 'proven',
      unsigned: { status: 404, answer: 'missing-token' },
    });
  });

  test('that may not be read proves nothing, and says so', async () => {
    const { emulator, run } = await customised({ DEFAULT_4XX: HIDING });
    emulator.injectFault({
      operation: 'GetGatewayResponses',
      effect: { kind: 'answer', status: 403 },
    });
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(2);
    expect(answersIn(parsed, 'unsigned')).toEqual(['unknown-error']);
    expect(parsed.notes.join()).toContain(
      'gateway responses of polite (g1a2t3e4w5) could not be read',
    );
  });

  test('that may not be read does no harm where answers have their usual status', async () => {
    const { emulator, run } = await scenario('clean');
    emulator.injectFault({
      operation: 'GetGatewayResponses',
      effect: { kind: 'answer', status: 403 },
    });
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(0);
    expect(answersIn(parsed, 'unsigned')).toEqual(['missing-token']);
  });
});
