// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how documents are rendered
import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines } from './kit.js';

/* Documents that say AWS_IAM in a way of which AWS does not say that it counts. */

type Data = Readonly<Record<string, unknown>>;

const IAM = { type: 'apiKey', 'x-amazon-apigateway-authtype': 'awsSigv4' };
const AUTHORIZER = {
  type: 'apiKey',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': { type: 'token' },
};

function document(operation: Data, more: Data = {}, schemes: Data = { iam: IAM }) {
  const paths = { '/a': { get: operation } };
  return { openapi: '3.0.1', paths, components: { securitySchemes: schemes }, ...more };
}
const read = (it: unknown) =>
  declare({ 'api.json': typeof it === 'string' ? it : JSON.stringify(it) });
const BY_IAM = { security: [{ iam: [] }] };

test('the plain document passes', () => {
  expect(couldPass(read(document(BY_IAM)))).toBe(true);
  expect(lines(read(document(BY_IAM)))).toEqual(['GET /a AWS_IAM']);
});

describe('security', () => {
  test.each([[null], ['iam'], [[{ iam: [] }]], [7], [{}]])(
    'with the requirement %j beside one of AWS_IAM may be optional',
    (odd) => {
      for (const security of [
        [{ iam: [] }, odd],
        [odd, { iam: [] }],
      ]) {
        const declared = read(document({ security }));
        expect(lines(declared).toSorted()).toEqual(['GET /a AWS_IAM', 'GET /a NONE']);
        expect(couldPass(declared)).toBe(false);
      }
    },
  );
});

describe('a scheme', () => {
  test.each<[string, Data]>([
    ['an authorizer of its own', { ...IAM, 'x-amazon-apigateway-authorizer': { type: 'request' } }],
    ['its type in another case', { ...IAM, 'x-amazon-apigateway-authtype': 'AWSSIGV4' }],
    ['another type', { ...IAM, type: 'http' }],
  ])('with awsSigv4 and %s may be none', (_, iam) => {
    const declared = read(document(BY_IAM, {}, { iam }));
    expect(lines(declared).toSorted()).toEqual(['GET /a AWS_IAM', 'GET /a NONE']);
    expect(couldPass(declared)).toBe(false);
  });

  test.each([['"type":"http","type":"apiKey"'], ['"type":"apiKey","type":"http"']])(
    'with %s may be none',
    (types) => {
      const text = JSON.stringify(document(BY_IAM)).replace('"type":"apiKey"', types);
      expect(couldPass(read(text))).toBe(false);
    },
  );

  test('that is a reference is not known, whatever stands beside it', () => {
    const iam = { ...IAM, $ref: '#/components/securitySchemes/other' };
    expect(lines(read(document(BY_IAM, {}, { iam, other: { type: 'http' } })))).toEqual([
      'GET /a unresolved',
    ]);
  });
});

describe('a reference', () => {
  const $ref = './other.json';

  test.each<[string, Data]>([
    ['the document', document(BY_IAM, { $ref })],
    ['components', document(BY_IAM, { components: { $ref, securitySchemes: { iam: IAM } } })],
    ['securitySchemes', document(BY_IAM, {}, { iam: IAM, $ref })],
    ['the operation', document({ ...BY_IAM, $ref })],
    ['the path', document(BY_IAM, { paths: { '/a': { get: BY_IAM, $ref } } })],
    ['the paths', document(BY_IAM, { paths: { '/a': { get: BY_IAM }, $ref } })],
    [
      'securityDefinitions',
      {
        swagger: '2.0',
        paths: { '/a': { get: BY_IAM } },
        securityDefinitions: { iam: IAM, $ref },
      },
    ],
  ])('in the place of %s is no pass', (_, it) => {
    expect(couldPass(read(it))).toBe(false);
  });

  test('in the place of an operation does not hide that nothing protects it', () => {
    expect(lines(read(document({ $ref })))).toEqual(['GET /a NONE']);
  });

  test('in the place of an integration is no preflight', () => {
    const response = { headers: { 'Access-Control-Allow-Origin': {} } };
    const options = (integration: Data) => ({
      'x-amazon-apigateway-integration': { type: 'mock', ...integration },
      responses: { 200: response },
    });
    const paths = (integration: Data) => ({ paths: { '/a': { options: options(integration) } } });
    expect(couldPass(read(document({}, paths({}))))).toBe(true);
    expect(couldPass(read(document({}, paths({ $ref }))))).toBe(false);
  });

  test('elsewhere is not of interest', () => {
    const responses = { 200: { content: { 'application/json': { schema: { $ref } } } } };
    expect(couldPass(read(document({ ...BY_IAM, responses, requestBody: { $ref } })))).toBe(true);
  });
});

describe('x-amazon-apigateway-auth that the document agrees with', () => {
  const BY_AUTH = { 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } };

  test('counts as it does alone', () => {
    expect(couldPass(read(document(BY_AUTH, BY_IAM)))).toBe(true);
  });

  test.each<[string, Data]>([
    ['a document with other authorizers', document(BY_AUTH, BY_IAM, { iam: IAM, a: AUTHORIZER })],
    ['an HTTP API', document(BY_AUTH, { ...BY_IAM, 'x-amazon-apigateway-cors': {} })],
  ])('may be nothing in %s', (_, it) => {
    expect(lines(read(it)).toSorted()).toEqual(['GET /a AWS_IAM', 'GET /a NONE']);
  });
});

test('a key of a path that a renderer writes may be an operation', () => {
  const paths = { '/a': { get: BY_IAM, '${verb}': {} } };
  expect(couldPass(read(document({}, { paths })))).toBe(false);
  expect(couldPass(read(document({}, { paths: { '/a': { get: BY_IAM, 'x-${a}': {} } } })))).toBe(
    false,
  );
});
