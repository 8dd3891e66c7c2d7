import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiGatewayV2, Deployment, Route, Stage } from '../../../../src/aws/api-gateway-v2.js';
import { parseExportedRoutes } from '../../../../src/evidence/http/exported-routes.js';
import { servedRoutes } from '../../../../src/evidence/http/served.js';
import { configuredRoute } from '../../../../src/evidence/v2/routes.js';
import { type Methods, methodKey } from '../../../../src/model/evidence.js';
import { throttled } from '../fake-api-gateway.js';
import {
  auditOf,
  BY_HAND,
  CURRENT,
  collect,
  collectOne,
  type Described,
  exportOf,
  regionOf,
  servedBy,
} from './region.js';

const SHOP: Described = {
  id: 'h1',
  kind: 'HTTP',
  routes: { 'GET /pets': 'AWS_IAM', 'POST /pets': 'AWS_IAM', $default: 'AWS_IAM' },
  stages: [CURRENT],
  exports: { $default: { 'GET /pets': 'AWS_IAM', 'POST /pets': 'AWS_IAM', $default: 'AWS_IAM' } },
};
const CHAT: Described = {
  id: 'w1',
  kind: 'WEBSOCKET',
  routes: { $connect: 'AWS_IAM', $default: 'NONE', sendMessage: 'NONE' },
  stages: [CURRENT],
};

describe('configured routes', () => {
  test('come from every page, with what only a route has', async () => {
    const { configured } = await collectOne(SHOP, {
      getRoutesPage: async (_id, token) =>
        token === undefined
          ? {
              items: [{ RouteId: 'r1', RouteKey: 'GET /pets/{id}', AuthorizationType: 'AWS_IAM' }],
              nextToken: '2',
            }
          : {
              items: [
                {
                  RouteId: 'r2',
                  RouteKey: '$default',
                  AuthorizationType: 'JWT',
                  AuthorizerId: 'a1',
                  AuthorizationScopes: ['read'],
                  Target: 'integrations/i1',
                  ApiGatewayManaged: true,
                },
              ],
              nextToken: undefined,
            },
    });
    expect(configured.readable && [...configured.value.values()]).toMatchObject([
      {
        method: 'GET',
        path: '/pets/{id}',
        resourceId: 'r1',
        route: { routeKey: 'GET /pets/{id}', isManaged: false, target: null },
      },
      {
        method: '$default',
        path: '$default',
        authorizationType: 'JWT',
        authorizerId: 'a1',
        authorizationScopes: ['read'],
        route: { routeId: 'r2', target: 'integrations/i1', isManaged: true },
      },
    ]);
  });

  test.each<[string, Partial<ApiGatewayV2>]>([
    [
      'a route comes twice, with two types',
      {
        getRoutesPage: async (_id: string, token: string | undefined) =>
          token === undefined
            ? {
                items: [{ RouteId: 'r1', RouteKey: 'GET /a', AuthorizationType: 'NONE' as const }],
                nextToken: 't2',
              }
            : {
                items: [
                  { RouteId: 'r2', RouteKey: 'get /a', AuthorizationType: 'AWS_IAM' as const },
                ],
                nextToken: undefined,
              },
      },
    ],
    ['a page fails', { getRoutesPage: async () => Promise.reject(throttled('GetRoutes')) }],
    [
      'a later page fails',
      {
        getRoutesPage: async (_id, token) => {
          if (token !== undefined) throw throttled('GetRoutes');
          return { items: [{ RouteId: 'r1', RouteKey: 'GET /a' }], nextToken: '2' };
        },
      },
    ],
    [
      'pages go round in a circle',
      {
        getRoutesPage: async () => ({
          items: [{ RouteId: 'r1', RouteKey: 'GET /a' }],
          nextToken: '2',
        }),
      },
    ],
    [
      'a route has no id',
      { getRoutesPage: async () => ({ items: [{ RouteKey: 'GET /a' }], nextToken: undefined }) },
    ],
    [
      'a route has no key',
      {
        getRoutesPage: async () => ({
          items: [{ RouteId: 'r1', RouteKey: undefined }],
          nextToken: undefined,
        }),
      },
    ],
  ])('are unreadable as a whole where %s', async (_why, answers) => {
    const { configured, stages } = await collectOne(SHOP, answers);
    expect(configured).toMatchObject({ readable: false, call: 'GetRoutes' });
    expect(stages.readable).toBe(true);
  });

  test('without a type are unreadable, never open and never protected', () => {
    const route: Route = { RouteId: 'r1', RouteKey: 'GET /a' };
    expect(configuredRoute(route).authorizationType).toBe('unreadable');
  });

  test('of a WebSocket API are $connect alone', async () => {
    const { configured } = await collectOne(CHAT);
    expect(configured.readable && [...configured.value.keys()]).toEqual(['$connect $connect']);
  });
});

