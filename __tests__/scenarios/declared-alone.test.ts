import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { judgeAlone, lineOf, restTemplate } from './declared-kit.js';
import { findingsOf } from './kit.js';

/* Files of a pull request, judged without an account, a region or the network. */

const OPEN = restTemplate({ Get: 'AWS_IAM', Post: 'NONE' });
const CLOSED = restTemplate({ Get: 'AWS_IAM', Post: 'AWS_IAM' });

test('a template that opens a method fails, on the line that has to change', async () => {
  const inputs = { templates: 'template.yaml' };
  const { exitCode, parsed, annotations, stdout, sarif, summary } = await judgeAlone(
    { 'template.yaml': OPEN },
    inputs,
  );
  const line = lineOf(OPEN, 'AuthorizationType: NONE');
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual(['declared-not-iam POST /orders']);
  expect(parsed.findings).toMatchObject([
    {
      api: 'template.yaml#OrdersApi',
      location: { file: 'template.yaml', line, column: 7 },
      snippet: { language: 'cloudformation', text: 'AuthorizationType: AWS_IAM' },
    },
  ]);
  expect(parsed.methods).toMatchObject([
    { method: 'GET', path: '/orders', declared: 'AWS_IAM', verdict: 'pass' },
    {
      api: 'template.yaml#OrdersApi',
      stage: null,
      kind: 'REST',
      method: 'POST',
      path: '/orders',
      declared: 'NONE',
      declaredAt: { file: 'template.yaml', line, column: 7 },
      configured: null,
      deployed: null,
      verdict: 'fail',
    },
  ]);
  expect(annotations[0]).toMatchObject({
    level: 'error',
    title: 'declared-not-iam: POST /orders (template.yaml#OrdersApi)',
  });
  expect(stdout).toMatch(
    new RegExp(
      `^::error .*file=template\\.yaml,line=${line},col=7::.*AuthorizationType: AWS_IAM$`,
      'm',
    ),
  );
  expect(JSON.parse(sarif ?? '')).toMatchObject({
    runs: [
      {
        results: [
          {
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'template.yaml' },
                  region: { startLine: line, startColumn: 7 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
  expect(summary).toContain(`template.yaml:${line}`);
  expect(summary).toContain('declared **NONE**');
  expect(summary).not.toContain('configured');
});

test('a template that protects every method passes', async () => {
  const { exitCode, parsed, outputs } = await judgeAlone(
    { 'template.yaml': CLOSED },
    { templates: 'template.yaml' },
  );
  expect([exitCode, parsed.verdict, parsed.findings]).toEqual([0, 'pass', []]);
  expect(outputs).toMatchObject({ verdict: 'pass', methods: '2', 'invoke-url': '' });
});

describe('what cannot be known', () => {
  const template = `Parameters: {Auth: {Type: String}}\n${restTemplate({ Get: '!Ref Auth' })}`;

  test('is incomplete, and says what to give', async () => {
    const { exitCode, parsed } = await judgeAlone(
      { 'template.yaml': template },
      { templates: 'template.yaml' },
    );
    expect([exitCode, parsed.verdict]).toEqual([2, 'incomplete']);
    expect(findingsOf(parsed)).toEqual(['declared-unresolved GET /orders']);
    expect(parsed.findings[0]?.fix).toMatch(/parameter/);
    expect(parsed.methods).toMatchObject([{ declared: 'unresolved', verdict: 'incomplete' }]);
  });

  test.each([
    ['AWS_IAM', 0],
    ['NONE', 1],
  ])('is a fact with a parameter file: %s', async (value, expected) => {
    const parameters = JSON.stringify([{ ParameterKey: 'Auth', ParameterValue: value }]);
    const { exitCode } = await judgeAlone(
      { 'template.yaml': template, 'prod.json': parameters },
      { templates: 'template.yaml', parameters: 'prod.json' },
    );
    expect(exitCode).toBe(expected);
  });

  test('is incomplete also where a file cannot be parsed, and a baseline does not help', async () => {
    const files = { 'template.yaml': `${CLOSED}\n  broken: [` };
    const first = await judgeAlone(files, { templates: 'template.yaml' });
    expect([first.exitCode, findingsOf(first.parsed)]).toEqual([2, ['declared-unresolved']]);
    const second = await judgeAlone(
      { ...files, 'before.json': first.report ?? '' },
      { templates: 'template.yaml', baseline: 'before.json' },
    );
    expect(second.exitCode).toBe(2);
  });
});

describe('a mistake in what names the files', () => {
  test('is told with every other, before anything is judged', async () => {
    const { exitCode, report, stdout } = await judgeAlone(
      { 'template.yaml': OPEN },
      {
        templates: 'template.yaml\nservices/*.yaml\n../outside.yaml',
        'plan-file': 'plan.json',
        parameters: 'missing.json',
      },
    );
    expect([exitCode, report]).toEqual([3, null]);
    expect(stdout).toContain('templates: services/*.yaml matches no file');
    expect(stdout).toContain('../outside.yaml leads out of the workspace');
    expect(stdout).toContain('plan-file: plan.json does not exist');
    expect(stdout).toContain('parameters: the parameter file missing.json does not exist');
  });

  test.each(['/tmp/plan.json', '/home/runner/work/_temp/plan.json', '../plan.json'])(
    'is the plan %s, which lies outside of the workspace',
    async (plan) => {
      const decoy = plan.replace(/^[./]+/, '');
      const { exitCode, stdout } = await judgeAlone(
        { [decoy]: '{"format_version":"1.2","planned_values":{},"resource_changes":[]}' },
        { 'plan-file': plan },
      );
      expect(exitCode).toBe(3);
      expect(stdout).toContain(
        `plan-file: ${plan} leads out of the workspace. Nothing outside of it is read: write the file into the workspace.`,
      );
    },
  );

  test('is files of which none declares an API', async () => {
    const { exitCode, stdout } = await judgeAlone(
      { 'a.yaml': 'Resources: {Bucket: {Type: AWS::S3::Bucket}}', 'b.json': '{}' },
      { templates: '*' },
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain('none of the files declares an API: a.yaml, b.json');
  });

  test.each(['plan', 'enforce'])('is mode %s without an API', async (mode) => {
    const { exitCode, stdout } = await judgeAlone(
      { 'template.yaml': OPEN },
      { templates: 'template.yaml', mode },
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`mode: ${mode} changes an API in AWS, and api-id names none`);
  });
});

test('files beside others that declare no API are judged, and the others told', async () => {
  const { exitCode, parsed } = await judgeAlone(
    { 'template.yaml': CLOSED, 'bucket.yaml': 'Resources: {Bucket: {Type: AWS::S3::Bucket}}' },
    { templates: '*.yaml' },
  );
  expect(exitCode).toBe(0);
  expect(parsed.notes).toContain('One file declares no API: bucket.yaml.');
});

test('a link that leads out of the workspace is not followed', async () => {
  const outside = join(tmpdir(), `apigw-iam-gate-outside-${process.pid}.yaml`);
  await writeFile(outside, OPEN);
  const { exitCode, parsed, stdout } = await judgeAlone(
    { 'closed.yaml': CLOSED },
    { templates: 'closed.yaml, linked.yaml' },
    (workspace) => symlink(outside, join(workspace, 'linked.yaml')),
  );
  expect(exitCode).toBe(2);
  expect(findingsOf(parsed)).toEqual(['declared-unresolved']);
  expect(stdout).toContain('leads out of the workspace through a symbolic link');
});

test('what is wrong with a file is one sentence that begins with it', async () => {
  const { exitCode, parsed } = await judgeAlone(
    { 'apis/a.yaml': CLOSED, 'broken.json': '{"a":' },
    { templates: 'apis, broken.json' },
  );
  expect(exitCode).toBe(2);
  expect(parsed.findings.map(({ message }) => message).toSorted()).toEqual([
    expect.stringMatching(/^apis is a folder without a manifest\.json: name its files by a glob/),
    'broken.json:1 cannot be read: the file ends too early.',
  ]);
});

describe('exceptions', () => {
  const config = (api: string, more = 'permanent: true') => `exceptions:
  - { methods: POST /orders, api: "${api}", reason: a webhook, owner: shop, ${more} }
`;

  test.each(['template.yaml#OrdersApi', '*.yaml#OrdersApi', '**#*', '*'])(
    'of the configuration file match files: %s',
    async (api) => {
      const { exitCode, parsed } = await judgeAlone(
        { 'template.yaml': OPEN, '.github/apigw-iam-gate.yml': config(api) },
        { templates: 'template.yaml' },
      );
      expect([exitCode, parsed.counts.suppressed]).toEqual([0, 1]);
      expect(parsed.methods.find(({ method }) => method === 'POST')).toMatchObject({
        excepted: true,
      });
    },
  );

  test.each(['other.yaml#OrdersApi', 'template.yaml#Orders', 'a1b2c3d4e5'])(
    'of others do not: %s',
    async (api) => {
      const { exitCode } = await judgeAlone(
        { 'template.yaml': OPEN, '.github/apigw-iam-gate.yml': config(api) },
        { templates: 'template.yaml' },
      );
      expect(exitCode).toBe(1);
    },
  );

  test('that are over let nothing by', async () => {
    const over = config('template.yaml#OrdersApi', 'expires: 2020-01-31');
    const { exitCode, parsed } = await judgeAlone(
      { 'template.yaml': OPEN, '.github/apigw-iam-gate.yml': over },
      { templates: 'template.yaml' },
    );
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toContain('exception-expired');
  });
});

test('a baseline knows a finding also once its line has moved', async () => {
  const before = await judgeAlone({ 'template.yaml': OPEN }, { templates: 'template.yaml' });
  const moved = `# A comment\n\n${OPEN}`;
  const { exitCode, parsed } = await judgeAlone(
    { 'template.yaml': moved, 'before.json': before.report ?? '' },
    { templates: 'template.yaml', baseline: 'before.json' },
  );
  expect([exitCode, parsed.counts.known]).toEqual([0, 1]);
});

test('skips of other tools are told and not obeyed', async () => {
  const skipped = OPEN.replace(
    '  PostOrders:\n',
    '  PostOrders:\n    # checkov:skip=CKV_AWS_59:it is a webhook\n',
  );
  const { exitCode, parsed } = await judgeAlone(
    { 'template.yaml': skipped },
    { templates: 'template.yaml' },
  );
  expect(exitCode).toBe(1);
  expect(parsed.findings[0]?.message).toMatch(/At .*, checkov is told to skip CKV_AWS_59/);
});

test('names from files are data wherever they are shown', async () => {
  const hostile = `openapi: 3.0.1
info: {title: "x", version: "1"}
paths:
  "/a|b<img src=x onerror=alert(1)>::error::@octocat":
    get:
      x-amazon-apigateway-integration: {type: http_proxy, uri: "https://example.com"}
`;
  const { exitCode, stdout, summary, annotations } = await judgeAlone(
    { 'api/::warning:: <b>.yaml': hostile },
    { templates: 'api/*' },
  );
  expect(exitCode).toBe(1);
  expect(stdout).not.toMatch(/^::warning::/m);
  expect(summary).not.toContain('<img');
  expect(summary).not.toMatch(/(?<![>])@octocat/);
  expect(annotations.filter(({ level }) => level === 'warning')).toEqual([]);
});

describe('resource policies', () => {
  const template = (statement: string, types = '[REGIONAL]') =>
    CLOSED.replace(
      'Properties: {Name: orders}',
      `Properties:
      Name: orders
      EndpointConfiguration: {Types: ${types}}
      Policy:
        Version: '2012-10-17'
        Statement:
          - ${statement}`,
    );

  test('that let everybody in are findings at their line', async () => {
    const text = template(
      "{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: '*'}",
    );
    const { exitCode, parsed } = await judgeAlone(
      { 'template.yaml': text },
      { templates: 'template.yaml' },
    );
    expect([exitCode, findingsOf(parsed)]).toEqual([1, ['public-principal']]);
    expect(parsed.findings[0]?.location).toMatchObject({
      file: 'template.yaml',
      line: lineOf(text, 'Policy:'),
    });
  });

  test('whose resources nobody can know yet let everybody in as well', async () => {
    const resource = '!Sub "arn:aws:execute-api:\u0024{AWS::Region}:*:\u0024{OrdersApi}/*"';
    const text = template(
      `{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: ${resource}}`,
    );
    const { parsed } = await judgeAlone({ 'template.yaml': text }, { templates: 'template.yaml' });
    expect(findingsOf(parsed)).toEqual(['public-principal']);
  });

  test('of addresses, as SAM writes them, keep strangers out', async () => {
    const sam = `Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        DefaultAuthorizer: AWS_IAM
        ResourcePolicy: {IpRangeWhitelist: ["10.20.30.40"]}
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Events:
        Get: {Type: Api, Properties: {Path: /orders, Method: get, RestApiId: !Ref Api}}
`;
    const { parsed } = await judgeAlone({ 'template.yaml': sam }, { templates: 'template.yaml' });
    expect(findingsOf(parsed)).toEqual([]);
  });

  test('of a private API name the network', async () => {
    const text = template(
      "{Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: execute-api:/*}",
      '[PRIVATE]',
    );
    const { parsed } = await judgeAlone({ 'template.yaml': text }, { templates: 'template.yaml' });
    expect(findingsOf(parsed)).toEqual(['public-principal', 'private-api-open']);
  });
});

describe('WebSocket APIs', () => {
  const template = (routes: string) => `Conditions: {IsProd: !Equals [!Ref 'AWS::StackName', prod]}
Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Send:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Chat, RouteKey: sendMessage}
${routes}`;
  const connect = (type: string, condition = '') => `  Connect:
    Type: AWS::ApiGatewayV2::Route
${condition}    Properties: {ApiId: !Ref Chat, RouteKey: $connect, AuthorizationType: ${type}}
`;

  test.each([
    ['without $connect', '', ['websocket-without-connect']],
    ['with $connect open', connect('NONE'), ['declared-not-iam $connect $connect']],
    ['with $connect protected', connect('AWS_IAM'), []],
    [
      'with $connect under a condition',
      connect('AWS_IAM', '    Condition: IsProd\n'),
      ['websocket-without-connect'],
    ],
  ])('%s', async (_, routes, expected) => {
    const { parsed } = await judgeAlone(
      { 'template.yaml': template(routes) },
      { templates: 'template.yaml' },
    );
    expect(findingsOf(parsed)).toEqual(expected);
  });
});

test('OPTIONS of an HTTP API reaches a backend, of a REST API it may be a preflight', async () => {
  const http = `openapi: 3.0.1
info: {title: http, version: "1"}
x-amazon-apigateway-cors: {allowOrigins: ["*"]}
paths:
  /orders:
    options:
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: ANY, uri: "https://example.com", payloadFormatVersion: "1.0"}
`;
  const { parsed } = await judgeAlone({ 'http.yaml': http }, { templates: 'http.yaml' });
  expect(findingsOf(parsed)).toEqual(['preflight-has-backend OPTIONS /orders']);
});

test('a Terraform plan says what was weakened', async () => {
  const plan = {
    format_version: '1.2',
    resource_changes: [
      change('aws_api_gateway_rest_api', 'orders', { id: 'a1b2c3d4e5', name: 'orders' }),
      change(
        'aws_api_gateway_method',
        'get',
        { rest_api_id: 'a1b2c3d4e5', resource_id: 'r1', http_method: 'GET', authorization: 'NONE' },
        { authorization: 'AWS_IAM' },
      ),
    ],
    configuration: { root_module: {} },
  };
  const { exitCode, parsed } = await judgeAlone(
    { 'plan.json': JSON.stringify(plan) },
    { 'plan-file': 'plan.json' },
  );
  expect(exitCode).toBe(1);
  const found = parsed.findings.find(({ rule }) => rule === 'declared-not-iam');
  expect(found?.api).toBe('plan.json#aws_api_gateway_rest_api.orders');
  expect(found?.message).toContain('Weakened by this change: it was AWS_IAM.');
});

function change(type: string, name: string, after: object, before: object = {}) {
  return {
    address: `${type}.${name}`,
    mode: 'managed',
    type,
    name,
    change: {
      actions: ['update'],
      before: { ...after, ...before },
      after,
      after_unknown: {},
    },
  };
}

test('a cdk.out folder is judged as a whole', async () => {
  const stack = {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'orders' } },
      Get: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'NONE',
        },
        Metadata: { 'aws:cdk:path': 'Shop/Api/Default/GET/Resource' },
      },
    },
  };
  const manifest = {
    version: '36.0.0',
    artifacts: {
      Shop: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'Shop.template.json' },
        displayName: 'Shop',
      },
    },
  };
  const { exitCode, parsed } = await judgeAlone(
    {
      'cdk.out/manifest.json': JSON.stringify(manifest, null, 1),
      'cdk.out/Shop.template.json': JSON.stringify(stack, null, 1),
    },
    { templates: 'cdk.out' },
  );
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual(['declared-not-iam GET /']);
  expect(parsed.findings[0]?.snippet?.language).toBe('cdk');
});
