import { describe, expect, test } from '@jest/globals';
import type { ApiGatewayV2 } from '../../../../src/aws/api-gateway-v2.js';
import { enforcerOf } from '../../../../src/enforce/kinds/by-kind.js';
import type { StageProof } from '../../../../src/enforce/outcome.js';
import type { CheckedPlan } from '../../../../src/enforce/preconditions.js';
import { fakeRetries, memoryJournal, PROVEN } from '../enforcement-kit.js';
import {
  type AskedV2,
  enforceV2,
  type PictureV2,
  pictureOfV2,
  planV2,
  rollBackV2,
  servicesOf,
} from '../enforcement-kit-v2.js';
import type { Fate } from '../fake-control-plane.js';
import { Killed } from '../fake-control-plane.js';
import {
  deployV2,
  type FakeV2Api,
  type FakeV2Plane,
  fakeRoute,
  fakeV2Api,
  fakeV2Plane,
  type Unwritten,
} from '../fake-control-plane-v2.js';

const ALLOWED: AskedV2 = { allowPendingChanges: true, allowLiveChanges: true };

/** Two open routes of which one decides for every path, one with an authorizer and scopes, one right. */
const ROUTES = {
  'GET /': { authorizationType: 'AWS_IAM' },
  $default: {},
  'GET /open': {},
  'GET /me': { authorizationType: 'JWT', authorizerId: 'people', scopes: ['b', 'a'] },
};

const httpApi = (): FakeV2Api =>
  fakeV2Api('HTTP', ROUTES, { prod: { deploymentId: 'd2' }, dev: { deploymentId: 'd1' } });

const liveApi = (): FakeV2Api =>
  fakeV2Api('HTTP', ROUTES, { $default: { deploymentId: 'd1', autoDeploy: true } });

/** One stage of either kind: the change is live in the one, and deployed to the other afterwards. */
const mixedApi = (): FakeV2Api =>
  fakeV2Api('HTTP', ROUTES, {
    $default: { deploymentId: 'd1', autoDeploy: true },
    prod: { deploymentId: 'd2' },
  });

const chatApi = (): FakeV2Api =>
  fakeV2Api(
    'WEBSOCKET',
    {
      $connect: { authorizationType: 'CUSTOM', authorizerId: 'people', apiKeyRequired: true },
      $disconnect: {},
      $default: {},
    },
    { prod: { deploymentId: 'd1' } },
  );

const liveChatApi = (): FakeV2Api =>
  fakeV2Api(
    'WEBSOCKET',
    { $connect: {}, $default: {} },
    { prod: { deploymentId: 'd1', autoDeploy: true } },
  );

const OBJECTION: StageProof = { ...PROVEN, objections: ['A signed request was refused.'] };

/** Proves what an endpoint would: the stages of the plan serve each changed route with its new type. */
function provenBy(api: FakeV2Api): (plan: CheckedPlan) => Promise<StageProof> {
  return async ({ stages, live, changes, expected }) => {
    const objections = [...stages, ...live].flatMap(({ name }) => {
      const served = api.deployments.get(api.stages.get(name)?.deploymentId ?? '')?.routes;
      return [...changes].flatMap(({ method, path }) => {
        const key = method === path ? method : `${method} ${path}`;
        const type = served?.get(key)?.authorizationType;
        return type === 'AWS_IAM' ? [] : [`${key} of ${name} is served with ${type}.`];
      });
    });
    if (expected.size === 0) objections.push('nothing is expected');
    return {
      ...PROVEN,
      objections,
      served: new Set([...api.stages.values()].map(({ deploymentId }) => deploymentId)),
    };
  };
}

const isIam = (routes: Readonly<Record<string, string>>): boolean =>
  Object.values(routes).every((text) => text.startsWith('AWS_IAM'));

/** Whether all is as it was: pointers, routes in both layers, and deployments that were asked for. */
const START: Readonly<Record<string, PictureV2>> = Object.fromEntries(
  Object.entries({ httpApi, liveApi, mixedApi, chatApi, liveChatApi }).map(([name, make]) => [
    name,
    pictureOfV2(make()),
  ]),
);

