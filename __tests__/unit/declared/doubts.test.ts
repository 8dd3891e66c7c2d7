import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines, template } from './kit.js';

/* What can be read in two ways, and AWS does not say in which: never a pass. */

const IAM = 'type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4';

function openapi(parts: string) {
  return declare({ 'openapi.yaml': `info: {title: x, version: '1'}\n${parts}` });
}

describe('an operation of an OpenAPI document', () => {
  const get = (security: string) => `paths: {/a: {get: {security: ${security}}}}`;

  test.each([
    [
      'with an empty requirement beside IAM',
      `openapi: 3.0.1\n${get('[{s: []}, {}]')}\ncomponents: {securitySchemes: {s: {${IAM}}}}`,
    ],
    [
      'with an empty requirement before IAM',
      `swagger: '2.0'\n${get('[{}, {s: []}]')}\nsecurityDefinitions: {s: {${IAM}}}`,
    ],
    [
      'whose scheme is where OpenAPI 2 has it, in a document of OpenAPI 3',
      `openapi: 3.0.1\n${get('[{s: []}]')}\nsecurityDefinitions: {s: {${IAM}}}`,
    ],
    [
      'whose scheme is where OpenAPI 3 has it, in a document of OpenAPI 2',
      `swagger: '2.0'\n${get('[{s: []}]')}\ncomponents: {securitySchemes: {s: {${IAM}}}}`,
    ],
    [
      'whose scheme is of a type that AWS does not take',
      `openapi: 3.0.1\n${get('[{s: []}]')}\ncomponents: {securitySchemes: {s: {type: http, x-amazon-apigateway-authtype: awsSigv4}}}`,
    ],
  ])('%s may be open', (_, parts) => {
    const declared = openapi(parts);
    expect(lines(declared)).toEqual(expect.arrayContaining(['GET /a AWS_IAM', 'GET /a NONE']));
    const [method] = declared.apis.flatMap(({ methods }) => methods);
    expect(method?.unproven).not.toBeNull();
  });

  test('whose scheme stands in both places is what the right one says', () => {
    const both = `components: {securitySchemes: {s: {${IAM}}}}\nsecurityDefinitions: {s: {type: apiKey, name: x-api-key, in: header}}`;
    expect(lines(openapi(`openapi: 3.0.1\n${get('[{s: []}]')}\n${both}`))).toEqual([
      'GET /a AWS_IAM',
    ]);
    expect(lines(openapi(`swagger: '2.0'\n${get('[{s: []}]')}\n${both}`))).toEqual(['GET /a NONE']);
  });

  test('whose schemes stand twice is what each of them says', () => {
    const twice = `components: {securitySchemes: {s: {type: apiKey, name: k, in: header}}}\ncomponents: {securitySchemes: {s: {${IAM}}}}`;
    expect(lines(openapi(`openapi: 3.0.1\n${get('[{s: []}]')}\n${twice}`))).toEqual([
      'GET /a NONE',
      'GET /a AWS_IAM',
    ]);
  });

  test('with IAM alone is known', () => {
    const plain = `openapi: 3.0.1\n${get('[{s: []}]')}\ncomponents: {securitySchemes: {s: {${IAM}}}}`;
    expect(couldPass(openapi(plain))).toBe(true);
  });
});

