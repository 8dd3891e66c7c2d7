import { describe, expect, test } from '@jest/globals';
import type { ApiGateway } from '../../../../src/aws/api-gateway.js';
import { type JobScope, parseJobScope } from '../../../../src/enforce/transaction/job-scope.js';
import { JournalUnreadable } from '../../../../src/enforce/transaction/journal.js';
import { rollBackInterrupted } from '../../../../src/enforce/transaction/roll-back-interrupted.js';
import { EnforcementStopped } from '../../../../src/enforce/transaction/stopped.js';
import {
  enforceFake,
  fakeRetries,
  memoryJournal,
  PROVEN,
  pictureOf,
  TOKEN,
} from '../enforcement-kit.js';
import {
  API_ID,
  type FakeApi,
  fakeApi,
  fakeControlPlane,
  fakeMethod,
} from '../fake-control-plane.js';
import { NO_V2 } from '../fake-control-plane-v2.js';
import { NO_IAM } from '../fake-iam.js';

/* Somebody else at work: between the plan and the change, and after a run that was killed. */

const newApi = (): FakeApi =>
  fakeApi(
    { 'GET /a': { apiKeyRequired: false }, 'GET /b': { authorizationType: 'AWS_IAM' } },
    { prod: 'd1' },
  );

/** Enforces while somebody changes the API right before the first call of an operation. */
async function enforced(operation: string, change: (api: FakeApi) => void) {
  const plane = fakeControlPlane(newApi());
  let isDone = false;
  plane.onCall = (call) => {
    if (call.operation === operation && !isDone) {
      isDone = true;
      change(plane.api);
    }
    return undefined;
  };
  const outcome = await enforceFake(plane, memoryJournal(), async () => PROVEN);
  return { outcome, api: plane.api, isDone };
}

describe('what a deployment holds besides the plan', () => {
  test.each<[string, (api: FakeApi) => void, string]>([
    [
      'an open method that is new',
      ({ methods }) => void methods.set('PUT /c', fakeMethod()),
      'PUT /c is NONE instead of absent',
    ],
    [
      'a method opened again',
      ({ methods }) => void methods.set('GET /a', fakeMethod()),
      'GET /a is NONE instead of AWS_IAM',
    ],
    [
      'a method less',
      ({ methods }) => void methods.delete('GET /b'),
      'GET /b is missing instead of AWS_IAM',
    ],
    [
      'a method that asks for a key',
      ({ methods }) =>
        void methods.set(
          'GET /b',
          fakeMethod({ authorizationType: 'AWS_IAM', apiKeyRequired: true }),
        ),
      'GET /b asks for an API key',
    ],
  ])('%s: no stage serves it', async (_, change, words) => {
    const { outcome, api, isDone } = await enforced('CreateDeployment', change);
    expect(isDone).toBe(true);
    expect(outcome.state).toBe('restored');
    expect(outcome.reasons).toEqual([
      expect.stringMatching(
        /^Deployment \S+ did not hold what was planned: .*run the job again\.$/,
      ),
    ]);
    expect(outcome.reasons[0]).toContain(`: ${words}. Somebody`);
    expect(pictureOf(api)).toMatchObject({ stages: { prod: 'd1' }, deployments: ['d1'] });
  });
});

