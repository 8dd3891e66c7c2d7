import { describe, expect, test } from '@jest/globals';
import { declare, lines, template } from './kit.js';

describe('resource policies', () => {
  const policy = (statement: string) => {
    const declared = template(`Parameters: {Who: {Type: String}, Vpce: {Type: String}}
Resources:
  Role: {Type: AWS::IAM::Role}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      EndpointConfiguration: {Types: [PRIVATE]}
      Policy: {Statement: [${statement}]}
`);
    const [found] = declared.apis[0]?.policies ?? [];
    return { found, api: declared.apis[0] };
  };

  test('say whom they let in', () => {
    const { found, api } = policy(
      "{Effect: Allow, Principal: '*', Resource: !Sub 'arn:aws:execute-api:\u0024{AWS::Region}:*:*'}",
    );
    expect(found?.unresolved).toBeNull();
    expect(JSON.parse(found?.text ?? '')).toEqual({
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Resource: 'arn:aws:execute-api:\u0024{AWS::Region}:*:*',
        },
      ],
    });
    expect(found?.place.line).toBe(8);
    expect(api?.endpointTypes).toEqual(['PRIVATE']);
  });

  test.each([
    ['a role of the stack', '{Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}}'],
    ['an account', "{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::\u0024{Who}:root'}}"],
    [
      'a condition that narrows',
      "{Effect: Allow, Principal: '*', Condition: {StringEquals: {aws:SourceVpce: !Ref Vpce}}}",
    ],
  ])('are known enough with %s', (_, statement) => {
    expect(policy(statement).found?.unresolved).toBeNull();
  });

  test.each([
    ['a parameter', '{Effect: Allow, Principal: {AWS: !Ref Who}}'],
    ['an effect', '{Effect: !Ref Who, Principal: x}'],
  ])('are not known where %s says whom they let in', (_, statement) => {
    expect(policy(statement).found?.unresolved?.reason).toContain('resource policy');
  });

  const condition = (conditions: string) => {
    const declared = template(`Parameters:
  Who: {Type: String}
  Both: {Type: String, AllowedValues: [vpce-0a1b2c3d4e5f60718, '*']}
  Lists: {Type: CommaDelimitedList}
Conditions: {IsProd: !Equals [!Ref Who, prod]}
Resources:
  Endpoint: {Type: AWS::EC2::VPCEndpoint}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Policy: {Statement: [{Effect: Allow, Principal: '*', Condition: ${conditions}}]}
`);
    const [found] = declared.apis[0]?.policies ?? [];
    const written: unknown = JSON.parse(found?.text ?? '');
    return { written, unresolved: found?.unresolved?.reason };
  };

  test.each([
    ['{StringLike: {k: !If [IsProd, a, "*"]}}', { StringLike: { k: ['a', '*'] } }],
    ['{StringLike: {k: !Ref Both}}', { StringLike: { k: ['vpce-0a1b2c3d4e5f60718', '*'] } }],
    ['{IpAddress: {k: [a, !If [IsProd, [b, c], d]]}}', { IpAddress: { k: ['a', 'b', 'c', 'd'] } }],
    [
      '{StringEquals: {k: [a, !If [IsProd, b, !Ref AWS::NoValue]]}}',
      { StringEquals: { k: ['a', 'b'] } },
    ],
    ['{StringEquals: {k: !Ref Endpoint}}', { StringEquals: { k: '\u0024{Endpoint}' } }],
    ['{StringLike: {k: !Sub "\u0024{Endpoint}/x"}}', { StringLike: { k: '\u0024{Endpoint}/x' } }],
    ['{StringNotEqualsIfExists: {k: !Ref Who}}', { StringNotEqualsIfExists: { k: '\u0024{Who}' } }],
    [
      '{"ForAnyValue:StringEquals": {k: [!Ref Who]}}',
      { 'ForAnyValue:StringEquals': { k: ['\u0024{Who}'] } },
    ],
    ['{Bool: {k: true}}', { Bool: { k: true } }],
  ])('have in a condition every value that it may have: %s', (conditions, expected) => {
    const { written, unresolved } = condition(conditions);
    expect(written).toMatchObject({ Statement: [{ Condition: expected }] });
    expect(unresolved).toBeUndefined();
  });

  test.each([
    ['a wildcard, perhaps', '{StringLike: {aws:SourceVpce: !Ref Who}}'],
    ['part of a text', '{StringLike: {aws:SourceVpce: !Sub "a/\u0024{Who}"}}'],
    ['a range, perhaps', '{IpAddress: {aws:SourceVpce: [a, !Ref Who]}}'],
    ['ranges', '{NotIpAddressIfExists: {aws:SourceVpce: !Ref Lists}}'],
    ['an import', '{ArnLike: {aws:SourceVpce: !ImportValue x}}'],
    ['a secret', "{StringLike: {aws:SourceVpce: '{{resolve:ssm:/vpce}}'}}"],
    ['an operator that stands twice', '{StringEquals: {a: b}, StringEquals: {aws:SourceVpce: l}}'],
    ['a key that stands twice', '{StringEquals: {k: a, k: b}}'],
  ])('are not known with a condition of %s', (_, conditions) => {
    expect(condition(conditions).unresolved).toContain('resource policy');
  });

  test.each(['aws:UserAgent', 'aws:PrincipalTag/team', 'aws:SecureTransport'])(
    'are known enough with anything for %s, which keeps no stranger out',
    (key) => {
      expect(condition(`{StringLike: {${key}: !Ref Who}}`).unresolved).toBeUndefined();
      expect(condition(`{Bool: {${key}: !If [IsProd, true, false]}}`).unresolved).toBeUndefined();
    },
  );

  test('have an account that is written as a number, with its zeros', () => {
    const { found } = policy('{Effect: Allow, Principal: {AWS: [011122223333, 111122223333]}}');
    expect(JSON.parse(found?.text ?? '')).toMatchObject({
      Statement: [{ Principal: { AWS: ['011122223333', '111122223333'] } }],
    });
    expect(found?.unresolved).toBeNull();
  });

  test('are not known where an element stands twice, or a name is read at the deployment', () => {
    const twice = policy("{Effect: Allow, Principal: '*', Principal: {AWS: x}}");
    expect(twice.found?.unresolved?.reason).toBe(
      'the key Principal stands twice in the resource policy',
    );
    const read = policy("{Effect: Allow, Principal: {AWS: '{{resolve:ssm:/who}}'}}");
    expect(read.found?.unresolved?.reason).toContain('dynamic reference');
  });

  test('of SAM: a list of addresses lets everybody in, but', () => {
    const declared = template(`Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      EndpointConfiguration: {Type: REGIONAL}
      Auth:
        ResourcePolicy:
          IpRangeWhitelist: [1.2.3.4]
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events: {E: {Type: Api, Properties: {Path: /x, Method: get, RestApiId: !Ref Api}}}
`);
    const [found] = declared.apis[0]?.policies ?? [];
    expect(JSON.parse(found?.text ?? '')).toMatchObject({
      Statement: [
        { Effect: 'Allow', Principal: '*' },
        { Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': ['1.2.3.4'] } } },
      ],
    });
    expect(found?.place.line).toBe(9);
    expect(declared.apis[0]?.endpointTypes).toEqual(['REGIONAL']);
  });
});

