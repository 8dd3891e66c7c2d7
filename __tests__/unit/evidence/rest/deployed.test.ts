import { describe, expect, test } from '@jest/globals';
import type { Deployment, Stage } from '../../../../src/aws/api-gateway.js';
import { collectEvidence } from '../../../../src/evidence/collect.js';
import { readStage, snapshotReader } from '../../../../src/evidence/rest/deployed.js';
import { parseExport } from '../../../../src/evidence/rest/exported.js';
import { parseExportedMethods } from '../../../../src/evidence/rest/exported-methods.js';
import { read } from '../../evidence-builder.js';
import { apiGatewayThat, restAlone } from '../fake-api-gateway.js';

async function snapshotOf(answer: Deployment | Error) {
  const asked: string[] = [];
  const reader = snapshotReader(
    {
      getDeployment: async (api, id) => {
        asked.push(`${api} ${id}`);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    'a1',
  );
  const [first, second] = await Promise.all([reader('d1'), reader('d1')]);
  expect(second).toBe(first);
  expect(asked).toEqual(['a1 d1']);
  return first;
}

describe('the snapshot of a deployment', () => {
  test('has each method, and tells of an OPTIONS method not whether it is a preflight', async () => {
    const found = await snapshotOf({
      apiSummary: {
        '/a': {
          GET: { authorizationType: 'AWS_IAM', apiKeyRequired: true },
          OPTIONS: { authorizationType: 'NONE' },
        },
        '/b': { ANY: {} },
      },
    });
    expect(found.readable && Object.fromEntries(found.value)).toEqual({
      'GET /a': {
        path: '/a',
        method: 'GET',
        authorizationType: 'AWS_IAM',
        apiKeyRequired: true,
        preflight: 'no',
        unread: null,
      },
      'OPTIONS /a': {
        path: '/a',
        method: 'OPTIONS',
        authorizationType: 'NONE',
        apiKeyRequired: false,
        preflight: 'unknown',
        unread: null,
      },
      'ANY /b': {
        path: '/b',
        method: 'ANY',
        authorizationType: 'unreadable',
        apiKeyRequired: false,
        preflight: 'no',
        unread: null,
      },
    });
  });

  test.each<[Deployment | Error, RegExp]>([
    [{}, /deployment d1 was answered without its apiSummary/],
    [{ apiSummary: {} }, /the apiSummary of deployment d1 names no method/],
    [{ apiSummary: { '/a': {} } }, /the apiSummary of deployment d1 names no method/],
    [new TypeError('strange'), /strange/],
  ])('is unreadable where the answer is %j', async (answer, why) => {
    expect(await snapshotOf(answer)).toMatchObject({
      readable: false,
      call: 'GetDeployment',
      reason: expect.stringMatching(why),
    });
  });
});

describe('a stage', () => {
  const served = read(new Map());
  const stageOf = (stage: Stage) => readStage(stage, async () => served);

  test('without a cache keeps no answers, whatever its settings say', async () => {
    const methodSettings = { '*/*': { cachingEnabled: true } };
    for (const stage of [{ methodSettings }, { methodSettings, cacheClusterEnabled: false }]) {
      expect(await stageOf({ deploymentId: 'd1', ...stage })).not.toHaveProperty('caching');
    }
  });

  test.each<[Stage, object]>([
    [
      { stageName: 'prod', deploymentId: 'd1', lastUpdatedDate: new Date(5) },
      { name: 'prod', deploymentId: 'd1', deployed: served, canary: null, lastUpdatedMs: 5 },
    ],
    [{ deploymentId: 'd1' }, { name: '', lastUpdatedMs: null }],
    [{ deploymentId: 'd1', webAclArn: 'arn:aws:wafv2:x' }, { hasWebAcl: true }],
    [{ deploymentId: 'd1', cacheClusterEnabled: true }, { caching: {} }],
    [
      {
        deploymentId: 'd1',
        cacheClusterEnabled: true,
        methodSettings: {
          '*/*': { cachingEnabled: true },
          'test/GET': { cachingEnabled: false },
          '~1a~1b/GET': { cachingEnabled: true },
          '//GET': { metricsEnabled: true },
        },
      },
      { caching: { '*/*': true, 'test/GET': false, 'a/b/GET': true, GET: false } },
    ],
    [
      { stageName: 'prod' },
      {
        deploymentId: null,
        deployed: {
          readable: false,
          call: 'GetStages',
          reason: 'returned a stage that names no deployment',
        },
      },
    ],
    [
      { deploymentId: 'd1', canarySettings: { deploymentId: 'd2', percentTraffic: 5 } },
      { canary: { deploymentId: 'd2', percentTraffic: 5, deployed: served } },
    ],
    [
      { deploymentId: 'd1', canarySettings: { deploymentId: 'd2' } },
      { canary: { deploymentId: 'd2', percentTraffic: 0 } },
    ],
    [{ deploymentId: 'd1', canarySettings: {} }, { canary: null }],
    [{ deploymentId: 'd1', canarySettings: { percentTraffic: 0 } }, { canary: null }],
    [
      { deploymentId: 'd1', canarySettings: { percentTraffic: 1 } },
      {
        canary: {
          deploymentId: 'unreadable',
          percentTraffic: 1,
          deployed: { readable: false, call: 'GetStages' },
        },
      },
    ],
  ])('%j', async (stage, expected) => {
    expect(await stageOf(stage)).toMatchObject(expected);
  });
});

const INTEGRATION = 'x-amazon-apigateway-integration';

function exported(operation: object, more: object = {}, name = 'options'): string {
  return JSON.stringify({ paths: { '/a': { [name]: operation } }, ...more });
}

describe('an export', () => {
  test.each<[string, object, string]>([
    [
      'among others in a response',
      { '200': { headers: { 'X-A': {}, 'Access-Control-Allow-Origin': {} } } },
      'yes',
    ],
    ['of another name', { '200': { headers: { 'Access-Control-Allow-Origins': {} } } }, 'no'],
    ['with more before it', { '200': { headers: { 'X-Access-Control-Allow-Origin': {} } } }, 'no'],
    [
      'in one response of two',
      { '404': {}, '200': { headers: { 'Access-Control-Allow-Origin': {} } } },
      'yes',
    ],
    ['on an error', { '404': { headers: { 'Access-Control-Allow-Origin': {} } } }, 'no'],
    ['nowhere', {}, 'no'],
  ])('knows a preflight by the header %s', (_, responses, preflight) => {
    const text = exported({ responses, [INTEGRATION]: { type: 'mock' } });
    expect(parseExportedMethods(text).get('OPTIONS /a')?.preflight).toBe(preflight);
  });

  test('knows a preflight by one mapping of two', () => {
    const parameters = { 'method.response.header.X': "'1'" };
    const origin = { 'method.response.header.Access-Control-Allow-Origin': "'*'" };
    const responses = {
      '4..': { statusCode: '404', responseParameters: parameters },
      default: { statusCode: 204, responseParameters: { ...parameters, ...origin } },
    };
    const text = exported({ [INTEGRATION]: { type: 'MOCK', responses } });
    expect(parseExportedMethods(text).get('OPTIONS /a')?.preflight).toBe('yes');
    const get = exported({ [INTEGRATION]: { type: 'MOCK', responses } }, {}, 'get');
    expect(parseExportedMethods(get).get('GET /a')?.preflight).toBe('no');
  });

  test.each<[string, unknown, object, string]>([
    ['none', undefined, {}, 'NONE'],
    ['sigv4', [{ sigv4: [] }], {}, 'AWS_IAM'],
    ['an API key alone', [{ api_key: [] }], { api_key: { name: 'X-Api-Key' } }, 'NONE'],
    ['IAM and a key', [{ sigv4: [], k: [] }], { k: { name: 'x-api-key' } }, 'AWS_IAM'],
    ['awsSigv4', [{ s: [] }], { s: { 'x-amazon-apigateway-authtype': 'awsSigv4' } }, 'AWS_IAM'],
    ['custom', [{ s: [] }], { s: { 'x-amazon-apigateway-authtype': 'custom' } }, 'CUSTOM'],
    ['oauth2', [{ s: [] }], { s: { 'x-amazon-apigateway-authtype': 'oauth2' } }, 'CUSTOM'],
    ['jwt', [{ s: [] }], { s: { 'x-amazon-apigateway-authtype': 'jwt' } }, 'JWT'],
    [
      'cognito',
      [{ s: [] }],
      { s: { 'x-amazon-apigateway-authtype': 'cognito_user_pools' } },
      'COGNITO_USER_POOLS',
    ],
    ['novel', [{ s: [] }], { s: { 'x-amazon-apigateway-authtype': 'novel' } }, 'unreadable'],
    ['a scheme of the name sigv4', [{ sigv4: [] }], { sigv4: { name: 'x' } }, 'unreadable'],
    ['an unknown name', [{ s: [] }], {}, 'unreadable'],
    [
      'two types',
      [{ sigv4: [] }, { s: [] }],
      { s: { 'x-amazon-apigateway-authtype': 'jwt' } },
      'unreadable',
    ],
    ['the same type twice', [{ sigv4: [] }, { sigv4: [] }], {}, 'AWS_IAM'],
    ['no list', 'sigv4', {}, 'unreadable'],
    ['no requirement', ['sigv4'], {}, 'unreadable'],
    ['an empty list', [], {}, 'NONE'],
  ])('tells the authorization of %s', (_, security, schemes, expected) => {
    const operation = security === undefined ? {} : { security };
    for (const more of [
      { components: { securitySchemes: schemes } },
      { securityDefinitions: schemes },
    ]) {
      const found = parseExportedMethods(exported(operation, more, 'get')).get('GET /a');
      expect(found?.authorizationType).toBe(expected);
    }
    // Nobody knows whether what the document says holds for methods that say nothing.
    if (security !== undefined) {
      const isNothing = Array.isArray(security) && security.length === 0;
      const whole = exported({}, { security, securityDefinitions: schemes }, 'get');
      expect(parseExportedMethods(whole).get('GET /a')?.authorizationType).toBe(
        isNothing ? 'NONE' : 'unreadable',
      );
    }
  });

  test('tells integrations, each part where it is text', () => {
    const of = (integration: unknown, name = 'get') =>
      Object.fromEntries(parseExport(exported({ [INTEGRATION]: integration }, {}, name)));
    expect(of({ type: 'http', uri: '', httpMethod: 7 })).toEqual({
      'GET /a': {
        type: 'HTTP',
        uri: null,
        httpMethod: null,
        members: { type: 'http', uri: '', httpMethod: 7 },
      },
    });
    expect(
      of({ type: 'aws_proxy', uri: 'u', httpMethod: 'POST' }, 'x-amazon-apigateway-any-method'),
    ).toMatchObject({
      'ANY /a': { type: 'AWS_PROXY', uri: 'u', httpMethod: 'POST' },
    });
    for (const nothing of [{}, { type: 1 }, 'text', null]) expect(of(nothing)).toEqual({});
    // Members of a path that are no methods.
    expect(of({ type: 'http' }, 'parameters')).toEqual({});
  });

  test.each(['', 'null', '[]', '{}', '{"paths":[]}', '<html>'])('that is %j is none', (text) => {
    expect(() => parseExport(text)).toThrow(/GetExport/);
  });
});

test('whatever a call throws, it is named', async () => {
  const broken = async (): Promise<never> => {
    throw new TypeError('strange');
  };
  const logger = {
    info: () => {},
    debug: () => {},
    group: <T>(_: string, phase: () => Promise<T>) => phase(),
  };
  const of = await collectEvidence(
    { apiIds: ['a1'], apiTypes: ['REST'], stages: '*', region: 'eu-west-1' },
    restAlone(apiGatewayThat({ getRestApi: broken, getResourcesPage: broken, getStages: broken })),
    logger,
  );
  expect(of.apis).toMatchObject([
    {
      description: { call: 'GetRestApi' },
      configured: { call: 'GetResources' },
      stages: { call: 'GetStages' },
      stageNames: [],
    },
  ]);
  const all = await collectEvidence(
    { apiIds: '*', apiTypes: ['REST'], stages: '*', region: 'eu-west-1' },
    restAlone(apiGatewayThat({ getRestApisPage: broken })),
    logger,
  );
  expect(all).toMatchObject({ apis: [], listing: { call: 'GetRestApis' } });
});
