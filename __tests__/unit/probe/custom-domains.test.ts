import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiGateway } from '../../../src/aws/api-gateway.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import {
  type DomainReader,
  type Mapping,
  mappingsOfBoth,
  readCustomDomains,
} from '../../../src/probe/custom-domains.js';
import { destinationsOf } from '../../../src/probe/domain-routes.js';
import { locate, type Whereabouts } from '../../../src/probe/locate.js';
import { apiGatewayThat, META, throttled } from '../evidence/fake-api-gateway.js';
import { apiOf, read } from '../evidence-builder.js';

type Domains = NonNullable<Awaited<ReturnType<ApiGateway['getDomainNamesPage']>>['items']>;
type ApiMapping = Awaited<
  ReturnType<DomainReader['apiGatewayV2']['getApiMappingsPage']>
>['items'][number];
type Mappings = Awaited<ReturnType<ApiGateway['getBasePathMappingsPage']>>['items'];
type Rules = NonNullable<Awaited<ReturnType<ApiGateway['getRoutingRulesPage']>>['items']>;

const REGION = 'eu-west-1';
const LONGER: ApiMapping = { ApiId: 'zz', ApiMappingKey: 'a/b', Stage: 'prod' };

function readDomains(apiGateway: ApiGateway, apiMappings: readonly ApiMapping[] = []) {
  const apiGatewayV2 = {
    getApiMappingsPage: async () => ({ items: [...apiMappings], nextToken: undefined }),
  };
  return readCustomDomains({ apiGateway, apiGatewayV2 });
}

/** An API whose stage `prod` serves these methods; its default endpoint is disabled unless it is said. */
function apiServing(methods: readonly string[] = ['GET /a'], isDisabled = true): ApiEvidence {
  const api = apiOf(Object.fromEntries(methods.map((name) => [name, 'AWS_IAM'])));
  if (!api.description.readable) return api;
  const description = { ...api.description.value, defaultEndpointDisabled: isDisabled };
  return { ...api, description: read(description) };
}

interface World {
  readonly domains?: Domains;
  readonly mappings?: Mappings;
  /** Those of the second version. */
  readonly apiMappings?: readonly ApiMapping[];
  readonly rules?: Rules;
  readonly endpointUrl?: string | null;
  readonly api?: ApiEvidence;
}

const NAMED: Domains = [{ domainName: 'a.test' }];
const HERE = { restApiId: 'a1b2c3', stage: 'prod', basePath: '(none)' };

async function whereIs(world: World = {}): Promise<Whereabouts> {
  const { domains = NAMED, mappings = [HERE], rules, endpointUrl = null } = world;
  const gateway = apiGatewayThat({
    getDomainNamesPage: async () => ({ ...META, items: domains }),
    getBasePathMappingsPage: async () => ({ ...META, items: mappings }),
    ...(rules === undefined
      ? {}
      : { getRoutingRulesPage: async () => ({ items: rules, position: undefined }) }),
  });
  const api = world.api ?? apiServing();
  return locate(
    api,
    'prod',
    { region: REGION, endpointUrl },
    await readDomains(gateway, world.apiMappings),
  );
}

async function addressOf(world: World = {}): Promise<string | null> {
  const where = await whereIs(world);
  return 'baseUrl' in where ? where.baseUrl : null;
}

/** Why a method's path below the stage is not asked. */
async function elsewhere(
  path: string,
  world: World = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const where = await whereIs(world);
  return 'baseUrl' in where ? where.leadsElsewhere({ path, headers }) : where.unavailable;
}

