import { describe, expect, test } from '@jest/globals';
import type { ApiGateway } from '../../../src/aws/api-gateway.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import type { Classifier } from '../../../src/probe/classify/classifier.js';
import { readGatewayResponses } from '../../../src/probe/classify/gateway-responses.js';
import { locate } from '../../../src/probe/locate.js';
import { dependsOnDomains, readSurroundings } from '../../../src/probe/surroundings.js';
import { apiGatewayThat, META, throttled } from '../evidence/fake-api-gateway.js';
import { apiOf, read } from '../evidence-builder.js';

function apiNamed(id: string, defaultEndpointDisabled = false): ApiEvidence {
  const of = apiOf({ 'GET /a': 'AWS_IAM' });
  if (!of.description.readable) throw new Error('no description');
  return { ...of, id, description: read({ ...of.description.value, defaultEndpointDisabled }) };
}

const DOMAIN = {
  domainName: 'api.shop.test',
  endpointConfiguration: { types: ['REGIONAL' as const] },
  domainNameStatus: 'AVAILABLE' as const,
};

async function surroundingsOf(
  apis: readonly ApiEvidence[],
  endpointUrl: string | null,
  answers: Partial<ApiGateway> = {},
) {
  const apiGateway = apiGatewayThat({
    getGatewayResponses: async (id) => [
      { responseType: 'DEFAULT_4XX', statusCode: id === 'a1' ? '418' : '419' },
    ],
    getDomainNamesPage: async () => ({ ...META, items: [DOMAIN] }),
    getBasePathMappingsPage: async () => ({
      ...META,
      items: [{ restApiId: 'a1', stage: 'prod', basePath: '(none)' }],
    }),
    ...answers,
  });
  const place = { region: 'eu-west-1', endpointUrl };
  const apiGatewayV2 = {
    getApiMappingsPage: async (name: string) => {
      apiGateway.calls.push(`getApiMappingsPage ${name}`);
      return {
        items: [{ ApiId: 'h1', Stage: '$default', ApiMappingKey: 'orders/v1' }],
        nextToken: undefined,
      };
    },
  };
  const made = await readSurroundings(apis, place, { apiGateway, apiGatewayV2 });
  return { ...made, calls: apiGateway.calls };
}

/** What an unsigned request's refusal with this status is taken for. */
function kindOf(classifier: Classifier, status: number): string {
  const headers = {
    'x-amzn-requestid': 'r',
    'x-amz-apigw-id': 'g',
    'x-amzn-errortype': 'MissingAuthenticationTokenException',
  };
  const answer = { status, headers, body: '{}', receivedAtMs: 0 };
  return classifier.classify(answer, { hide: (text) => text, isSigned: false }).kind;
}

