import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../rules/declared-builder.js';
import { declare, lines, methods } from './kit.js';

const json = (data: unknown) => JSON.stringify(data, null, 2);

const ROOT = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };

const method = (api: unknown, resource: unknown, AuthorizationType: unknown = 'NONE') => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: { RestApiId: api, ResourceId: resource, HttpMethod: 'GET', AuthorizationType },
});

describe('nested stacks', () => {
  const parent = (url: unknown, more: object = {}) => ({
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Pets: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: { RestApiId: { Ref: 'Api' }, ParentId: ROOT, PathPart: 'pets' },
      },
      Nested: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: {
          TemplateURL: url,
          Parameters: {
            Api: { Ref: 'Api' },
            Root: ROOT,
            Pets: { Ref: 'Pets' },
            Auth: 'NONE',
            ...more,
          },
        },
      },
    },
  });
  const child = {
    Parameters: {
      Api: { Type: 'String' },
      Root: { Type: 'String' },
      Pets: { Type: 'String' },
      Auth: { Type: 'String', Default: 'AWS_IAM' },
    },
    Resources: {
      Own: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: { RestApiId: { Ref: 'Api' }, ParentId: { Ref: 'Pets' }, PathPart: '{id}' },
      },
      Home: method({ Ref: 'Api' }, { Ref: 'Root' }, 'AWS_IAM'),
      List: method({ Ref: 'Api' }, { Ref: 'Pets' }, { Ref: 'Auth' }),
      One: method({ Ref: 'Api' }, { Ref: 'Own' }),
    },
  };

  test('are there where their condition holds, and what is in them too', () => {
    const around = {
      Parameters: { Env: { Type: 'String' } },
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
      Resources: {
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
        Nested: {
          Type: 'AWS::CloudFormation::Stack',
          Condition: 'IsProd',
          Properties: { TemplateURL: './child.json', Parameters: { Api: { Ref: 'Api' } } },
        },
      },
    };
    const within = {
      Parameters: { Api: { Type: 'String' } },
      Resources: {
        Connect: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ApiId: { Ref: 'Api' },
            RouteKey: '$connect',
            AuthorizationType: 'AWS_IAM',
          },
        },
      },
    };
    const declared = declare(
      { 'parent.json': json(around), 'child.json': json(within) },
      { templates: ['parent.json'] },
    );
    expect(lines(declared)).toEqual(['$connect AWS_IAM [IsProd]']);
    expect(findingsOf(...declared.apis).map(({ rule }) => rule)).toEqual([
      'websocket-without-connect',
    ]);
  });

  test('add their methods to the API of the template around them', () => {
    const declared = declare(
      { 'infra/parent.json': json(parent('./child.json')), 'infra/child.json': json(child) },
      { templates: ['infra/*.json'] },
    );
    expect(declared.apis).toHaveLength(1);
    expect(declared.apis[0]).toMatchObject({
      name: 'Api',
      file: 'infra/parent.json',
      unresolved: [],
    });
    expect(lines(declared)).toEqual(['GET / AWS_IAM', 'GET /pets NONE', 'GET /pets/{id} NONE']);
    expect(methods(declared).every(({ place }) => place.file === 'infra/child.json')).toBe(true);
    expect(declared.files.map(({ outcome }) => outcome)).toEqual(['read', 'read']);
  });

  test('are incomplete where their template is elsewhere', () => {
    const declared = declare({
      'parent.json': json(parent('https://bucket.s3.amazonaws.com/child.json')),
    });
    expect(declared.files[0]?.unresolved[0]?.reason).toContain('nested stack Nested');
    expect(declared.apis[0]?.unresolved).not.toEqual([]);
  });

  test('do not know what the template around them does not know', () => {
    const declared = declare(
      {
        'parent.json': json(parent('child.json', { Auth: { 'Fn::ImportValue': 'auth' } })),
        'child.json': json(child),
      },
      { templates: ['parent.json'] },
    );
    const [, list] = methods(declared);
    expect(list?.authorization).toBe('unresolved');
    expect(list?.unresolved?.reason).toContain('parameter Auth comes from the template above');
    const bounded = {
      ...child,
      Parameters: {
        ...child.Parameters,
        Auth: { Type: 'String', AllowedValues: ['AWS_IAM', 'JWT'] },
      },
    };
    const known = declare(
      {
        'parent.json': json(parent('child.json', { Auth: { 'Fn::ImportValue': 'auth' } })),
        'child.json': json(bounded),
      },
      { templates: ['parent.json'] },
    );
    expect(lines(known)).toEqual(
      expect.arrayContaining(['GET /pets AWS_IAM [Auth=AWS_IAM]', 'GET /pets JWT [Auth=JWT]']),
    );
  });
});