describe('a domain name', () => {
  test('is an address of a stage that serves no method', async () => {
    expect(await addressOf({ api: apiServing([]) })).toBe('https://a.test');
  });

  test('of its own comes before a wildcard that leads elsewhere, however they are listed', async () => {
    const domains: Domains = [{ domainName: '*.test' }, { domainName: 'a.test' }];
    for (const listed of [domains, domains.toReversed()]) {
      const gateway = apiGatewayThat({
        getDomainNamesPage: async () => ({ ...META, items: listed }),
        getBasePathMappingsPage: async (name: string) => ({
          ...META,
          items: name === 'a.test' ? [HERE] : [{ ...HERE, restApiId: 'other' }],
        }),
      });
      const place = { region: REGION, endpointUrl: 'https://a.test' };
      const where = locate(apiServing(), 'prod', place, await readDomains(gateway));
      expect(where).toMatchObject({ baseUrl: 'https://a.test' });
    }
  });

  test('is none by a rule that leads to another API or stage, whatever the stage serves', async () => {
    const domains: Domains = [{ domainName: 'a.test', routingMode: 'ROUTING_RULE_ONLY' }];
    for (const to of [
      { ApiId: 'other', Stage: 'prod' },
      { ApiId: 'a1b2c3', Stage: 'dev' },
    ]) {
      const rules: Rules = [{ Priority: 1, Actions: [{ InvokeApi: to }], Conditions: [] }];
      expect(await addressOf({ api: apiServing([]), domains, rules })).toBeNull();
    }
  });

  const RULE = {
    Priority: 1,
    Actions: [{ InvokeApi: { ApiId: 'a1b2c3', Stage: 'prod' } }],
    Conditions: [],
  };

  test.each<[what: string, rule: object]>([
    ['has no priority', { ...RULE, Priority: undefined }],
    ['has no action', { ...RULE, Actions: [] }],
    ['has no list of actions', { ...RULE, Actions: undefined }],
    ['invokes no API', { ...RULE, Actions: [{ InvokeApi: { ApiId: undefined, Stage: 'prod' } }] }],
    ['invokes no stage', { ...RULE, Actions: [{ InvokeApi: { ApiId: 'x', Stage: undefined } }] }],
    ['has a condition on nothing', { ...RULE, Conditions: [{}] }],
  ])('is none where a routing rule %s', async (_, rule) => {
    const domains: Domains = [{ domainName: 'a.test', routingMode: 'ROUTING_RULE_ONLY' }];
    const rules = (it: object): Rules => [it];
    expect(await addressOf({ domains, rules: rules(RULE) })).toBe('https://a.test');
    expect(await addressOf({ domains, rules: rules(rule) })).toBeNull();
    expect(await elsewhere('/a', { domains, rules: rules(rule) })).toContain('ListRoutingRules');
  });
});

describe('API mappings that GetBasePathMappings may not list', () => {
  const api = apiServing(['GET /a', 'GET /a/b', 'GET /a/b/c']);

  test.each(['/a/b', '/a/b/c'])('take a request for %s', async (path) => {
    const world = { api, apiMappings: [LONGER] };
    expect(await elsewhere(path, world)).toContain('stage prod of the API zz');
    expect(await elsewhere('/a', world)).toBeNull();
  });

  test('count once where both versions list them, with or without a stage', async () => {
    const apiMappings: ApiMapping[] = [
      { ApiId: 'a1b2c3', ApiMappingKey: '', Stage: 'prod' },
      { ApiId: 'a1b2c3', ApiMappingKey: 'v1', Stage: undefined },
    ];
    const mappings = [HERE, { restApiId: 'a1b2c3', basePath: 'v1' }];
    expect(await elsewhere('/a/b', { api, mappings, apiMappings })).toBeNull();
  });

  test('make nothing known of a domain name where one names no API', async () => {
    const apiMappings: ApiMapping[] = [{ ...LONGER, ApiId: undefined }];
    expect(await elsewhere('/a', { api, apiMappings })).toContain('GetApiMappings');
  });

  const typed = (...types: ('EDGE' | 'PRIVATE' | 'REGIONAL')[]): Domains => [
    { domainName: 'a.test', endpointConfiguration: { types } },
  ];

  test.each(['EDGE', 'PRIVATE'] as const)('are none of a domain name that is %s', async (type) => {
    const world = { api, domains: typed(type), apiMappings: [LONGER] };
    expect(await elsewhere('/a/b', world)).toBeNull();
  });

  test('are there of a domain name that is migrated, in either direction', async () => {
    for (const domains of [typed('EDGE', 'REGIONAL'), typed('REGIONAL', 'EDGE'), typed()]) {
      const world = { api, domains, apiMappings: [LONGER] };
      expect(await elsewhere('/a/b', world)).toContain('stage prod of the API zz');
    }
  });
});

