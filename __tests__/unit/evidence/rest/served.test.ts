import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Method, Resource, Stage } from '../../../../src/aws/api-gateway.js';
import { collectEvidence, type Scope } from '../../../../src/evidence/collect.js';
import { type JoinedMethod, joinLayers } from '../../../../src/evidence/join.js';
import type { Logger } from '../../../../src/model/logger.js';
import { judge } from '../../../../src/rules/judge.js';
import { decideVerdict } from '../../../../src/rules/verdict.js';
import { apiGatewayThat, META, restAlone, throttled } from '../fake-api-gateway.js';

const SILENT: Logger = { info: () => {}, debug: () => {}, group: (_title, phase) => phase() };

/** What a method of the fake service is: its type, and for OPTIONS what answers it. */
interface Fact {
  readonly type: string;
  readonly backend: 'preflight' | 'mock' | 'proxy';
}

type Facts = Readonly<Record<string, Fact>>;

const IAM: Fact = { type: 'AWS_IAM', backend: 'proxy' };
const OPEN: Fact = { type: 'NONE', backend: 'proxy' };
const PREFLIGHT: Fact = { type: 'NONE', backend: 'preflight' };

/** A service whose truth is known: what is configured, what each deployment holds, and what it tells of it. */
interface Service {
  readonly configured: Facts;
  readonly deployments: Readonly<Record<string, Facts>>;
  /** Methods that summaries leave out. */
  readonly omitted?: readonly string[];
  readonly stages: readonly Stage[];
  /** `newest`: neither of the two, but `d3`. */
  readonly exportUnderCanary?: 'stage' | 'canary' | 'newest';
  readonly exportFails?: boolean;
  /** The deployment that stages are moved to between the list of them and the export. */
  readonly movedTo?: string;
  /** What somebody has made of the stages once so many calls were begun. */
  readonly moved?: { readonly afterCalls: number; readonly stages: readonly Stage[] };
}

const ORIGIN = 'method.response.header.Access-Control-Allow-Origin';

function details({ type, backend }: Fact): Method {
  return {
    authorizationType: type,
    methodIntegration: { type: backend === 'proxy' ? 'AWS_PROXY' : 'MOCK' },
    ...(backend === 'preflight'
      ? { methodResponses: { '200': { responseParameters: { [ORIGIN]: true } } } }
      : {}),
  };
}

function byPath<T>(
  facts: Facts,
  make: (fact: Fact, key: string) => T,
): Record<string, Record<string, T>> {
  const paths: Record<string, Record<string, T>> = {};
  for (const [key, fact] of Object.entries(facts)) {
    const [verb = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [verb]: make(fact, key) };
  }
  return paths;
}

function serving(service: Service): ReturnType<typeof apiGatewayThat> {
  const { configured, deployments, omitted = [], exportUnderCanary, exportFails } = service;
  const { movedTo, moved } = service;
  const stagesNow = (): readonly Stage[] =>
    moved !== undefined && apiGateway.calls.length > moved.afterCalls
      ? moved.stages
      : service.stages;
  const resources: Resource[] = Object.entries(byPath(configured, details)).map(
    ([path, resourceMethods]) => ({ id: `r${path}`, path, resourceMethods }),
  );
  const apiGateway = apiGatewayThat({
    getRestApi: async (id) => ({ id, name: 'orders' }),
    getResourcesPage: async () => ({ ...META, items: [{ id: 'r0', path: '/' }, ...resources] }),
    getStages: async () => [...stagesNow()],
    getDeployment: async (_api, id) => ({
      id,
      apiSummary: byPath(
        Object.fromEntries(
          Object.entries(deployments[id] ?? {}).filter(([key]) => !omitted.includes(key)),
        ),
        ({ type }) => ({ authorizationType: type, apiKeyRequired: false }),
      ),
    }),
    getExport: async (_api, name) => {
      if (exportFails === true) throw throttled('GetExport');
      const stage = stagesNow().find(({ stageName }) => stageName === name);
      const canary = stage?.canarySettings?.deploymentId;
      const main = stage?.deploymentId;
      const answers = { stage: main, canary: canary ?? main, newest: canary ? 'd3' : main };
      const shown = movedTo ?? answers[exportUnderCanary ?? 'stage'];
      const paths = byPath(deployments[shown ?? ''] ?? {}, ({ type, backend }) => ({
        ...(type === 'AWS_IAM' ? { security: [{ sigv4: [] }] } : {}),
        ...(type === 'CUSTOM' ? { security: [{ nobody: [] }] } : {}),
        ...(backend === 'preflight'
          ? { responses: { '200': { headers: { 'Access-Control-Allow-Origin': {} } } } }
          : {}),
        'x-amazon-apigateway-integration': { type: backend === 'proxy' ? 'aws_proxy' : 'mock' },
      }));
      return JSON.stringify({
        paths: Object.fromEntries(
          Object.entries(paths).map(([path, methods]) => [
            path,
            Object.fromEntries(
              Object.entries(methods).map(([verb, it]) => [
                verb === 'ANY' ? 'x-amazon-apigateway-any-method' : verb.toLowerCase(),
                it,
              ]),
            ),
          ]),
        ),
      });
    },
  });
  return apiGateway;
}

