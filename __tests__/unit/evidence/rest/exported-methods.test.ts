import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwsFailure } from '../../../../src/aws/failure.js';
import {
  exportedType,
  parseExportedMethods,
} from '../../../../src/evidence/rest/exported-methods.js';

function parsed(operation: unknown, more: object = {}, name = 'options') {
  const document = { openapi: '3.0.1', paths: { '/a': { [name]: operation } }, ...more };
  return [...parseExportedMethods(JSON.stringify(document)).values()][0];
}

const INTEGRATION = 'x-amazon-apigateway-integration';
const ORIGIN = { 'Access-Control-Allow-Origin': { schema: { type: 'string' } } };
const MAPPED = { 'method.response.header.Access-Control-Allow-Origin': "'*'" };

describe('an exported OPTIONS method', () => {
  test.each<[what: string, operation: object, preflight: string]>([
    [
      'by MOCK whose 200 declares the header',
      { responses: { '200': { headers: ORIGIN } }, [INTEGRATION]: { type: 'mock' } },
      'yes',
    ],
    [
      'by MOCK whose 204 declares the header in small letters',
      {
        responses: { '204': { headers: { 'access-control-allow-origin': {} } } },
        [INTEGRATION]: { type: 'MOCK' },
      },
      'yes',
    ],
    [
      'by MOCK that maps the header',
      {
        [INTEGRATION]: {
          type: 'mock',
          responses: { default: { statusCode: '200', responseParameters: MAPPED } },
        },
      },
      'yes',
    ],
    [
      'by MOCK that maps the header on an error alone',
      {
        [INTEGRATION]: {
          type: 'mock',
          responses: { '5\\d{2}': { statusCode: '500', responseParameters: MAPPED } },
        },
      },
      'no',
    ],
    [
      'by MOCK whose error declares the header',
      { responses: { '400': { headers: ORIGIN } }, [INTEGRATION]: { type: 'mock' } },
      'no',
    ],
    [
      'by MOCK with another header',
      {
        responses: { '200': { headers: { 'Access-Control-Allow-Methods': {} } } },
        [INTEGRATION]: { type: 'mock' },
      },
      'no',
    ],
    [
      'with a backend that answers CORS',
      { responses: { '200': { headers: ORIGIN } }, [INTEGRATION]: { type: 'aws_proxy' } },
      'no',
    ],
    ['without an integration', { responses: { '200': { headers: ORIGIN } } }, 'unknown'],
    ['whose integration has no type', { [INTEGRATION]: {} }, 'unknown'],
  ])('%s: %s', (_what, operation, preflight) => {
    expect(parsed(operation)?.preflight).toBe(preflight);
  });

  test('is nothing that ANY or GET can be', () => {
    const operation = {
      responses: { '200': { headers: ORIGIN } },
      [INTEGRATION]: { type: 'mock' },
    };
    expect(parsed(operation, {}, 'get')?.preflight).toBe('no');
    expect(parsed(operation, {}, 'x-amazon-apigateway-any-method')).toMatchObject({
      method: 'ANY',
      preflight: 'no',
    });
  });
});

describe('a path of an export', () => {
  const operation = { responses: {}, [INTEGRATION]: { type: 'aws_proxy' } };

  test.each(['query', 'trace', 'GET', 'Post'])(
    'has a method of any name that nobody has for anything else: %s',
    (verb) => {
      expect(parsed(operation, {}, verb)).toMatchObject({
        method: verb.toUpperCase(),
        path: '/a',
        authorizationType: 'NONE',
      });
    },
  );

  test('has ANY in any case', () => {
    expect(parsed(operation, {}, 'X-Amazon-Apigateway-Any-Method')?.method).toBe('ANY');
  });

  test.each(['$ref', 'summary', 'description', 'servers', 'parameters', 'x-anything'])(
    'has other members, too: %s',
    (name) => {
      expect(parsed(operation, {}, name)).toBeUndefined();
    },
  );
});

