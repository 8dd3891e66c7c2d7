import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { EmulatorOptions, SeedFile } from '../../emulator/server.js';
import type { ReportedMethod } from '../../src/report/report.js';
import { findingsOf, type Outcome, type Scenario, scenario } from './kit.js';

type Methods = NonNullable<NonNullable<SeedFile['apis']>[number]['methods']>;

/** An API with these methods beside one that proves the stage. */
function shop(
  methods: Methods,
  options: EmulatorOptions = {},
  deployment: { auth?: Record<string, 'NONE'>; without?: string[] } = {},
): Promise<Scenario> {
  return scenario(
    {
      apis: [
        {
          id: 's1h2o3p4s5',
          name: 'shop',
          methods: { 'GET /sound': { auth: 'AWS_IAM' }, ...methods },
          deployments: [{ id: 'dep001', ...deployment }],
          stages: { prod: { deployment: 'dep001' } },
        },
      ],
    },
    options,
  );
}

function rowOf({ parsed }: Outcome, path: string): ReportedMethod {
  const row = parsed.methods.find((it) => it.path === path);
  if (row === undefined) throw new Error(`the report has no ${path}`);
  return row;
}

/** The summary says AWS_IAM, and from the first request on all but `/sound` is served to everybody. */
async function servedOpen(methods: Methods): Promise<Outcome> {
  const { emulator, run } = await shop(methods);
  emulator.injectFault({
    operation: 'Invoke',
    where: () => {
      for (const api of emulator.account.apis.values())
        for (const { snapshot } of api.deployments.values())
          for (const [path, verbs] of snapshot.paths)
            for (const method of verbs.values())
              if (path !== '/sound') method.authorizationType = 'NONE';
      return false;
    },
    effect: { kind: 'reset' },
  });
  return run();
}

describe('an answer behind authorization to a stranger', () => {
  test.each<[string, Methods['GET /x'], string]>([
    [
      'of a request validator that wants a parameter',
      {
        auth: 'AWS_IAM',
        validate: 'parameters',
        parameters: { 'method.request.querystring.page': true },
      },
      'invalid-request',
    ],
    [
      'of a request validator that wants a header',
      { auth: 'AWS_IAM', validate: 'all', parameters: { 'method.request.header.X-Tenant': true } },
      'invalid-request',
    ],
    [
      'of a request validator that wants a body',
      { auth: 'AWS_IAM', validate: 'body' },
      'invalid-request',
    ],
    [
      'about the media type',
      { auth: 'AWS_IAM', gatewayResponse: 'UNSUPPORTED_MEDIA_TYPE' },
      'invalid-request',
    ],
    [
      'about the integration',
      { auth: 'AWS_IAM', gatewayResponse: 'INTEGRATION_TIMEOUT' },
      'integration-failure',
    ],
  ])('%s says that it was let in', async (_what, method, answer) => {
    const outcome = await servedOpen({ 'GET /x': method });
    expect(rowOf(outcome, '/x').unsigned?.answer).toBe(answer);
    expect(findingsOf(outcome.parsed)).toContain('unsigned-accepted GET /x prod');
    expect(outcome.exitCode).toBe(1);
  });
});

describe('a signed request that a request validator stops', () => {
  test('was let in: the method is proven, and the answer is said', async () => {
    const { run } = await shop({
      'GET /x': {
        auth: 'AWS_IAM',
        validate: 'parameters',
        parameters: { 'method.request.querystring.page': true },
      },
    });
    const outcome = await run();
    expect(outcome.exitCode).toBe(0);
    expect(rowOf(outcome, '/x')).toMatchObject({
      proof: 'proven',
      signed: { status: 400, answer: 'invalid-request' },
    });
    expect(findingsOf(outcome.parsed)).toEqual(['unexpected-status GET /x prod']);
    expect(outcome.parsed.findings[0]?.message).toContain('let in');
  });
});