describe('the mappings of both versions', () => {
  const us: Mapping = { basePath: '', apiId: 'us', stage: 'prod' };
  const told = (parts: Partial<ApiMapping>): ApiMapping => ({
    ApiId: undefined,
    Stage: undefined,
    ...parts,
  });
  const second = (mapping: Mapping): ApiMapping => ({
    ApiId: mapping.apiId,
    ApiMappingKey: mapping.basePath,
    Stage: mapping.stage ?? undefined,
  });

  test.each<[string, readonly Mapping[], readonly ApiMapping[], readonly Mapping[]]>([
    ['are one where both tell it', [us], [second(us)], [us]],
    ['are one where the first has no stage', [{ ...us, stage: null }], [second(us)], [us]],
    ['are one where the second tells less', [us], [told({ ApiId: 'us', Stage: '' })], [us]],
    ['are one where it tells of none', [us], [told({ ApiId: 'us', Stage: '(none)' })], [us]],
    [
      'leave those of other base paths and APIs as they are',
      [
        { ...us, stage: null },
        { ...us, basePath: 'a', stage: null },
        { ...us, apiId: 'it' },
      ],
      [second(us)],
      [{ ...us, basePath: 'a', stage: null }, { ...us, apiId: 'it' }, us],
    ],
    [
      'are one where neither has a stage',
      [{ ...us, stage: null }],
      [told({ ApiId: 'us' })],
      [{ ...us, stage: null }],
    ],
    [
      'are two where they differ',
      [us],
      [second({ ...us, stage: 'dev' })],
      [us, { ...us, stage: 'dev' }],
    ],
    [
      'are two where another API is meant',
      [us],
      [second({ ...us, apiId: 'zz' })],
      [us, { ...us, apiId: 'zz' }],
    ],
  ])('%s', (_what, first, of, expected) => {
    expect(mappingsOfBoth(first, of)).toEqual(expected);
  });

  test.each<ApiMapping>([
    told({ ApiId: 'zz', ApiMappingKey: '' }),
    told({ ApiId: 'zz', ApiMappingKey: 'x' }),
    told({ ApiMappingKey: 'x', Stage: 'prod' }),
  ])('are not known where one is half told: %j', (half) => {
    expect(() => mappingsOfBoth([us], [half])).toThrow('names no API or no stage');
  });

  // Whichever of them lists what, a request is led as it is: nobody wrote down what either lists.
  test('lead as they are, whichever version lists which', () => {
    const mapping = fc.record({
      basePath: fc.constantFrom('', 'a', 'b', 'a/b', 'a/b/c'),
      apiId: fc.constantFrom('us', 'zz'),
      stage: fc.constantFrom('prod', 'dev'),
    });
    const made = fc.uniqueArray(
      fc.record({ mapping, listedBy: fc.constantFrom('both', 'first', 'second') }),
      { selector: ({ mapping: { basePath } }) => basePath },
    );
    fc.assert(
      fc.property(made, fc.constantFrom('/', '/a', '/a/b', '/a/b/c/d', '/b', '/c'), (all, path) => {
        const listed = (by: string) =>
          all.flatMap((it) => (it.listedBy === by || it.listedBy === 'both' ? [it.mapping] : []));
        const joined = mappingsOfBoth(listed('first'), listed('second').map(second));
        const truth = { mappings: all.map((it) => it.mapping) };
        const request = { path, headers: {} };
        expect(destinationsOf({ mappings: joined }, [], request)).toEqual(
          destinationsOf(truth, [], request),
        );
      }),
    );
  });

  test('that differ on a base path make it no address', async () => {
    const apiMappings: ApiMapping[] = [{ ApiId: 'zz', ApiMappingKey: '', Stage: 'prod' }];
    expect(await addressOf({ apiMappings })).toBeNull();
  });
});

describe('a routing mode', () => {
  const moded = (routingMode: string): Domains => {
    const domain: Domains[number] = { domainName: 'a.test' };
    // A mode that the SDK does not know either.
    Reflect.set(domain, 'routingMode', routingMode);
    return [domain];
  };

  test.each(['API_MAPPING_ONLY', 'BASE_PATH_MAPPING_ONLY'])('%s goes by mappings', async (mode) => {
    expect(await addressOf({ domains: moded(mode), rules: [rule(1, {})] })).toBe('https://a.test');
  });

  test.each(['ROUTING_RULE_THEN_API_MAPPING', 'ROUTING_RULE_THEN_BASE_PATH_MAPPING'])(
    '%s goes by rules first',
    async (mode) => {
      const domains = moded(mode);
      expect(await addressOf({ domains, rules: [] })).toBe('https://a.test');
      expect(await addressOf({ domains, rules: [rule(1, {})] })).toBeNull();
    },
  );

  test('that nobody knows is no address, and is said', async () => {
    const domains = moded('BASE_PATH_MAPPING_THEN_ROUTING_RULE');
    const said = 'GetDomainNames returned the routing mode BASE_PATH_MAPPING_THEN_ROUTING_RULE';
    for (const rules of [[], [rule(1, {})], [rule(1, { to: TO_US })]]) {
      expect(await whereIs({ domains, rules })).toMatchObject({
        unavailable: expect.stringContaining(said),
      });
      const given = { domains, rules, endpointUrl: 'https://a.test' };
      expect(await whereIs(given)).toMatchObject({ unavailable: expect.stringContaining(said) });
    }
  });
});