describe('a stage', () => {
  test.each<[string, Partial<ApiGatewayV2>]>([
    ['no list', { getStagesPage: async () => Promise.reject(throttled('GetStages')) }],
    [
      'a stage without a name',
      { getStagesPage: async () => ({ items: [{ StageName: undefined }], nextToken: undefined }) },
    ],
  ])('is unreadable by %s', async (_why, answers) => {
    const { stages, configured } = await collectOne(SHOP, answers);
    expect(stages).toMatchObject({ readable: false, call: 'GetStages' });
    expect(configured.readable).toBe(true);
  });

  test('says how it gets its deployments', async () => {
    const { stages } = await collectOne({
      ...SHOP,
      stages: [{ ...CURRENT, ApiGatewayManaged: true }],
    });
    expect(stages.readable && stages.value).toMatchObject([
      {
        name: '$default',
        deploymentId: 'd1',
        canary: null,
        deployment: { autoDeploy: true, deploymentStatus: 'DEPLOYED', isManaged: true },
      },
    ]);
  });

  test('outside the audit is not read, and is known by name', async () => {
    const v2 = regionOf([{ ...SHOP, stages: [CURRENT, BY_HAND] }]);
    const { stageNames, stages } = await collectOne(
      { ...SHOP, stages: [CURRENT, BY_HAND] },
      {},
      { stages: ['$default'] },
    );
    expect(stageNames).toEqual(['$default', 'prod']);
    expect(stages.readable && stages.value).toHaveLength(1);
    expect(v2.calls).toEqual([]);
  });

  test('asks for the deployments once, and not at all where none deploys by itself', async () => {
    const exports = { a: {}, b: {}, prod: {} };
    const [a, b] = ['a', 'b'].map((StageName) => ({ ...CURRENT, StageName }));
    const callsFor = async (...stages: readonly Partial<Stage>[]): Promise<number> => {
      const v2 = regionOf([{ ...SHOP, stages, exports }]);
      await collect(v2);
      return v2.calls.filter((it) => it.startsWith('getDeployment')).length;
    };
    expect(await callsFor(a ?? {}, b ?? {}, BY_HAND)).toBe(1);
    expect(await callsFor(BY_HAND)).toBe(0);
  });
});

/** Whatever of a stage leaves open what it serves. */
const T = (second: number): Date => new Date(Date.UTC(2026, 10, 1, 12, 0, second));

describe('a stage that says that it has deployed by itself', () => {
  test.each<[what: string, other: Deployment, expected: string]>([
    [
      'an automatic one is under way since',
      { DeploymentStatus: 'PENDING', CreatedDate: T(1) },
      'untold',
    ],
    [
      'one is under way of the same second',
      { DeploymentStatus: 'PENDING', CreatedDate: T(0) },
      'untold',
    ],
    ['one failed since', { DeploymentStatus: 'FAILED', CreatedDate: T(1) }, 'untold'],
    [
      'one without a date is under way',
      { DeploymentStatus: 'PENDING', CreatedDate: undefined },
      'untold',
    ],
    ['one of no status is newer', { DeploymentStatus: undefined, CreatedDate: T(1) }, 'untold'],
    ['one failed before', { DeploymentStatus: 'FAILED', CreatedDate: T(-1) }, 'AWS_IAM'],
    [
      'another stage got its own since',
      { DeploymentStatus: 'DEPLOYED', CreatedDate: T(1) },
      'AWS_IAM',
    ],
    [
      'somebody else makes one by hand',
      { DeploymentStatus: 'PENDING', AutoDeployed: false, CreatedDate: T(1) },
      'AWS_IAM',
    ],
  ])('where %s', async (_what, other, expected) => {
    const deployments = {
      d1: { DeploymentStatus: 'DEPLOYED' as const, CreatedDate: T(0) },
      d2: other,
    };
    const http = await collectOne({ ...SHOP, deployments });
    expect(servedBy(http).$default).toMatchObject({ 'GET /pets': expected });
    const webSocket = await collectOne({ ...CHAT, deployments });
    expect(servedBy(webSocket).$default).toEqual(
      expected === 'untold' ? 'untold' : { '$connect $connect': expected },
    );
  });

  test('and serves a deployment that is not listed is untold', async () => {
    const api = await collectOne(SHOP, {
      getDeploymentsPage: async () => ({ items: [], nextToken: undefined }),
    });
    expect(servedBy(api).$default).toMatchObject({ 'GET /pets': 'untold' });
  });

  test('is looked for on every page of the deployments', async () => {
    const deployments = (items: readonly Deployment[], nextToken?: string) => ({
      items,
      nextToken,
    });
    const own = { DeploymentId: 'd1', DeploymentStatus: 'DEPLOYED', CreatedDate: T(0) } as const;
    const newer = { DeploymentId: 'd2', DeploymentStatus: 'PENDING', CreatedDate: T(5) } as const;
    const api = await collectOne(SHOP, {
      getDeploymentsPage: async (_id, token) =>
        token === undefined ? deployments([own], '2') : deployments([newer]),
    });
    expect(servedBy(api).$default).toMatchObject({ 'GET /pets': 'untold' });
  });
});