describe('assemblies of the CDK', () => {
  const stack = (templateFile: string, more: object = {}) => ({
    type: 'aws:cloudformation:stack',
    properties: { templateFile, ...more },
  });
  const document = json({ openapi: '3.0.1', paths: { '/doc': { get: {} } } });
  const files = {
    'cdk.out/manifest.json': json({
      version: '36.0.0',
      artifacts: {
        Main: {
          ...stack('Main.template.json', { stackName: 'main-prod' }),
          metadata: {
            '/Main/Api/Resource': [
              {
                type: 'aws:cdk:logicalId',
                data: 'Api',
                trace: ['new Api (/build/x/lib/main.ts:3:5)'],
              },
            ],
          },
        },
        'assembly-Stage': {
          type: 'cdk:cloud-assembly',
          properties: { directoryName: 'assembly-Stage' },
        },
      },
    }),
    'cdk.out/Main.template.json': json({
      Resources: {
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Metadata: { 'aws:cdk:path': 'Main/Api/Resource' },
        },
        Home: method({ Ref: 'Api' }, ROOT),
        Spec: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: {
            BodyS3Location: { Bucket: { 'Fn::Sub': 'b-\u0024{AWS::Region}' }, Key: 'abc.json' },
          },
        },
        Nested: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: {
            TemplateURL: { 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::URLSuffix' }]] },
          },
          Metadata: { 'aws:asset:path': 'Nested.nested.template.json' },
        },
      },
    }),
    'cdk.out/Main.assets.json': json({
      files: {
        abc: { source: { path: 'asset.abc.json' }, destinations: { d: { objectKey: 'abc.json' } } },
      },
    }),
    'cdk.out/asset.abc.json': document,
    'cdk.out/Nested.nested.template.json': json({
      Resources: {
        Inner: {
          Type: 'AWS::ApiGatewayV2::Api',
          Properties: { ProtocolType: 'HTTP', Target: 'x' },
        },
      },
    }),
    'cdk.out/assembly-Stage/manifest.json': json({
      version: '36.0.0',
      artifacts: { Prod: stack('Prod.template.json') },
    }),
    'cdk.out/assembly-Stage/Prod.template.json': json({
      Resources: {
        Api: { Type: 'AWS::ApiGateway::RestApi' },
        Home: method({ Ref: 'Api' }, ROOT, 'AWS_IAM'),
      },
    }),
    'lib/main.ts': '\n\nnew Api();\n',
  };
  const declared = declare(files, { templates: ['cdk.out'] });

  test('hold stages, nested stacks and documents', () => {
    const told = declared.apis.map(({ name, identity, methods: own }) => [
      name,
      identity.stack,
      identity.logicalId,
      ...own.map((it) => `${it.key} ${it.authorization}`),
    ]);
    expect(told).toEqual([
      ['Api', 'main-prod', 'Api', 'GET / NONE'],
      ['Spec', 'main-prod', 'Spec', 'GET /doc NONE'],
      ['Inner', null, 'Nested/Inner', '$default NONE'],
      ['Api', 'Prod', 'Api', 'GET / AWS_IAM'],
    ]);
  });

  test('have the lines of the app where the older metadata has them', () => {
    expect(declared.apis[0]?.place).toEqual({ file: 'lib/main.ts', line: 3, column: 5 });
    expect(methods(declared)[1]?.place.file).toBe('cdk.out/asset.abc.json');
  });

  test('a manifest that is none', () => {
    const broken = declare(
      { 'cdk.out/manifest.json': '{"artifacts": 1}' },
      { templates: ['cdk.out'] },
    );
    expect(broken.files[0]?.outcome).toBe('unreadable');
  });

  test('a template that is missing', () => {
    const { 'cdk.out/Main.template.json': _, ...rest } = files;
    const missing = declare(rest, { templates: ['cdk.out'] });
    expect(missing.files[0]?.problem).toContain('Main.template.json does not exist');
  });
});

