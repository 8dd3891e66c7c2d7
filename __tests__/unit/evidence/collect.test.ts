import { describe, expect, test } from '@jest/globals';
import type { ApiGateway, Resource, Stage } from '../../../src/aws/api-gateway.js';
import type { AwsFailure } from '../../../src/aws/failure.js';
import { collectByKind, collectEvidence, type Scope } from '../../../src/evidence/collect.js';
import type { KindReader } from '../../../src/evidence/kind.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { ConfigurationError } from '../../../src/model/errors.js';
import type { ApiEvidence, Evidence } from '../../../src/model/evidence.js';
import type { Logger } from '../../../src/model/logger.js';
import { api, UNREAD } from '../evidence-builder.js';
import { apiGatewayThat, META, notFound, restAlone, throttled } from './fake-api-gateway.js';

const SILENT: Logger = { info: () => {}, debug: () => {}, group: (_title, phase) => phase() };
const ONE: Scope = { apiIds: ['a1'], apiTypes: ['REST'], stages: '*', region: 'eu-west-1' };
const REGION: Scope = { ...ONE, apiIds: '*' };

const PETS: Resource = {
  id: 'r1',
  path: '/pets',
  resourceMethods: { GET: { authorizationType: 'AWS_IAM', methodIntegration: { type: 'MOCK' } } },
};
const PROD: Stage = { stageName: 'prod', deploymentId: 'd1' };
const DEV: Stage = { stageName: 'dev', deploymentId: 'd1' };

/** What the stage exports where methods are not in the summary: it serves `GET /pets` alone. */
const EXPORT = JSON.stringify({ paths: { '/pets': { get: { security: [{ sigv4: [] }] } } } });

/** An account in which every API is called orders, has `GET /pets`, and serves it from prod and dev. */
const ORDERS: Partial<ApiGateway> = {
  getRestApi: async (id) => ({ id, name: 'orders' }),
  getResourcesPage: async () => ({ ...META, items: [PETS] }),
  getStages: async () => [PROD, DEV],
  getExport: async () => EXPORT,
  getDeployment: async (_api, id) => ({
    id,
    apiSummary: { '/pets': { GET: { authorizationType: 'AWS_IAM', apiKeyRequired: false } } },
  }),
};

function collect(scope: Scope, answers: Partial<ApiGateway>): Promise<Evidence> {
  return collectEvidence(scope, restAlone(apiGatewayThat({ ...ORDERS, ...answers })), SILENT);
}

/** The evidence of the first API. */
async function collectOne(answers: Partial<ApiGateway>, scope = ONE): Promise<ApiEvidence> {
  const [api] = (await collect(scope, answers)).apis;
  if (api === undefined) throw new Error('no API came back');
  return api;
}

async function problemsOf(scope: Scope, answers: Partial<ApiGateway>): Promise<readonly string[]> {
  try {
    await collect(scope, answers);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the calls', () => {
  test('are the fewest: a deployment that two stages serve is read once', async () => {
    const apiGateway = apiGatewayThat(ORDERS);
    await collectEvidence(ONE, restAlone(apiGateway), SILENT);
    expect(apiGateway.calls.toSorted()).toEqual([
      'getDeployment a1 d1',
      'getResourcesPage a1',
      'getRestApi a1',
      'getStages a1',
    ]);
  });

  test('of a region read no API that the listing described', async () => {
    const apiGateway = apiGatewayThat({
      ...ORDERS,
      getRestApisPage: async (position) =>
        position === undefined
          ? { ...META, items: [{ id: 'a1', name: 'one' }], position: 'p2' }
          : {
              ...META,
              // Somebody made an API meanwhile, which moved the first one on.
              items: [
                { id: 'a1', name: 'one' },
                { id: 'b2', name: 'two' },
              ],
            },
    });
    const { apis, listing } = await collectEvidence(REGION, restAlone(apiGateway), SILENT);
    expect(
      apis.map(({ id, description }) => [id, description.readable && description.value.name]),
    ).toEqual([
      ['a1', 'one'],
      ['b2', 'two'],
    ]);
    expect(listing).toBeNull();
    expect(apiGateway.calls.filter((call) => call.startsWith('getRestApi '))).toEqual([]);
    expect(apiGateway.calls.filter((call) => call.startsWith('getRestApisPage'))).toHaveLength(2);
  });

  test('for one stage read no deployment of another', async () => {
    const apiGateway = apiGatewayThat({
      ...ORDERS,
      getStages: async () => [PROD, { stageName: 'dev', deploymentId: 'd2' }],
    });
    await collectEvidence({ ...ONE, stages: ['prod'] }, restAlone(apiGateway), SILENT);
    expect(apiGateway.calls.filter((call) => call.startsWith('getDeployment'))).toEqual([
      'getDeployment a1 d1',
    ]);
  });
});

