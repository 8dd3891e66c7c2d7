import { describe, expect, test } from '@jest/globals';
import {
  configuredSettings,
  differingSettings,
  exportedSettings,
  NO_SETTINGS,
  othersAsText,
} from '../../../../src/evidence/rest/integration.js';

const RESOURCE = 'r1';

const names = (settings: Readonly<Record<string, string>>): string[] =>
  differingSettings(settings, NO_SETTINGS);

describe('what an integration says', () => {
  test.each<[string, Parameters<typeof configuredSettings>[0]]>([
    ['nothing', undefined],
    ['no member', {}],
    [
      'every default',
      {
        type: 'HTTP',
        uri: 'https://backend.test/',
        httpMethod: 'GET',
        connectionType: 'INTERNET',
        passthroughBehavior: 'WHEN_NO_MATCH',
        timeoutInMillis: 29_000,
        cacheNamespace: RESOURCE,
        cacheKeyParameters: [],
        responseTransferMode: 'BUFFERED',
        tlsConfig: { insecureSkipVerification: false },
        requestTemplates: { 'text/plain': '' },
      },
    ],
  ])('is no setting where it says %s', (_, integration) => {
    expect(configuredSettings(integration, RESOURCE)).toBe(NO_SETTINGS);
    const { settings, unknown } = exportedSettings({ ...integration }, RESOURCE);
    expect([settings, unknown]).toEqual([NO_SETTINGS, []]);
  });

  test.each<[NonNullable<Parameters<typeof configuredSettings>[0]>, string, string]>([
    [{ credentials: 'arn:c' }, 'credentials', 'credentials'],
    [{ connectionType: 'VPC_LINK' }, 'connectionType', 'connection type'],
    [{ connectionId: 'l1' }, 'connectionId', 'VPC link'],
    [{ passthroughBehavior: 'NEVER' }, 'passthroughBehavior', 'passthrough behavior'],
    [{ contentHandling: 'CONVERT_TO_TEXT' }, 'contentHandling', 'content handling'],
    [{ timeoutInMillis: 50 }, 'timeoutInMillis', 'timeout'],
    [{ cacheNamespace: 'r2' }, 'cacheNamespace', 'cache namespace'],
    [{ responseTransferMode: 'STREAM' }, 'responseTransferMode', 'response transfer mode'],
    [{ integrationTarget: 'arn:t' }, 'integrationTarget', 'load balancer'],
    [{ cacheKeyParameters: ['a'] }, 'cacheKeyParameters', 'cache keys'],
    [{ tlsConfig: { insecureSkipVerification: true } }, 'tlsConfig', 'TLS configuration'],
  ])('is what is no default: %j', (integration, key, name) => {
    const settings = configuredSettings(integration, RESOURCE);
    expect(Object.keys(settings)).toEqual([key]);
    expect(names(settings)).toEqual([name]);
    const told = exportedSettings({ ...integration }, RESOURCE);
    expect(told).toEqual({ settings, unknown: [] });
  });

  test('is the same in either spelling', () => {
    const configured = configuredSettings(
      {
        connectionType: 'VPC_LINK',
        passthroughBehavior: 'NEVER',
        contentHandling: 'CONVERT_TO_BINARY',
        responseTransferMode: 'STREAM',
        cacheKeyParameters: ['b', 'a'],
        integrationTarget: 'arn:t',
      },
      RESOURCE,
    );
    const { settings, unknown } = exportedSettings(
      {
        connectionType: 'vpc_link',
        passthroughBehavior: 'never',
        contentHandling: 'convert_to_binary',
        responseTransferMode: 'stream',
        cacheKeyParameters: ['a', 'b'],
        'integration-target': 'arn:t',
      },
      RESOURCE,
    );
    expect([settings, unknown]).toEqual([configured, []]);
    // Credentials are told apart by case.
    expect(configuredSettings({ credentials: 'A' }, RESOURCE)).not.toEqual(
      configuredSettings({ credentials: 'a' }, RESOURCE),
    );
  });

  test('beyond what the configuration tells is named', () => {
    const { settings, unknown } = exportedSettings(
      { type: 'http', uri: 'u', httpMethod: 'GET', requestTemplates: {}, novel: 1, other: {} },
      RESOURCE,
    );
    expect([settings, unknown]).toEqual([NO_SETTINGS, ['novel', 'other']]);
  });

  test('is shown by no long value', () => {
    const value = (length: number): string =>
      configuredSettings({ credentials: 'x'.repeat(length) }, RESOURCE).credentials ?? '';
    expect(value(60)).toBe('x'.repeat(60));
    expect(value(61)).toMatch(/^[\w+/]{43}=$/);
    expect(value(62)).not.toBe(value(61));
  });

  test('of requests is a setting each', () => {
    const integration = {
      requestParameters: {
        'integration.request.header.a': "'1'",
        'integration.request.header.b': '',
      },
      requestTemplates: { 'text/plain': 't' },
    };
    const settings = configuredSettings(integration, RESOURCE);
    expect(settings).toEqual({
      '["requestParameters","integration.request.header.a"]': "'1'",
      '["requestTemplates","text/plain"]': 't',
    });
    expect(names(settings)).toEqual([
      'request parameter integration.request.header.a',
      'request template for text/plain',
    ]);
    expect(exportedSettings(integration, RESOURCE).settings).toEqual(settings);
  });

  test('of responses is told by their patterns', () => {
    const settings = configuredSettings(
      {
        integrationResponses: {
          '200': { statusCode: '200', selectionPattern: '', contentHandling: 'CONVERT_TO_TEXT' },
          '500': {
            statusCode: '500',
            selectionPattern: '5..',
            responseParameters: { 'method.response.header.a': "'1'" },
            responseTemplates: { 'text/plain': 't' },
          },
        },
      },
      RESOURCE,
    );
    expect(settings).toEqual({
      '["responses","default","statusCode"]': '200',
      '["responses","default","contentHandling"]': 'CONVERT_TO_TEXT',
      '["responses","5..","statusCode"]': '500',
      '["responses","5..","responseParameters","method.response.header.a"]': "'1'",
      '["responses","5..","responseTemplates","text/plain"]': 't',
    });
    expect(names(settings)).toEqual(['default response', 'response for 5..']);
    const responses = {
      default: { statusCode: 200, contentHandling: 'convert_to_text' },
      '5..': {
        statusCode: '500',
        responseParameters: { 'method.response.header.a': "'1'" },
        responseTemplates: { 'text/plain': 't' },
      },
    };
    expect(exportedSettings({ responses }, RESOURCE).settings).toEqual(settings);
  });

  test('of two responses with one pattern cannot be compared, which counts as a difference', () => {
    const two = (pattern: string | undefined) =>
      configuredSettings(
        {
          integrationResponses: {
            '200': { statusCode: '200' },
            '201': { statusCode: '201', ...(pattern && { selectionPattern: pattern }) },
          },
        },
        RESOURCE,
      );
    expect(two(undefined)).toEqual({
      '["responses","default","statusCode"]': '200',
      '["responses","default","count"]': '2',
    });
    expect(two('2..')).not.toHaveProperty(['["responses","default","count"]']);
  });

  test.each([null, 'text', [], 7])('of a response that is %j is its pattern alone', (response) => {
    expect(exportedSettings({ responses: { default: response } }, RESOURCE).settings).toEqual({
      '["responses","default","statusCode"]': '',
    });
    expect(exportedSettings({ responses: response }, RESOURCE).settings).toEqual(NO_SETTINGS);
  });
});