describe('a transaction that nothing disturbs', () => {
  test('of an HTTP API whose stages do not deploy by themselves: one deployment, then the stages', async () => {
    const plane = fakeV2Plane(httpApi());
    const journal = memoryJournal();
    const outcome = await enforceV2(plane, journal, provenBy(plane.api));
    expect(outcome).toMatchObject({ state: 'proven', reasons: [], notRolledBack: [] });
    const { configured, served, stages, deployments } = pictureOfV2(plane.api);
    expect([configured, ...Object.values(served)].every(isIam)).toBe(true);
    expect(new Set(Object.values(stages))).toEqual(new Set([outcome.deploymentId]));
    expect(deployments).toHaveLength(3);
    expect(journal.unfinished()).toBeNull();
    const changing = plane.calls.filter(({ isMutating }) => isMutating);
    expect(changing.map(({ operation }) => operation)).toEqual([
      ...['UpdateRoute', 'UpdateRoute', 'UpdateRoute', 'CreateDeployment'],
      ...['UpdateStage', 'UpdateStage'],
    ]);
  });

  test('of a WebSocket API: $connect alone is changed', async () => {
    const plane = fakeV2Plane(chatApi());
    const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api));
    expect(outcome).toMatchObject({ state: 'proven', reasons: [] });
    expect(pictureOfV2(plane.api).served.prod).toEqual({
      $connect: 'AWS_IAM  key',
      $disconnect: 'NONE',
      $default: 'NONE',
    });
  });

  test('of an API that is live: route by route, each proven before the next, $default last', async () => {
    const plane = fakeV2Plane(liveApi());
    const proven: string[][] = [];
    const prove = provenBy(plane.api);
    const outcome = await enforceV2(plane, memoryJournal(), (plan) => {
      proven.push(plan.changes.map(({ method, path }) => `${method} ${path}`));
      return prove(plan);
    });
    expect(outcome).toMatchObject({
      state: 'proven',
      changeStates: ['applied', 'applied', 'applied'],
      deploymentId: null,
    });
    expect(proven).toEqual([['GET /open'], ['GET /me'], ['$default $default']]);
    expect(isIam(pictureOfV2(plane.api).served.$default ?? {})).toBe(true);
    expect(plane.calls.map(({ operation }) => operation)).not.toContain('CreateDeployment');
  });

  test('of an API with a stage of either kind: what does not deploy by itself is moved last', async () => {
    const plane = fakeV2Plane(mixedApi());
    const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api));
    expect(outcome).toMatchObject({ state: 'proven', reasons: [], stageStates: ['moved'] });
    const { served, stages } = pictureOfV2(plane.api);
    expect(Object.values(served).every(isIam)).toBe(true);
    expect(stages).toEqual({ prod: outcome.deploymentId });
    const changing = plane.calls.filter(({ isMutating }) => isMutating);
    expect(changing.map(({ operation }) => operation)).toEqual([
      ...['UpdateRoute', 'UpdateRoute', 'UpdateRoute', 'CreateDeployment', 'UpdateStage'],
    ]);
  });

  test.each<[string, () => FakeV2Api]>([
    ['httpApi', httpApi],
    ['chatApi', chatApi],
    ['liveChatApi', liveChatApi],
  ])('and that fails its proof leaves %s as it was', async (name, make) => {
    for (const keepsScopes of [false, true]) {
      const plane = fakeV2Plane(make(), { keepsScopes });
      const journal = memoryJournal();
      const outcome = await enforceV2(plane, journal, async () => OBJECTION);
      expect(outcome).toMatchObject({ state: 'restored', notRolledBack: [], deploymentId: null });
      expect(outcome.reasons).toEqual(OBJECTION.objections);
      expect(pictureOfV2(plane.api)).toEqual(START[name]);
      expect(journal.unfinished()).toBeNull();
    }
  });

  test('and that is live: a route that fails its proof is rolled back, and those before it stay', async () => {
    const plane = fakeV2Plane(liveApi());
    const prove = provenBy(plane.api);
    const outcome = await enforceV2(plane, memoryJournal(), async (plan) =>
      plan.changes.some(({ path }) => path === '/me') ? OBJECTION : prove(plan),
    );
    expect(outcome).toMatchObject({
      state: 'partial',
      changeStates: ['applied', 'restored', 'not-attempted'],
      notRolledBack: [],
      reasons: OBJECTION.objections,
    });
    const { configured, served } = pictureOfV2(plane.api);
    expect(configured).toEqual({ ...START.liveApi?.configured, 'GET /open': 'AWS_IAM' });
    expect(served.$default).toEqual(configured);
  });
});