describe('a key of a template that stands twice', () => {
  const rest = (parts: string, type = 'AWS_IAM') => `Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: ${type}}
${parts}`;
  const sam = (api: string, event: string) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, ${api}}}
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: nodejs24.x, CodeUri: x, Events: {A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}${event}}}}
`;
  const IAM_BY_DEFAULT = 'Auth: {DefaultAuthorizer: AWS_IAM}';

  test.each([
    ['Properties', rest('    Properties: {RestApiId: !Ref Api, HttpMethod: GET}\n')],
    ['Type', rest('    Type: AWS::S3::Bucket\n')],
    ['Condition', rest('    Condition: A\n    Condition: B\n')],
    ['Resources', `${rest('')}Resources: {B: {Type: AWS::S3::Bucket}}\n`],
    [
      'Default',
      `Parameters: {T: {Type: String, Default: NONE, Default: AWS_IAM}}\n${rest('', '!Ref T')}`,
    ],
    ['T', `Parameters: {T: {Default: NONE}, T: {Default: AWS_IAM}}\n${rest('', '!Ref T')}`],
    [
      'C',
      `Conditions: {C: !Equals [a, a], C: !Equals [a, b]}\n${rest('', '!If [C, NONE, AWS_IAM]')}`,
    ],
    ['Auth', sam(`Auth: {DefaultAuthorizer: NONE}, ${IAM_BY_DEFAULT}`, '')],
    ['DefaultAuthorizer', sam('Auth: {DefaultAuthorizer: NONE, DefaultAuthorizer: AWS_IAM}', '')],
    ['Type', sam(IAM_BY_DEFAULT, ', Type: Schedule')],
  ])('%s is not known where it decides', (key, text) => {
    const declared = template(text);
    expect(couldPass(declared)).toBe(false);
    expect(
      declared.files.flatMap(({ unresolved }) => unresolved.map(({ reason }) => reason)),
    ).toContain(`the key ${key} stands twice, and AWS does not document which one counts`);
  });

  test.each([
    ['that says the same', rest('    Type: AWS::ApiGateway::Method\n')],
    [
      'of something else',
      rest('  B: {Type: AWS::S3::Bucket, Properties: {A: 1}, Properties: {}}\n'),
    ],
    [
      'of a function, beside its events',
      sam(IAM_BY_DEFAULT, '').replace('CodeUri: x', 'CodeUri: x, CodeUri: y'),
    ],
    ['that describes', rest('    Metadata: {a: 1}\n    Metadata: {a: 2}\n')],
  ])('%s changes nothing', (_, text) => {
    expect(couldPass(template(text))).toBe(true);
  });

  test('ten thousand times takes no time', () => {
    const many = Array.from(
      { length: 10_000 },
      (_, at) => `  P${at % 5000}: {Type: String, Default: a}\n`,
    );
    expect(couldPass(template(`Parameters:\n${many.join('')}${rest('')}`))).toBe(true);
  });
});

describe('a scheme that SAM writes where API Gateway does not look', () => {
  const api = (properties: string) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, ${properties}}}
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: nodejs24.x, CodeUri: x, Events: {A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}}}
`;
  const BODY =
    'DefinitionBody: {openapi: 3.0.1, paths: {/a: {get: {x-amazon-apigateway-integration: {type: aws_proxy}}}}}';
  const DEFAULT = 'Auth: {DefaultAuthorizer: AWS_IAM}';

  test('is lost with MergeDefinitions, where there is nothing to be merged with', () => {
    expect(lines(template(api('MergeDefinitions: true')))).toEqual(['GET /a NONE']);
    expect(couldPass(template(api(`MergeDefinitions: true, ${DEFAULT}`)))).toBe(true);
    expect(couldPass(template(api('MergeDefinitions: false')))).toBe(true);
  });

  test.each([
    ["OpenApiVersion: '2.0'", false],
    ["OpenApiVersion: '3.0.1'", true],
    ['OpenApiVersion: null', true],
  ])('may count for nothing in a document of OpenAPI 3 with %s: passes %j', (version, passes) => {
    expect(couldPass(template(api(`${DEFAULT}, ${BODY}, ${version}`)))).toBe(passes);
  });
});