describe('modules of Terraform', () => {
  const change = (address: string, after: object, unknown: object, more: object = {}) => {
    const parts = /^(?:(.*)\.)?(aws_\w+)\.(\w+)(?:\[(.*)\])?$/.exec(address) ?? [];
    const [, module, type, name, index] = parts;
    return {
      address,
      ...(module === undefined ? {} : { module_address: module }),
      ...(index === undefined ? {} : { index: JSON.parse(index) }),
      mode: 'managed',
      type,
      name,
      change: {
        actions: ['create'],
        before: null,
        after,
        after_unknown: { id: true, ...unknown },
        ...more,
      },
    };
  };
  const references = (...names: string[]) => ({ references: names });
  const resource = (type: string, name: string, expressions: object) => ({
    address: `${type}.${name}`,
    type,
    name,
    expressions,
  });
  const IDS = { rest_api_id: true, resource_id: true };
  const data = {
    format_version: '1.2',
    resource_changes: [
      change('aws_api_gateway_rest_api.main', { name: 'main' }, { root_resource_id: true }),
      change(
        'module.routes["a"].aws_api_gateway_resource.this',
        { path_part: 'a' },
        { parent_id: true, rest_api_id: true },
      ),
      change(
        'module.routes["b"].aws_api_gateway_resource.this',
        { path_part: 'b' },
        { parent_id: true, rest_api_id: true },
      ),
      change(
        'module.routes["a"].aws_api_gateway_method.this',
        { http_method: 'GET', authorization: 'NONE' },
        IDS,
      ),
      change(
        'module.routes["b"].aws_api_gateway_method.this',
        { http_method: 'GET', authorization: 'AWS_IAM' },
        IDS,
      ),
      change('module.remote.aws_apigatewayv2_api.this[0]', { protocol_type: 'HTTP' }, {}),
      change(
        'module.remote.aws_apigatewayv2_route.this["GET /x"]',
        { route_key: 'GET /x', authorization_type: 'NONE' },
        { api_id: true },
      ),
    ],
    configuration: {
      root_module: {
        resources: [resource('aws_api_gateway_rest_api', 'main', {})],
        module_calls: {
          routes: {
            source: './modules/route',
            expressions: {
              api_id: references(
                'aws_api_gateway_rest_api.main.id',
                'aws_api_gateway_rest_api.main',
              ),
              root_id: references(
                'aws_api_gateway_rest_api.main.root_resource_id',
                'aws_api_gateway_rest_api.main',
              ),
            },
            module: {
              resources: [
                resource('aws_api_gateway_resource', 'this', {
                  parent_id: references('var.root_id'),
                  rest_api_id: references('var.api_id'),
                }),
                resource('aws_api_gateway_method', 'this', {
                  resource_id: references(
                    'aws_api_gateway_resource.this.id',
                    'aws_api_gateway_resource.this',
                  ),
                  rest_api_id: references('var.api_id'),
                  authorization: references('var.authorization'),
                }),
              ],
            },
          },
          remote: {
            source: 'terraform-aws-modules/apigateway-v2/aws',
            module: {
              resources: [
                resource('aws_apigatewayv2_api', 'this', {}),
                resource('aws_apigatewayv2_route', 'this', {
                  api_id: references(
                    'aws_apigatewayv2_api.this[0].id',
                    'aws_apigatewayv2_api.this[0]',
                    'aws_apigatewayv2_api.this',
                  ),
                }),
              ],
            },
          },
        },
      },
    },
  };
  const files = {
    'infra/plan.json': JSON.stringify(data),
    'infra/main.tf':
      'resource "aws_api_gateway_rest_api" "main" {}\n\nmodule "routes" {\n  source = "./modules/route"\n}\nmodule "remote" {\n  source = "terraform-aws-modules/apigateway-v2/aws"\n}\n',
    'infra/modules/route/main.tf':
      'resource "aws_api_gateway_method" "this" {\n  # checkov:skip=CKV_AWS_59:known\n  http_method   = "GET"\n  authorization = var.authorization\n}\n',
  };

  test('are joined through their variables, one by one', () => {
    const declared = declare(files, { planFile: 'infra/plan.json' });
    expect(lines(declared)).toEqual(['GET /a NONE', 'GET /b AWS_IAM', 'GET /x NONE']);
    expect(declared.apis.map(({ name }) => name)).toEqual([
      'aws_api_gateway_rest_api.main',
      'module.remote.aws_apigatewayv2_api.this[0]',
    ]);
  });

  test('have the lines of their files, and a remote one the line that calls it', () => {
    const [a, b, x] = methods(declare(files, { planFile: 'infra/plan.json' }));
    expect(a?.place).toEqual({ file: 'infra/modules/route/main.tf', line: 4, column: 3 });
    expect(b?.place).toEqual(a?.place);
    expect(x?.place).toEqual({ file: 'infra/main.tf', line: 6, column: 1 });
    expect(a?.suppressions).toMatchObject([{ id: 'CKV_AWS_59', reason: 'known' }]);
  });

  test('without the files the place is the plan', () => {
    const alone = { 'infra/plan.json': files['infra/plan.json'] };
    const [a] = methods(declare(alone, { planFile: 'infra/plan.json' }));
    expect(a?.place.file).toBe('infra/plan.json');
  });

  test('a plan that destroys a method does not have it, and one that forgets it does', () => {
    const before = { http_method: 'GET', authorization: 'NONE', rest_api_id: 'abcdefghij' };
    const gone = (actions: string[]) =>
      JSON.stringify({
        format_version: '1.2',
        resource_changes: [
          change('aws_api_gateway_method.x', {}, {}, { actions, before, after: null }),
        ],
        configuration: { root_module: {} },
      });
    expect(lines(declare({ 'p.json': gone(['delete']) }, { planFile: 'p.json' }))).toEqual([]);
    expect(lines(declare({ 'p.json': gone(['forget']) }, { planFile: 'p.json' }))).toEqual([
      'GET null NONE',
    ]);
  });
});