describe('what no summary of a deployment tells', () => {
  test.each<[string, (api: FakeApi) => void, string]>([
    [
      'another backend',
      ({ methods }) => {
        const method = methods.get('GET /b');
        if (method !== undefined) method.uri = 'https://theirs.test/';
      },
      'GET /b got another integration',
    ],
    [
      'other scopes',
      ({ methods }) => void methods.get('GET /b')?.scopes.push('theirs'),
      'GET /b got other scopes',
    ],
    [
      'a resource policy',
      (api) => void Object.assign(api, { policy: '{"Statement":[]}' }),
      'the resource policy has changed',
    ],
    [
      'another request validator of a method',
      ({ methods }) =>
        void Object.assign(methods.get('GET /b') ?? {}, { requestValidatorId: 'v1' }),
      'GET /b got other parameters, models, responses or another request validator',
    ],
    [
      'a gateway response',
      (api) =>
        void Object.assign(api, {
          gatewayResponses: [{ responseType: 'DEFAULT_4XX', statusCode: '200' }],
        }),
      "the API's gateway responses changed",
    ],
    [
      'a model',
      (api) => void Object.assign(api, { models: [{ name: 'Pet', schema: '{}' }] }),
      "the API's models changed",
    ],
    [
      'a request validator',
      (api) =>
        void Object.assign(api, { requestValidators: [{ id: 'v1', validateRequestBody: true }] }),
      "the API's request validators changed",
    ],
    [
      'an authorizer',
      (api) =>
        void Object.assign(api, { authorizers: [{ id: 'a1', authorizerUri: 'arn:theirs' }] }),
      "the API's authorizers changed",
    ],
    [
      'a binary media type',
      (api) => void Object.assign(api, { binaryMediaTypes: ['image/png'] }),
      "the API's binary media types changed",
    ],
  ])('%s that came with the deployment: no stage serves it', async (_, change, words) => {
    const { outcome, api, isDone } = await enforced('CreateDeployment', change);
    expect(isDone).toBe(true);
    expect(outcome.state).toBe('restored');
    expect(outcome.reasons).toEqual([
      `Since the plan was made, ${words}: something else is changing the API. Run the job again when it is done.`,
    ]);
    expect(pictureOf(api)).toMatchObject({ stages: { prod: 'd1' }, deployments: ['d1'] });
  });

  test('a policy that is only escaped otherwise is the same', async () => {
    const policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow"}}';
    const escaped = JSON.stringify(policy).slice(1, -1);
    const reasonsWith = async (later: string): Promise<readonly string[]> => {
      const api = newApi();
      api.policy = later;
      const served = async () => ({
        ...PROVEN,
        served: new Set([...api.stages.values()].map(({ deploymentId }) => deploymentId)),
      });
      const plane = fakeControlPlane(api);
      return (await enforceFake(plane, memoryJournal(), served, undefined, undefined, policy))
        .reasons;
    };
    expect(await reasonsWith(policy)).toEqual([]);
    expect(await reasonsWith(escaped)).toEqual([]);
    expect(await reasonsWith(escaped.replace('Allow', 'Deny'))).toEqual([
      expect.stringContaining('the resource policy has changed'),
    ]);
  });
});

describe('what changed since the plan was made', () => {
  test.each<[string, string, (api: FakeApi) => void, string]>([
    [
      'GetMethod',
      'a method is gone',
      ({ methods }) => void methods.delete('GET /a'),
      'GET /a is gone',
    ],
    [
      'GetMethod',
      'a method has another type',
      ({ methods }) => void methods.set('GET /a', fakeMethod({ authorizationType: 'CUSTOM' })),
      'GET /a went from NONE to CUSTOM',
    ],
    [
      'GetMethod',
      'a method has an authorizer',
      ({ methods }) => void methods.set('GET /a', fakeMethod({ authorizerId: 'x' })),
      'GET /a got another authorizer',
    ],
    [
      'GetMethod',
      'a method asks for a key',
      ({ methods }) => void methods.set('GET /a', fakeMethod({ apiKeyRequired: true })),
      'GET /a changed whether it asks for an API key',
    ],
    [
      'GetMethod',
      'a method has another backend',
      ({ methods }) => void methods.set('GET /a', fakeMethod({ uri: 'https://other.test/' })),
      'GET /a got another integration',
    ],
    [
      'GetMethod',
      'a method asks for other scopes',
      ({ methods }) => void methods.set('GET /a', fakeMethod({ scopes: ['less'] })),
      'GET /a got other scopes',
    ],
    [
      'GetResources',
      'a method that is kept asks for other scopes',
      ({ methods }) =>
        void methods.set('GET /b', fakeMethod({ authorizationType: 'AWS_IAM', scopes: ['less'] })),
      'GET /b got other scopes',
    ],
    [
      'GetResources',
      'a method is new',
      ({ methods }) => void methods.set('PUT /c', fakeMethod()),
      'PUT /c is new',
    ],
    [
      'GetResources',
      'a method that is kept is gone',
      ({ methods }) => void methods.delete('GET /b'),
      'GET /b is gone',
    ],
    [
      'GetResources',
      'a method that is kept has another backend',
      ({ methods }) =>
        void methods.set(
          'GET /b',
          fakeMethod({ authorizationType: 'AWS_IAM', uri: 'https://o.test/' }),
        ),
      'GET /b got another integration',
    ],
    ...[0, 10].map((percentTraffic): [string, string, (api: FakeApi) => void, string] => [
      'GetStage',
      `a stage has a canary at ${percentTraffic} %`,
      ({ stages }) => void stages.set('prod', { deploymentId: 'd1', canary: 'd1', percentTraffic }),
      'stage prod got a canary',
    ]),
  ])('(%s) %s: nothing is deployed', async (operation, _, change, words) => {
    const { outcome, api, isDone } = await enforced(operation, change);
    expect(isDone).toBe(true);
    expect(outcome.reasons).toEqual([
      `Since the plan was made, ${words}: something else is changing the API. Run the job again when it is done.`,
    ]);
    expect(pictureOf(api)).toMatchObject({ stages: { prod: 'd1' }, deployments: ['d1'] });
  });
});