describe('a deployment that does not end well', () => {
  test('of a stage that is moved: everything is as before', async () => {
    const plane = fakeV2Plane(httpApi(), { failing: [true] });
    const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api));
    expect(outcome).toMatchObject({ state: 'restored', deploymentId: null });
    expect(outcome.reasons.join()).toContain('FAILED, not DEPLOYED (out of luck)');
    expect(pictureOfV2(plane.api)).toEqual(START.httpApi);
  });

  test.each([true, false])(
    'of a stage that deploys by itself (listed: %s): the route is as before',
    async (listsFailed) => {
      const plane = fakeV2Plane(liveApi(), { failing: [false, true], listsFailed });
      const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api));
      expect(outcome).toMatchObject({
        state: 'partial',
        changeStates: ['applied', 'restored', 'not-attempted'],
      });
      expect(outcome.reasons.join()).toContain('out of luck');
      const { configured, served } = pictureOfV2(plane.api);
      expect(configured).toEqual({ ...START.liveApi?.configured, 'GET /open': 'AWS_IAM' });
      expect(served.$default).toEqual(configured);
    },
  );

  test('while a route is rolled back is not hidden, and is tried again', async () => {
    const plane = fakeV2Plane(liveChatApi(), { failing: [false, true] });
    const journal = memoryJournal();
    const outcome = await enforceV2(plane, journal, async () => OBJECTION);
    expect(outcome.state).toBe('left');
    expect(outcome.notRolledBack.join()).toMatch(/\$connect was rolled back, and is not served so/);
    expect(journal.unfinished()).not.toBeNull();
  });

  test.each<[string, () => FakeV2Api]>([
    ['HTTP', httpApi],
    ['live', liveApi],
  ])(
    'or does not end at all (%s): it is given up, and everything is as before',
    async (_, make) => {
      const plane = fakeV2Plane(make(), { pendingLooks: 1_000 });
      const retries = fakeRetries();
      const outcome = await enforceV2(
        plane,
        memoryJournal(),
        provenBy(plane.api),
        ALLOWED,
        retries,
      );
      expect(outcome.state).not.toBe('proven');
      expect(outcome.reasons.join()).toContain('120 seconds');
      expect(retries.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(600_000);
      expect(pictureOfV2(plane.api).configured).toEqual(pictureOfV2(make()).configured);
    },
  );
});

const SHAPES: readonly [string, () => FakeV2Api][] = Object.entries({
  httpApi,
  liveApi,
  mixedApi,
  chatApi,
  liveChatApi,
});

const FATES: readonly Fate[] = ['lost', 'lost-answer', 'denied', 'refused', 'unavailable'];

/** The calls behind a proof that failed. */
async function callsOfRollingBack(make: () => FakeV2Api) {
  const plane = fakeV2Plane(make());
  let first = 0;
  await enforceV2(plane, memoryJournal(), async () => {
    first = plane.calls.length;
    return OBJECTION;
  });
  expect(plane.calls.length).toBeGreaterThan(first + 3);
  return plane.calls.slice(first);
}

async function callsOf(make: () => FakeV2Api, prove = provenBy) {
  const plane = fakeV2Plane(make());
  await enforceV2(plane, memoryJournal(), prove(plane.api));
  return plane.calls;
}

/** Why a picture is neither the start nor, route by route, proven; `null` where it is. */
function problemOf(
  api: FakeV2Api,
  start: PictureV2 | undefined,
  named: string,
  isUndone: boolean,
): string | null {
  const now = pictureOfV2(api);
  if (JSON.stringify(now) === JSON.stringify(start)) return null;
  const isMoved = Object.keys(now.stages).some((name) => now.stages[name] !== start?.stages[name]);
  if (isMoved && isUndone) return `a stage is moved: ${JSON.stringify(now)}`;
  for (const [key, text] of Object.entries(now.configured)) {
    if (text === start?.configured[key] || !text.startsWith('AWS_IAM')) continue;
    const served = Object.entries(now.served).filter(([stage]) => !(stage in now.stages));
    // Live, and there: it was proven before the next one began. Otherwise it must be named.
    const isLive = served.length > 0 && served.every(([, routes]) => routes[key] === text);
    if (!isLive && isUndone && !named.includes(key))
      return `${key} is left: ${JSON.stringify(now)}`;
  }
  for (const [key, text] of Object.entries(now.configured)) {
    if (text !== start?.configured[key] && !text.startsWith('AWS_IAM')) return `${key} is ${text}`;
  }
  return null;
}