describe('what makes an API in a way that is not read', () => {
  const created = (type: string, after: object, more: object = {}) => ({
    address: `${type}.x`,
    ...{ mode: 'managed', type, name: 'x' },
    change: { actions: ['create'], before: null, after, after_unknown: {}, ...more },
  });
  const planned = (...resources: object[]) =>
    declare(
      {
        'plan.json': JSON.stringify({
          format_version: '1.2',
          planned_values: {},
          resource_changes: resources,
          configuration: { root_module: {} },
        }),
      },
      { planFile: 'plan.json' },
    );
  const written = (type: string, attributes: string) =>
    declare({ 'main.tf': `resource "${type}" "x" {\n${attributes}\n}\n` });
  const API_IN_IT = 'Resources: {A: {Type: AWS::ApiGateway::RestApi}}';
  const NONE_IN_IT = 'Resources: {B: {Type: AWS::S3::Bucket}}';

  test.each<[string, Record<string, string>]>([
    ['awscc_apigateway_method', { authorization_type: 'NONE' }],
    ['awscc_apigateway_rest_api', {}],
    ['awscc_apigatewayv2_route', { route_key: 'GET /' }],
    ['aws_cloudcontrolapi_resource', { type_name: 'AWS::ApiGateway::Method' }],
    ['aws_cloudcontrolapi_resource', { type_name: 'AWS::CloudFormation::Stack' }],
    ['aws_cloudcontrolapi_resource', {}],
    ['aws_cloudformation_stack', { template_body: API_IN_IT }],
    ['aws_cloudformation_stack', { template_url: 'https://example.com/t.yaml' }],
    ['aws_cloudformation_stack_set', {}],
    ['aws_serverlessapplicationrepository_cloudformation_stack', { application_id: 'a' }],
  ])('%s %j is told, by a plan and without one', (type, attributes) => {
    const hcl = Object.entries(attributes).map(([name, value]) => `  ${name} = "${value}"`);
    for (const declared of [planned(created(type, attributes)), written(type, hcl.join('\n'))]) {
      expect(couldPass(declared)).toBe(false);
      expect(declared.files[0]?.outcome).toBe('read');
      expect(declared.files[0]?.unresolved[0]?.reason).toContain(`${type}.x: `);
    }
  });

  test.each<[string, Record<string, string>]>([
    ['aws_cloudformation_stack', { template_body: NONE_IN_IT }],
    ['awscc_apigateway_usage_plan', {}],
    ['aws_cloudcontrolapi_resource', { type_name: 'AWS::S3::Bucket' }],
    ['awscc_s3_bucket', {}],
    ['aws_s3_bucket', {}],
  ])('%s %j makes none', (type, attributes) => {
    expect(couldPass(planned(created(type, attributes)))).toBe(true);
  });

  test('a stack that a plan deletes makes none', () => {
    const gone = created('aws_cloudformation_stack', {}, { actions: ['delete'] });
    expect(couldPass(planned(gone))).toBe(true);
  });

  test.each([
    [`TemplateBody: '${API_IN_IT}'`, false],
    ['TemplateURL: https://example.com/t.yaml', false],
    ['TemplateBody: !Ref T', false],
    [`TemplateBody: '${NONE_IN_IT}'`, true],
  ])('a stack set with %s: %j', (property, passes) => {
    const text = `Resources:\n  S: {Type: AWS::CloudFormation::StackSet, Properties: {${property}}}\n`;
    expect(couldPass(template(text))).toBe(passes);
  });
});

describe('a resource policy in HCL without a plan', () => {
  const api = 'resource "aws_api_gateway_rest_api" "api" { name = "x" }\n';
  const policies = (files: Record<string, string>) =>
    declare(files, { templates: ['main.tf'] }).apis.flatMap((it) => it.policies);
  const of = (rest: string) =>
    `resource "aws_api_gateway_rest_api_policy" "p" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n${rest}\n}\n`;

  test('that is a resource of its own is read, or not known', () => {
    const literal = '{\\"Statement\\": []}';
    expect(policies({ 'main.tf': `${api}${of(`  policy = "${literal}"`)}` })).toMatchObject([
      { text: '{"Statement": []}', unresolved: null },
    ]);
    expect(policies({ 'main.tf': `${api}${of('  policy = data.x.y.json')}` })).toMatchObject([
      { text: null, unresolved: { reason: 'policy is an expression' } },
    ]);
  });

  test('that a document holds is read with it', () => {
    const body = 'resource "aws_api_gateway_rest_api" "api" {\n  body = file("api.yaml")\n}\n';
    const document =
      "swagger: '2.0'\nx-amazon-apigateway-policy: {Statement: []}\npaths: {/a: {get: {}}}\n";
    expect(policies({ 'main.tf': body, 'api.yaml': document })).toHaveLength(1);
    const put = `${api}resource "aws_api_gateway_rest_api_put" "p" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  body = file("api.yaml")\n}\n`;
    expect(policies({ 'main.tf': put, 'api.yaml': document })).toHaveLength(1);
  });
});