describe('an export that shows AWS_IAM for no route', () => {
  const HIDING = {
    ...SHOP,
    exports: { $default: { 'GET /pets': 'NONE', 'POST /pets': 'NONE', $default: 'NONE' } },
  };

  test.each([CURRENT, { ...BY_HAND, StageName: '$default' }])(
    'says nothing of routes that have it: %j',
    async (stage) => {
      const { said, verdict, findings } = await auditOf([{ ...HIDING, stages: [stage] }]);
      expect([verdict, said]).toEqual(['incomplete', ['deployed-untold $default']]);
      expect(findings[0]?.message).toContain('AWS_IAM for no route at all');
    },
  );

  test('convicts routes that are configured without it', async () => {
    const { said } = await auditOf([
      { ...HIDING, routes: { ...SHOP.routes, 'GET /pets': 'NONE' } },
    ]);
    expect(said).toEqual([
      'deployed-not-iam GET $default',
      'configured-not-iam GET',
      'deployed-untold $default',
    ]);
  });
});

type Status = 'PENDING' | 'FAILED' | 'DEPLOYED';

const CASES: readonly (readonly [why: string, stage: Partial<Stage>, status?: Status])[] = [
  ['does not deploy by itself', { ...CURRENT, AutoDeploy: false }],
  ['says nothing of AutoDeploy', { StageName: '$default', DeploymentId: 'd1' }],
  ['has a deployment that is not finished', CURRENT, 'PENDING'],
  ['has a deployment that failed', CURRENT, 'FAILED'],
  [
    'has failed to deploy by itself',
    {
      ...CURRENT,
      LastDeploymentStatusMessage:
        'Deployment attempt failed: Unable to deploy API because no routes exist in this API',
    },
  ],
  [
    'says nothing of its last deployment',
    { StageName: '$default', AutoDeploy: true, DeploymentId: 'd1' },
  ],
  [
    'serves another deployment than its last',
    {
      ...CURRENT,
      LastDeploymentStatusMessage: "Successfully deployed stage with deployment ID 'd2'",
    },
  ],
  ['names no deployment', { StageName: '$default', AutoDeploy: true }],
  [
    'speaks in words that nobody knows',
    {
      ...CURRENT,
      LastDeploymentStatusMessage: "Not yet: Successfully deployed stage with deployment ID 'd1'",
    },
  ],
];

// Jest takes a missing argument for a callback.
const UNCERTAIN = CASES.map(
  ([why, stage, status = 'DEPLOYED']): [string, Partial<Stage>, Status] => [why, stage, status],
);