describe('the address of a stage', () => {
  test.each<[string, Domains, Mappings, string | null]>([
    ['a name', NAMED, [HERE], 'https://a.test'],
    ['a base path', NAMED, [{ ...HERE, basePath: 'v1/x' }], 'https://a.test/v1/x'],
    [
      'a mapping without stage',
      NAMED,
      [{ restApiId: 'a1b2c3', basePath: 'v1' }],
      'https://a.test/v1/prod',
    ],
    ['another API', NAMED, [{ ...HERE, restApiId: 'zz' }], null],
    ['another stage', NAMED, [{ ...HERE, stage: 'dev' }], null],
    ['a wildcard', [{ domainName: '*.a.test' }], [HERE], null],
    [
      'the easier of several',
      [
        { domainName: 'p.test', endpointConfiguration: { types: ['PRIVATE'] } },
        { domainName: 'm.test', mutualTlsAuthentication: { truststoreUri: 's3://x/y' } },
        { domainName: 'a.test' },
      ],
      [HERE],
      'https://a.test',
    ],
  ])('by %s', async (_what, domains, mappings, address) => {
    expect(await addressOf({ domains, mappings })).toBe(address);
  });

  test('is looked for on every page, and a private name is asked for by its id', async () => {
    const gateway = apiGatewayThat({
      getDomainNamesPage: async (position) =>
        position === undefined
          ? { ...META, items: NAMED, position: 'p2' }
          : {
              ...META,
              items: [
                {
                  domainName: 'b.test',
                  domainNameId: 'id1',
                  endpointConfiguration: { types: ['PRIVATE'] },
                },
              ],
            },
      getBasePathMappingsPage: async (name) => ({
        ...META,
        items: name === 'b.test' ? [HERE] : [],
      }),
    });
    const domains = await readDomains(gateway);
    const where = locate(apiServing(), 'prod', { region: REGION, endpointUrl: null }, domains);
    expect(where).toMatchObject({ baseUrl: 'https://b.test' });
    expect(gateway.calls).toContainEqual(expect.stringContaining('b.test id1'));
  });

  test('is none where a public and a private name are the same and only one leads here', async () => {
    const where = (isPrivateHere: boolean) =>
      apiGatewayThat({
        getDomainNamesPage: async () => ({
          ...META,
          items: [
            { domainName: 'a.test' },
            {
              domainName: 'A.test',
              domainNameId: 'id1',
              endpointConfiguration: { types: ['PRIVATE'] },
            },
          ],
        }),
        getBasePathMappingsPage: async (_, domainNameId) => ({
          ...META,
          items: [
            domainNameId === undefined || isPrivateHere ? HERE : { ...HERE, restApiId: 'zz' },
          ],
        }),
      });
    const place = { region: REGION, endpointUrl: null };
    const found = async (isPrivateHere: boolean) =>
      locate(apiServing(), 'prod', place, await readDomains(where(isPrivateHere)));
    expect(await found(true)).toMatchObject({ baseUrl: 'https://a.test' });
    expect(await found(false)).toMatchObject({
      unavailable: expect.stringContaining('no base path mapping or routing rule'),
    });
  });

  test('is unreadable where a page is, or comes twice', async () => {
    const failing = apiGatewayThat({
      getDomainNamesPage: async () => {
        throw throttled('GetDomainNames');
      },
    });
    expect(await readDomains(failing)).toMatchObject({
      readable: false,
      call: 'GetDomainNames',
    });
    const turning = apiGatewayThat({
      getDomainNamesPage: async () => ({ ...META, items: [], position: 'again' }),
    });
    expect(await readDomains(turning)).toMatchObject({ readable: false });
  });
});

