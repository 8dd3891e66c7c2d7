import { describe, expect, test } from '@jest/globals';
import { actionsOf, type Step } from '../../../src/enforce/steps/registry.js';
import type { RollBackContext } from '../../../src/enforce/steps/step-kind.js';
import { type UpdateRouteStep, updateRoute } from '../../../src/enforce/steps/update-route.js';
import { fakeRetries, rollBackContext } from './enforcement-kit.js';
import { pictureOfV2, servicesOf } from './enforcement-kit-v2.js';
import {
  API_V2_ID,
  type FakeRoute,
  type FakeV2Plane,
  fakeV2Api,
  fakeV2Plane,
} from './fake-control-plane-v2.js';

const contextOf = (plane: FakeV2Plane, parts: Partial<RollBackContext> = {}) =>
  rollBackContext(servicesOf(plane), parts);

const apply = (step: Step, plane: FakeV2Plane) =>
  actionsOf(step).apply({ ...servicesOf(plane), retries: fakeRetries() });
const rollBack = (step: Step, context: RollBackContext) => actionsOf(step).rollBack(context);

const notRolledBack = (words: string, isFinal = true) => ({
  state: 'not-rolled-back',
  words: expect.stringContaining(words),
  isFinal,
});

function stepOf(key: string, former: Partial<FakeRoute>, isLive = false): UpdateRouteStep {
  const [method = '', path = method] = key.split(' ');
  return {
    kind: 'update-route',
    target: { apiId: API_V2_ID, routeId: `route:${key}`, method, path },
    does: { authorizationType: 'AWS_IAM', isLive },
    rollBack: {
      authorizationType: former.authorizationType ?? 'NONE',
      authorizerId: former.authorizerId ?? null,
      authorizationScopes: former.scopes ?? [],
      apiKeyRequired: former.apiKeyRequired ?? false,
    },
  };
}

const JWT: Partial<FakeRoute> = { authorizationType: 'JWT', authorizerId: 'p', scopes: ['b', 'a'] };
const CUSTOM: Partial<FakeRoute> = { authorizationType: 'CUSTOM', authorizerId: 'p' };