describe('configured methods', () => {
  test('that come twice alike are there once', async () => {
    const api = await collectOne({
      getResourcesPage: async (_id, position) =>
        position === undefined
          ? { ...META, items: [PETS], position: 'p2' }
          : { ...META, items: [PETS] },
    });
    expect(api.configured.readable && [...api.configured.value.keys()]).toEqual(['GET /pets']);
  });

  test('come from every page', async () => {
    const api = await collectOne({
      getResourcesPage: async (_id, position) =>
        position === undefined
          ? { ...META, items: [PETS], position: 'p2' }
          : { ...META, items: [{ ...PETS, id: 'r2', path: '/orders' }] },
    });
    expect(api.configured.readable && [...api.configured.value.keys()]).toEqual([
      'GET /pets',
      'GET /orders',
    ]);
  });

  test.each<[why: string, getResourcesPage: ApiGateway['getResourcesPage']]>([
    [
      'a later page fails',
      async (_id, position) => {
        if (position !== undefined) throw throttled('GetResources');
        return { ...META, items: [PETS], position: 'p2' };
      },
    ],
    ['the same page is offered twice', async () => ({ ...META, items: [PETS], position: 'p2' })],
    [
      'pages go round in a circle',
      async (_id, position) => ({
        ...META,
        items: [PETS],
        position: position === 'p2' ? 'p3' : 'p2',
      }),
    ],
    [
      'a method comes twice, with two types',
      async (_id, position) => {
        if (position === undefined) return { ...META, items: [PETS], position: 'p2' };
        const resourceMethods = { GET: { authorizationType: 'NONE' } };
        return { ...META, items: [{ ...PETS, id: 'r2', resourceMethods }] };
      },
    ],
    ['a resource has no path', async () => ({ ...META, items: [{ id: 'r1' }] })],
    ['a resource has no id', async () => ({ ...META, items: [{ path: '/pets' }] })],
    // The root resource is always there, so an answer without any list is none of API Gateway's.
    ['the answer is empty', async () => META],
  ])('are unreadable as a whole where %s', async (_why, getResourcesPage) => {
    const { configured, stages } = await collectOne({ getResourcesPage });
    expect(configured).toMatchObject({ readable: false, call: 'GetResources' });
    expect(stages.readable).toBe(true);
  });

  test('that are listed without details are unreadable, never open and never protected', async () => {
    const { configured } = await collectOne({
      getResourcesPage: async () => ({
        ...META,
        items: [{ ...PETS, resourceMethods: { GET: {} } }],
      }),
    });
    expect(configured.readable && configured.value.get('GET /pets')).toMatchObject({
      authorizationType: 'unreadable',
      integrationType: null,
      answersCors: false,
    });
  });

  test('may be none: a resource without methods has no such key', async () => {
    const { configured } = await collectOne({
      getResourcesPage: async () => ({ ...META, items: [{ id: 'r0', path: '/' }] }),
    });
    expect(configured.readable && configured.value.size).toBe(0);
  });

  const ORIGIN = 'method.response.header.Access-Control-Allow-Origin';
  test.each([
    ['200 with the header', { '200': { responseParameters: { [ORIGIN]: true } } }, true],
    ['204 with the header', { '204': { responseParameters: { [ORIGIN]: false } } }, true],
    [
      'the header in small letters',
      { '200': { responseParameters: { [ORIGIN.toLowerCase()]: true } } },
      true,
    ],
    ['the header on an error alone', { '400': { responseParameters: { [ORIGIN]: true } } }, false],
    [
      'another header alone',
      {
        '200': {
          responseParameters: { 'method.response.header.Access-Control-Allow-Methods': true },
        },
      },
      false,
    ],
    [
      'a longer name that begins so',
      { '200': { responseParameters: { [`${ORIGIN}-X`]: true } } },
      false,
    ],
    ['no header', { '200': {} }, false],
    ['no response', {}, false],
  ])('answer CORS by %s: %s', async (_what, methodResponses, expected) => {
    const { configured } = await collectOne({
      getResourcesPage: async () => ({
        ...META,
        items: [
          { ...PETS, resourceMethods: { OPTIONS: { authorizationType: 'NONE', methodResponses } } },
        ],
      }),
    });
    expect(configured.readable && configured.value.get('OPTIONS /pets')?.answersCors).toBe(
      expected,
    );
  });
});