describe('what the smoke test must know besides', () => {
  test('is the gateway responses of each API, one call each, and no domain', async () => {
    const { classifierOf, calls, notes } = await surroundingsOf(
      [apiNamed('a1'), apiNamed('b2')],
      null,
    );
    expect(calls).toEqual(['getGatewayResponses a1', 'getGatewayResponses b2']);
    const refused = (id: string) => [418, 419].map((status) => kindOf(classifierOf(id), status));
    expect(refused('a1')).toEqual(['missing-token', 'unknown-error']);
    expect(refused('b2')).toEqual(['unknown-error', 'missing-token']);
    expect(notes).toEqual([]);
  });

  test('is the address of each stage', async () => {
    const [one, two] = [apiNamed('a1'), apiNamed('b2', true)];
    const { whereabouts, calls } = await surroundingsOf([one, two], null);
    expect(calls.filter((call) => call.startsWith('getDomainNamesPage'))).toHaveLength(1);
    expect(whereabouts(one, 'prod')).toMatchObject({
      baseUrl: 'https://a1.execute-api.eu-west-1.amazonaws.com/prod',
    });
    // Its default endpoint is disabled, and the only domain is another API's.
    expect(whereabouts(two, 'prod')).toHaveProperty('unavailable');
  });

  test('of an endpoint-url reads the mappings of the domain that it names, and no other', async () => {
    const others = [DOMAIN, { ...DOMAIN, domainName: 'other.test' }];
    const { whereabouts, calls, notes } = await surroundingsOf(
      [apiNamed('a1')],
      'https://API.shop.test/',
      { getDomainNamesPage: async () => ({ ...META, items: others }) },
    );
    expect(calls.filter((call) => call.includes('other.test'))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('getBasePathMappingsPage'))).toHaveLength(1);
    expect(whereabouts(apiNamed('a1'), 'prod')).toHaveProperty('baseUrl');
    expect(notes).toEqual([]);
  });

  test('is not known where endpoint-url names a host that is nobody of this account', async () => {
    const elsewhere = await surroundingsOf(
      [apiNamed('a1'), apiNamed('b2')],
      'https://cdn.example.com/x',
    );
    expect(elsewhere.whereabouts(apiNamed('a1'), 'prod')).toMatchObject({
      baseUrl: 'https://cdn.example.com/x',
    });
    expect(elsewhere.notes).toEqual([
      expect.stringContaining(
        'cdn.example.com is no custom domain name of this account and region',
      ),
    ]);
    // One note a host, and none of a host that AWS or this machine answers for.
    const each = await surroundingsOf(
      [apiNamed('a1'), apiNamed('b2')],
      'https://{api-id}.example.com',
    );
    expect(each.notes).toHaveLength(2);
    for (const url of [
      'https://a1.execute-api.eu-west-1.amazonaws.com/prod',
      'http://127.0.0.1:1',
    ]) {
      expect((await surroundingsOf([apiNamed('a1')], url)).notes).toEqual([]);
    }
    const wild = await surroundingsOf([apiNamed('a1')], 'https://x.wild.test', {
      getDomainNamesPage: async () => ({
        ...META,
        items: [{ ...DOMAIN, domainName: '*.wild.test' }],
      }),
    });
    expect(wild.notes).toEqual([]);
  });

  test('of a host without a name for one stage ends nothing', async () => {
    const api = httpApi('h1', '$default');
    expect(
      (await surroundingsOf([api], 'https://{stage}:8443')).whereabouts(api, '$default'),
    ).toHaveProperty('unavailable');
  });

  test('is said where it could not be read', async () => {
    const failing = {
      getGatewayResponses: async () => {
        throw throttled('GetGatewayResponses');
      },
      getDomainNamesPage: async () => {
        throw throttled('GetDomainNames');
      },
    };
    const { notes } = await surroundingsOf([apiNamed('a1')], 'https://api.shop.test/', failing);
    expect(notes).toEqual([
      expect.stringMatching(/^Where endpoint-url leads could not be checked: GetDomainNames /),
      expect.stringMatching(
        /^The gateway responses of orders \(a1\) could not be read, .*: GetGatewayResponses /,
      ),
    ]);
    // Without endpoint-url the stage's own address says what could not be read.
    const disabled = await surroundingsOf([apiNamed('a1', true)], null, failing);
    expect(disabled.notes).toEqual([expect.stringContaining('gateway responses')]);
    expect(disabled.whereabouts(apiNamed('a1', true), 'prod')).toMatchObject({
      unavailable: expect.stringContaining('GetDomainNames'),
    });
  });

  test.each<[string | null, boolean, boolean]>([
    [null, false, false],
    [null, true, true],
    ['https://api.shop.test/v1', false, true],
    ['https://a1.execute-api.eu-west-1.amazonaws.com/prod', true, false],
  ])('depends on domains: %s, default disabled %s', (endpointUrl, isDisabled, expected) => {
    const place = { region: 'eu-west-1', endpointUrl };
    expect(dependsOnDomains(apiNamed('a1', isDisabled), place)).toBe(expected);
  });
});

