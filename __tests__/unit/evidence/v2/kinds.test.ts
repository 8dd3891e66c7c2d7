import { describe, expect, test } from '@jest/globals';
import type { ApiGateway } from '../../../../src/aws/api-gateway.js';
import { AwsFailure } from '../../../../src/aws/failure.js';
import { serviceError } from '../../aws/sdk-error.js';
import { META, throttled } from '../fake-api-gateway.js';
import { CURRENT, collect, type Described, NO_REST, problemsOf, regionOf } from './region.js';

const SHOP: Described = {
  id: 'h1',
  kind: 'HTTP',
  routes: { 'GET /pets': 'AWS_IAM' },
  stages: [CURRENT],
  exports: { $default: { 'GET /pets': 'AWS_IAM' } },
};
const CHAT: Described = {
  id: 'w1',
  kind: 'WEBSOCKET',
  routes: { $connect: 'AWS_IAM' },
  stages: [{ ...CURRENT, StageName: 'live' }],
};
const REST: Partial<ApiGateway> = {
  ...NO_REST,
  getRestApi: async (id) => {
    if (id === 'r1') return { id, name: 'orders' };
    return (NO_REST.getRestApi as ApiGateway['getRestApi'])(id);
  },
  getRestApisPage: async () => ({ ...META, items: [{ id: 'r1', name: 'orders' }] }),
  getResourcesPage: async () => ({ ...META, items: [{ id: 'r0', path: '/' }] }),
  getStages: async () => [],
};

function denied(operation: string): AwsFailure {
  const cause = serviceError('AccessDeniedException', 403, 'User is not authorized');
  return new AwsFailure(operation, cause, 1, { service: 'apigatewayv2', region: 'eu-west-1' });
}

describe('a region', () => {
  test('has all three kinds, each listed by one call', async () => {
    const v2 = regionOf([SHOP, CHAT]);
    const { apis, restCalls } = await collect(v2, {}, REST);
    expect(apis.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'REST r1',
      'HTTP h1',
      'WEBSOCKET w1',
    ]);
    expect(v2.calls.toSorted()).toEqual(
      [
        'exportApi h1 $default',
        'getApisPage',
        'getDeploymentsPage h1',
        'getDeploymentsPage w1',
        'getRoutesPage h1',
        'getRoutesPage w1',
        // Once more, since both deploy by themselves: the routes are between the two.
        ...['getStagesPage h1', 'getStagesPage h1'],
        ...['getStagesPage w1', 'getStagesPage w1'],
      ].toSorted(),
    );
    expect(restCalls.filter((it) => it.startsWith('getRestApi '))).toEqual([]);
  });

  test.each([
    [['REST'], ['r1']],
    [['HTTP'], ['h1']],
    [['WEBSOCKET'], ['w1']],
    [
      ['REST', 'WEBSOCKET'],
      ['r1', 'w1'],
    ],
  ] as const)('is narrowed to %j', async (apiTypes, ids) => {
    const v2 = regionOf([SHOP, CHAT]);
    const { apis, restCalls } = await collect(v2, { apiTypes }, REST);
    expect(apis.map(({ id }) => id)).toEqual(ids);
    const kinds: readonly string[] = apiTypes;
    if (!kinds.includes('REST')) expect(restCalls).toEqual([]);
    if (kinds.join() === 'REST') expect(v2.calls).toEqual([]);
  });

  test('of which HTTP and WebSocket APIs may not be listed is incomplete, with the right and the way out', async () => {
    const v2 = regionOf([], { getApisPage: async () => Promise.reject(denied('GetApis')) });
    const { apis, listing } = await collect(v2, {}, REST);
    expect(apis.map(({ id }) => id)).toEqual(['r1']);
    expect(listing).toMatchObject({ call: 'GetApis' });
    expect(listing?.remedy).toContain('arn:aws:apigateway:eu-west-1::/apis"');
    expect(listing?.remedy).toContain('api-types: REST');
  });

  test('of which neither list can be read says both', async () => {
    const v2 = regionOf([], { getApisPage: async () => Promise.reject(throttled('GetApis')) });
    const { listing } = await collect(
      v2,
      {},
      { getRestApisPage: async () => Promise.reject(throttled('GetRestApis')) },
    );
    expect(listing?.call).toBe('GetRestApis');
    expect(listing?.reason).toContain('GetApis failed');
    expect(listing?.remedy).not.toContain('api-types');
  });

  test('is read page by page, and what a failed page leaves out is said', async () => {
    const pagesOf = (nextToken: string | undefined) => ({
      items: [
        {
          ApiId: 'w1',
          Name: 'chat',
          ProtocolType: 'WEBSOCKET' as const,
          RouteSelectionExpression: '',
        },
      ],
      nextToken,
    });
    const ok = regionOf([SHOP, CHAT], {
      getApisPage: async (token) =>
        token === undefined
          ? pagesOf('2')
          : {
              items: [
                { ApiId: 'h1', Name: 'shop', ProtocolType: 'HTTP', RouteSelectionExpression: '' },
              ],
              nextToken: undefined,
            },
    });
    expect((await collect(ok)).apis.map(({ id }) => id)).toEqual(['h1', 'w1']);
    const broken = regionOf([CHAT], {
      getApisPage: async (token) => {
        if (token !== undefined) throw throttled('GetApis');
        return pagesOf('2');
      },
    });
    const { apis, listing } = await collect(broken);
    expect([apis.map(({ id }) => id), listing?.call]).toEqual([['w1'], 'GetApis']);
  });

  test.each([
    [{ ApiId: undefined }],
    [{ ApiId: '' }],
    [{ ProtocolType: 'GRPC' as 'HTTP' }],
    [{ ProtocolType: undefined }],
  ])('with an API that nobody can place (%j) is not read as a whole', async (api) => {
    const { listing } = await collect(regionOf([{ ...SHOP, api }]));
    expect(listing).toMatchObject({ readable: false, call: 'GetApis' });
  });
});