describe('a snapshot', () => {
  test.each<[why: string, getDeployment: ApiGateway['getDeployment']]>([
    ['cannot be read', async () => Promise.reject(throttled('GetDeployment'))],
    ['came without its summary', async (_api, id) => ({ id })],
  ])('that %s is unreadable for each stage that serves it', async (_why, getDeployment) => {
    const { stages, configured } = await collectOne({ getDeployment });
    expect(configured.readable).toBe(true);
    expect(stages.readable && stages.value.map(({ deployed }) => deployed)).toMatchObject([
      { readable: false, call: 'GetDeployment' },
      { readable: false, call: 'GetDeployment' },
    ]);
  });

  test('tells no type: unreadable', async () => {
    const { stages } = await collectOne({
      getDeployment: async () => ({ apiSummary: { '/pets': { GET: {} } } }),
    });
    const [prod] = stages.readable ? stages.value : [];
    expect(prod?.deployed.readable && prod.deployed.value.get('GET /pets')).toMatchObject({
      authorizationType: 'unreadable',
    });
  });

  test('is missing: a stage that names no deployment', async () => {
    const { stages } = await collectOne({ getStages: async () => [{ stageName: 'prod' }] });
    expect(stages.readable && stages.value[0]).toMatchObject({
      deploymentId: null,
      deployed: { readable: false },
    });
  });
});

describe('a canary', () => {
  async function canaryOf(canarySettings: Stage['canarySettings']): Promise<unknown> {
    const stage: Stage = canarySettings === undefined ? PROD : { ...PROD, canarySettings };
    const { stages } = await collectOne({ getStages: async () => [stage] });
    return stages.readable ? stages.value[0]?.canary : undefined;
  }

  test('is none where the stage has no settings for one', async () => {
    expect(await canaryOf(undefined)).toBeNull();
  });

  test('is read', async () => {
    expect(await canaryOf({ deploymentId: 'd2', percentTraffic: 12.5 })).toMatchObject({
      deploymentId: 'd2',
      percentTraffic: 12.5,
      deployed: { readable: true },
    });
  });

  test('that a promotion left behind is read too', async () => {
    expect(await canaryOf({ deploymentId: 'd1', percentTraffic: 0 })).toMatchObject({
      percentTraffic: 0,
      deployed: { readable: true },
    });
  });

  test('with traffic and no deployment is unreadable', async () => {
    expect(await canaryOf({ percentTraffic: 5 })).toMatchObject({ deployed: { readable: false } });
  });

  test('without traffic and deployment serves nothing', async () => {
    expect(await canaryOf({ percentTraffic: 0 })).toBeNull();
  });
});