describe('an update of a route', () => {
  test.each<[string, 'HTTP' | 'WEBSOCKET', string, Partial<FakeRoute>]>([
    ['an open one', 'HTTP', 'GET /a', {}],
    ['one with JWT and scopes', 'HTTP', 'GET /a', JWT],
    ['one with a Lambda authorizer', 'HTTP', '$default', CUSTOM],
    [
      '$connect with an authorizer and an API key',
      'WEBSOCKET',
      '$connect',
      { ...CUSTOM, apiKeyRequired: true },
    ],
  ])(
    'of %s takes the authorizer off, and rolling it back gives all of it again',
    async (_, kind, key, former) => {
      for (const keepsScopes of [false, true]) {
        const api = fakeV2Api(kind, { [key]: former }, { prod: { deploymentId: 'd1' } });
        const start = pictureOfV2(api);
        const plane = fakeV2Plane(api, { keepsScopes });
        const step = stepOf(key, former);
        expect(await apply(step, plane)).toEqual({ certainty: 'answered' });
        expect(api.routes.get(key)).toMatchObject({
          authorizationType: 'AWS_IAM',
          authorizerId: null,
        });
        expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'rolled-back' });
        expect(pictureOfV2(api)).toEqual(start);
        expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
      }
    },
  );

  test.each<[string, Partial<FakeRoute>, object, Partial<FakeRoute>, object]>([
    ['open', {}, { AuthorizationType: 'AWS_IAM' }, {}, { AuthorizationType: 'NONE' }],
    [
      'behind a Lambda authorizer',
      CUSTOM,
      { AuthorizationType: 'AWS_IAM', AuthorizerId: '' },
      {},
      { AuthorizationType: 'CUSTOM', AuthorizerId: 'p' },
    ],
    [
      'behind JWT, whose scopes are lost with it',
      JWT,
      { AuthorizationType: 'AWS_IAM', AuthorizerId: '' },
      {},
      { AuthorizationType: 'JWT', AuthorizerId: 'p', AuthorizationScopes: ['b', 'a'] },
    ],
    [
      'behind JWT, whose scopes stay in another order',
      JWT,
      { AuthorizationType: 'AWS_IAM', AuthorizerId: '' },
      { scopes: ['a', 'b'] },
      { AuthorizationType: 'JWT', AuthorizerId: 'p' },
    ],
    [
      'open, and asks for a key',
      { apiKeyRequired: true },
      { AuthorizationType: 'AWS_IAM' },
      { apiKeyRequired: false },
      { AuthorizationType: 'NONE', ApiKeyRequired: true },
    ],
    [
      'open, and asks for no key',
      {},
      { AuthorizationType: 'AWS_IAM' },
      { apiKeyRequired: true },
      { AuthorizationType: 'NONE', ApiKeyRequired: false },
    ],
  ])('that was %s sends what differs, and no more', async (_, former, closing, since, opening) => {
    const api = fakeV2Api('WEBSOCKET', { $connect: former }, { prod: { deploymentId: 'd1' } });
    const plane = fakeV2Plane(api);
    const sent: object[] = [];
    const spying: FakeV2Plane = {
      ...plane,
      apiGatewayV2: {
        ...plane.apiGatewayV2,
        updateRoute: (apiId, id, change) => {
          sent.push(change);
          return plane.apiGatewayV2.updateRoute(apiId, id, change);
        },
      },
    };
    const step = stepOf('$connect', former);
    await apply(step, spying);
    Object.assign(api.routes.get('$connect') ?? {}, since);
    await rollBack(step, contextOf(spying));
    expect(sent).toEqual([closing, opening]);
  });

  test('of a journal that does not say whether a key is asked for leaves that as it is', async () => {
    const api = fakeV2Api('WEBSOCKET', { $connect: {} }, { prod: { deploymentId: 'd1' } });
    const plane = fakeV2Plane(api);
    const step = stepOf('$connect', {});
    const { apiKeyRequired: _, ...former } = step.rollBack;
    const older = { ...step, rollBack: former };
    await apply(step, plane);
    const route = api.routes.get('$connect');
    if (route !== undefined) route.apiKeyRequired = true;
    // The schema asks for it by now: data of a version that did not.
    const { rollBack: back } = updateRoute;
    const result = await Reflect.apply(back, updateRoute, [older, contextOf(plane)]);
    expect(result).toEqual({ state: 'rolled-back' });
    expect(api.routes.get('$connect')).toMatchObject({
      authorizationType: 'NONE',
      apiKeyRequired: true,
    });
  });

  test('that lost its API key requirement on the way gets it again', async () => {
    const former = { apiKeyRequired: true };
    const api = fakeV2Api('WEBSOCKET', { $connect: former }, { prod: { deploymentId: 'd1' } });
    const plane = fakeV2Plane(api);
    const step = stepOf('$connect', former);
    await apply(step, plane);
    const route = api.routes.get('$connect');
    if (route !== undefined) route.apiKeyRequired = false;
    expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'rolled-back' });
    expect(api.routes.get('$connect')).toMatchObject({ apiKeyRequired: true });
  });

  test.each<[boolean, string]>([
    [false, 'GET /a stays AWS_IAM in the configuration'],
    [true, 'GET /a stays AWS_IAM and is live'],
  ])('that AWS never answered is left, and named (live: %s)', async (isLive, words) => {
    const api = fakeV2Api('HTTP', { 'GET /a': { authorizationType: 'AWS_IAM' } }, {});
    const context = contextOf(fakeV2Plane(api), { isConfirmed: false });
    expect(await rollBack(stepOf('GET /a', {}, isLive), context)).toEqual(notRolledBack(words));
  });

  test('of a type that no route can have is refused before the call', async () => {
    const api = fakeV2Api('HTTP', { 'GET /a': {} }, {});
    const plane = fakeV2Plane(api);
    const step = stepOf('GET /a', {});
    const wrong = { ...step, does: { ...step.does, authorizationType: 'COGNITO_USER_POOLS' } };
    await expect(apply(wrong, plane)).rejects.toThrow(
      'no authorization type that a route can have',
    );
    expect(plane.calls).toEqual([]);
  });

  test('stays where a stage has come to serve what nobody can tell', async () => {
    const api = fakeV2Api('HTTP', { 'GET /a': { authorizationType: 'AWS_IAM' } }, {});
    const since = [{ stage: 'prod', deploymentId: 'd9', authorizationTypes: null }];
    const context = contextOf(fakeV2Plane(api), { readServedSince: async () => since });
    expect(await rollBack(stepOf('GET /a', {}), context)).toEqual(
      notRolledBack('AWS does not tell which type it has there'),
    );
  });
});

describe('an update that is live', () => {
  const live = () =>
    fakeV2Api('HTTP', { 'GET /a': {} }, { prod: { deploymentId: 'd1', autoDeploy: true } });

  test('is rolled back once the stage serves it', async () => {
    const plane = fakeV2Plane(live(), { pendingLooks: 3 });
    const step = stepOf('GET /a', {}, true);
    await apply(step, plane);
    expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'rolled-back' });
    const { configured, served } = pictureOfV2(plane.api);
    expect([configured, served.prod]).toEqual([{ 'GET /a': 'NONE' }, { 'GET /a': 'NONE' }]);
  });

  test('whose rolling back was killed before its deployment ended is waited for', async () => {
    const plane = fakeV2Plane(live(), { pendingLooks: 2 });
    await plane.apiGatewayV2.updateRoute(API_V2_ID, 'route:GET /a', { AuthorizationType: 'NONE' });
    const before = plane.calls.length;
    const step = stepOf('GET /a', {}, true);
    expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
    expect(
      plane.calls.slice(before).filter(({ operation }) => operation === 'GetStages').length,
    ).toBeGreaterThan(2);
  });

  test.each([true, false])(
    'is not rolled back where its deployment fails (listed: %s)',
    async (listsFailed) => {
      const plane = fakeV2Plane(live(), { failing: [false, true], listsFailed });
      const step = stepOf('GET /a', {}, true);
      await apply(step, plane);
      await plane.apiGatewayV2.getStagesPage(API_V2_ID, undefined);
      await plane.apiGatewayV2.getStagesPage(API_V2_ID, undefined);
      const left = await rollBack(step, contextOf(plane));
      expect(left).toEqual(notRolledBack('is not served so: stage prod deploys by itself', false));
      expect(left).toEqual(notRolledBack('out of luck', false));
    },
  );
});