describe('what a stage of an HTTP API serves', () => {
  test('is what it exports, where it deploys by itself and has finished', async () => {
    expect(servedBy(await collectOne(SHOP))).toEqual({
      $default: {
        'GET /pets': 'AWS_IAM',
        'POST /pets': 'AWS_IAM',
        '$default $default': 'AWS_IAM',
      },
    });
    expect(await auditOf([SHOP])).toMatchObject({ verdict: 'pass', said: [] });
  });

  test.each(UNCERTAIN)('is untold where it %s, and no pass', async (_why, stage, status) => {
    const api = { ...SHOP, stages: [stage], deployments: { d1: status } };
    expect(servedBy(await collectOne(api))).toEqual({
      $default: { 'GET /pets': 'untold', 'POST /pets': 'untold', '$default $default': 'untold' },
    });
    const { verdict, said, findings, rows } = await auditOf([api]);
    expect(verdict).toBe('incomplete');
    expect(said).toEqual(['deployed-untold $default']);
    expect(findings[0]?.message).toContain('GET /pets, POST /pets, $default');
    expect(rows.map(({ deployed }) => deployed)).toEqual(['untold', 'untold', 'untold']);
  });

  test.each(UNCERTAIN)('convicts where it %s', async (_why, stage, status) => {
    const api: Described = {
      ...SHOP,
      stages: [stage],
      exports: { $default: { 'GET /pets': 'NONE', 'POST /pets': 'AWS_IAM', $default: 'JWT' } },
      deployments: { d1: status },
    };
    const { verdict, said } = await auditOf([api]);
    expect(verdict).toBe('fail');
    expect(said).toEqual([
      'deployed-not-iam $default $default',
      'deployed-not-iam GET $default',
      'deployed-untold $default',
    ]);
  });

  test('is not known where its deployment cannot be read', async () => {
    const api = await collectOne(SHOP, {
      getDeploymentsPage: async () => Promise.reject(throttled('GetDeployments')),
    });
    expect(servedBy(api).$default).toMatchObject({ 'GET /pets': 'unreadable' });
  });

  test.each([
    ['fails', async () => Promise.reject(throttled('ExportApi'))],
    ['is no document', async () => '<html>'],
    ['has no paths', async () => '{}'],
  ])('is unreadable where the export %s', async (_why, exportApi) => {
    const api = await collectOne(SHOP, { exportApi });
    expect(servedBy(api)).toEqual({ $default: 'unreadable' });
    expect((await auditOf([SHOP], { exportApi })).verdict).toBe('incomplete');
  });

  test('is open where it is, fixed but not deployed', async () => {
    const api = {
      ...SHOP,
      exports: { $default: { ...(SHOP.exports?.$default as object), 'GET /pets': 'NONE' } },
    };
    const { said, findings } = await auditOf([api]);
    expect(said).toEqual(['deployed-not-iam GET $default']);
    expect(findings[0]?.message).toContain(
      'The stage serves the route with NONE, not AWS_IAM: fixed but not deployed',
    );
  });

  test('is in between where the export and the routes differ in allowed types', async () => {
    const api = {
      ...SHOP,
      routes: { 'GET /a': 'AWS_IAM' },
      exports: { $default: { 'GET /a': 'JWT' } },
    };
    const { said } = await auditOf([api], {}, ['AWS_IAM', 'JWT']);
    expect(said).toEqual(['deployed-untold $default']);
  });

  test('is what GetRoutes says where the export does not describe an authorizer', async () => {
    const api = {
      ...SHOP,
      routes: { 'GET /a': 'JWT', 'GET /b': 'AWS_IAM' },
      exports: { $default: { 'GET /a': 'undescribed', 'GET /b': 'undescribed' } },
    };
    expect(servedBy(await collectOne(api)).$default).toEqual({
      'GET /a': 'JWT',
      'GET /b': 'unreadable',
    });
  });

  test('holds a route that the export lacks, as it is configured', async () => {
    const api = { ...SHOP, exports: { $default: { 'GET /pets': 'AWS_IAM' } } };
    expect(servedBy(await collectOne(api)).$default).toMatchObject({ 'POST /pets': 'AWS_IAM' });
    const open = { ...api, routes: { ...SHOP.routes, 'POST /pets': 'NONE' } };
    expect((await auditOf([open])).said).toContain('deployed-not-iam POST $default');
  });

  test('never acquits a route whose type the export does not show, whatever both say', () => {
    const type = fc.constantFrom('AWS_IAM', 'NONE', 'JWT', 'CUSTOM', 'unreadable');
    const routes = fc.record(
      { 'GET /a': type, 'ANY /b': type, $default: type },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(routes, routes, fc.boolean(), (configured, exported, isCurrent) => {
        const served = servedRoutes({
          isCurrent: {
            readable: true,
            value: isCurrent ? true : 'the stage does not deploy by itself',
          },
          exported: methodsOf(exported),
          configured: {
            readable: true,
            value: new Map(
              [...methodsOf(configured)].map(([key, it]) => [
                key,
                configuredRoute({
                  RouteId: key,
                  RouteKey: it.path === it.method ? it.path : key,
                  AuthorizationType: it.authorizationType as 'NONE',
                }),
              ]),
            ),
          },
          allowedTypesOf: () => ['AWS_IAM'],
        });
        expect([...served.keys()].toSorted()).toEqual(
          [...new Set([...methodsOf(configured).keys(), ...methodsOf(exported).keys()])].toSorted(),
        );
        for (const [key, { authorizationType }] of served) {
          if (authorizationType !== 'AWS_IAM') continue;
          expect(isCurrent).toBe(true);
          expect([exported, configured].some((it) => keysOf(it).get(key) === 'AWS_IAM')).toBe(true);
          for (const it of [exported, configured]) {
            expect([undefined, 'AWS_IAM']).toContain(keysOf(it).get(key));
          }
        }
      }),
    );
  });
});