describe.each(SHAPES)('a fault at each call (%s)', (name, make) => {
  test.each(FATES)('(%s, once): the start or the end, and the outcome says which', async (fate) => {
    const ends = new Set<string | null>();
    for (const { index, operation } of await callsOf(make)) {
      const plane = fakeV2Plane(make());
      plane.onCall = (call) => (call.index === index ? fate : undefined);
      const journal = memoryJournal();
      const outcome = await enforceV2(plane, journal, provenBy(plane.api));
      const where = `${fate} at call ${index} (${operation}): ${JSON.stringify(outcome.notRolledBack)}`;
      ends.add(outcome.state);
      expect([where, journal.unfinished()]).toEqual([where, null]);
      if (outcome.state === 'proven') {
        const { configured, served } = pictureOfV2(plane.api);
        const judged = (routes: Readonly<Record<string, string>>) =>
          plane.api.kind === 'HTTP' ? routes : { $connect: routes.$connect ?? '' };
        const all = [configured, ...Object.values(served)].map(judged);
        expect([where, all.every(isIam)]).toEqual([where, true]);
        continue;
      }
      const named = outcome.notRolledBack.join();
      expect([where, problemOf(plane.api, START[name], named, true)]).toEqual([where, null]);
      expect([where, outcome.state === 'left']).toEqual([where, named !== '']);
      expect([where, outcome.reasons.length > 0]).toEqual([where, true]);
    }
    expect(ends.size).toBeGreaterThan(0);
  });

  test('of rolling back: nothing is forgotten, and the next attempt finishes it', async () => {
    for (const { index, operation } of await callsOfRollingBack(make)) {
      for (const fate of FATES) {
        const plane = fakeV2Plane(make());
        plane.onCall = (call) => (call.index === index ? fate : undefined);
        const journal = memoryJournal();
        const outcome = await enforceV2(plane, journal, async () => OBJECTION);
        const where = `${fate} at call ${index} (${operation})`;
        if (outcome.state === 'left' && journal.unfinished() !== null) {
          const rolledBack = await rollBackV2(plane, journal);
          expect([where, rolledBack?.notRolledBack]).toEqual([where, []]);
        }
        const named = outcome.notRolledBack.join();
        expect([where, problemOf(plane.api, START[name], named, true)]).toEqual([where, null]);
      }
    }
  });
});

describe.each(SHAPES)('a process that is killed (%s)', (name, make) => {
  test('at each call, before or after it: the next one rolls back what was not proven', async () => {
    for (const { index, operation } of await callsOf(make)) {
      for (const fate of ['killed', 'killed-after'] as const) {
        const where = `${fate} at call ${index} (${operation})`;
        const { plane, journal } = await killedAt(make, index, fate);
        const rolledBack = await rollBackV2(plane, journal);
        const named = rolledBack?.notRolledBack.join() ?? '';
        expect([where, problemOf(plane.api, START[name], named, true)]).toEqual([where, null]);
        expect([where, rolledBack?.isFinal ?? true]).toEqual([where, true]);
        // Only a change whose answer nobody heard is in doubt, and it is named.
        const isInDoubt = operation === 'UpdateRoute' && fate === 'killed-after';
        expect([where, named !== '']).toEqual([where, isInDoubt]);
        // Once more, by somebody who does not know.
        const picture = pictureOfV2(plane.api);
        await rollBackV2(plane, journal);
        expect(pictureOfV2(plane.api)).toEqual(picture);
      }
    }
  });

  test('while it rolls back: the next one finishes, from any call', async () => {
    for (const { index, operation } of await callsOfRollingBack(make)) {
      for (const fate of ['killed', 'killed-after'] as const) {
        const { plane, journal } = await killedAt(make, index, fate, async () => OBJECTION);
        const rolledBack = await rollBackV2(plane, journal);
        const where = `${fate} at call ${index} (${operation})`;
        expect([where, rolledBack?.notRolledBack ?? []]).toEqual([where, []]);
        expect([where, pictureOfV2(plane.api)]).toEqual([where, START[name]]);
      }
    }
  });
});

