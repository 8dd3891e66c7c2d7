import {
  type ApiGatewayV2Client,
  ExportApiCommand,
  GetApiCommand,
  GetRoutesCommand,
  ImportApiCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../../emulator/seed.js';
import { apiGatewayV2, closeAfterEach, emulatorFor, refusal } from '../kit.js';

closeAfterEach();

const ApiId = 'h1t2t3p4a5';

const seed = {
  httpApis: [
    {
      id: ApiId,
      name: 'shop',
      cors: { allowOrigins: ['https://shop.example.com'], maxAge: 60 },
      authorizers: [
        { name: 'customers', type: 'JWT', issuer: 'https://i.example.com', audience: ['a'] },
        { name: 'keys', type: 'REQUEST', identitySource: ['$request.header.X-Key'] },
      ],
      routes: {
        'GET /orders': { auth: 'AWS_IAM' },
        'GET /me': { auth: 'JWT', authorizer: 'customers', scopes: ['profile'] },
        'ANY /files/{proxy+}': { auth: 'CUSTOM', authorizer: 'keys' },
        'OPTIONS /': {},
        $default: { auth: 'AWS_IAM' },
      },
      stages: { prod: { autoDeploy: true } },
    },
  ],
} satisfies SeedFile;

/** What of the routes a round trip must keep: ids are new. */
async function routesOf(client: ApiGatewayV2Client, id: string | undefined) {
  const { Items = [] } = await client.send(new GetRoutesCommand({ ApiId: id }));
  return Items.map(({ RouteKey, AuthorizationType, AuthorizationScopes }) => ({
    RouteKey,
    AuthorizationType,
    AuthorizationScopes,
  }));
}

describe('an export is imported again', () => {
  test.each([
    ['scheme', 'JSON'],
    ['scheme', 'YAML'],
    ['extension', 'JSON'],
  ] as const)('with AWS_IAM as %s, in %s', async (exportOfIam, OutputType) => {
    const client = apiGatewayV2(await emulatorFor({ seed: { ...seed, untold: { exportOfIam } } }));
    const { body } = await client.send(
      new ExportApiCommand({ ApiId, Specification: 'OAS30', OutputType, StageName: 'prod' }),
    );
    const Body = Buffer.from(body ?? []).toString('utf8');
    const made = await client.send(new ImportApiCommand({ Body }));
    expect(made).toMatchObject({
      Name: 'shop',
      ProtocolType: 'HTTP',
      CorsConfiguration: { AllowOrigins: ['https://shop.example.com'], MaxAge: 60 },
    });
    expect(await routesOf(client, made.ApiId)).toEqual(await routesOf(client, ApiId));
  });
});

test('a reimport overwrites, and is live under AutoDeploy', async () => {
  const emulator = await emulatorFor({ seed });
  const client = apiGatewayV2(emulator);
  const status = async (path: string) =>
    (await fetch(`${emulator.url}/${ApiId}/prod${path}`)).status;
  expect(await status('/orders')).toBe(403);
  const integration = {
    type: 'aws_proxy',
    uri: 'arn:aws:lambda:us-east-1:123456789012:function:f',
  };
  const definition = {
    openapi: '3.0.1',
    info: { title: 'shop', version: '1' },
    security: [{ sigv4: [] }],
    paths: {
      '/orders': {
        get: {
          security: [],
          'x-amazon-apigateway-integration': {
            $ref: '#/components/x-amazon-apigateway-integrations/f',
          },
        },
        post: { 'x-amazon-apigateway-integration': integration },
      },
    },
    components: {
      securitySchemes: {
        sigv4: { type: 'apiKey', 'x-amazon-apigateway-authtype': 'awsSigv4' },
      },
      'x-amazon-apigateway-integrations': { f: integration },
    },
  };
  await client.send(new ReimportApiCommand({ ApiId, Body: JSON.stringify(definition) }));
  expect(await routesOf(client, ApiId)).toMatchObject([
    { RouteKey: 'GET /orders', AuthorizationType: 'NONE' },
    { RouteKey: 'POST /orders', AuthorizationType: 'AWS_IAM' },
  ]);
  expect(await status('/orders')).toBe(200);
  expect(await status('/me')).toBe(404);
  const { CorsConfiguration } = await client.send(new GetApiCommand({ ApiId }));
  expect(CorsConfiguration).toBeUndefined();
});

test.each([
  ['{"swagger":"2.0","paths":{}}', 'OpenAPI 3.0'],
  ['[]', 'Unable to build importer'],
  [
    '{"openapi":"3.0.1","paths":{"/a":{"get":{"x-amazon-apigateway-integration":{"type":"mock"}}}}}',
    'no integrations of type MOCK: GET /a',
  ],
])('%s is refused, and nothing changes', async (Body, message) => {
  const client = apiGatewayV2(await emulatorFor({ seed }));
  const before = await routesOf(client, ApiId);
  expect(await refusal(client.send(new ReimportApiCommand({ ApiId, Body })))).toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  });
  expect(await routesOf(client, ApiId)).toEqual(before);
});