describe('a gateway response', () => {
  async function responseOf(item: object) {
    const getGatewayResponses = async () => [{ responseType: 'ACCESS_DENIED' as const, ...item }];
    const found = await readGatewayResponses({ getGatewayResponses }, 'a1');
    return found.readable ? found.value.get('ACCESS_DENIED') : found.reason;
  }

  test.each<[object, object]>([
    [{}, { status: null, templates: [], setsErrorType: false }],
    [{ statusCode: '404' }, { status: 404 }],
    [{ statusCode: '' }, { status: null }],
    [{ statusCode: '0' }, { status: null }],
    [{ statusCode: '4.5' }, { status: null }],
    [
      { responseTemplates: { 'application/json': '{"message":$context.error.messageString}' } },
      { templates: [] },
    ],
    [{ responseTemplates: { 'text/plain': 'no' } }, { templates: ['no'] }],
    [
      { responseParameters: { 'gatewayresponse.header.X-Amzn-ErrorType': "'x'" } },
      { setsErrorType: true },
    ],
    [
      { responseParameters: { 'gatewayresponse.header.x-amzn-errortypes': "'x'" } },
      { setsErrorType: false },
    ],
    [
      { responseParameters: { 'x.gatewayresponse.header.x-amzn-errortype': "'x'" } },
      { setsErrorType: false },
    ],
  ])('%j', async (item, expected) => {
    expect(await responseOf(item)).toMatchObject(expected);
  });

  test('without a type is none', async () => {
    const found = await readGatewayResponses({ getGatewayResponses: async () => [{}] }, 'a1');
    expect(found).toEqual({ readable: true, value: new Map() });
  });

  test('of an HTTP API is its API mappings, besides the base path mappings of REST APIs', async () => {
    const http = httpApi('h1', '$default', true);
    const { whereabouts, calls } = await surroundingsOf([apiNamed('a1', true), http], null);
    expect(calls.filter((call) => !call.startsWith('getGatewayResponses'))).toEqual([
      'getDomainNamesPage',
      'getBasePathMappingsPage api.shop.test',
      'getApiMappingsPage api.shop.test',
    ]);
    expect(whereabouts(http, '$default')).toMatchObject({
      baseUrl: 'https://api.shop.test/orders/v1',
    });
  });

  test('of an HTTP API are no gateway responses', async () => {
    const { calls, classifierOf } = await surroundingsOf([httpApi('h1', 'prod')], null);
    expect(calls).toEqual([]);
    expect(kindOf(classifierOf('h1'), 403)).toBe('not-api-gateway');
  });
});

function httpApi(id: string, stage: string, isDisabled = false): ApiEvidence {
  const of = apiNamed(id, isDisabled);
  const stages = of.stages.readable ? of.stages.value.map((it) => ({ ...it, name: stage })) : [];
  return { ...of, kind: 'HTTP', stages: read(stages), stageNames: [stage, 'other'] };
}

describe('the address of a stage of an HTTP or WebSocket API', () => {
  const place = (endpointUrl: string | null) => ({ region: 'eu-west-1', endpointUrl });
  const at = (api: ApiEvidence, stage: string, endpointUrl: string | null = null) =>
    locate(api, stage, place(endpointUrl), { readable: true, value: [] });

  test.each<[stage: string, endpointUrl: string | null, baseUrl: string]>([
    ['$default', null, 'https://h1.execute-api.eu-west-1.amazonaws.com'],
    ['prod', null, 'https://h1.execute-api.eu-west-1.amazonaws.com/prod'],
    ['$default', 'http://127.0.0.1:1/{api-id}/{stage}', 'http://127.0.0.1:1/h1'],
    ['prod', 'http://127.0.0.1:1/{api-id}/{stage}', 'http://127.0.0.1:1/h1/prod'],
    ['$default', 'https://x.test/{stage}/v1', 'https://x.test/v1'],
    [
      '$default',
      'https://h1.execute-api.eu-west-1.amazonaws.com/',
      'https://h1.execute-api.eu-west-1.amazonaws.com',
    ],
  ])('%s at %p is %s', (stage, endpointUrl, baseUrl) => {
    expect(at(httpApi('h1', stage), stage, endpointUrl)).toMatchObject({ baseUrl });
  });

  test('is what AWS says where it says it, over HTTPS', () => {
    const api = httpApi('h1', 'prod');
    if (!api.description.readable) throw new Error('no description');
    const v2 = {
      endpoint: 'wss://h1.execute-api.eu-new-1.new.aws',
      answersCors: false,
      isManaged: false,
    };
    const told = { ...api, description: read({ ...api.description.value, v2 }) };
    expect(at(told, 'prod')).toMatchObject({
      baseUrl: 'https://h1.execute-api.eu-new-1.new.aws/prod',
    });
  });

  test('served from the base of the URL has no path that another stage’s name begins', () => {
    const where = at(httpApi('h1', '$default'), '$default');
    if (!('leadsElsewhere' in where)) throw new Error('no address');
    const elsewhere = (path: string) => where.leadsElsewhere({ path, headers: {} });
    expect(elsewhere('/other')).toContain('leads to the stage other');
    expect(elsewhere('/other/x')).toContain('leads to the stage other');
    expect([elsewhere('/others'), elsewhere('/'), elsewhere('/x/other')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('is none where endpoint-url goes on behind a stage that is served from /', () => {
    const url = 'https://h1.execute-api.eu-west-1.amazonaws.com/v1';
    expect(at(httpApi('h1', '$default'), '$default', url)).toMatchObject({
      unavailable: expect.stringContaining('served from /'),
    });
  });
});
