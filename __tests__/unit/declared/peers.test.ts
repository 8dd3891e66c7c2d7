import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines, methods, template } from './kit.js';

/** The smallest case of each mistake that other tools were seen to make. */

const API = `Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
`;

const method = (properties: string, verb = 'GET') => `${API}
  List:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: ${verb}
${properties}
`;

const OPEN_DOCUMENT = {
  openapi: '3.0.1',
  info: { title: 't', version: '1' },
  paths: { '/open': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } },
};

const plan = (resources: readonly object[], configuration: readonly object[] = []) =>
  JSON.stringify({
    format_version: '1.2',
    planned_values: {},
    resource_changes: resources,
    configuration: { root_module: { resources: configuration } },
  });

const created = (type: string, name: string, after: object, unknown: object = {}) => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
  change: { actions: ['create'], before: null, after, after_unknown: { id: true, ...unknown } },
});

describe('CloudFormation', () => {
  test('no AuthorizationType: it cannot be deployed, and is neither open nor a pass', () => {
    const declared = template(method(''));
    const [found] = methods(declared);
    expect(found?.undeployable?.reason).toContain('no AuthorizationType');
    expect(found?.authorization).toBe('unresolved');
    expect(couldPass(declared)).toBe(false);
  });

  test('both branches of Fn::If', () => {
    const declared = template(method('      AuthorizationType: !If [IsProd, AWS_IAM, NONE]'));
    expect(lines(declared)).toEqual(['GET / AWS_IAM [IsProd]', 'GET / NONE [!IsProd]']);
  });

  test('the false branch of Fn::If', () => {
    const declared = template(method('      AuthorizationType: !If [IsDev, NONE, AWS_IAM]'));
    expect(lines(declared)).toEqual(['GET / NONE [IsDev]', 'GET / AWS_IAM [!IsDev]']);
  });

  test('OPTIONS with a backend is no preflight', () => {
    const declared = template(
      method('      AuthorizationType: NONE\n      Integration: {Type: HTTP_PROXY}', 'OPTIONS'),
    );
    expect(methods(declared).map((it) => it.isPreflight)).toEqual([false]);
  });

  test('OPTIONS that answers CORS by itself is one', () => {
    const answers = `      AuthorizationType: NONE
      Integration: {Type: MOCK}
      MethodResponses:
        - StatusCode: 204
          ResponseParameters: {method.response.header.Access-Control-Allow-Origin: true}`;
    expect(methods(template(method(answers, 'OPTIONS'))).map((it) => it.isPreflight)).toEqual([
      true,
    ]);
    const without = answers.replace('Access-Control-Allow-Origin', 'X-Other');
    expect(methods(template(method(without, 'OPTIONS'))).map((it) => it.isPreflight)).toEqual([
      false,
    ]);
  });

  test('a Body with an open path', () => {
    const declared = template(
      JSON.stringify({
        Resources: {
          Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: OPEN_DOCUMENT } },
        },
      }),
    );
    expect(lines(declared)).toEqual(['GET /open NONE']);
  });

  test('Fn::ForEach', () => {
    const declared = template(`Transform: AWS::LanguageExtensions
${API}
  Fn::ForEach::Verbs:
    - Verb
    - [GET, POST]
    - "Method\${Verb}":
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !GetAtt Api.RootResourceId
          HttpMethod: !Ref Verb
          AuthorizationType: NONE
`);
    expect(lines(declared)).toEqual(['GET / NONE', 'POST / NONE']);
    expect(methods(declared).map((it) => it.resource)).toEqual(['MethodGET', 'MethodPOST']);
  });

  test('Fn::ForEach over what nobody knows', () => {
    const declared = template(`Transform: AWS::LanguageExtensions
Parameters: {Verbs: {Type: CommaDelimitedList}}
${API}
  Fn::ForEach::Verbs:
    - Verb
    - !Ref Verbs
    - "Method\${Verb}": {Type: AWS::ApiGateway::Method, Properties: {}}
`);
    expect(declared.files[0]?.unresolved[0]?.reason).toContain('parameter Verbs has no default');
    expect(couldPass(declared)).toBe(false);
  });

  test('Fn::FindInMap', () => {
    const mapped = (key: string) => `Mappings: {Auth: {dev: {type: NONE}, prod: {type: AWS_IAM}}}
Parameters: {Stage: {Type: String, Default: prod}}
${method(`      AuthorizationType: !FindInMap [Auth, ${key}, type]`)}`;
    expect(lines(template(mapped('dev')))).toEqual(['GET / NONE']);
    expect(lines(template(mapped('!Ref AWS::Region')))).toEqual([
      'GET / NONE [Auth[dev]]',
      'GET / AWS_IAM [Auth[prod]]',
    ]);
    const [found] = methods(template(mapped('!Ref Stage')));
    expect(found?.authorization).toBe('AWS_IAM');
    expect(found?.assumes[0]).toContain('parameter Stage has its default prod');
  });

  test('Fn::FindInMap with a default, which a key that nobody knows may lead to', () => {
    const mapped = (keys: string, options = ', {DefaultValue: NONE}') =>
      lines(
        template(`Mappings: {Auth: {prod: {type: AWS_IAM}}}
Parameters: {Stage: {Type: String}, One: {Type: String, AllowedValues: [prod, dev]}}
${method(`      AuthorizationType: !FindInMap [Auth, ${keys}${options}]`)}`),
      );
    const other = 'GET / NONE [Auth[another key]]';
    expect(mapped('!Ref Stage, type')).toEqual(['GET / AWS_IAM [Auth[prod]]', other]);
    expect(mapped('!Ref AWS::Region, type')).toEqual(['GET / AWS_IAM [Auth[prod]]', other]);
    expect(mapped('prod, !Ref Stage')).toEqual(['GET / AWS_IAM [Auth[type]]', other]);
    expect(mapped('!Ref One, type')).toEqual(['GET / AWS_IAM [One=prod]', 'GET / NONE [One=dev]']);
    expect(mapped('prod, type')).toEqual(['GET / AWS_IAM']);
    expect(mapped('dev, type')).toEqual(['GET / NONE']);
    // Without a default, a deployment with another key fails.
    expect(mapped('!Ref Stage, type', '')).toEqual(['GET / AWS_IAM [Auth[prod]]']);
  });

  test('a parameter: every allowed value, else the default, else nobody knows', () => {
    const by = (parameter: string) =>
      template(`Parameters: {Auth: ${parameter}}\n${method('      AuthorizationType: !Ref Auth')}`);
    expect(lines(by('{Type: String, Default: NONE}'))).toEqual(['GET / NONE']);
    expect(lines(by('{Type: String, Default: AWS_IAM, AllowedValues: [AWS_IAM, NONE]}'))).toEqual([
      'GET / AWS_IAM [Auth=AWS_IAM]',
      'GET / NONE [Auth=NONE]',
    ]);
    const assumed = by('{Type: String, Default: AWS_IAM}');
    expect(methods(assumed)[0]?.assumes).toEqual([
      'parameter Auth has its default AWS_IAM, which a deployment can override',
    ]);
    for (const [unknown, give] of [
      ['{Type: String}', 'parameter file'],
      ['{Type: String, Default: AWS_IAM, NoEcho: true}', 'parameter file'],
      // A parameter file has the name in the store.
      ['{Type: AWS::SSM::Parameter::Value<String>, Default: AWS_IAM}', 'in the template'],
    ] as const) {
      const [found] = methods(by(unknown));
      expect(found?.authorization).toBe('unresolved');
      expect(found?.unresolved?.give).toContain(give);
    }
  });

  test('a parameter file makes facts of parameters and conditions', () => {
    const files = {
      'template.yaml': `Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
${method('      AuthorizationType: !If [IsProd, AWS_IAM, NONE]')}`,
      'prod.json': '[{"ParameterKey": "Stage", "ParameterValue": "prod"}]',
      'dev.yaml': 'Parameters:\n  Stage: dev\n',
      'cli.json': '["Stage=dev"]',
    };
    const by = (...parameters: string[]) =>
      lines(declare(files, { templates: ['template.yaml'], parameters }));
    expect(by()).toEqual(['GET / AWS_IAM [IsProd]', 'GET / NONE [!IsProd]']);
    expect(by('prod.json')).toEqual(['GET / AWS_IAM']);
    expect(by('dev.yaml')).toEqual(['GET / NONE']);
    expect(by('prod.json', 'cli.json')).toEqual(['GET / NONE']);
  });

  test('a parameter that keeps its previous value has no value that a file tells', () => {
    const by = (parameter: string, file: object) =>
      lines(
        declare(
          {
            'template.yaml': `Parameters: {Auth: ${parameter}}\n${method('      AuthorizationType: !Ref Auth')}`,
            'parameters.json': JSON.stringify([{ ParameterKey: 'Auth', ...file }]),
          },
          { templates: ['template.yaml'], parameters: ['parameters.json'] },
        ),
      );
    const previous = { UsePreviousValue: true };
    expect(by('{Type: String, Default: AWS_IAM}', previous)).toEqual(['GET / unresolved']);
    expect(by('{Type: String}', previous)).toEqual(['GET / unresolved']);
    expect(by('{Type: String, AllowedValues: [AWS_IAM, JWT]}', previous)).toEqual([
      'GET / AWS_IAM [Auth=AWS_IAM]',
      'GET / JWT [Auth=JWT]',
    ]);
    const given = { ParameterValue: 'NONE', UsePreviousValue: false };
    expect(by('{Type: String, Default: AWS_IAM}', given)).toEqual(['GET / NONE']);
    expect(by('{Type: String, Default: AWS_IAM}', {})).toEqual(['GET / AWS_IAM']);
  });

  test('what a parameter file gives for a name in a store, or has computed, is no value', () => {
    const by = (parameter: string, file: unknown) =>
      lines(
        declare(
          {
            'template.yaml': `Parameters: {Auth: ${parameter}}
Conditions: {IsOpen: !Equals [!Ref Auth, dev]}
${method('      AuthorizationType: !If [IsOpen, NONE, AWS_IAM]')}`,
            'parameters.json': JSON.stringify(file),
          },
          { templates: ['template.yaml'], parameters: ['parameters.json'] },
        ),
      );
    const either = ['GET / NONE [IsOpen]', 'GET / AWS_IAM [!IsOpen]'];
    expect(by('{Type: String}', { Auth: 'prod' })).toEqual(['GET / AWS_IAM']);
    for (const type of ['String', 'List<String>', 'CommaDelimitedList']) {
      const stored = `{Type: 'AWS::SSM::Parameter::Value<${type}>'}`;
      expect(by(stored, { Auth: '/shop/stage' })).toEqual(either);
    }
    expect(by("{Type: 'AWS::SSM::Parameter::Name'}", { Auth: 'prod' })).toEqual(['GET / AWS_IAM']);
    for (const value of [{ 'Fn::GetParam': ['a', 'b.json', 'Auth'] }, [{ a: 1 }], null]) {
      expect(by('{Type: String, Default: prod}', { Parameters: { Auth: value } })).toEqual(either);
    }
    const reference = '{{resolve:ssm:/shop/stage}}';
    expect(by('{Type: String}', { Auth: reference })).toEqual(either);
    expect(by(`{Type: String, Default: '${reference}'}`, { Other: 'x' })).toEqual(either);
  });

  test('a key that stands twice: both are judged', () => {
    const declared = template(
      method('      AuthorizationType: AWS_IAM\n      AuthorizationType: NONE'),
    );
    expect(lines(declared)).toEqual(['GET / AWS_IAM', 'GET / NONE']);
  });

  test.each([
    ['!ImportValue auth', 'Fn::ImportValue'],
    ['!GetAtt Other.Auth', 'Other.Auth'],
    ["'{{resolve:ssm:auth}}'", 'dynamic reference'],
    ['!Sub "\u0024{AWS::Region}"', 'AWS::Region'],
  ])('%s is known at the deployment alone', (value, reason) => {
    const [found] = methods(template(method(`      AuthorizationType: ${value}`)));
    expect(found?.authorization).toBe('unresolved');
    expect(found?.unresolved?.reason).toContain(reason);
  });

  test('another macro may write anything', () => {
    const declared = template(`Transform: [Mine]\n${method('      AuthorizationType: AWS_IAM')}`);
    expect(declared.files[0]?.unresolved[0]?.reason).toContain('macro Mine');
    expect(couldPass(declared)).toBe(false);
  });

  test('a macro beside a property may rewrite it', () => {
    const declared = template(
      method('      AuthorizationType: AWS_IAM\n      Fn::Transform: {Name: Mine}'),
    );
    expect(declared.files[0]?.unresolved[0]?.reason).toContain('the macro Mine can rewrite');
    expect(couldPass(declared)).toBe(false);
  });

  test('a WebSocket API: the connection is what counts', () => {
    const declared = template(`Resources:
  Ws: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, RouteSelectionExpression: x}}
  Connect: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Ws, RouteKey: $connect, AuthorizationType: AWS_IAM}}
  Default: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Ws, RouteKey: $default}}
`);
    expect(declared.apis[0]?.kind).toBe('WEBSOCKET');
    expect(lines(declared)).toEqual(['$connect AWS_IAM', '$default NONE']);
  });

  test('quick create has a route that nobody declares', () => {
    const declared = template(`Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}
`);
    expect(lines(declared)).toEqual(['$default NONE']);
    expect(methods(declared)[0]?.by).toBe('quick create');
  });

  test('an API whose methods are somewhere else is said to be incomplete', () => {
    const declared = template(API);
    expect(declared.apis[0]?.unresolved[0]?.reason).toContain('no method of this API');
  });

  test('a method of an API of another stack is judged', () => {
    const declared = template(`Resources:
  List:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !ImportValue api, ResourceId: !ImportValue root, HttpMethod: GET, AuthorizationType: NONE}
`);
    expect(lines(declared)).toEqual(['GET null NONE']);
  });
});

