import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines, template } from './kit.js';

/* What is written in a way that one reader takes for AWS_IAM, and another one for something else. */

const route = (type: string, more = '') => `Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: x, ProtocolType: HTTP}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: GET /x, AuthorizationType: ${type}}
${more}`;

const operation = '{security: [{s: []}], x-amazon-apigateway-integration: {type: aws_proxy}}';
const scheme =
  '{type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}';
const document = ({ of = scheme, get = operation, paths = '', root = '' }) => `openapi: 3.0.1
info: {title: x}
components: {securitySchemes: {s: ${of}}}
${root}paths:
  /x: {get: ${get}}
${paths}`;

describe('a tag that is none of CloudFormation', () => {
  test.each(['!ref', '!Fn::Sub', '!include', '!!python/name:x', '!<x>', '!Rain::Env'])(
    '%s leaves a value unknown',
    (tag) => {
      const declared = template(route(`${tag} AWS_IAM`));
      expect(lines(declared)).toEqual(['GET /x unresolved']);
      expect(couldPass(declared)).toBe(false);
    },
  );

  test.each(['!!str', '!', '!<tag:yaml.org,2002:str>'])('%s is one of YAML', (tag) => {
    expect(lines(template(route(`${tag} AWS_IAM`)))).toEqual(['GET /x AWS_IAM']);
  });

  test.each([
    ['a resource', '  Other: !Include other.yaml\n'],
    ['a resource that is a map', '  Other: !Include {file: other.yaml}\n'],
    ['resources', '  !Include other.yaml: {}\n  Fn::Include: other.yaml\n'],
  ])('in the place of %s leaves the template unknown', (_, more) => {
    const declared = template(route('AWS_IAM', more));
    expect(couldPass(declared)).toBe(false);
    expect(declared.files[0]?.unresolved[0]?.reason).toContain('in the place of a resource');
  });

  test('in the place of all resources leaves the template unknown', () => {
    const declared = template('Resources: !Include resources.yaml\n');
    expect(declared.files[0]?.unresolved).toHaveLength(1);
  });

  test.each(['of', 'get'])('leaves a part of a document unknown', (part) => {
    const written = part === 'of' ? { of: `!x ${scheme}` } : { get: `!x ${operation}` };
    expect(couldPass(declare({ 'a.yaml': document({}) }))).toBe(true);
    expect(couldPass(declare({ 'a.yaml': document(written) }))).toBe(false);
  });
});

describe('a merge', () => {
  test.each(['<<: text', '<<: [text]', '<<: null', `"<<": {get: ${operation}}`])(
    '%s is not read',
    (merge) => {
      const declared = declare({ 'a.yaml': document({ paths: `  /y:\n    ${merge}\n` }) });
      expect(declared.files[0]?.outcome).toBe('unreadable');
    },
  );
});

test('of several documents of a file, one that has paths alone counts as well', () => {
  const open = 'paths:\n  /y: {get: {}}\n';
  const iam = 'paths:\n  /x: {get: {x-amazon-apigateway-auth: {type: AWS_IAM}}}\n';
  expect(couldPass(declare({ 'a.yaml': iam }))).toBe(true);
  expect(couldPass(declare({ 'a.yaml': `${iam}---\n${open}` }))).toBe(false);
});

describe('a key that a renderer writes', () => {
  const key = `"\${k}": []`;
  test.each([
    ['the document', { root: `${key}\n` }],
    ['a scheme', { of: scheme.replace('{', `{${key}, `) }],
    ['an operation', { get: operation.replace('{', `{${key}, `) }],
  ])('of %s may be any key', (_, parts) => {
    const files = {
      'main.tf': `resource "aws_api_gateway_rest_api" "a" {\n  body = templatefile("\${path.module}/a.yaml", {})\n}\n`,
      'a.yaml': document(parts),
    };
    expect(couldPass(declare(files, { templates: ['main.tf'] }))).toBe(false);
  });
});

describe('a block of Terraform in another spelling', () => {
  const route = (type: string) =>
    `resource "${type}" "r" {\n  api_id    = "x"\n  route_key = "GET /x"\n}\n`;

  test.each(['aws_apigatewayv2\\u005froute', 'aws_apigatewayv2\\U0000005Froute'])(
    '%s is what it says',
    (type) => {
      expect(lines(declare({ 'main.tf': route(type) }))).toEqual(['GET /x NONE']);
    },
  );

  test('a character that there is not cannot be read', () => {
    const declared = declare({ 'main.tf': route('aws\\U99999999') });
    expect(declared.files[0]?.outcome).toBe('unreadable');
  });

  test('in JSON is found as well', () => {
    const json = '{"resource": {"a\\u0077s_api_gateway_method": {"m": {}}}}';
    const declared = declare({ 'main.tf.json': json });
    expect(declared.files[0]?.unresolved).toHaveLength(1);
  });
});

test('two keys of the same text are one, however they are written', () => {
  const sam = (second: string) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {DefaultAuthorizer: AWS_IAM}
      DefinitionBody: {swagger: 2.0, info: {title: x}, paths: {/x: {get: {x-amazon-apigateway-integration: {type: aws_proxy}}}}, swagger: ${second}}
`;
  expect(couldPass(template(sam("'2.0'")))).toBe(true);
  expect(couldPass(template(sam("'3.0'")))).toBe(false);
});

test.each([
  ['.', '**/*.yaml or *.tf'],
  ['infra', 'infra/**/*.yaml or infra/*.tf'],
])('the folder %s is told as one, with globs of its files', (folder, globs) => {
  const [file] = declare({ 'infra/a.yaml': 'x: 1\n' }, { templates: [folder] }).files;
  expect(file).toMatchObject({ file: folder, place: { file: folder }, outcome: 'unreadable' });
  expect(file?.problem).toContain(globs);
});