async function audit(service: Service, scope: Partial<Scope> = {}) {
  const apiGateway = serving(service);
  const allowedTypesOf = () => ['AWS_IAM'];
  const evidence = await collectEvidence(
    {
      apiIds: ['a1'],
      apiTypes: ['REST'],
      stages: '*',
      region: 'eu-west-1',
      allowedTypesOf,
      ...scope,
    },
    restAlone(apiGateway),
    SILENT,
  );
  const rows = joinLayers(evidence.apis, scope.allowedTypesOf ?? allowedTypesOf);
  const findings = judge({ evidence, rows, observations: [] });
  return {
    rows,
    findings: findings.map(({ rule, stage, method, path }) =>
      [rule, method, path, stage].filter((it) => it !== null).join(' '),
    ),
    messages: findings.map(({ message, fix }) => `${message} ${fix}`),
    verdict: decideVerdict(findings, []),
    exports: apiGateway.calls.filter((it) => it.startsWith('getExport')),
    lists: apiGateway.calls.filter((it) => it.startsWith('getStages')).length,
  };
}

const PROD: Stage = { stageName: 'prod', deploymentId: 'd1' };

describe('exports', () => {
  test('are not asked for where nothing hangs on them', async () => {
    const { exports, verdict } = await audit({
      configured: { 'GET /a': IAM, 'OPTIONS /a': IAM },
      deployments: { d1: { 'GET /a': IAM, 'OPTIONS /a': IAM } },
      stages: [PROD],
    });
    expect(exports).toEqual([]);
    expect(verdict).toBe('pass');
  });

  test('are not asked for where the policy allows what an OPTIONS method has', async () => {
    const custom: Fact = { type: 'CUSTOM', backend: 'proxy' };
    const { exports, verdict } = await audit(
      {
        configured: { 'OPTIONS /a': custom },
        deployments: { d1: { 'OPTIONS /a': custom } },
        stages: [PROD],
      },
      { allowedTypesOf: () => ['AWS_IAM', 'CUSTOM'] },
    );
    expect(exports).toEqual([]);
    expect(verdict).toBe('pass');
  });

  test('are one a deployment, however many stages serve it', async () => {
    const facts = { 'OPTIONS /a': PREFLIGHT, 'OPTIONS /b': PREFLIGHT };
    const { exports, lists, verdict } = await audit({
      configured: facts,
      deployments: { d1: facts, d2: facts },
      stages: [
        PROD,
        { stageName: 'dev', deploymentId: 'd1' },
        { stageName: 'test', deploymentId: 'd2' },
      ],
    });
    expect(exports).toEqual(['getExport a1 prod', 'getExport a1 test']);
    // One more list of the stages tells that none was moved meanwhile, however many exports there are.
    expect(lists).toBe(2);
    expect(verdict).toBe('pass');
  });

  test.each<[what: string, served: Facts, movedTo: Facts, verdict: string]>([
    [
      'a backend that a preflight took the place of',
      { 'GET /a': IAM, 'OPTIONS /a': OPEN },
      { 'GET /a': OPEN, 'OPTIONS /a': PREFLIGHT },
      'incomplete',
    ],
    [
      'a method that the summary leaves out',
      { 'GET /a': IAM, 'GET /b': OPEN },
      { 'GET /a': OPEN, 'GET /b': IAM },
      'incomplete',
    ],
    [
      'a method, with the same types all over',
      { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
      { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
      'pass',
    ],
  ])('of a stage that was moved meanwhile say nothing of %s', async (_what, d1, d2, verdict) => {
    const configured = Object.fromEntries(
      Object.keys(d1).map((key) => [key, key.startsWith('GET') ? IAM : PREFLIGHT]),
    );
    const came = await audit({
      configured,
      deployments: { d1, d2 },
      omitted: ['GET /b'],
      stages: [PROD],
      movedTo: 'd2',
    });
    expect(came.verdict).toBe(verdict);
    expect(came.messages.join().includes('the stage was moved meanwhile')).toBe(verdict !== 'pass');
  });

  test('of a stage that was moved meanwhile say nothing of another that serves the same', async () => {
    const both = (prod: string): Stage[] => [
      { stageName: 'prod', deploymentId: prod },
      { stageName: 'dev', deploymentId: 'd1' },
    ];
    const { rows, verdict, messages } = await audit({
      configured: { 'OPTIONS /a': PREFLIGHT },
      deployments: { d1: { 'OPTIONS /a': OPEN }, d2: { 'OPTIONS /a': PREFLIGHT } },
      stages: both('d1'),
      // Resources, stages, deployment: then it is moved, and exported.
      moved: { afterCalls: 4, stages: both('d2') },
    });
    expect(rows.map(({ preflights }) => preflights.deployed)).toEqual(['unknown', 'unknown']);
    expect(verdict).toBe('incomplete');
    expect(messages.join()).toContain('is of a stage that was moved meanwhile');
  });

  test('of the only stage are its own, and take no other list of stages', async () => {
    const { verdict, lists } = await audit({
      configured: { 'OPTIONS /a': PREFLIGHT },
      deployments: { d1: { 'OPTIONS /a': PREFLIGHT } },
      stages: [PROD],
    });
    expect([verdict, lists]).toEqual(['pass', 1]);
  });

  test('tell a backend behind what is configured as a preflight', async () => {
    const { findings, verdict, messages } = await audit({
      configured: { 'OPTIONS /a': PREFLIGHT },
      deployments: { d1: { 'OPTIONS /a': OPEN } },
      stages: [PROD],
    });
    expect(findings).toEqual(['deployed-not-iam OPTIONS /a prod']);
    expect(messages[0]).toContain('it is no preflight: fixed but not deployed');
    expect(verdict).toBe('fail');
  });

  test.each<[served: Fact, configured: Facts, rules: string[]]>([
    [PREFLIGHT, {}, ['undeployed-change OPTIONS /a prod']],
    [OPEN, {}, ['deployed-not-iam OPTIONS /a prod']],
    [{ type: 'NONE', backend: 'mock' }, {}, ['deployed-not-iam OPTIONS /a prod']],
    [PREFLIGHT, { 'OPTIONS /a': IAM }, ['undeployed-change OPTIONS /a prod']],
  ])('tell %j where %j is configured', async (served, configured, rules) => {
    const { findings } = await audit({
      configured: { 'GET /a': IAM, ...configured },
      deployments: { d1: { 'GET /a': IAM, 'OPTIONS /a': served } },
      stages: [PROD],
    });
    expect(findings).toEqual(rules);
  });

  test.each<[served: Fact, type: string, verdict: string]>([
    [OPEN, 'NONE', 'fail'],
    [IAM, 'AWS_IAM', 'pass'],
    [{ type: 'NONE', backend: 'preflight' }, 'NONE', 'fail'],
  ])('tell a method that the summary leaves out: %j', async (served, type, verdict) => {
    const given = await audit({
      configured: { 'GET /a': IAM, 'POST /a': IAM },
      deployments: { d1: { 'GET /a': IAM, 'POST /a': served } },
      omitted: ['POST /a'],
      stages: [PROD],
    });
    const row = given.rows.find(({ method }) => method === 'POST');
    expect(row?.deployed).toBe(type);
    expect(given.verdict).toBe(verdict);
  });

  test('confirm that a method which the summary does not name is not served', async () => {
    const { rows, verdict, findings } = await audit({
      configured: { 'GET /a': IAM, 'POST /a': IAM },
      deployments: { d1: { 'GET /a': IAM } },
      stages: [PROD],
    });
    expect(rows.find(({ method }) => method === 'POST')?.deployed).toBeNull();
    expect(findings).toEqual(['undeployed-change POST /a prod']);
    expect(verdict).toBe('pass');
  });

  test('that fail decide nothing where an exception lets the method be open', async () => {
    const facts = { 'OPTIONS /a': PREFLIGHT, 'OPTIONS /b': PREFLIGHT };
    const service = {
      configured: facts,
      deployments: { d1: facts },
      stages: [PROD, { stageName: 'dev', deploymentId: 'd1' }],
    };
    const mayBeOpen: Scope['mayBeOpen'] = ({ name }, stage, method, path) =>
      name === 'orders' && stage === 'dev' && method === 'OPTIONS' && path === '/a';
    const { findings } = await audit({ ...service, exportFails: true }, { mayBeOpen });
    expect(findings).toEqual([
      // For the exception to cover.
      'deployed-not-iam OPTIONS /a dev',
      'unreadable dev',
      'unreadable prod',
    ]);
    expect((await audit(service, { mayBeOpen })).findings).toEqual([]);
  });

  test('of which the gate does not know a security scheme are no answer', async () => {
    const { rows, verdict, messages } = await audit({
      configured: { 'GET /a': IAM, 'POST /a': IAM },
      deployments: { d1: { 'GET /a': IAM, 'POST /a': { type: 'CUSTOM', backend: 'proxy' } } },
      omitted: ['POST /a'],
      stages: [PROD],
    });
    expect(rows.find(({ method }) => method === 'POST')?.deployed).toBe('unreadable');
    expect(messages.join(' ')).toContain(
      'GetExport shows a security scheme that the gate does not know',
    );
    expect(verdict).toBe('incomplete');
  });

  test('that do not show how OPTIONS is answered are no answer', async () => {
    const apiGateway = serving({
      configured: { 'OPTIONS /a': PREFLIGHT },
      deployments: { d1: { 'OPTIONS /a': PREFLIGHT } },
      stages: [PROD],
    });
    const getExport = async () => JSON.stringify({ paths: { '/a': { options: {} } } });
    const evidence = await collectEvidence(
      { apiIds: ['a1'], apiTypes: ['REST'], stages: '*', region: 'eu-west-1' },
      restAlone({ ...apiGateway, getExport }),
      SILENT,
    );
    const [row] = joinLayers(evidence.apis, () => ['AWS_IAM']);
    const layer = row?.stage?.deployed;
    expect(layer?.readable === true && layer.value.get('OPTIONS /a')).toMatchObject({
      preflight: 'unknown',
      unread: { call: 'GetExport', reason: 'does not show its integration' },
    });
  });

  test('that fail leave unknown whether OPTIONS which no summary names is a preflight', async () => {
    const { rows } = await audit({
      configured: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
      deployments: { d1: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT } },
      omitted: ['OPTIONS /a'],
      stages: [PROD],
      exportFails: true,
    });
    const layer = rows[0]?.stage?.deployed;
    expect(layer?.readable === true && layer.value.get('OPTIONS /a')).toMatchObject({
      authorizationType: 'unreadable',
      apiKeyRequired: false,
      preflight: 'unknown',
      unread: { call: 'GetExport' },
    });
  });

  test('that fail leave unknown what hung on them, by name', async () => {
    const { findings, verdict, messages, rows } = await audit({
      configured: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT, 'POST /a': IAM },
      deployments: { d1: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT } },
      stages: [PROD],
      exportFails: true,
    });
    expect(findings).toEqual(['unreadable prod']);
    expect(messages[0]).toContain('Whether OPTIONS /a is a preflight');
    expect(messages[0]).toContain('POST /a');
    expect(messages[0]).toContain('GetExport');
    expect(verdict).toBe('incomplete');
    expect(rows.map(({ method, deployed, preflight }) => [method, deployed, preflight])).toEqual([
      ['GET', 'AWS_IAM', 'no'],
      ['OPTIONS', 'NONE', 'unknown'],
      ['POST', 'unreadable', 'no'],
    ]);
  });
});

