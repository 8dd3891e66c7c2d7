import type { GatewayResponseType } from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shippedOfRest } from '../../../src/enforce/kinds/rest/shipped.js';
import {
  listReader,
  readShipped,
  refuseOtherShipped,
  type ShippedReader,
} from '../../../src/enforce/kinds/shipped.js';
import { shippedOfV2 } from '../../../src/enforce/kinds/v2/shipped.js';
import { failure, fakeApi, fakeControlPlane } from './fake-control-plane.js';
import { type FakeV2Api, fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

const readerOf = (names: readonly string[], values: readonly unknown[]): ShippedReader => ({
  names,
  call: 'GetThings',
  read: async () => values,
});

const denied: ShippedReader = {
  names: ['models'],
  call: 'GetModels',
  read: () => Promise.reject(failure('GetModels', 'denied')),
};

/** A list in pages of two. */
const listOf = (items: readonly unknown[]): ShippedReader =>
  listReader<{ readonly items: readonly unknown[]; readonly next: string | undefined }>(
    'things',
    'GetThings',
    async (token) => {
      const start = Number(token ?? 0);
      const next = start + 2 < items.length ? String(start + 2) : undefined;
      return { items: items.slice(start, start + 2), next };
    },
    ({ next }) => next,
    (page) => page.items,
  );

describe('what a deployment ships besides methods', () => {
  test('is the same in whatever order AWS returns it, and in no other case', async () => {
    const item = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 6 }), fc.nat(), item, async (items, n, more) => {
        const { shipped } = await readShipped([listOf(items)]);
        const turned = [...items.slice(n % 6), ...items.slice(0, n % 6)].map((it) =>
          Object.fromEntries(Object.entries(it).reverse()),
        );
        await refuseOtherShipped(shipped, [listOf(turned)]);
        await expect(refuseOtherShipped(shipped, [listOf([...items, more])])).rejects.toThrow(
          "Since the plan was made, the API's things changed",
        );
        if (items.length === 0) return;
        await expect(refuseOtherShipped(shipped, [listOf(items.slice(1))])).rejects.toThrow(
          'things changed',
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is named by what changed', async () => {
    const { shipped } = await readShipped([readerOf(['a', 'b', 'c'], [1, undefined, { x: 1 }])]);
    await refuseOtherShipped(shipped, [readerOf(['a', 'b', 'c'], [1, null, { x: 1 }])]);
    await expect(
      refuseOtherShipped(shipped, [readerOf(['a', 'b', 'c'], [2, undefined, { x: 2 }])]),
    ).rejects.toThrow("the API's a, c changed");
  });

  test('is said not to be compared where it cannot be read, and the rest is compared', async () => {
    const { shipped, uncompared } = await readShipped([denied, readerOf(['a'], [1])]);
    expect(uncompared).toEqual([
      expect.stringMatching(
        /^Whether somebody changes the API's models before the deployment is made will not be noticed: GetModels /,
      ),
    ]);
    // It is not read again either.
    await refuseOtherShipped(shipped, [denied, readerOf(['a'], [1])]);
    await expect(refuseOtherShipped(shipped, [denied, readerOf(['a'], [2])])).rejects.toThrow(
      "the API's a changed",
    );
  });

  test('stops the run where it cannot be read any more', async () => {
    const { shipped } = await readShipped([readerOf(['models'], [1])]);
    await expect(refuseOtherShipped(shipped, [denied])).rejects.toThrow('GetModels');
  });

  test('is nothing where no deployment is made', async () => {
    await refuseOtherShipped(undefined, [denied]);
  });

  test.each<[string, object, object]>([
    ['binary media types', { binaryMediaTypes: ['a/b'] }, { binaryMediaTypes: ['a/b', 'c/d'] }],
    ['smallest size to compress', { minimumCompressionSize: 0 }, {}],
    ['source of API keys', { apiKeySource: 'HEADER' }, { apiKeySource: 'AUTHORIZER' }],
    ['default endpoint', {}, { disableExecuteApiEndpoint: true }],
    ['default endpoint', { disableExecuteApiEndpoint: true }, { disableExecuteApiEndpoint: false }],
  ])('are of a REST API its %s', async (name, before, after) => {
    const { apiGateway } = fakeControlPlane(fakeApi({ 'GET /': {} }, { prod: 'd1' }));
    const readers = (parts: object) =>
      shippedOfRest('a1', { ...apiGateway, getRestApi: async () => ({ id: 'a1', ...parts }) });
    const { shipped } = await readShipped(readers(before));
    await refuseOtherShipped(shipped, readers(before));
    await expect(refuseOtherShipped(shipped, readers(after))).rejects.toThrow(
      `the API's ${name} changed`,
    );
    // Absent is what it is by default.
    const { shipped: absent } = await readShipped(readers({}));
    await refuseOtherShipped(
      absent,
      readers({ binaryMediaTypes: [], disableExecuteApiEndpoint: false }),
    );
  });

  test('are the same gateway responses in whatever order AWS returns them', async () => {
    const api = fakeApi({ 'GET /': {} }, { prod: 'd1' });
    const readers = (types: readonly GatewayResponseType[], statusCode = '403') => {
      const gatewayResponses = types.map((responseType) => ({ responseType, statusCode }));
      return shippedOfRest('a1', fakeControlPlane({ ...api, gatewayResponses }).apiGateway);
    };
    const { shipped } = await readShipped(readers(['THROTTLED', 'DEFAULT_4XX', 'WAF_FILTERED']));
    await refuseOtherShipped(shipped, readers(['WAF_FILTERED', 'THROTTLED', 'DEFAULT_4XX']));
    for (const other of [
      readers(['WAF_FILTERED', 'THROTTLED']),
      readers(['WAF_FILTERED', 'THROTTLED', 'DEFAULT_4XX'], '499'),
    ]) {
      await expect(refuseOtherShipped(shipped, other)).rejects.toThrow('gateway responses changed');
    }
  });

  describe('of a WebSocket API', () => {
    const newApi = (): FakeV2Api => ({
      ...fakeV2Api('WEBSOCKET', { $connect: {}, ask: { isTwoWay: true }, tell: {} }, {}),
      integrations: [
        { IntegrationId: 'mock', IntegrationType: 'MOCK', IntegrationUri: '' },
        { IntegrationId: 'http', IntegrationType: 'HTTP', IntegrationUri: 'https://a.test/' },
        {
          IntegrationId: 'proxy',
          IntegrationType: 'HTTP_PROXY',
          IntegrationUri: 'https://a.test/',
        },
      ],
      responses: { 'route:ask': ['$default'], mock: ['/2\\d\\d/', '$default'] },
    });
    const readersOf = (api: FakeV2Api): ShippedReader[] =>
      shippedOfV2('a1', 'WEBSOCKET', fakeV2Plane(api).apiGatewayV2);

    test.each<[string, Record<string, string[]>, string | null]>([
      ['a route that answers', { 'route:ask': [] }, "the API's route responses changed"],
      [
        'an integration that maps',
        { mock: ['$default'] },
        "the API's integration responses changed",
      ],
      ['one that had none', { http: ['$default'] }, "the API's integration responses changed"],
      ['a route that does not answer', { 'route:tell': ['$default'] }, null],
      ['a proxy, which has none', { proxy: ['$default'] }, null],
      ['one in another order', { mock: ['$default', '/2\\d\\d/'] }, null],
    ])('holds the responses of %s', async (_, responses, words) => {
      const before = newApi();
      const { shipped, uncompared } = await readShipped(readersOf(before));
      expect(uncompared).toEqual([]);
      const after = { ...before, responses: { ...before.responses, ...responses } };
      const compared = refuseOtherShipped(shipped, readersOf(after));
      if (words === null) await compared;
      else await expect(compared).rejects.toThrow(words);
    });

    test('asks for the responses of nothing else', async () => {
      const plane = fakeV2Plane(newApi());
      await readShipped(shippedOfV2('a1', 'WEBSOCKET', plane.apiGatewayV2));
      const asked = plane.calls.filter(({ operation }) => operation.endsWith('Responses'));
      expect(asked).toHaveLength(3);
    });
  });

  test('takes five calls of a REST API, three of an HTTP API, six of a WebSocket API without responses', async () => {
    const rest = fakeControlPlane(fakeApi({ 'GET /': {} }, { prod: 'd1' }));
    await readShipped(shippedOfRest('a1', rest.apiGateway));
    expect(rest.calls).toHaveLength(5);
    for (const [kind, count] of [
      ['HTTP', 3],
      ['WEBSOCKET', 6],
    ] as const) {
      const plane = fakeV2Plane(fakeV2Api(kind, {}, {}));
      await readShipped(shippedOfV2('a1', kind, plane.apiGatewayV2));
      expect(plane.calls).toHaveLength(count);
    }
  });
});