describe('a document that is rendered before it is imported', () => {
  const policiesIn = (policy: string) =>
    declare({ 'api.yaml': `openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-policy: ${policy}\n` })
      .apis[0]?.policies ?? [];
  const of = (parts: string) =>
    `{Statement: [{Effect: Allow, Action: 'execute-api:Invoke', ${parts}}]}`;
  const where = (condition: string) => of(`Principal: '*', Condition: ${condition}`);

  test.each([
    ['whom', of('Principal: {AWS: "\u0024{who}"}')],
    ['one of several', of('Principal: {AWS: ["111122223333", "\u0024{who}"]}')],
    ['what', of('Principal: "*", NotAction: "\u0024{action}"')],
    ['a range', where('{IpAddress: {aws:SourceIp: "\u0024{cidr}"}}')],
    [
      'one of several ranges',
      where('{NotIpAddress: {aws:SourceIp: [10.0.0.0/8, "\u0024{cidr}"]}}'),
    ],
    ['a pattern', where('{StringLike: {aws:SourceVpce: "\u0024{endpoint}"}}')],
    ['a part of a pattern', where('{ArnLike: {aws:SourceVpcArn: "arn:\u0024{rest}"}}')],
    [
      'in a text of JSON',
      `'${'{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "\u0024{who}"}}]}'}'`,
    ],
  ])('does not say %s', (_, policy) => {
    expect(policiesIn(policy)[0]?.unresolved?.reason).toContain('put in when the file is rendered');
  });

  test.each([
    ['an account of an ARN', of('Principal: {AWS: "arn:aws:iam::\u0024{account}:root"}')],
    [
      'what API Gateway puts in',
      of('Principal: {AWS: "arn:aws:iam::\u0024{AWS::AccountId}:root"}'),
    ],
    ['a resource', of('Principal: x, Resource: "\u0024{resource}"')],
    ['a value that is compared as it is', where('{StringEquals: {aws:SourceVpce: "\u0024{id}"}}')],
    [
      "IAM's variables",
      where('{StringLike: {aws:PrincipalArn: "*/\u0024{aws:username}\u0024{*}"}}'),
    ],
    ['what keeps no stranger out', where('{StringLike: {aws:UserAgent: "\u0024{agent}"}}')],
    ['in a text of JSON nothing', `'${'{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'}'`],
    ['in a text that is no JSON', "'{ \u0024{statement}'"],
  ])('is known well enough with %s', (_, policy) => {
    expect(policiesIn(policy)[0]?.unresolved).toBeNull();
  });
});

describe('HCL without a plan', () => {
  const open = `resource "aws_apigatewayv2_api" "api" { protocol_type = "HTTP" }
resource "aws_apigatewayv2_route" "x" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "GET /x"
}
`;

  test('a module by a local path is read with the folder that calls it', () => {
    const declared = declare(
      { 'main.tf': 'module "api" {\n  source = "./api"\n}\n', 'api/main.tf': open },
      { templates: ['main.tf'] },
    );
    expect(lines(declared)).toEqual(['GET /x NONE']);
    expect(declared.files.map(({ file }) => file)).toEqual(['main.tf', 'api/main.tf']);
  });

  test('a module from elsewhere, or of a folder that is not there, is not known', () => {
    const declared = declare({
      'main.tf': 'module "a" {\n  source = "x/y/aws"\n}\nmodule "b" {\n  source = "./none"\n}\n',
    });
    expect(declared.files[0]?.unresolved.map(({ place }) => place.line)).toEqual([1, 4]);
  });

  test('its JSON syntax is not read, and that is said', () => {
    const declared = declare({ 'main.tf.json': '{"resource": {"aws_api_gateway_method": {}}}' });
    expect(declared.files[0]?.unresolved[0]?.give).toContain('give a plan');
  });

  test('a template of a template is said to be unreadable', () => {
    const declared = declare({
      'template.yaml.j2': '{% if x %}\nType: AWS::ApiGateway::RestApi\n{% endif %}\n',
    });
    expect(declared.files[0]?.outcome).toBe('unreadable');
  });
});