describe('a mapping with a longer base path of another API', () => {
  const SHADOWED: Mappings = [HERE, { restApiId: 'zz', stage: 'prod', basePath: 'orders' }];

  test('takes the methods below it, and leaves the others', async () => {
    const api = apiServing(['GET /a', 'GET /orders/{id}', 'GET /ordersx']);
    const world = { api, mappings: SHADOWED };
    expect(await elsewhere('/orders/1', world)).toContain('stage prod of the API zz');
    expect(await elsewhere('/orders', world)).toContain('API zz');
    expect(await elsewhere('/ordersx', world)).toBeNull();
    expect(await elsewhere('/a', world)).toBeNull();
  });

  test('leaves no address where it takes all of them', async () => {
    const api = apiServing(['GET /orders', 'GET /orders/{id}']);
    expect(await addressOf({ api, mappings: SHADOWED })).toBeNull();
  });

  test('of the same API and stage takes them as well: they are other methods there', async () => {
    const mappings: Mappings = [HERE, { ...HERE, basePath: 'orders' }];
    const api = apiServing(['GET /a', 'GET /orders/x']);
    const world = { api, mappings, endpointUrl: 'https://a.test' };
    expect(await elsewhere('/orders/x', world)).toContain('to /x of the stage');
    expect(await elsewhere('/a', world)).toBeNull();
  });

  test('is why another address is taken that has none', async () => {
    const mappings: Mappings = [...(SHADOWED ?? []), { ...HERE, basePath: 'all' }];
    const api = apiServing(['GET /a', 'GET /orders/1']);
    expect(await addressOf({ api, mappings })).toBe('https://a.test/all');
  });
});

/** A routing rule that leads to `zz/prod` unless it is said otherwise. */
function rule(
  Priority: number,
  parts: {
    to?: [apiId: string, stage: string];
    base?: string[];
    headers?: Record<string, string>;
    strip?: boolean;
  },
): Rules[number] {
  const { to: [ApiId, Stage] = ['zz', 'prod'], base, headers = {}, strip } = parts;
  return {
    Priority,
    Conditions: [
      ...(base === undefined ? [] : [{ MatchBasePaths: { AnyOf: base } }]),
      ...Object.entries(headers).map(([Header, ValueGlob]) => ({
        MatchHeaders: { AnyOf: [{ Header, ValueGlob }] },
      })),
    ],
    Actions: [
      { InvokeApi: { ApiId, Stage, ...(strip === undefined ? {} : { StripBasePath: strip }) } },
    ],
  };
}

