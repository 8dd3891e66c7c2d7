import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines } from './kit.js';

/* What a cloud assembly says beside its templates: assets, parameters, and context that is missing. */

type Data = Readonly<Record<string, unknown>>;

const OPEN = { openapi: '3.0.1', paths: { '/a': { get: {} } } };
const CLOSED = {
  openapi: '3.0.1',
  paths: { '/a': { get: { security: [{ iam: [] }] } } },
  components: { securitySchemes: { iam: { 'x-amazon-apigateway-authtype': 'awsSigv4' } } },
};

/** An app of one stack. */
function read(
  template: Data,
  files: Readonly<Record<string, Data>> = {},
  { properties = {}, ...manifest }: Data & { readonly properties?: Data } = {},
  parameters?: Data,
) {
  const stack = {
    type: 'aws:cloudformation:stack',
    properties: { templateFile: 'S.template.json', ...properties },
  };
  const all = {
    'cdk.out/manifest.json': { version: '36.0.0', artifacts: { S: stack }, ...manifest },
    'cdk.out/S.template.json': template,
    ...Object.fromEntries(Object.entries(files).map(([name, it]) => [`cdk.out/${name}`, it])),
    ...(parameters === undefined ? {} : { 'p.json': parameters }),
  };
  const texts = Object.entries(all).map(([name, it]) => [name, JSON.stringify(it)] as const);
  return declare(Object.fromEntries(texts), {
    templates: ['cdk.out'],
    parameters: parameters === undefined ? [] : ['p.json'],
  });
}

describe('the document of an asset', () => {
  const api = (metadata: Data) => ({
    Resources: {
      Api: {
        Type: 'AWS::ApiGateway::RestApi',
        Properties: { BodyS3Location: { Bucket: 'bucket', Key: 'key.json' } },
        Metadata: metadata,
      },
    },
  });
  const published = (...paths: readonly string[]) => {
    const destinations = { here: { bucketName: 'bucket', objectKey: 'key.json' } };
    const files = paths.map((path) => [path, { source: { path }, destinations }] as const);
    return { 'S.assets.json': { files: Object.fromEntries(files) } };
  };
  const FILES = { 'open.json': OPEN, 'closed.json': CLOSED };
  const path = (file: string, property = 'BodyS3Location') => ({
    'aws:asset:path': file,
    'aws:asset:property': property,
  });

  test.each<[string, Data, Readonly<Record<string, Data>>]>([
    ['by its path', path('open.json'), {}],
    ['by a path without a property', { 'aws:asset:path': 'open.json' }, {}],
    ['by what is published under its key', {}, published('open.json')],
    ['by both', path('open.json'), published('open.json')],
    ['twice', {}, published('open.json', './open.json')],
    [
      'by its key, beside an asset of another property',
      path('closed.json', 'X'),
      published('open.json'),
    ],
  ])('is known %s', (_, metadata, manifest) => {
    expect(lines(read(api(metadata), { ...FILES, ...manifest }))).toEqual(['GET /a NONE']);
  });

  test.each<[string, Data, Readonly<Record<string, Data>>]>([
    ['of which path and key speak of different files', path('closed.json'), published('open.json')],
    ['under whose key two files are published', {}, published('open.json', 'closed.json')],
    ['that both and the path tell', path('closed.json'), published('closed.json', 'open.json')],
    ['of another property', path('closed.json', 'Other'), {}],
    ['of which nothing is told', {}, {}],
  ])('%s is not known', (_, metadata, manifest) => {
    const declared = read(api(metadata), { ...FILES, ...manifest });
    expect(lines(declared)).toEqual([]);
    expect(couldPass(declared)).toBe(false);
  });
});

describe('parameters of a stack', () => {
  const template = {
    Parameters: { Type: { Type: 'String', Default: 'AWS_IAM' } },
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} },
      Get: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: { Ref: 'Type' },
        },
      },
    },
  };
  const given = { properties: { parameters: { Type: 'NONE', Other: 7 } } };

  test('have the values that the app gives them', () => {
    expect(lines(read(template))).toEqual(['GET / AWS_IAM']);
    expect(lines(read(template, {}, given))).toEqual(['GET / NONE']);
  });

  test('have those of a parameter file before them', () => {
    expect(lines(read(template, {}, given, { Type: 'AWS_IAM' }))).toEqual(['GET / AWS_IAM']);
  });

  test('and context that is missing makes the templates no pass', () => {
    expect(couldPass(read(template, {}, { missing: [] }))).toBe(true);
    expect(couldPass(read(template, {}, { missing: [{ key: 'vpc', provider: 'vpc' }] }))).toBe(
      false,
    );
  });
});

test.each([['serverless.ts'], ['a/serverless.js'], ['serverless.mjs'], ['serverless.cts']])(
  '%s is not compiled',
  (file) => {
    const declared = declare({ [file]: 'module.exports = { functions: {} };\n' });
    expect(declared.files).toMatchObject([{ language: 'serverless.yml', outcome: 'read' }]);
    expect(couldPass(declared)).toBe(false);
  },
);