describe('the authorization of an exported method', () => {
  const schemes = {
    sigv4: { type: 'apiKey', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
    api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
    lambda: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'custom' },
    pool: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'cognito_user_pools' },
    tokens: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'jwt' },
    newest: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'tomorrows' },
    odd: { type: 'http' },
  };
  const oas30 = { components: { securitySchemes: schemes } };

  test.each<[security: unknown, type: string, apiKey: boolean]>([
    [undefined, 'NONE', false],
    [[], 'NONE', false],
    [[{}], 'NONE', false],
    [[{ sigv4: [] }], 'AWS_IAM', false],
    [[{ api_key: [] }], 'NONE', true],
    [[{ sigv4: [] }, { api_key: [] }], 'AWS_IAM', true],
    [[{ sigv4: [], api_key: [] }], 'AWS_IAM', true],
    [[{ lambda: [] }], 'CUSTOM', false],
    [[{ pool: ['read'] }], 'COGNITO_USER_POOLS', false],
    [[{ tokens: [] }], 'JWT', false],
    [[{ newest: [] }], 'unreadable', false],
    [[{ odd: [] }], 'unreadable', false],
    // Either will do, says OpenAPI, and one of the two is nothing.
    [[{ sigv4: [] }, {}], 'unreadable', false],
    [[{ unread: [] }], 'unreadable', false],
    [[{ sigv4: [] }, { lambda: [] }], 'unreadable', false],
    ['sigv4', 'unreadable', false],
    [['sigv4'], 'unreadable', false],
  ])('%j: %s', (security, type, apiKey) => {
    expect(parsed({ security }, oas30)).toMatchObject({
      authorizationType: type,
      apiKeyRequired: apiKey,
    });
    expect(parsed({ security }, { securityDefinitions: schemes })?.authorizationType).toBe(type);
  });

  const authorizer = (type: unknown) => ({
    components: {
      securitySchemes: { mine: { type: 'apiKey', 'x-amazon-apigateway-authorizer': { type } } },
    },
  });

  test.each<[type: unknown, expected: string]>([
    ['token', 'CUSTOM'],
    ['TOKEN', 'CUSTOM'],
    ['request', 'CUSTOM'],
    ['cognito_user_pools', 'COGNITO_USER_POOLS'],
    ['jwt', 'JWT'],
    ['tomorrows', 'unreadable'],
    [7, 'unreadable'],
  ])('is what its authorizer is, a %j: %s', (type, expected) => {
    expect(parsed({ security: [{ mine: [] }] }, authorizer(type))?.authorizationType).toBe(
      expected,
    );
  });

  test.each(['CUSTOM', 'oauth2'])('that is called %s is of an authorizer of its own', (name) => {
    const scheme = { type: 'apiKey', 'x-amazon-apigateway-authtype': name };
    const document = { components: { securitySchemes: { mine: scheme } } };
    expect(parsed({ security: [{ mine: [] }] }, document)?.authorizationType).toBe('CUSTOM');
  });

  test.each<[said: unknown, security: unknown, expected: string]>([
    ['AWS_IAM', undefined, 'AWS_IAM'],
    ['aws_iam', undefined, 'AWS_IAM'],
    ['NONE', undefined, 'NONE'],
    ['AWS_IAM', [{ sigv4: [] }], 'AWS_IAM'],
    ['NONE', [{ sigv4: [] }], 'unreadable'],
    ['AWS_IAM', [{ lambda: [] }], 'unreadable'],
    [undefined, [{ lambda: [] }], 'CUSTOM'],
    [7, [{ sigv4: [] }], 'AWS_IAM'],
  ])('is %j by its own word, beside %j: %s', (type, security, expected) => {
    const operation = { security, 'x-amazon-apigateway-auth': { type } };
    expect(exportedType(oas30, operation)).toBe(expected);
    expect(parsed(operation, oas30)?.authorizationType).toBe(expected);
  });

  test('is not known where the document alone has it', () => {
    const whole = { ...oas30, security: [{ sigv4: [] }] };
    expect(parsed({}, whole)?.authorizationType).toBe('unreadable');
    expect(parsed({}, { ...oas30, security: 'sigv4' })?.authorizationType).toBe('unreadable');
    expect(parsed({}, { ...oas30, security: [] })?.authorizationType).toBe('NONE');
    expect(parsed({ security: [] }, whole)?.authorizationType).toBe('NONE');
  });

  test('is AWS_IAM by the name that the service gives it, where no scheme is there', () => {
    expect(parsed({ security: [{ sigv4: [] }] })?.authorizationType).toBe('AWS_IAM');
    const taken = { components: { securitySchemes: { sigv4: { type: 'http' } } } };
    expect(parsed({ security: [{ sigv4: [] }] }, taken)?.authorizationType).toBe('unreadable');
  });
});

test('whatever JSON an export is, it is read or refused as such', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (whole, item, operation) => {
      const documents = [whole, { paths: item }, { paths: { '/a': { options: operation } } }];
      for (const document of documents) {
        try {
          for (const method of parseExportedMethods(JSON.stringify(document)).values()) {
            expect(['yes', 'no', 'unknown']).toContain(method.preflight);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AwsFailure);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(() => parseExportedMethods('<html>')).toThrow(AwsFailure);
});