async function killedAt(
  make: () => FakeV2Api,
  index: number,
  fate: 'killed' | 'killed-after',
  prove?: () => Promise<StageProof>,
) {
  const plane: FakeV2Plane = fakeV2Plane(make());
  let isDead = false;
  const journal = memoryJournal(() => isDead);
  plane.onCall = (call) => {
    if (call.index !== index) return undefined;
    isDead = true;
    return fate;
  };
  await expect(enforceV2(plane, journal, prove ?? provenBy(plane.api))).rejects.toThrow(Killed);
  isDead = false;
  return { plane, journal };
}

describe('somebody else at work', () => {
  async function enforced(
    make: () => FakeV2Api,
    operation: string,
    change: (api: FakeV2Api) => void,
    unwritten: Partial<Unwritten> = {},
  ) {
    const plane = fakeV2Plane(make(), unwritten);
    let isDone = false;
    plane.onCall = (call) => {
      if (call.operation === operation && !isDone) {
        isDone = true;
        change(plane.api);
      }
      return undefined;
    };
    const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api));
    return { outcome, api: plane.api, isDone };
  }

  test.each<[string, (api: FakeV2Api) => void, string]>([
    ['a new route', ({ routes }) => void routes.set('PUT /c', fakeRoute()), 'PUT /c is new'],
    ['a route less', ({ routes }) => void routes.delete('GET /'), 'GET / is gone'],
    [
      'a route opened again',
      ({ routes }) => void routes.set('GET /', fakeRoute()),
      'GET / went from AWS_IAM to NONE',
    ],
    [
      'another backend',
      ({ routes }) =>
        void routes.set('GET /', fakeRoute({ authorizationType: 'AWS_IAM', target: 'other' })),
      'GET / got another integration',
    ],
  ])('while the deployment is made (%s): no stage serves it', async (_, change, words) => {
    const { outcome, api, isDone } = await enforced(httpApi, 'CreateDeployment', change);
    expect([isDone, outcome.state]).toEqual([true, 'restored']);
    expect(outcome.reasons.join()).toContain(words);
    expect(pictureOfV2(api).stages).toEqual(START.httpApi?.stages);
  });

  test.each<[string, () => FakeV2Api, (api: FakeV2Api) => void, string]>([
    [
      'CORS',
      httpApi,
      (api) => void Object.assign(api, { cors: { AllowOrigins: ['*'] } }),
      'CORS configuration',
    ],
    [
      'the address of a backend',
      httpApi,
      (api) =>
        void Object.assign(api, {
          integrations: [{ IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://theirs.test' }],
        }),
      'integrations',
    ],
    [
      'an authorizer',
      chatApi,
      (api) => void Object.assign(api, { authorizers: [{ AuthorizerId: 'a', Name: 'theirs' }] }),
      'authorizers',
    ],
    [
      'a model',
      chatApi,
      (api) => void Object.assign(api, { models: [{ Name: 'theirs', Schema: '{}' }] }),
      'models',
    ],
    [
      'the last of two kinds of stages comes to a deployment',
      mixedApi,
      (api) => void Object.assign(api, { cors: { AllowOrigins: ['*'] } }),
      'CORS configuration',
    ],
  ])('what no route tells (%s) is not shipped', async (_, make, change, name) => {
    const { outcome, api, isDone } = await enforced(make, 'CreateDeployment', change);
    expect(isDone).toBe(true);
    expect(outcome.reasons).toEqual([
      `Since the plan was made, the API's ${name} changed: something else is changing the API. Run the job again when it is done.`,
    ]);
    expect(outcome.notRolledBack).toEqual([]);
    expect(pictureOfV2(api).stages).toEqual(pictureOfV2(make()).stages);
  });

  /** Turns AutoDeploy on for a stage, or makes one that has it. */
  const autoDeploying: Readonly<Record<string, (api: FakeV2Api) => void>> = {
    'a stage that it is turned on for': ({ stages }) => {
      const stage = stages.get('prod');
      if (stage !== undefined) stage.autoDeploy = true;
    },
    'a stage that is new': (api) =>
      void api.stages.set('qa', { deploymentId: 'd1', autoDeploy: true, message: null }),
  };

  test.each(
    [httpApi, chatApi, mixedApi, liveApi].flatMap((make) =>
      Object.entries(autoDeploying).flatMap(([what, change]) =>
        make === liveApi && what !== 'a stage that is new' ? [] : [{ make, what, change }],
      ),
    ),
  )(
    '$make.name: no change of a route goes live in $what, whenever that is',
    async ({ make, change }) => {
      let isReached = true;
      for (let at = 0; isReached; at += 1) {
        const plane = fakeV2Plane(make());
        plane.onCall = ({ index }) => {
          if (index === at) change(plane.api);
          return undefined;
        };
        const closed: number[] = [];
        const updateRoute: ApiGatewayV2['updateRoute'] = (apiId, routeId, members) => {
          if (members.AuthorizationType === 'AWS_IAM') closed.push(plane.calls.length);
          return plane.apiGatewayV2.updateRoute(apiId, routeId, members);
        };
        const watched = { ...plane, apiGatewayV2: { ...plane.apiGatewayV2, updateRoute } };
        await enforceV2(watched, memoryJournal(), provenBy(plane.api));
        isReached = plane.calls.length > at;
        expect(isReached || at > 5).toBe(true);
        // A change between the last look at the stages and the call is all that may go live.
        const seen = plane.calls.find((it) => it.index >= at && it.operation === 'GetStages');
        const late = closed.filter((index) => seen !== undefined && index > seen.index);
        expect([at, late]).toEqual([at, []]);
        expect(closed.filter((index) => index > at).length).toBeLessThanOrEqual(1);
      }
    },
  );

  test('a route that somebody else has closed since the plan is theirs: nothing is changed', async () => {
    const { outcome, api, isDone } = await enforced(httpApi, 'GetRoutes', ({ routes }) => {
      routes.set('GET /open', { ...fakeRoute(), authorizationType: 'AWS_IAM' });
    });
    expect([isDone, outcome.state]).toEqual([true, 'restored']);
    expect(outcome.reasons.join()).toContain('GET /open went from NONE to AWS_IAM');
    expect(api.routes.get('GET /open')?.authorizationType).toBe('AWS_IAM');
  });

  test('a route of a WebSocket API that lets nobody in counts, too, once the deployment is begun', async () => {
    const { outcome } = await enforced(chatApi, 'CreateDeployment', ({ routes }) => {
      routes.set('send', fakeRoute());
    });
    expect(outcome.state).toBe('restored');
    expect(outcome.reasons.join()).toContain('send');
  });

  test('a stage that was moved on is theirs', async () => {
    const { outcome, api } = await enforced(httpApi, 'CreateDeployment', (it) => {
      deployV2(it, 'theirs');
      const prod = it.stages.get('prod');
      if (prod !== undefined) prod.deploymentId = 'theirs';
    });
    expect(outcome.reasons.join()).toContain('stage prod now serves deployment theirs');
    expect(api.stages.get('prod')?.deploymentId).toBe('theirs');
  });

  test('a stage that begins to deploy by itself is not moved', async () => {
    const { outcome } = await enforced(httpApi, 'GetStage', ({ stages }) => {
      const prod = stages.get('prod');
      if (prod !== undefined) prod.autoDeploy = true;
    });
    expect(outcome.reasons.join()).toContain('stage prod now deploys by itself');
  });

  test('a route that was changed since the plan stops a live change before it', async () => {
    const { outcome, api } = await enforced(liveApi, 'GetRoute', ({ routes }) => {
      routes.set('GET /open', fakeRoute({ authorizationType: 'CUSTOM', authorizerId: 'x' }));
    });
    expect(outcome).toMatchObject({ state: 'restored' });
    expect(outcome.reasons.join()).toContain('GET /open went from NONE to CUSTOM');
    expect(api.routes.get('GET /open')?.authorizationType).toBe('CUSTOM');
  });
});