describe.each(['stage', 'canary'] as const)('under a canary whose export shows the %s', (shown) => {
  const canary = (percentTraffic = 10): Stage => ({
    ...PROD,
    canarySettings: { deploymentId: 'd2', percentTraffic },
  });

  test('what cannot be told apart is not known', async () => {
    const facts = { 'OPTIONS /a': PREFLIGHT };
    const { findings, verdict, messages, exports } = await audit({
      configured: facts,
      deployments: { d1: facts, d2: facts },
      stages: [canary()],
      exportUnderCanary: shown,
    });
    expect(findings).toEqual(['unreadable prod', 'unreadable prod']);
    expect(messages.join(' ')).toContain('Promote or remove the canary');
    expect(verdict).toBe('incomplete');
    expect(exports).toEqual([]);
  });

  test('other stages tell both, also where they are not audited', async () => {
    const { findings, exports } = await audit(
      {
        configured: { 'OPTIONS /a': PREFLIGHT },
        deployments: { d1: { 'OPTIONS /a': PREFLIGHT }, d2: { 'OPTIONS /a': OPEN } },
        stages: [
          canary(),
          { stageName: 'blue', deploymentId: 'd1' },
          { stageName: 'green', deploymentId: 'd2' },
        ],
        exportUnderCanary: shown,
      },
      { stages: ['prod'] },
    );
    expect(findings).toEqual(['canary-not-iam OPTIONS /a prod']);
    expect(exports).toEqual(['getExport a1 blue', 'getExport a1 green']);
  });

  test('of the same deployment there is nothing to tell apart', async () => {
    const facts = { 'OPTIONS /a': PREFLIGHT };
    const { verdict, exports } = await audit({
      configured: facts,
      deployments: { d1: facts },
      stages: [{ ...PROD, canarySettings: { deploymentId: 'd1', percentTraffic: 0 } }],
      exportUnderCanary: shown,
    });
    expect(verdict).toBe('pass');
    expect(exports).toEqual(['getExport a1 prod']);
  });

  test.each<[NonNullable<Stage['canarySettings']>, verdict: string, exports: string[]]>([
    [{}, 'pass', ['getExport a1 prod']],
    [{ percentTraffic: 0 }, 'pass', ['getExport a1 prod']],
    [{ percentTraffic: 1 }, 'incomplete', []],
  ])(
    'settings %j that name no deployment are one where they take traffic',
    async (settings, verdict, exports) => {
      const facts = { 'OPTIONS /a': PREFLIGHT };
      const came = await audit({
        configured: facts,
        deployments: { d1: facts },
        stages: [{ ...PROD, canarySettings: settings }],
        exportUnderCanary: shown,
      });
      expect([came.verdict, came.exports]).toEqual([verdict, exports]);
    },
  );

  test('an export that may be either deployment tells neither', async () => {
    // All that the stage names is in the canary as well, so that its export may be the stage's.
    const { rows, verdict } = await audit({
      configured: { 'GET /a': IAM, 'GET /new': IAM, 'OPTIONS /a': PREFLIGHT },
      deployments: {
        d1: { 'GET /a': IAM, 'OPTIONS /a': OPEN },
        d2: { 'GET /a': IAM, 'GET /new': IAM, 'OPTIONS /a': PREFLIGHT },
      },
      stages: [canary()],
      exportUnderCanary: shown,
    });
    const row = rows.find(({ method }) => method === 'OPTIONS');
    expect(row?.preflights.deployed).toBe(shown === 'stage' ? 'no' : 'unknown');
    expect(row?.preflights.canary).toBe('unknown');
    expect(verdict).toBe(shown === 'stage' ? 'fail' : 'incomplete');
  });

  test('an export that contradicts one summary tells the other deployment, and no more', async () => {
    const { rows, verdict } = await audit({
      configured: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
      deployments: {
        d1: { 'GET /a': OPEN, 'OPTIONS /a': PREFLIGHT },
        d2: { 'GET /a': IAM, 'OPTIONS /a': OPEN },
      },
      stages: [canary()],
      exportUnderCanary: shown,
    });
    const row = rows.find(({ method }) => method === 'OPTIONS');
    expect([row?.preflights.deployed, row?.preflights.canary]).toEqual(
      shown === 'stage' ? ['yes', 'unknown'] : ['unknown', 'no'],
    );
    expect(verdict).toBe('fail');
  });
});