describe('SAM', () => {
  const fn = (events: string) => `
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
${events}`;
  const head = 'Transform: AWS::Serverless-2016-10-31\n';

  test('an event without Auth', () => {
    const declared = template(
      `${head}Resources:${fn('        Get: {Type: Api, Properties: {Path: /a, Method: get}}')}`,
    );
    expect(lines(declared)).toEqual(['GET /a NONE']);
    expect(methods(declared)[0]?.fix.language).toBe('sam');
  });

  test('a DefaultAuthorizer that is an Fn::If is dropped, on the line to change', () => {
    const declared = template(`${head}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      Auth:
        DefaultAuthorizer: !If [IsProd, AWS_IAM, NONE]
${fn('        Get: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}')}`);
    expect(lines(declared)).toEqual(['GET /a NONE']);
    const [found] = methods(declared);
    expect(found?.place.line).toBe(8);
    expect(found?.notes.join()).toContain('drops a DefaultAuthorizer');
  });

  test('a DefaultAuthorizer that is a parameter: every value that it may have', () => {
    const declared =
      template(`${head}Parameters: {A: {Type: String, AllowedValues: [AWS_IAM, NONE]}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, Auth: {DefaultAuthorizer: !Ref A}}}
${fn('        Get: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}')}`);
    expect(lines(declared)).toEqual(['GET /a AWS_IAM [A=AWS_IAM]', 'GET /a NONE [A=NONE]']);
  });

  test('a DefaultAuthorizer that nobody knows', () => {
    const declared = template(`${head}Parameters: {A: {Type: String}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, Auth: {DefaultAuthorizer: !Ref A}}}
${fn('        Get: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}')}`);
    expect(lines(declared)).toEqual(['GET /a unresolved']);
    expect(methods(declared)[0]?.unresolved?.reason).toContain('parameter A has no default');
  });

  test("an event's Auth beside a DefinitionBody, on the event's line", () => {
    const declared = template(`${head}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      DefinitionBody: ${JSON.stringify(OPEN_DOCUMENT)}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Get:
          Type: Api
          Properties:
            Path: /open
            Method: get
            RestApiId: !Ref Api
            Auth:
              Authorizer: AWS_IAM
`);
    expect(lines(declared)).toEqual(['GET /open NONE']);
    const [found] = methods(declared);
    expect(found?.place.line).toBe(19);
    expect(found?.fix.text).toContain('OverrideApiAuth: true');
  });

  test('AddDefaultAuthorizerToCorsPreflight: false opens the OPTIONS of a Lambda too', () => {
    const declared = template(`${head}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      Auth: {DefaultAuthorizer: AWS_IAM, AddDefaultAuthorizerToCorsPreflight: false}
${fn('        Get: {Type: Api, Properties: {Path: /a, Method: options, RestApiId: !Ref Api}}')}`);
    expect(lines(declared)).toEqual(['OPTIONS /a NONE']);
    expect(methods(declared)[0]?.isPreflight).toBe(false);
  });

  test('an OPTIONS event of an HTTP API gets no default', () => {
    const declared = template(`${head}Resources:
  Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {EnableIamAuthorizer: true, DefaultAuthorizer: AWS_IAM}}}
${fn(`        Get: {Type: HttpApi, Properties: {Path: /a, Method: get, ApiId: !Ref Api}}
        Options: {Type: HttpApi, Properties: {Path: /a, Method: options, ApiId: !Ref Api}}`)}`);
    expect(lines(declared)).toEqual(['GET /a AWS_IAM', 'OPTIONS /a NONE']);
  });

  test('an event that is an Fn::If is refused, and not passed by', () => {
    const declared = template(
      `${head}Resources:${fn('        Get: !If [IsProd, {Type: Api, Properties: {Path: /a, Method: get}}, !Ref AWS::NoValue]')}`,
    );
    expect(declared.files[0]?.undeployable[0]?.reason).toContain('Event with id [Get]');
    expect(couldPass(declared)).toBe(false);
  });

  test('a local document is read, and named by its own line', () => {
    const declared = declare(
      {
        'app/template.yaml': `${head}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./api.yaml}}
`,
        'app/api.yaml': 'openapi: 3.0.1\npaths:\n  /open:\n    get:\n      responses: {}\n',
      },
      { templates: ['app/*.yaml'] },
    );
    expect(lines(declared)).toEqual(['GET /open NONE']);
    expect(methods(declared)[0]?.place).toEqual({ file: 'app/api.yaml', line: 4, column: 5 });
    expect(declared.files.map(({ outcome }) => outcome)).toEqual(['read', 'read']);
  });

  test.each([
    ['REST', 'AWS::Serverless::Api', '{DefaultAuthorizer: AWS_IAM}', 'StageName: p'],
    [
      'HTTP',
      'AWS::Serverless::HttpApi',
      '{EnableIamAuthorizer: true, DefaultAuthorizer: AWS_IAM}',
      'StageName: p',
    ],
  ])('%s: what stands beside an included document is refused, or written into it', (...it) => {
    const [, type, auth, more] = it;
    const read = (properties: string) =>
      declare(
        {
          'template.yaml': `${head}Resources:
  Api:
    Type: ${type}
    Properties:
      ${more}
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}
${properties}`,
          'api.yaml':
            'openapi: 3.0.1\npaths:\n  /a:\n    get: {x-amazon-apigateway-integration: {type: mock}}\n',
        },
        { templates: ['template.yaml'] },
      );
    const withAuth = read(`      Auth: ${auth}\n`);
    expect(lines(withAuth)).toEqual(['GET /a AWS_IAM']);
    expect(couldPass(withAuth)).toBe(true);
    expect(lines(read(''))).toEqual(['GET /a NONE']);
  });

  test('of the parameters of an authorizer none decides about a method', () => {
    const declared = template(`${head}Parameters:
  Issuer: {Type: String, Default: 'https://x'}
  Arn: {Type: String, AllowedValues: [a, b]}
  Kind: {Type: String, Default: AWS_IAM}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      Auth:
        DefaultAuthorizer: !Ref Kind
        Authorizers: {Pool: {UserPoolArn: !Ref Arn}, Other: {UserPoolArn: !Ref Issuer}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events: {E: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}}
`);
    expect(lines(declared)).toEqual(['GET /a AWS_IAM']);
    const [method] = methods(declared);
    expect(method?.assumes).toEqual([expect.stringContaining('parameter Kind')]);
  });

  test('what the translator may leave out of an included document without a word is not known', () => {
    const declared = declare(
      {
        'template.yaml': `${head}Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      MergeDefinitions: true
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}
`,
        'api.yaml':
          'openapi: 3.0.1\npaths:\n  /a:\n    get: {x-amazon-apigateway-integration: {type: mock}}\n',
      },
      { templates: ['template.yaml'] },
    );
    expect(declared.apis[0]?.unresolved[0]?.reason).toContain('leaves out MergeDefinitions beside');
    expect(couldPass(declared)).toBe(false);
  });

  test('a document in a bucket is not known', () => {
    const declared = template(`${head}Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, DefinitionUri: s3://bucket/key}}
`);
    expect(declared.apis[0]?.unresolved[0]?.reason).toContain('s3://bucket/key');
  });
});