describe('what else is pending', () => {
  test('an export that shows what is configured is found out by the change itself', async () => {
    const asked = { allowPendingChanges: false };
    const seen = fakeV2Plane(httpApi());
    expect(await enforceV2(seen, memoryJournal(), provenBy(seen.api), asked)).toMatchObject({
      state: 'proven',
    });
    const blind = fakeV2Plane(httpApi(), { exportShowsNewest: true });
    const outcome = await enforceV2(blind, memoryJournal(), provenBy(blind.api), asked);
    expect(outcome).toMatchObject({ state: 'restored' });
    expect(outcome.reasons.join()).toMatch(
      /the export of a stage .* shows what is configured.*allow-pending-changes/,
    );
    expect(pictureOfV2(blind.api)).toEqual(START.httpApi);
    const allowed = fakeV2Plane(httpApi(), { exportShowsNewest: true });
    expect(await enforceV2(allowed, memoryJournal(), provenBy(allowed.api))).toMatchObject({
      state: 'proven',
    });
  });

  test.each<[string, (api: FakeV2Api) => void, string]>([
    [
      'a new route',
      ({ routes }) => void routes.set('GET /new', fakeRoute({ authorizationType: 'AWS_IAM' })),
      'GET /new is new',
    ],
    ['a route less', ({ routes }) => void routes.delete('GET /'), 'GET / is gone'],
    [
      'another backend',
      ({ routes }) =>
        void routes.set('GET /', fakeRoute({ authorizationType: 'AWS_IAM', target: 'other' })),
      'GET / changes in its integration',
    ],
  ])('%s refuses the plan, unless it is allowed', async (_, change, words) => {
    const plane = fakeV2Plane(httpApi());
    change(plane.api);
    expect((await planV2(plane)).refusals.join()).toContain(words);
    const allowed = await planV2(plane, { allowPendingChanges: true });
    expect([allowed.refusals, allowed.notes.join()]).toEqual([[], expect.stringContaining(words)]);
  });

  test('an export that shows what is configured is found out by changes that are live already', async () => {
    const asked = { allowPendingChanges: false, allowLiveChanges: true };
    for (const [exportShowsNewest, state] of [
      [false, 'proven'],
      [true, 'partial'],
    ] as const) {
      const plane = fakeV2Plane(mixedApi(), { exportShowsNewest });
      const outcome = await enforceV2(plane, memoryJournal(), provenBy(plane.api), asked);
      expect([outcome.state, outcome.stageStates]).toEqual([
        state,
        exportShowsNewest ? ['not-attempted'] : ['moved'],
      ]);
      expect(outcome.reasons.join()).toMatch(
        exportShowsNewest ? /shows what is configured.*allow-pending-changes/ : /^$/,
      );
    }
  });

  test.each<[string, Partial<ReturnType<typeof fakeRoute>>, boolean]>([
    ['an authorizer that is kept', { authorizationType: 'JWT', authorizerId: 'people' }, true],
    ['a type that is changed with the rest', {}, false],
  ])(
    'a route that is served closed and configured with %s is never opened',
    async (_, parts, isOpened) => {
      const plane = fakeV2Plane(httpApi());
      plane.api.routes.set('GET /', fakeRoute(parts));
      const asked = { allowPendingChanges: true, replaceAuthorizers: false };
      const opening = 'would open GET /, which is closed there';
      const { refusals } = await planV2(plane, asked);
      expect(refusals).toEqual(
        isOpened ? ['prod', 'dev'].map((name) => `a deployment to stage ${name} ${opening}`) : [],
      );
    },
  );

  test('of a WebSocket API is never known', async () => {
    const plane = fakeV2Plane(chatApi());
    expect((await planV2(plane)).refusals.join()).toContain(
      'AWS does not tell what a stage of a WebSocket API serves',
    );
  });
});