describe('settings that differ', () => {
  test('are named once, in order, whatever their case', () => {
    const a = {
      tlsConfig: 'true',
      connectionId: 'l1',
      credentials: 'c',
      '["responses","default","statusCode"]': '200',
      '["responses","default","contentHandling"]': 'X',
      novel: '1',
    };
    expect(differingSettings(a, { ...a, credentials: 'd', novel: '2' })).toEqual([
      'credentials',
      'novel',
    ]);
    expect(differingSettings(a, {})).toEqual([
      'credentials',
      'default response',
      'novel',
      'TLS configuration',
      'VPC link',
    ]);
    expect(differingSettings({}, a)).toEqual(differingSettings(a, {}));
    expect(differingSettings(a, { ...a })).toEqual([]);
  });
});

describe('members without a name of their own', () => {
  test.each([
    [{}],
    [{ operationName: undefined }],
    [{ operationName: null }],
    [{ operationName: '' }],
    [{ requestModels: {} }],
    [{ list: [] }],
    [{ operationName: '', requestModels: {}, list: [], requestValidatorId: undefined }],
  ])('say nothing: %j', (members) => {
    expect(othersAsText(members)).toBeUndefined();
  });

  test.each([
    [{ isRequired: false }, '{"isRequired":false}'],
    [{ many: 0 }, '{"many":0}'],
    [{ name: 'object' }, '{"name":"object"}'],
    [{ list: [''] }, '{"list":[""]}'],
    [{ map: { a: '' }, none: {}, empty: '' }, '{"map":{"a":""}}'],
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  ])('are told in one order, those that say nothing left out: %j', (members, text) => {
    expect(othersAsText(members)).toBe(text);
  });

  test('stand as a hash where they are long', () => {
    const text = othersAsText({ name: 'n'.repeat(200) }) ?? '';
    expect(text).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(othersAsText({ name: 'n'.repeat(199) })).not.toBe(text);
  });
});