function methodsOf(
  types: Readonly<Record<string, string>>,
): Methods<{ method: string; path: string; authorizationType: string }> {
  return new Map(
    Object.entries(types).map(([key, authorizationType]) => {
      const [method = '', path = method] = key.split(' ');
      return [methodKey(method, path), { method, path, authorizationType }];
    }),
  );
}

function keysOf(types: Readonly<Record<string, string>>): Map<string, string> {
  return new Map([...methodsOf(types)].map(([key, it]) => [key, it.authorizationType]));
}

describe('an export of an HTTP API', () => {
  test.each([
    ['AWS_IAM', 'AWS_IAM'],
    ['NONE', 'NONE'],
    ['JWT', 'JWT'],
    ['CUSTOM', 'CUSTOM'],
    ['undescribed', 'unreadable'],
    ['gone', 'unreadable'],
  ])('with the scheme %s is %s', (scheme, type) => {
    const routes = parseExportedRoutes(
      exportOf({ 'GET /a': scheme, $default: scheme, 'ANY /b': scheme }),
    );
    expect([...routes].map(([key, it]) => [key, it.authorizationType])).toEqual([
      ['GET /a', type],
      ['$default $default', type],
      ['ANY /b', type],
    ]);
  });

  test('that is none is a failure of its call', () => {
    expect(() => parseExportedRoutes('[]')).toThrow(/ExportApi/);
    expect(() => parseExportedRoutes('no JSON')).toThrow(/ExportApi/);
  });
});

describe('what a stage of a WebSocket API serves', () => {
  test('is what is configured, where it deploys by itself and has finished', async () => {
    expect(servedBy(await collectOne(CHAT))).toEqual({
      $default: { '$connect $connect': 'AWS_IAM' },
    });
    expect(await auditOf([CHAT])).toMatchObject({ verdict: 'pass', said: [] });
  });

  test.each(UNCERTAIN)('is untold where it %s, and no pass', async (_why, stage, status) => {
    const api = { ...CHAT, stages: [stage], deployments: { d1: status } };
    expect(servedBy(await collectOne(api))).toEqual({ $default: 'untold' });
    const { verdict, said, rows, findings } = await auditOf([api]);
    expect([verdict, said]).toEqual(['incomplete', ['deployed-untold $default']]);
    expect(rows.map(({ method, path, deployed }) => [method, path, deployed])).toEqual([
      ['$connect', '$connect', 'untold'],
    ]);
    expect(findings[0]?.message).toContain('$connect');
    expect(findings[0]?.fix).toContain('AutoDeploy');
  });

  test('is not known where its deployment cannot be read', async () => {
    const answers = { getDeploymentsPage: async () => Promise.reject(throttled('GetDeployments')) };
    expect(servedBy(await collectOne(CHAT, answers))).toEqual({ $default: 'unreadable' });
  });

  test.each(['NONE', 'CUSTOM'])('is open with %s', async (type) => {
    const { said, verdict } = await auditOf([{ ...CHAT, routes: { $connect: type } }]);
    expect(verdict).toBe('fail');
    expect(said).toEqual(['deployed-not-iam $connect $default', 'configured-not-iam $connect']);
  });

  test('is nothing of an untold stage by what is configured: an open $connect still opens with the next deployment', async () => {
    const { said, verdict } = await auditOf([
      { ...CHAT, routes: { $connect: 'NONE' }, stages: [BY_HAND] },
    ]);
    expect([verdict, said]).toEqual([
      'fail',
      ['configured-not-iam $connect', 'deployed-untold prod'],
    ]);
  });
});