const TO_US: [string, string] = ['a1b2c3', 'prod'];
const RULES_ONLY: Domains = [{ domainName: 'a.test', routingMode: 'ROUTING_RULE_ONLY' }];
const RULES_FIRST: Domains = [
  { domainName: 'a.test', routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' },
];

describe('a domain name with routing rules', () => {
  test.each<[string, Rules, string | null]>([
    ['none', [], 'https://a.test'],
    ['one of another API for everything', [rule(1, {})], null],
    ['one of another API for another path', [rule(1, { base: ['b'] })], 'https://a.test'],
    ['one of another API for this path', [rule(1, { base: ['a'] })], null],
    ['one of another API for one of two paths', [rule(1, { base: ['b', 'a'] })], null],
    ['one of our own before it', [rule(2, {}), rule(1, { to: TO_US })], 'https://a.test'],
    ['one of our own behind it', [rule(1, {}), rule(2, { to: TO_US })], null],
    ['one of our other stage', [rule(1, { to: ['a1b2c3', 'dev'] })], null],
    [
      'one for a header that no probe has',
      [rule(1, { headers: { 'X-Beta': '*' } })],
      'https://a.test',
    ],
    ['one for a header that every probe has', [rule(1, { headers: { Accept: '*' } })], null],
    ['one for our marker', [rule(1, { headers: { 'X-Apigw-Iam-Gate': 'pro*' } })], null],
    ['one for a header that may come on the way', [rule(1, { headers: { Via: 'x' } })], null],
    ['one for signed callers', [rule(1, { headers: { Authorization: 'AWS4*' } })], null],
    ['one for connections', [rule(1, { headers: { Upgrade: 'websocket' } })], null],
    ['one for their key', [rule(1, { headers: { 'Sec-WebSocket-Key': '*' } })], null],
    [
      'one for two headers, of which one is not there',
      [rule(1, { headers: { Accept: '*', 'X-Beta': '*' } })],
      'https://a.test',
    ],
    ['one in another case of the path', [rule(1, { base: ['A'] })], 'https://a.test'],
  ])('before its mappings: %s', async (_what, rules, address) => {
    expect(await addressOf({ domains: RULES_FIRST, rules })).toBe(address);
  });

  test.each<[string, Rules, string | null]>([
    ['none', [], null],
    ['one for everything', [rule(1, { to: TO_US })], 'https://a.test'],
    [
      'one for a path that is stripped',
      [rule(1, { to: TO_US, base: ['v1'], strip: true })],
      'https://a.test/v1',
    ],
    ['one for a path that stays', [rule(1, { to: TO_US, base: ['a'] })], 'https://a.test'],
    ['one for a path that stays, and no method has', [rule(1, { to: TO_US, base: ['v1'] })], null],
  ])('alone: %s', async (_what, rules, address) => {
    expect(await addressOf({ domains: RULES_ONLY, mappings: [HERE], rules })).toBe(address);
  });

  test('is judged with the headers of a sample', async () => {
    const world = { domains: RULES_FIRST, rules: [rule(1, { headers: { 'X-Beta': 'Dog-*' } })] };
    expect(await elsewhere('/a', world)).toBeNull();
    expect(await elsewhere('/a', world, { 'x-beta': 'Cat' })).toBeNull();
    expect(await elsewhere('/a', world, { 'x-beta': 'Dog-Bella' })).toContain('API zz');
  });

  test.each([
    'upgrade',
    'connection',
    'sec-websocket-key',
    'sec-websocket-version',
    'user-agent',
    'x-amz-date',
  ])('on %s is not judged by a sample, which never sets it', async (name) => {
    const world = {
      domains: RULES_FIRST,
      rules: [rule(1, { to: TO_US, headers: { [name]: 'mine' } }), rule(2, {})],
    };
    for (const headers of [{}, { [name]: 'mine' }, { [name.toUpperCase()]: 'other' }]) {
      expect(await elsewhere('/a', { ...world, endpointUrl: 'https://a.test' }, headers)).toContain(
        'API zz',
      );
    }
  });

  test('are judged by what is sent of a sample', async () => {
    const marked = {
      domains: RULES_FIRST,
      rules: [rule(1, { headers: { 'X-Apigw-Iam-Gate': 'probe' } })],
    };
    const url = { endpointUrl: 'https://a.test' };
    const headers = { 'X-APIGW-IAM-GATE': 'mine' };
    // No address is left where every probe is led away.
    expect(await elsewhere('/a', { ...marked, ...url }, headers)).toContain('API zz');
    const padded = { domains: RULES_FIRST, rules: [rule(1, { headers: { 'X-Beta': 'yes' } })] };
    expect(await elsewhere('/a', padded, { 'x-beta': ' yes\t' })).toContain('API zz');
    // Of a header that is given twice the last one is sent.
    expect(await elsewhere('/a', padded, { 'x-beta': 'no', 'X-Beta': 'yes' })).toContain('API zz');
    expect(await elsewhere('/a', padded, { 'x-beta': 'yes', 'X-Beta': 'no' })).toBeNull();
  });

  test('that could not be read is no address, and the right that is missing is named', async () => {
    const gateway = apiGatewayThat({
      getDomainNamesPage: async () => ({ ...META, items: RULES_FIRST }),
      getBasePathMappingsPage: async () => ({ ...META, items: [HERE] }),
      getRoutingRulesPage: async () => {
        throw throttled('ListRoutingRules');
      },
    });
    const place = { region: REGION, endpointUrl: null };
    const where = locate(apiServing(), 'prod', place, await readDomains(gateway));
    expect(where).toMatchObject({ unavailable: expect.stringContaining('ListRoutingRules') });
  });

  test.each<[string, Rules[number]]>([
    ['without priority', { Actions: [{ InvokeApi: { ApiId: 'a1b2c3', Stage: 'prod' } }] }],
    ['that does something else', { Priority: 1, Actions: [] }],
    ['with a condition of another kind', { ...rule(1, { to: TO_US }), Conditions: [{}] }],
  ])('is no address where it has a rule %s', async (_what, odd) => {
    expect(await addressOf({ domains: RULES_ONLY, rules: [odd] })).toBeNull();
  });
});

describe('a URL that the user gives', () => {
  const URL = 'https://a.test/v1';

  test.each<[string, World]>([
    ['with another base path', { mappings: [HERE] }],
    [
      'whose base path is of another API',
      { mappings: [{ ...HERE, restApiId: 'zz', basePath: 'v1' }] },
    ],
    [
      'whose base path is of another stage',
      { mappings: [{ ...HERE, stage: 'dev', basePath: 'v1' }] },
    ],
    [
      'that rules lead elsewhere',
      { domains: RULES_FIRST, mappings: [{ ...HERE, basePath: 'v1' }], rules: [rule(1, {})] },
    ],
    [
      'of a wildcard that leads elsewhere',
      {
        domains: [{ domainName: '*.test' }],
        mappings: [{ ...HERE, restApiId: 'zz', basePath: 'v1' }],
      },
    ],
  ])('%s is not asked', async (_what, world) => {
    const where = await whereIs({ ...world, endpointUrl: URL, api: apiServing(['GET /a'], false) });
    expect(where).toMatchObject({
      unavailable: expect.stringContaining('does not lead to the stage'),
    });
  });

  test('that leads here is asked, and the default endpoint with it', async () => {
    const world = { endpointUrl: URL, mappings: [{ ...HERE, basePath: 'v1' }] };
    expect(await whereIs({ ...world, api: apiServing(['GET /a'], false) })).toMatchObject({
      baseUrl: URL,
      defaultUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod',
    });
    expect(await whereIs(world)).toMatchObject({ baseUrl: URL, defaultUrl: null });
  });

  test('of a private API leaves the default endpoint alone: it has none outside of its VPC', async () => {
    const api = apiServing(['GET /a'], false);
    if (!api.description.readable) throw new Error('the API has a description');
    const isPrivate = read({ ...api.description.value, endpointTypes: ['PRIVATE'] });
    expect(
      await whereIs({ endpointUrl: 'https://a.test', api: { ...api, description: isPrivate } }),
    ).toMatchObject({ baseUrl: 'https://a.test', defaultUrl: null });
  });

  test('that is no URL for a stage without a segment is not asked', () => {
    const place = { region: REGION, endpointUrl: 'https://{stage}' };
    const where = locate(apiServing(), '$default', place, read([]));
    expect(where).toMatchObject({ unavailable: expect.stringContaining('which is no URL') });
  });

  test('of which nobody here knows where it leads is asked as it is', async () => {
    expect(await addressOf({ domains: [], endpointUrl: 'https://cdn.example.com/x' })).toBe(
      'https://cdn.example.com/x',
    );
  });

  test.each([
    ['of another API', 'https://zzzzzz.execute-api.eu-west-1.amazonaws.com/prod', 'API zzzzzz'],
    [
      'of another region',
      'https://a1b2c3.execute-api.us-east-1.amazonaws.com/prod',
      'region us-east-1',
    ],
    ['of another stage', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/dev', 'stage prod'],
    ['of no stage', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com', 'stage prod'],
    ['below the stage', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/v1', 'goes on'],
    [
      'of another API by FIPS',
      'https://zzzzzz.execute-api-fips.eu-west-1.amazonaws.com/prod',
      'API zzzzzz',
    ],
    [
      'of another stage of a VPC endpoint',
      'https://vpce-0a1b-xyz.execute-api.eu-west-1.vpce.amazonaws.com/dev',
      'stage prod',
    ],
  ])('of a default endpoint %s is not asked', async (_what, endpointUrl, why) => {
    expect(await whereIs({ endpointUrl })).toMatchObject({
      unavailable: expect.stringContaining(why),
    });
  });

  test.each([
    'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod',
    'https://a1b2c3.execute-api.eu-west-1.api.aws/prod',
    'https://a1b2c3.execute-api-fips.eu-west-1.amazonaws.com/prod/',
    'https://a1b2c3-vpce-0a1b.execute-api.eu-west-1.amazonaws.com/{stage}',
    'https://vpce-0a1b-xyz.execute-api.{region}.vpce.amazonaws.com/{stage}',
  ])('%s is asked alone', async (endpointUrl) => {
    const where = await whereIs({ endpointUrl, api: apiServing(['GET /a'], false) });
    expect(where).toMatchObject({ defaultUrl: null });
  });
});