describe('what could not be read', () => {
  test('stops no other API', async () => {
    const { apis } = await collect(
      { ...ONE, apiIds: ['a1', 'b2'] },
      {
        getStages: async (id) => {
          if (id === 'a1') throw throttled('GetStages');
          return [PROD];
        },
      },
    );
    expect(apis.map(({ id, stages }) => [id, stages.readable])).toEqual([
      ['a1', false],
      ['b2', true],
    ]);
  });

  test.each<[why: string, getRestApisPage: ApiGateway['getRestApisPage'], known: string[]]>([
    ['the first page fails', async () => Promise.reject(throttled('GetRestApis')), []],
    [
      'the second page fails',
      async (position) => {
        if (position !== undefined) throw throttled('GetRestApis');
        return { ...META, items: [{ id: 'a1' }], position: 'p2' };
      },
      ['a1'],
    ],
    [
      'the same page is offered twice',
      async (position) => ({
        ...META,
        items: position === undefined ? [{ id: 'a1' }] : [],
        position: 'p2',
      }),
      ['a1'],
    ],
    [
      'pages go round in a circle',
      async (position) => ({
        ...META,
        items: position === undefined ? [{ id: 'a1' }] : [],
        position: position === 'p2' ? 'p3' : 'p2',
      }),
      ['a1'],
    ],
    [
      'an API comes without an id',
      async () => ({ ...META, items: [{ id: 'a1' }, { name: 'x' }] }),
      ['a1'],
    ],
    ['the answer is empty', async () => META, []],
  ])(
    'is said of the listing where %s, and what is known is judged',
    async (_why, getRestApisPage, known) => {
      const { apis, listing } = await collect(REGION, { getRestApisPage });
      expect(listing).toMatchObject({ readable: false, call: 'GetRestApis' });
      expect(apis.map(({ id }) => id)).toEqual(known);
    },
  );

  test('does not hide a mistake of the program', async () => {
    const bug = new RangeError('out of range');
    await expect(collect(ONE, { getStages: async () => Promise.reject(bug) })).rejects.toBe(bug);
  });
});

describe('what does not exist', () => {
  const GONE: Partial<ApiGateway> = {
    getRestApi: async (id) => {
      if (id === 'a1') return { id, name: 'orders' };
      throw notFound('GetRestApi', `Invalid API identifier specified 111122223333:${id}`);
    },
  };

  test('is named: every API, with the region and the masked account', async () => {
    const problems = await problemsOf({ ...ONE, apiIds: ['a1', 'b2', 'c3'] }, GONE);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('there is no REST API b2 in eu-west-1 of account ********3333');
    expect(problems[1]).toContain('c3');
  });

  test('is named: every stage, with those that are there; not of an API that is missing itself', async () => {
    const scope: Scope = { ...ONE, apiIds: ['a1', 'b2'], stages: ['prod', 'live', 'beta'] };
    expect(await problemsOf(scope, GONE)).toEqual([
      expect.stringContaining('no REST API b2'),
      'stage: API a1 has no stage live. It has prod, dev.',
      'stage: API a1 has no stage beta. It has prod, dev.',
    ]);
  });

  test('cannot be said of an API whose stages were not read', async () => {
    const answers = { getStages: async () => Promise.reject(throttled('GetStages')) };
    expect(await problemsOf({ ...ONE, stages: ['live'] }, answers)).toEqual([]);
  });

  test('in a region is a stage that no API has', async () => {
    const answers: Partial<ApiGateway> = {
      getRestApisPage: async () => ({ ...META, items: [{ id: 'a1' }, { id: 'b2' }] }),
      getStages: async (id) => (id === 'a1' ? [PROD] : [DEV]),
    };
    expect(await problemsOf({ ...REGION, stages: ['prod', 'dev'] }, answers)).toEqual([]);
    expect(await problemsOf({ ...REGION, stages: ['prod', 'live'] }, answers)).toEqual([
      'stage: no API of eu-west-1 has a stage live.',
    ]);
  });
});