describe('a WebSocket API without $connect', () => {
  const OPEN: Described = { ...CHAT, routes: { $default: 'AWS_IAM', sendMessage: 'AWS_IAM' } };

  test('lets everybody in, whatever its other routes ask for', async () => {
    const { said, verdict, findings, rows } = await auditOf([OPEN]);
    expect([verdict, said]).toEqual(['fail', ['websocket-without-connect $connect']]);
    expect(findings[0]).toMatchObject({ effect: 'open', severity: 'error' });
    expect(rows.map(({ configured, deployed }) => [configured, deployed])).toEqual([[null, null]]);
  });

  test('will let them in where nobody knows what is deployed', async () => {
    const { said, findings } = await auditOf([{ ...OPEN, stages: [BY_HAND] }]);
    expect(said).toEqual(['websocket-without-connect $connect', 'deployed-untold prod']);
    expect(findings[0]).toMatchObject({ effect: 'opens-next' });
  });

  test('is told without a stage, too', async () => {
    expect((await auditOf([{ ...OPEN, stages: [] }])).said).toEqual([
      'websocket-without-connect $connect',
    ]);
  });
});

describe('rules about routes', () => {
  test('an open $default says what else it opens', async () => {
    const { findings } = await auditOf([
      { ...SHOP, routes: { $default: 'NONE' }, exports: { $default: { $default: 'NONE' } } },
    ]);
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'deployed-not-iam',
        'The stage serves the route with NONE, not AWS_IAM: it is open now, and with it every path that no other route takes.',
      ],
      [
        'configured-not-iam',
        'The route is configured with NONE, not AWS_IAM: stages that deploy by themselves serve it so, and with it every path that no other route takes.',
      ],
    ]);
  });

  test.each([
    [undefined, 'Set CorsConfiguration on the API'],
    [{ AllowOrigins: ['*'] }, 'Remove the route, since the API answers preflights by itself'],
  ])('OPTIONS always has a backend, with CorsConfiguration %j', async (cors, fix) => {
    const routes = { 'OPTIONS /pets': 'NONE', 'GET /pets': 'AWS_IAM' };
    const { findings, said, rows } = await auditOf([
      {
        ...SHOP,
        ...(cors === undefined ? {} : { api: { CorsConfiguration: cors } }),
        routes,
        exports: { $default: routes },
      },
    ]);
    expect(said).toEqual(['deployed-not-iam OPTIONS $default', 'preflight-has-backend OPTIONS']);
    expect(findings[1]?.fix).toContain(fix);
    expect(rows.map(({ preflight }) => preflight)).toEqual(['no', 'no']);
  });

  test('CorsConfiguration is no finding', async () => {
    expect(
      (await auditOf([{ ...SHOP, api: { CorsConfiguration: { AllowOrigins: ['*'] } } }])).said,
    ).toEqual([]);
  });

  test('ANY, JWT and CUSTOM are as in REST', async () => {
    const routes = { 'ANY /a': 'NONE', 'GET /b': 'JWT', 'GET /c': 'CUSTOM' };
    const api = { ...SHOP, routes, exports: { $default: routes } };
    expect((await auditOf([api])).said.filter((it) => it.startsWith('deployed'))).toEqual([
      'deployed-not-iam ANY $default',
      'deployed-not-iam GET $default',
      'deployed-not-iam GET $default',
    ]);
    const allowed = await auditOf([api], {}, ['AWS_IAM', 'JWT', 'CUSTOM']);
    expect(allowed.said).toEqual(['deployed-not-iam ANY $default', 'configured-not-iam ANY']);
  });

  test('a managed route says that enforce leaves it', async () => {
    const { findings } = await auditOf([
      {
        ...SHOP,
        routes: { $default: { AuthorizationType: 'NONE', ApiGatewayManaged: true } },
        exports: { $default: { $default: 'NONE' } },
      },
    ]);
    for (const { fix } of findings)
      expect(fix).toContain('API Gateway manages this one (quick create)');
  });
});