describe('scopes and authorizers that somebody sets meanwhile', () => {
  const people = { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'people' };
  const withScopes = (): FakeApi =>
    fakeApi({ 'GET /me': { ...people, scopes: ['admin', 'read'] } }, { prod: 'd1' });

  /** Enforces, fails the proof, and says what is there once everything was rolled back. */
  async function rolledBackAfter(keepsScopes: boolean, change: (api: FakeApi) => void) {
    const plane = fakeControlPlane(withScopes());
    plane.keepsScopes = keepsScopes;
    const outcome = await enforceFake(plane, memoryJournal(), async () => {
      change(plane.api);
      return { ...PROVEN, objections: ['no'] };
    });
    return { outcome, method: plane.api.methods.get('GET /me') };
  }

  test.each([true, false])('nobody does, and scopes are kept: %s', async (keepsScopes) => {
    const { outcome, method } = await rolledBackAfter(keepsScopes, () => {});
    expect(outcome).toMatchObject({ state: 'restored', notRolledBack: [] });
    expect({ ...method, scopes: [...(method?.scopes ?? [])].sort() }).toMatchObject({
      ...people,
      scopes: ['admin', 'read'],
    });
  });

  test.each<[string, Partial<ReturnType<typeof fakeMethod>>]>([
    ['one scope less', { authorizationType: 'AWS_IAM', scopes: ['admin'] }],
    ['another scope', { authorizationType: 'AWS_IAM', scopes: ['admin', 'read', 'write'] }],
    ['another authorizer', { authorizationType: 'AWS_IAM', authorizerId: 'others' }],
    ['its own type with one scope less', { ...people, scopes: ['admin'] }],
  ])('%s: stays, and is named', async (_, parts) => {
    const theirs = fakeMethod(parts);
    const { outcome, method } = await rolledBackAfter(true, ({ methods }) => {
      methods.set('GET /me', structuredClone(theirs));
    });
    expect(method).toEqual(theirs);
    expect(outcome.state).toBe('left');
    expect(outcome.notRolledBack).toEqual([
      `GET /me reads ${theirs.authorizationType} with another authorizer or other scopes, which somebody else set since`,
    ]);
  });
});

describe('what a job enforces', () => {
  test.each<[string, JobScope]>([
    ['', { region: '', apiIds: [] }],
    ['no JSON', { region: '', apiIds: [] }],
    ['{}', { region: '', apiIds: [] }],
    ['{"region":7,"apiIds":"*"}', { region: '', apiIds: [] }],
    ['{"region":"eu-west-1","apiIds":"*"}', { region: 'eu-west-1', apiIds: '*' }],
    ['{"region":"eu-west-1","apiIds":["a"]}', { region: 'eu-west-1', apiIds: ['a'] }],
    ['{"region":"eu-west-1","apiIds":["a",1]}', { region: 'eu-west-1', apiIds: [] }],
    ['{"region":"eu-west-1","apiIds":"a"}', { region: 'eu-west-1', apiIds: [] }],
    ['{"region":"eu-west-1"}', { region: 'eu-west-1', apiIds: [] }],
  ])('%j', (state, scope) => {
    expect(parseJobScope(state)).toEqual(scope);
  });
});