describe('what is live at once', () => {
  test('is refused, unless it is allowed', async () => {
    for (const make of [liveApi, mixedApi, liveChatApi]) {
      const plane = fakeV2Plane(make());
      const { refusals } = await planV2(plane, { allowPendingChanges: true });
      expect(refusals.join()).toContain('allow-live-changes: true');
      expect((await planV2(plane, ALLOWED)).refusals).toEqual([]);
    }
  });

  test('in a stage that nobody named is refused whatever is allowed', async () => {
    const plane = fakeV2Plane(mixedApi());
    const { refusals } = await planV2(plane, { ...ALLOWED, stages: ['prod'] });
    expect(refusals.join()).toContain('name every stage that deploys by itself');
  });

  test('in stages that nobody named is told with all their names, and with what it takes', async () => {
    const api = fakeV2Api('HTTP', ROUTES, {
      prod: { deploymentId: 'd2' },
      blue: { deploymentId: 'd1', autoDeploy: true },
      green: { deploymentId: 'd1', autoDeploy: true },
      fixed: { deploymentId: 'd1' },
    });
    const { refusals } = await planV2(fakeV2Plane(api), { ...ALLOWED, stages: ['prod'] });
    expect(refusals.join()).toContain('stages blue, green deploy every change at once');
    expect(refusals.join()).toContain('would be live at once in blue, green, too');
    expect(refusals.join()).not.toContain('fixed');
    const one = await planV2(fakeV2Plane(api), { ...ALLOWED, stages: ['blue'] });
    expect(one.refusals.join()).toContain('would be live at once in green, too');
    expect(one.refusals.join()).not.toContain('deploy every change at once');
    const all = await planV2(fakeV2Plane(api), { ...ALLOWED, stages: ['blue', 'green'] });
    expect(all.refusals).toEqual([]);
  });

  test('is no matter of stages that nobody named where no route is changed', async () => {
    const right = { 'GET /': { authorizationType: 'AWS_IAM' } };
    const api = fakeV2Api('HTTP', right, {
      prod: { deploymentId: 'd1' },
      blue: { deploymentId: 'd1', autoDeploy: true },
    });
    const open = api.deployments.get('d1')?.routes.get('GET /');
    expect(open?.authorizationType).toBe('AWS_IAM');
    const plan = await planV2(fakeV2Plane(api), { ...ALLOWED, stages: ['prod'] });
    expect(plan).toMatchObject({ changes: [], refusals: [] });
  });

  test('is refused where nobody can tell whether other stages deploy by themselves', async () => {
    const plane = fakeV2Plane(mixedApi());
    const [plan] = [await planV2(plane, { ...ALLOWED, stages: ['prod'] })];
    const { findPending } = enforcerOf('HTTP');
    const denied = fakeV2Plane(plane.api);
    denied.onCall = ({ operation }) => (operation === 'GetStages' ? 'denied' : undefined);
    const { refusals } = await findPending(plan, servicesOf(denied));
    expect(refusals.join()).toContain(
      'whether other stages deploy by themselves could not be read',
    );
    expect(refusals.join()).toContain('GetStages');
  });

  test('after a deployment that failed ships what that left behind', async () => {
    const plane = fakeV2Plane(liveApi());
    const stage = plane.api.stages.get('$default');
    if (stage !== undefined) stage.message = 'Deployment attempt failed: no integration';
    const { refusals } = await planV2(plane, { allowLiveChanges: true });
    expect(refusals.join()).toContain('has not deployed an earlier change');
  });

  test('on an API that is right already nothing is planned', async () => {
    const right = { 'GET /': { authorizationType: 'AWS_IAM' } };
    for (const autoDeploy of [true, false]) {
      const stages = { prod: { deploymentId: 'd1', autoDeploy } };
      const plan = await planV2(fakeV2Plane(fakeV2Api('HTTP', right, stages)));
      expect(plan).toMatchObject({ changes: [], stages: [], live: [], refusals: [] });
    }
  });
});

describe('a route for OPTIONS', () => {
  test('is closed as any other, and what that means for browsers is said', async () => {
    const api = fakeV2Api('HTTP', { 'OPTIONS /a': {} }, { prod: { deploymentId: 'd1' } });
    const plan = await planV2(fakeV2Plane(api));
    expect(plan.changes.map(({ method }) => method)).toEqual(['OPTIONS']);
    expect(plan.notes.join()).toContain('Browsers never sign preflights, and OPTIONS /a');
  });
});

describe('what API Gateway manages', () => {
  test('is left as it is, and said', async () => {
    const api = fakeV2Api(
      'HTTP',
      { $default: { isManaged: true }, 'GET /a': {} },
      { prod: { deploymentId: 'd1' } },
    );
    const plan = await planV2(fakeV2Plane(api), ALLOWED);
    expect(plan.changes.map(({ path }) => path)).toEqual(['/a']);
    expect(plan.kept).toEqual([
      expect.objectContaining({
        method: '$default',
        reason: expect.stringContaining('quick create'),
      }),
    ]);
  });
});