describe('OpenAPI', () => {
  const document = (operation: object, more: object = {}) =>
    declare({
      'api.json': JSON.stringify({
        openapi: '3.0.1',
        paths: {
          '/a': { get: { 'x-amazon-apigateway-integration': { type: 'mock' }, ...operation } },
        },
        components: {
          securitySchemes: {
            iam: {
              type: 'apiKey',
              name: 'Authorization',
              in: 'header',
              'x-amazon-apigateway-authtype': 'awsSigv4',
            },
            key: { type: 'apiKey', name: 'X-Api-Key', in: 'header' },
            lambda: {
              type: 'apiKey',
              name: 'Authorization',
              in: 'header',
              'x-amazon-apigateway-authtype': 'custom',
              'x-amazon-apigateway-authorizer': { type: 'token' },
            },
          },
        },
        ...more,
      }),
    });

  test.each([
    ['its own scheme', { security: [{ iam: [] }] }, {}, ['AWS_IAM']],
    [
      'a scheme that is not defined',
      { security: [{ NONE: [] }] },
      { security: [{ iam: [] }] },
      ['NONE'],
    ],
    ['an API key', { security: [{ key: [] }] }, {}, ['NONE']],
    ['the root alone, OpenAPI 3', {}, { security: [{ iam: [] }] }, ['AWS_IAM']],
    ['an empty list over the root', { security: [] }, { security: [{ iam: [] }] }, ['NONE']],
    ['several authorizers', { security: [{ iam: [] }, { lambda: [] }] }, {}, ['AWS_IAM', 'CUSTOM']],
    ['an authorizer and a key', { security: [{ iam: [] }, { key: [] }] }, {}, ['AWS_IAM']],
    [
      'the extension and an empty security',
      { security: [], 'x-amazon-apigateway-auth': { type: 'AWS_IAM' } },
      {},
      ['NONE', 'AWS_IAM'],
    ],
    [
      'the extension NONE and a scheme',
      { security: [{ iam: [] }], 'x-amazon-apigateway-auth': { type: 'none' } },
      {},
      ['AWS_IAM', 'NONE'],
    ],
  ])('%s', (_, operation, root, types) => {
    expect(methods(document(operation, root)).map((it) => it.authorization)).toEqual(types);
  });

  test('what only the root protects is unproven', () => {
    const [found] = methods(document({}, { security: [{ iam: [] }] }));
    expect(found?.by).toBe('root');
    expect(found?.unproven).toContain('root-level security alone');
  });

  test('OpenAPI 2 does not use the root', () => {
    const declared = declare({
      'api.yaml': `swagger: '2.0'
security: [{iam: []}]
securityDefinitions:
  iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
paths: {/a: {get: {}, post: {security: [{iam: []}]}}}
`,
    });
    expect(lines(declared)).toEqual(['GET /a NONE', 'POST /a AWS_IAM']);
  });

  test('the extension alone is what protects, in any case', () => {
    const declared = declare({
      'api.yaml': `openapi: 3.0.1
paths:
  /a:
    GET: {x-amazon-apigateway-auth: {type: aws_iam}}
    any: {x-amazon-apigateway-auth: {type: NONE}}
    parameters: []
    $ref: other.yaml
`,
    });
    expect(lines(declared)).toEqual(['GET /a AWS_IAM', 'ANY /a NONE']);
    expect(declared.apis[0]?.unresolved[0]?.reason).toContain('$ref');
  });

  test('the resource policy and the default endpoint', () => {
    const declared = declare({
      'api.yaml': `openapi: 3.0.1
servers: [{url: /, x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}}]
x-amazon-apigateway-policy: {Statement: [{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*'}]}
paths: {/a: {get: {}}}
`,
    });
    expect(declared.apis[0]?.defaultEndpointDisabled).toBe(true);
    const [policy] = declared.apis[0]?.policies ?? [];
    expect(JSON.parse(policy?.text ?? '')).toMatchObject({ Statement: [{ Principal: '*' }] });
    expect(policy?.place.line).toBe(3);
  });
});