describe('several kinds of API', () => {
  function readerOf(kind: ApiKind, ...ids: readonly string[]): KindReader {
    return {
      kind,
      list: async () => ({ apis: ids.map((id) => ({ id, known: null })), unreadable: null }),
      find: async (id) =>
        ids.includes(id)
          ? { description: api({ id }).description, missing: null }
          : { description: UNREAD, missing: 'Invalid API identifier specified ********1633:zz' },
      read: async ({ id }) => ({ evidence: api({ id, kind }), missing: null }),
    };
  }
  const READERS = [readerOf('REST', 'a1'), readerOf('HTTP', 'b2')];
  const kindsOf = async (apiIds: Scope['apiIds']): Promise<(readonly [string, ApiKind])[]> => {
    const { apis } = await collectByKind(
      { apiIds, stages: '*', region: 'eu-west-1' },
      READERS,
      SILENT,
    );
    return apis.map(({ id, kind }) => [id, kind] as const);
  };

  test('are listed each by its own reader, and a named one is found whatever its kind', async () => {
    const both = [['a1', 'REST'] as const, ['b2', 'HTTP'] as const];
    expect(await kindsOf('*')).toEqual(both);
    expect(await kindsOf(['a1', 'b2'])).toEqual(both);
  });

  test('do without an API of which no kind has the id', async () => {
    await expect(kindsOf(['a1', 'zz'])).rejects.toThrow(
      'there is no API zz in eu-west-1 of account ********1633',
    );
  });

  test('have one that is in no kind any more among them, where it may be gone', async () => {
    const scope: Scope = { apiIds: ['b2', 'zz'], stages: '*', region: 'eu-west-1' };
    const { apis } = await collectByKind({ ...scope, mayBeGone: true }, READERS, SILENT);
    expect(apis.map(({ id }) => id)).toEqual(['b2', 'zz']);
    const nothing = { readable: false, call: 'The API' };
    expect(apis[1]).toMatchObject({
      description: { ...nothing, reason: expect.stringMatching(/^does not exist \(.*1633/) },
      configured: nothing,
      stages: nothing,
      stageNames: [],
    });
  });
});

describe('what is told of an API', () => {
  test.each<[object, object]>([
    [
      { id: 'a1' },
      {
        name: 'a1',
        endpointTypes: [],
        defaultEndpointDisabled: false,
        tags: {},
        policy: null,
        status: null,
        statusMessage: null,
      },
    ],
    [{ name: 'orders', id: 'a1' }, { name: 'orders' }],
    [{}, { name: '' }],
    [{ disableExecuteApiEndpoint: true }, { defaultEndpointDisabled: true }],
    [{ policy: '' }, { policy: null }],
    [{ policy: '{}' }, { policy: '{}' }],
    [{ tags: { team: 'shop' } }, { tags: { team: 'shop' } }],
    [{ endpointConfiguration: { types: ['PRIVATE'] } }, { endpointTypes: ['PRIVATE'] }],
    [
      { apiStatus: 'UPDATING', apiStatusMessage: 'wait' },
      { status: 'UPDATING', statusMessage: 'wait' },
    ],
  ])('%j', async (answer, expected) => {
    const { description } = await collectOne({ getRestApi: async () => answer });
    expect(description.readable && description.value).toMatchObject(expected);
  });

  test('is nothing of the API itself where it could not be read, and no mistake of the user', async () => {
    const failing: Partial<ApiGateway> = {
      getRestApi: async () => {
        throw throttled('GetRestApi');
      },
    };
    expect(await problemsOf(ONE, failing)).toEqual([]);
    expect((await collectOne(failing)).description).toMatchObject({
      readable: false,
      call: 'GetRestApi',
    });
  });

  test('names the call that failed', async () => {
    const fail = (operation: string) => async () => {
      throw throttled(operation);
    };
    const broken = async (): Promise<never> => {
      throw new TypeError('no answer of AWS');
    };
    const { stages, configured } = await collectOne({
      getStages: fail('GetStages'),
      getResourcesPage: fail('GetResources'),
    });
    expect([stages, configured]).toMatchObject([{ call: 'GetStages' }, { call: 'GetResources' }]);
    // What no answer of AWS is like is unreadable as well.
    const { description } = await collectOne({ getRestApi: broken });
    expect(description).toMatchObject({ readable: false, call: 'GetRestApi' });
  });

  test('is a line of the log', async () => {
    const said: string[] = [];
    const logger: Logger = {
      info: (line) => said.push(line),
      debug: () => {},
      group: (_title, phase) => phase(),
    };
    const lines = async (answers: Partial<ApiGateway>): Promise<string | undefined> => {
      said.length = 0;
      await collectEvidence(ONE, restAlone(apiGatewayThat({ ...ORDERS, ...answers })), logger);
      return said.find((line) => line.includes('orders (a1)'));
    };
    expect(await lines({})).toBe('1/1 orders (a1): 1 method configured; stages: prod, dev');
    expect(await lines({ getStages: async () => [] })).toBe(
      '1/1 orders (a1): 1 method configured; stages: none',
    );
    const failing = async (): Promise<never> => {
      throw throttled('any');
    };
    expect(await lines({ getStages: failing, getResourcesPage: failing })).toBe(
      '1/1 orders (a1): configured methods unreadable; stages unreadable',
    );
  });

  test.each<[string, string, boolean]>([
    ['200', 'method.response.header.Access-Control-Allow-Origin', true],
    ['204', 'method.response.header.access-control-allow-origin', true],
    ['404', 'method.response.header.Access-Control-Allow-Origin', false],
    ['200', 'method.response.header.Access-Control-Allow-Origins', false],
    ['200', 'a.method.response.header.Access-Control-Allow-Origin', false],
  ])('is whether a method answers CORS: %s with %s', async (status, parameter, expected) => {
    const OPTIONS = {
      methodResponses: { [status]: { responseParameters: { [parameter]: true } } },
    };
    const { configured } = await collectOne({
      getResourcesPage: async () => ({
        ...META,
        items: [{ ...PETS, resourceMethods: { OPTIONS } }],
      }),
    });
    expect(configured.readable && configured.value.get('OPTIONS /pets')?.answersCors).toBe(
      expected,
    );
  });

  test('of a method has no value where AWS gives none', async () => {
    const { configured } = await collectOne({
      getResourcesPage: async () => ({
        ...META,
        items: [
          { ...PETS, resourceMethods: { GET: { authorizerId: '' }, PUT: {} } },
          { id: 'r2', path: '/' },
        ],
      }),
    });
    const bare = {
      authorizationType: 'unreadable',
      authorizerId: null,
      authorizationScopes: [],
      apiKeyRequired: false,
      integrationType: null,
      integrationUri: null,
      integrationHttpMethod: null,
      answersCors: false,
    };
    const found = configured.readable ? configured.value : new Map();
    expect([...found.keys()]).toEqual(['GET /pets', 'PUT /pets']);
    expect([...found.values()]).toMatchObject([bare, bare]);
  });
});

describe('APIs that there were once', () => {
  const BOTH: Scope = { ...ONE, apiIds: ['a1', 'gone1'], mayBeGone: true };
  const refused = (operation: string): AwsFailure =>
    notFound(operation, 'Invalid API identifier specified ********9012:gone1');
  const oneGone: Partial<ApiGateway> = {
    getRestApi: async (id) => {
      if (id === 'a1') return { id, name: 'orders' };
      throw refused('GetRestApi');
    },
    getResourcesPage: async (id) => {
      if (id === 'a1') return { ...META, items: [PETS] };
      throw refused('GetResources');
    },
    getStages: async (id) => {
      if (id === 'a1') return [PROD, DEV];
      throw refused('GetStages');
    },
  };

  test('are unreadable beside one that is there, and say what AWS said', async () => {
    const { apis } = await collect(BOTH, oneGone);
    expect(apis.map(({ id, configured }) => [id, configured.readable])).toEqual([
      ['a1', true],
      ['gone1', false],
    ]);
    expect(apis[1]).toMatchObject({
      kind: 'REST',
      description: {
        call: 'GetRestApi',
        reason: expect.stringContaining('it does not exist (NotFoundException: Invalid API'),
      },
      stages: { readable: false },
      stageNames: [],
    });
  });

  test('are a mistake where none is there, or where they must be', async () => {
    const noneThere = { getRestApi: async () => Promise.reject(notFound('GetRestApi', '')) };
    expect(await problemsOf(BOTH, noneThere)).toHaveLength(2);
    expect(await problemsOf({ ...BOTH, mayBeGone: false }, oneGone)).toEqual([
      expect.stringMatching(
        /^api-id: there is no REST API gone1 in eu-west-1 of account \*{8}9012\./,
      ),
    ]);
    expect(await problemsOf({ ...BOTH, mayBeGone: false, isRepeated: true }, oneGone)).toEqual([]);
  });
});