describe('the kind of one id', () => {
  test('that is REST is told without a call of the second version', async () => {
    const v2 = regionOf([SHOP]);
    const { apis, restCalls } = await collect(v2, { apiIds: ['r1'] }, REST);
    expect(apis.map(({ kind }) => kind)).toEqual(['REST']);
    expect([v2.calls, restCalls.length]).toEqual([[], 3]);
  });

  test.each([SHOP, CHAT])(
    'that is of the second version takes one call of each: $kind',
    async (api) => {
      const v2 = regionOf([SHOP, CHAT]);
      const { apis, restCalls } = await collect(v2, { apiIds: [api.id] }, REST);
      expect(apis.map(({ kind }) => kind)).toEqual([api.kind]);
      expect(restCalls).toEqual([`getRestApi ${api.id}`]);
      expect(v2.calls.filter((it) => it.startsWith('getApi'))).toEqual([`getApi ${api.id}`]);
    },
  );

  test('that is none is one mistake, with the account', async () => {
    const reading = collect(regionOf([SHOP]), { apiIds: ['zz'] }, REST);
    expect(await problemsOf(reading)).toEqual([
      'api-id: there is no API zz in eu-west-1 of account ********1633. Check the id, the region and whose credentials the step uses.',
    ]);
  });

  test('that api-types leaves out says so', async () => {
    const reading = collect(regionOf([SHOP]), { apiIds: ['h1'], apiTypes: ['REST'] }, REST);
    const [problem] = await problemsOf(reading);
    expect(problem).toContain('there is no REST API h1');
    expect(problem).toContain('api-types leaves HTTP APIs and WebSocket APIs out');
    const other = collect(regionOf([CHAT]), { apiIds: ['w1'], apiTypes: ['HTTP'] }, REST);
    expect((await problemsOf(other))[0]).toContain('there is no HTTP API w1');
  });

  test('that may not be read of the second version is incomplete, not a mistake of the user', async () => {
    const v2 = regionOf([], {
      getApi: async () => Promise.reject(denied('GetApi')),
      getRoutesPage: async () => Promise.reject(denied('GetRoutes')),
      getStagesPage: async () => Promise.reject(denied('GetStages')),
    });
    const { apis } = await collect(v2, { apiIds: ['h1'] }, REST);
    expect(apis).toMatchObject([
      { id: 'h1', description: { call: 'GetApi' }, configured: { readable: false } },
    ]);
    const [api] = apis;
    const reason = api?.description.readable === false ? api.description.reason : '';
    expect(reason).toContain('there is no REST API with this id');
  });

  test('is found in the second version where REST APIs may not be read', async () => {
    const rest = { ...REST, getRestApi: async () => Promise.reject(denied('GetRestApi')) };
    const { apis } = await collect(regionOf([SHOP]), { apiIds: ['h1'] }, rest);
    expect(apis).toMatchObject([{ kind: 'HTTP', description: { readable: true } }]);
    const other = await collect(regionOf([SHOP]), { apiIds: ['r1'] }, rest);
    expect(other.apis).toMatchObject([{ kind: 'REST', description: { call: 'GetRestApi' } }]);
  });
});