test('an export that is neither of the two deployments tells none of them', async () => {
  const { rows, verdict, exports } = await audit({
    configured: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
    deployments: {
      d1: { 'GET /a': IAM, 'GET /b': IAM, 'OPTIONS /a': OPEN },
      d2: { 'GET /a': IAM, 'GET /c': IAM, 'OPTIONS /a': OPEN },
      d3: { 'GET /a': IAM, 'OPTIONS /a': PREFLIGHT },
    },
    stages: [{ ...PROD, canarySettings: { deploymentId: 'd2', percentTraffic: 10 } }],
    exportUnderCanary: 'newest',
  });
  const row = rows.find(({ method }) => method === 'OPTIONS');
  expect([row?.preflights.deployed, row?.preflights.canary]).toEqual(['unknown', 'unknown']);
  expect(verdict).toBe('incomplete');
  expect(exports).toEqual(['getExport a1 prod']);
});

describe('whatever a service holds and tells', () => {
  const fact: fc.Arbitrary<Fact> = fc.record({
    type: fc.constantFrom('AWS_IAM', 'AWS_IAM', 'NONE'),
    backend: fc.constantFrom('preflight', 'preflight', 'mock', 'proxy'),
  });
  const facts = fc.dictionary(
    fc.constantFrom('OPTIONS /a', 'OPTIONS /b', 'GET /a', 'ANY /b'),
    fact,
    { maxKeys: 4 },
  );
  const deployed = facts.map((it): Facts => ({ ...it, 'GET /z': IAM }));
  const stage = (name: string): fc.Arbitrary<Stage> =>
    fc
      .record({
        main: fc.constantFrom('d1', 'd2', 'd3'),
        canary: fc.option(fc.constantFrom('d1', 'd2', 'd3'), { freq: 2 }),
      })
      .map(({ main, canary }) => ({
        stageName: name,
        deploymentId: main,
        ...(canary === null ? {} : { canarySettings: { deploymentId: canary, percentTraffic: 5 } }),
      }));
  const service: fc.Arbitrary<Service> = fc.record({
    configured: facts.map((it): Facts => ({ ...it, 'GET /z': IAM })),
    deployments: fc.record({ d1: deployed, d2: deployed, d3: deployed }),
    // A summary can be short only of what is configured: nobody could know of anything else.
    omitted: fc.subarray(['OPTIONS /a', 'OPTIONS /b', 'GET /a', 'ANY /b']),
    stages: fc.tuple(stage('prod'), stage('dev')).map((it) => [...it]),
    exportUnderCanary: fc.constantFrom('stage' as const, 'canary' as const),
    exportFails: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
  });

  /** Whether anybody gets through to a backend, or to anything that answers no CORS. */
  const isOpen = (key: string, { type, backend }: Fact): boolean =>
    type !== 'AWS_IAM' && !(key.startsWith('OPTIONS ') && backend === 'preflight');

  const served = ({ stages, deployments }: Service): Facts[] =>
    stages.flatMap(({ deploymentId, canarySettings }) =>
      [deploymentId, canarySettings?.deploymentId].flatMap((id) =>
        id === undefined ? [] : [deployments[id] ?? {}],
      ),
    );

  test('nothing passes that lets anybody in', async () => {
    await fc.assert(
      fc.asyncProperty(service, async (given) => {
        const open = served(given).flatMap((facts) =>
          Object.entries(facts).filter(
            ([key, it]) =>
              isOpen(key, it) && (given.omitted?.includes(key) !== true || key in given.configured),
          ),
        );
        fc.pre(open.length > 0);
        expect((await audit(given)).verdict).not.toBe('pass');
      }),
      { numRuns: 600 },
    );
  });

  test('nothing passes that lets anybody in before and after somebody moves the stages', async () => {
    const moves = fc.record({
      afterCalls: fc.integer({ min: 0, max: 12 }),
      stages: fc.tuple(stage('prod'), stage('dev')).map((it) => [...it]),
    });
    const isLettingIn = (given: Service): boolean =>
      served(given).some((facts) =>
        Object.entries(facts).some(
          ([key, it]) =>
            isOpen(key, it) && (given.omitted?.includes(key) !== true || key in given.configured),
        ),
      );
    await fc.assert(
      fc.asyncProperty(service, moves, async (given, moved) => {
        fc.pre(isLettingIn(given) && isLettingIn({ ...given, stages: moved.stages }));
        expect((await audit({ ...given, moved })).verdict).not.toBe('pass');
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing is called open that is not', async () => {
    await fc.assert(
      fc.asyncProperty(service, async (given) => {
        const { rows } = await audit(given);
        const truth = new Map(
          served(given).flatMap((facts) =>
            Object.entries(facts).map(([key, it]) => [key, isOpen(key, it)] as const),
          ),
        );
        const isCalledOpen = (row: JoinedMethod): boolean =>
          (['deployed', 'canary'] as const).some(
            (layer) => row[layer] === 'NONE' && row.preflights[layer] === 'no',
          );
        const wrong = rows.filter(
          (row) => isCalledOpen(row) && !truth.has(`${row.method} ${row.path}`),
        );
        expect(wrong).toEqual([]);
        for (const row of rows.filter(isCalledOpen)) {
          const anyOpen = served(given).some((facts) => {
            const it = facts[`${row.method} ${row.path}`];
            return it !== undefined && isOpen(`${row.method} ${row.path}`, it);
          });
          expect(anyOpen).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