/** What a type comes to for the unsigned and the signed request of a method that is AWS_IAM. */
describe('each gateway response to everybody', () => {
  test.each<[type: string, unsigned: string, proof: string]>([
    ['WAF_FILTERED', 'forbidden', 'inconclusive'],
    ['THROTTLED', 'throttled', 'inconclusive'],
    ['REQUEST_TOO_LARGE', 'request-too-large', 'inconclusive'],
    ['AUTHORIZER_CONFIGURATION_ERROR', 'authorizer-failure', 'inconclusive'],
    ['AUTHORIZER_FAILURE', 'authorizer-failure', 'inconclusive'],
    ['UNAUTHORIZED', 'unauthorized', 'refuted'],
    ['ACCESS_DENIED', 'denied', 'refuted'],
    ['EXPIRED_TOKEN', 'expired-token', 'refuted'],
    ['INVALID_SIGNATURE', 'wrong-signature', 'refuted'],
    ['MISSING_AUTHENTICATION_TOKEN', 'missing-token', 'refuted'],
    ['RESOURCE_NOT_FOUND', 'missing-token', 'inconclusive'],
    ['INVALID_API_KEY', 'missing-token', 'refuted'],
    ['QUOTA_EXCEEDED', 'missing-token', 'inconclusive'],
    ['BAD_REQUEST_PARAMETERS', 'missing-token', 'proven'],
    ['BAD_REQUEST_BODY', 'missing-token', 'proven'],
    ['UNSUPPORTED_MEDIA_TYPE', 'missing-token', 'proven'],
    ['API_CONFIGURATION_ERROR', 'missing-token', 'inconclusive'],
    ['INTEGRATION_FAILURE', 'missing-token', 'inconclusive'],
    ['INTEGRATION_TIMEOUT', 'missing-token', 'inconclusive'],
  ])('%s: unsigned %s, %s', async (gatewayResponse, unsigned, proof) => {
    const { run } = await shop({ 'GET /x': { auth: 'AWS_IAM', gatewayResponse } });
    const outcome = await run();
    expect(rowOf(outcome, '/x')).toMatchObject({ proof, unsigned: { answer: unsigned } });
  });
});

describe('a method that is in the summary and not there', () => {
  test.each(['not-found', 'not-found-unlabelled', 'missing-token'] as const)(
    'is not proven by what a signed request to nowhere gets (%s)',
    async (unrouted) => {
      const { emulator, run } = await shop({}, { unrouted });
      // The wire has lost the method; GetDeployment's summary is read before that.
      emulator.injectFault({
        operation: 'Invoke',
        where: () => {
          for (const api of emulator.account.apis.values())
            for (const { snapshot } of api.deployments.values())
              if (snapshot.paths instanceof Map) snapshot.paths.clear();
          return false;
        },
        effect: { kind: 'reset' },
      });
      const outcome = await run();
      const { proof, unsigned, signed } = rowOf(outcome, '/sound');
      expect(unsigned?.answer).toBe('missing-token');
      expect(signed?.answer).not.toBe('backend-error');
      expect(proof).not.toBe('proven');
      expect(outcome.exitCode).not.toBe(0);
    },
  );
});

describe('a stage that is proven by nothing', () => {
  const PARAMETERS: Methods = {
    'GET /a/{id}': { auth: 'AWS_IAM' },
    'GET /b/{id}': { auth: 'AWS_IAM' },
  };
  const KEYED: Methods = { 'GET /a': { auth: 'AWS_IAM', apiKey: true } };

  function only(methods: Methods): Promise<Scenario> {
    return scenario({
      apis: [
        {
          id: 's1h2o3p4s5',
          name: 'shop',
          methods,
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001' } },
        },
      ],
    });
  }

  test.each([
    ['all methods have parameters', PARAMETERS, 'add a value for {id}'],
    ['all methods want an API key', KEYED, 'add the header x-api-key'],
  ])('is incomplete where %s, and says what to add', async (_why, methods, remedy) => {
    const { run } = await only(methods);
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['probe-inconclusive prod']);
    expect(parsed.findings[0]?.fix).toContain(remedy);
  });

  test('is incomplete where the role could not be assumed besides', async () => {
    const { emulator, run } = await only(PARAMETERS);
    for (const role of emulator.account.roles.values()) role.assumable = false;
    const { exitCode, parsed } = await run({
      'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
    });
    expect(exitCode).toBe(2);
    expect(parsed.verdict).toBe('incomplete');
  });

  test('is incomplete where the baseline knows that its callers are refused', async () => {
    const { emulator, run } = await scenario('clean');
    for (const caller of emulator.account.callers.values())
      caller.notAllowed.push('execute-api:Invoke');
    const before = await run();
    expect(before.exitCode).toBe(1);
    const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-baseline-'));
    await writeFile(join(folder, 'old.json'), before.report ?? '');
    const { exitCode, parsed } = await run({ baseline: 'old.json' }, { GITHUB_WORKSPACE: folder });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(2);
    expect(parsed.counts.errors).toBe(0);
    expect(parsed.notes.join()).toContain('proven by no answer');
  });
});