describe('the kinds of several ids', () => {
  test('are told by one list for all that are not REST', async () => {
    const v2 = regionOf([SHOP, CHAT, { ...SHOP, id: 'h2' }]);
    const { apis } = await collect(v2, { apiIds: ['h1', 'r1', 'w1', 'h2'] }, REST);
    expect(apis.map(({ kind }) => kind)).toEqual(['HTTP', 'REST', 'WEBSOCKET', 'HTTP']);
    expect(v2.calls.filter((it) => it.startsWith('getApi'))).toEqual(['getApisPage']);
  });

  test('cost REST no call once the list is there', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ ...SHOP, id: `h${at}` }));
    const v2 = regionOf(many);
    const { apis, restCalls } = await collect(v2, { apiIds: many.map(({ id }) => id) }, REST);
    expect(apis.every(({ kind }) => kind === 'HTTP')).toBe(true);
    expect(v2.calls.filter((it) => it.startsWith('getApi'))).toEqual(['getApisPage']);
    // Those that were under way by then.
    expect(restCalls.length).toBeLessThanOrEqual(10);
  });

  test('are asked one by one where listing is not allowed', async () => {
    const v2 = regionOf([SHOP, CHAT], {
      getApisPage: async () => Promise.reject(denied('GetApis')),
    });
    const { apis } = await collect(v2, { apiIds: ['h1', 'w1'] }, REST);
    expect(apis.map(({ kind }) => kind)).toEqual(['HTTP', 'WEBSOCKET']);
  });

  test('name every id that is none', async () => {
    const reading = collect(regionOf([SHOP]), { apiIds: ['h1', 'y1', 'z1'] }, REST);
    const problems = await problemsOf(reading);
    expect(problems.map((it) => /API (\w+) in/.exec(it)?.[1])).toEqual(['y1', 'z1']);
  });
});

test('what is read again is read as the kind that it was, and gone is no mistake', async () => {
  const known = new Map([
    ['h1', { kind: 'HTTP' as const, description: null }],
    ['g1', { kind: 'WEBSOCKET' as const, description: null }],
  ]);
  const v2 = regionOf([SHOP]);
  const scope = { apiIds: ['h1', 'g1'], known, isRepeated: true };
  const { apis, restCalls } = await collect(v2, scope, REST);
  expect(apis).toMatchObject([
    { id: 'h1', kind: 'HTTP', description: { readable: true } },
    { id: 'g1', kind: 'WEBSOCKET', description: { readable: false } },
  ]);
  expect(restCalls).toEqual([]);
});

describe('what is told of an HTTP API', () => {
  test.each<[NonNullable<Described['api']>, object]>([
    [
      {},
      {
        endpointTypes: ['REGIONAL'],
        defaultEndpointDisabled: false,
        tags: {},
        policy: null,
        status: null,
        statusMessage: null,
        v2: { endpoint: null, answersCors: false, isManaged: false },
      },
    ],
    [{ Name: 'orders' }, { name: 'orders' }],
    [{ Name: '' }, { name: 'h1' }],
    [{ DisableExecuteApiEndpoint: true }, { defaultEndpointDisabled: true }],
    [{ Tags: { team: 'shop' } }, { tags: { team: 'shop' } }],
    [{ ApiEndpoint: 'https://h1.test' }, { v2: { endpoint: 'https://h1.test' } }],
    [{ ApiEndpoint: '' }, { v2: { endpoint: null } }],
    [{ CorsConfiguration: {} }, { v2: { answersCors: true } }],
    [{ ApiGatewayManaged: true }, { v2: { isManaged: true } }],
  ])('of %j is %j', async (told, description) => {
    const v2 = regionOf([{ ...SHOP, api: told }]);
    const { apis } = await collect(v2, { apiTypes: ['HTTP'] }, NO_REST);
    const [api] = apis;
    expect(api?.description.readable === true && api.description.value).toMatchObject(description);
  });

  test.each<[NonNullable<Described['api']>, string]>([
    [{ ProtocolType: undefined }, 'has the protocol type none, which the gate does not know'],
    [{ ApiId: '' }, 'an API came without its id'],
  ])('of which AWS says %j is no answer', async (told, reason) => {
    const v2 = regionOf([{ ...SHOP, api: told }]);
    const { listing } = await collect(v2, { apiTypes: ['HTTP'] }, NO_REST);
    expect(listing?.reason).toContain(reason);
  });
});