describe('after a run that was killed', () => {
  /** Kills a run at its call of an operation, after the call was carried out. */
  async function killedAt(operation: string) {
    const plane = fakeControlPlane(newApi());
    const journal = memoryJournal();
    plane.onCall = (call) => (call.operation === operation ? 'killed-after' : undefined);
    await enforceFake(plane, journal, async () => PROVEN).catch(() => undefined);
    return { api: plane.api, journal };
  }

  async function rolledBack(
    { api, journal }: Awaited<ReturnType<typeof killedAt>>,
    scope: JobScope = { region: 'eu-west-1', apiIds: [API_ID] },
    apiGateway: ApiGateway = fakeControlPlane(api).apiGateway,
  ) {
    const retries = fakeRetries();
    const regions: string[] = [];
    const interrupted = await rollBackInterrupted({
      journal,
      scope,
      servicesIn: (region) => {
        regions.push(region);
        return { apiGateway, apiGatewayV2: NO_V2, iam: NO_IAM };
      },
      retries,
    });
    return { interrupted, regions, lines: retries.lines };
  }

  test('everything is rolled back, once', async () => {
    const run = await killedAt('CreateDeployment');
    expect(pictureOf(run.api).deployments).toHaveLength(2);
    const { interrupted, regions, lines } = await rolledBack(run);
    expect(interrupted).toEqual({
      isFinal: true,
      words: `An earlier enforcement of orders (${API_ID}) was interrupted. Everything that it had changed was rolled back.`,
    });
    expect(regions).toEqual(['eu-west-1']);
    expect(lines[0]).toBe(
      `An earlier enforcement of orders (${API_ID}) was interrupted after 2 steps: rolling them back`,
    );
    expect(pictureOf(run.api)).toEqual(pictureOf(newApi()));
    expect(run.journal.unfinished()).toBeNull();
    expect((await rolledBack(run)).interrupted).toBeNull();
  });

  test('what earlier transactions of the API completed stays, and is said', async () => {
    const run = await killedAt('CreateDeployment');
    const unfinished = run.journal.unfinished();
    if (unfinished === null) throw new Error('the run ended');
    const completed = ['GET /x to AWS_IAM', 'GET /y to AWS_IAM'];
    const readUnfinished = async () => ({ ...unfinished, completed });
    const journal = { ...run.journal, readUnfinished };
    const kept = `What it had completed before stays: ${completed.join(', ')}.`;
    const denied = fakeControlPlane(run.api);
    denied.onCall = ({ isMutating }) => (isMutating ? 'denied' : undefined);
    const failing = await rolledBack({ ...run, journal }, undefined, denied.apiGateway);
    expect(failing.interrupted?.words).toContain(`nothing is left to roll back. ${kept}`);
    const { interrupted } = await rolledBack({ ...run, journal });
    expect(interrupted?.words).toBe(
      `An earlier enforcement of orders (${API_ID}) was interrupted. What was under way was rolled back. ${kept}`,
    );
  });

  test.each<[JobScope, boolean]>([
    [{ region: 'eu-west-1', apiIds: '*' }, true],
    [{ region: 'eu-west-1', apiIds: ['other', API_ID] }, true],
    [{ region: 'eu-west-1', apiIds: ['other'] }, false],
    [{ region: 'eu-west-1', apiIds: [] }, false],
    [{ region: 'us-east-1', apiIds: '*' }, false],
    [{ region: 'us-east-1', apiIds: [API_ID] }, false],
  ])('by a job whose scope is %j: %s', async (scope, isDone) => {
    const run = await killedAt('CreateDeployment');
    const { interrupted, regions } = await rolledBack(run, scope);
    expect([interrupted?.isFinal, regions.length, run.journal.unfinished() === null]).toEqual(
      isDone ? [true, 1, true] : [false, 0, false],
    );
    if (!isDone) {
      expect(interrupted?.words).toMatch(
        /^The journal holds an interrupted enforcement of orders \(a1b2c3\) in eu-west-1, .*delete journal\.$/,
      );
    }
  });

  test('what cannot be rolled back stays in the journal, and is said', async () => {
    const run = await killedAt('CreateDeployment');
    const plane = fakeControlPlane(run.api);
    plane.onCall = ({ isMutating }) => (isMutating ? 'denied' : undefined);
    const { interrupted } = await rolledBack(run, undefined, plane.apiGateway);
    expect(interrupted?.isFinal).toBe(false);
    expect(interrupted?.words).toMatch(
      /was interrupted\. Not everything could be rolled back: .*\. The journal journal still holds it: /,
    );
    expect(run.journal.unfinished()).toMatchObject({ token: TOKEN });
  });

  test('what is somebody else’s by now is left, and that is final', async () => {
    const run = await killedAt('UpdateMethod');
    run.api.methods.set('GET /a', fakeMethod({ authorizationType: 'CUSTOM' }));
    const { interrupted } = await rolledBack(run);
    expect(interrupted?.isFinal).toBe(true);
    expect(interrupted?.words).toMatch(/Look at these; nothing more is tried\.$/);
    expect(run.journal.unfinished()).toBeNull();
  });

  test('an end that cannot be written is logged, and everything is rolled back all the same', async () => {
    const run = await killedAt('UpdateStage');
    const end = () => Promise.reject(new EnforcementStopped('the disk is full'));
    const found = await rolledBack({ ...run, journal: { ...run.journal, end } });
    expect(JSON.stringify(found)).toContain('Everything that it had changed was rolled back.');
    const bug = { ...run.journal, end: () => Promise.reject(new TypeError('a bug')) };
    await expect(rolledBack({ ...run, journal: bug })).rejects.toThrow('a bug');
  });

  test('a journal that cannot be believed is said, and any other fault is thrown', async () => {
    const run = await killedAt('UpdateMethod');
    const failing = (error: Error) =>
      rolledBack({
        ...run,
        journal: { ...run.journal, readUnfinished: () => Promise.reject(error) },
      });
    expect((await failing(new JournalUnreadable('it is a link'))).interrupted).toEqual({
      isFinal: false,
      words: expect.stringMatching(
        /^The journal journal cannot be read or believed: it is a link\. /,
      ),
    });
    await expect(failing(new TypeError('bug'))).rejects.toThrow(TypeError);
  });
});