describe('Terraform', () => {
  test('a variable, without a plan', () => {
    const declared = declare({
      'main.tf': `resource "aws_api_gateway_rest_api" "api" { name = "api" }
resource "aws_api_gateway_method" "list" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_rest_api.api.root_resource_id
  http_method   = "GET"
  authorization = var.auth
}
resource "aws_api_gateway_method" "create" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_rest_api.api.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}
`,
    });
    expect(lines(declared)).toEqual(['GET / unresolved', 'POST / NONE']);
    const [first, second] = methods(declared);
    expect(first?.unresolved?.give).toContain('give a plan');
    expect(second?.place).toEqual({ file: 'main.tf', line: 12, column: 3 });
  });

  test('a value that the plan does not know', () => {
    const declared = declare(
      {
        'plan.json': plan([
          created(
            'aws_api_gateway_method',
            'list',
            { http_method: 'GET', rest_api_id: 'abcdefghij' },
            { authorization: true },
          ),
        ]),
      },
      { planFile: 'plan.json' },
    );
    expect(lines(declared)).toEqual(['GET null unresolved']);
  });

  test('a body with an open path, in a plan and in HCL', () => {
    const body = JSON.stringify(OPEN_DOCUMENT);
    const planned = declare(
      { 'plan.json': plan([created('aws_api_gateway_rest_api', 'api', { name: 'api', body })]) },
      { planFile: 'plan.json' },
    );
    expect(lines(planned)).toEqual(['GET /open NONE']);
    const written = declare(
      {
        'main.tf':
          'resource "aws_api_gateway_rest_api" "api" {\n  body = file("\u0024{path.module}/api.json")\n}\n',
        'api.json': body,
      },
      { templates: ['main.tf'] },
    );
    expect(lines(written)).toEqual(['GET /open NONE']);
    expect(methods(written)[0]?.place.file).toBe('api.json');
  });

  test('a plan with errors, or for targets alone, is incomplete', () => {
    const data = JSON.parse(
      plan([created('aws_apigatewayv2_api', 'api', { protocol_type: 'HTTP' })]),
    );
    const errored = declare(
      { 'p.json': JSON.stringify({ ...data, errored: true }) },
      { planFile: 'p.json' },
    );
    expect(errored.files[0]?.unresolved[0]?.reason).toContain('errors');
    const partial = declare(
      { 'p.json': JSON.stringify({ ...data, complete: false }) },
      { planFile: 'p.json' },
    );
    expect(partial.files[0]?.unresolved[0]?.reason).toContain('not complete');
  });

  test.each([
    ['a state', JSON.stringify({ format_version: '1.0', values: {} }), 'state'],
    ['a state file', JSON.stringify({ version: 4, lineage: 'x', serial: 1 }), 'state'],
    ['a binary plan', 'PK\u0003\u0004', 'binary plan'],
    [
      'another major version',
      JSON.stringify({ format_version: '2.0', resource_changes: [] }),
      '2.0',
    ],
    ['no JSON', '{', 'no JSON'],
  ])('%s is refused by name', (_, text, reason) => {
    const declared = declare({ 'p.json': text }, { planFile: 'p.json' });
    expect(declared.files[0]?.outcome).toBe('unreadable');
    expect(declared.files[0]?.problem).toContain(reason);
  });

  test('what was before, for "weakened by this change"', () => {
    const changed = {
      address: 'aws_api_gateway_method.list',
      mode: 'managed',
      type: 'aws_api_gateway_method',
      name: 'list',
      change: {
        actions: ['update'],
        before: { authorization: 'AWS_IAM', http_method: 'GET', rest_api_id: 'abcdefghij' },
        after: { authorization: 'NONE', http_method: 'GET', rest_api_id: 'abcdefghij' },
        after_unknown: {},
      },
    };
    const declared = declare({ 'p.json': plan([changed]) }, { planFile: 'p.json' });
    expect(methods(declared)[0]).toMatchObject({ authorization: 'NONE', previous: 'AWS_IAM' });
  });
});
