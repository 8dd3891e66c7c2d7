import {
  GetDeploymentCommand,
  GetExportCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { apiGateway, closeAfterEach, emulatorFor, refusal } from './kit.js';

closeAfterEach();

const ID = 'e1x2p3o4r5';

const seed: SeedFile = {
  apis: [
    {
      id: ID,
      name: 'exported',
      methods: {
        'GET /pets': {
          auth: 'AWS_IAM',
          integration: { type: 'HTTP_PROXY', uri: 'http://petstore.test/pets', httpMethod: 'GET' },
        },
        'ANY /files/{proxy+}': { auth: 'NONE' },
      },
      deployments: [{ id: 'dep001' }],
      stages: { prod: { deployment: 'dep001' } },
    },
  ],
};

async function openExport() {
  const emulator = await emulatorFor({ seed });
  const client = apiGateway(emulator);
  const read = async (exportType: string, parameters?: Record<string, string>) => {
    const answer = await client.send(
      new GetExportCommand({
        restApiId: ID,
        stageName: 'prod',
        exportType,
        accepts: 'application/json',
        ...(parameters === undefined ? {} : { parameters }),
      }),
    );
    const document: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    return { answer, document };
  };
  return { emulator, client, read };
}

// Shapes: localstack snapshots test_export_swagger_openapi and test_export_oas30_openapi, recorded
// against AWS on 2024-04-15.
describe('an export', () => {
  test('is the OpenAPI document of what a stage serves', async () => {
    const { read } = await openExport();
    const { answer, document } = await read('oas30', { extensions: 'integrations' });
    expect(answer.contentType).toBe('application/octet-stream');
    expect(answer.contentDisposition).toMatch(/^attachment; filename="oas30_.*\.json"$/);
    expect(document).toMatchObject({
      openapi: '3.0.1',
      info: { title: 'exported' },
      servers: [
        {
          url: `https://${ID}.execute-api.us-east-1.amazonaws.com/{basePath}`,
          variables: { basePath: { default: 'prod' } },
        },
      ],
      paths: {
        '/pets': {
          get: {
            security: [{ sigv4: [] }],
            'x-amazon-apigateway-integration': {
              type: 'http_proxy',
              uri: 'http://petstore.test/pets',
              httpMethod: 'GET',
              passthroughBehavior: 'when_no_match',
            },
          },
        },
        '/files/{proxy+}': {
          'x-amazon-apigateway-any-method': {
            'x-amazon-apigateway-integration': {
              type: 'mock',
              responses: { default: { statusCode: '200' } },
            },
          },
        },
      },
    });
  });

  test('shows the snapshot, not what is configured since', async () => {
    const { emulator, client, read } = await openExport();
    const before = await read('oas30', { extensions: 'apigateway' });
    const resource = [...(emulator.account.apis.get(ID)?.resources.values() ?? [])].find(
      ({ path }) => path === '/pets',
    );
    await client.send(
      new UpdateMethodCommand({
        restApiId: ID,
        resourceId: resource?.id,
        httpMethod: 'GET',
        patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'NONE' }],
      }),
    );
    expect((await read('oas30', { extensions: 'apigateway' })).document).toEqual(before.document);
  });

  test('tells integrations only where it is asked for them', async () => {
    const { read } = await openExport();
    expect(JSON.stringify((await read('oas30')).document)).not.toContain('integration');
  });

  test('comes as Swagger 2.0, too', async () => {
    const { read } = await openExport();
    expect((await read('swagger')).document).toMatchObject({
      swagger: '2.0',
      host: `${ID}.execute-api.us-east-1.amazonaws.com`,
      basePath: '/prod',
      schemes: ['https'],
    });
  });

  test('is refused for another type, an unknown stage and an unknown API', async () => {
    const { client } = await openExport();
    const ask = (restApiId: string, stageName: string, exportType: string) =>
      refusal(
        client.send(
          new GetExportCommand({ restApiId, stageName, exportType, accepts: 'application/json' }),
        ),
      );
    expect(await ask(ID, 'prod', 'raml')).toMatchObject({ status: 400 });
    expect(await ask(ID, 'none', 'oas30')).toMatchObject({ status: 404 });
    expect(await ask('nope', 'prod', 'oas30')).toMatchObject({ status: 404 });
  });
});

describe('what an export tells of methods', () => {
  const MIXED: SeedFile = {
    apis: [
      {
        id: ID,
        name: 'mixed',
        authorizers: [
          { name: 'people', type: 'COGNITO_USER_POOLS' },
          { name: 'tokens', type: 'JWT' },
        ],
        methods: {
          'GET /iam': { auth: 'AWS_IAM', apiKey: true },
          'GET /people': { auth: 'COGNITO_USER_POOLS', authorizer: 'people' },
          'GET /tokens': { auth: 'JWT', authorizer: 'tokens' },
          'OPTIONS /iam': { cors: true },
        },
        deployments: [
          { id: 'dep001' },
          {
            id: 'dep002',
            methods: {
              'OPTIONS /iam': { integration: { type: 'HTTP_PROXY', uri: 'http://b.test/' } },
              'GET /gone': { auth: 'AWS_IAM' },
            },
            summaryWithout: ['GET /people'],
          },
        ],
        stages: {
          prod: { deployment: 'dep001', canary: { deployment: 'dep002', percentTraffic: 10 } },
        },
      },
    ],
  };

  async function exported(exportUnderCanary: 'stage' | 'canary', exportType = 'oas30') {
    const emulator = await emulatorFor({ seed: MIXED, exportUnderCanary });
    const answer = await apiGateway(emulator).send(
      new GetExportCommand({
        restApiId: ID,
        stageName: 'prod',
        exportType,
        accepts: 'application/json',
        parameters: { extensions: 'integrations' },
      }),
    );
    return { emulator, document: JSON.parse(new TextDecoder().decode(answer.body)) };
  }

  test('names a security scheme for each authorization, and the headers of responses', async () => {
    const { document } = await exported('stage');
    expect(document.components.securitySchemes).toEqual({
      sigv4: expect.objectContaining({ 'x-amazon-apigateway-authtype': 'awsSigv4' }),
      api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
      people: expect.objectContaining({ 'x-amazon-apigateway-authtype': 'cognito_user_pools' }),
      tokens: expect.objectContaining({ 'x-amazon-apigateway-authtype': 'jwt' }),
    });
    expect(document.paths['/iam'].get.security).toEqual([{ sigv4: [] }, { api_key: [] }]);
    expect(document.paths['/tokens'].get.security).toEqual([{ tokens: [] }]);
    const { options } = document.paths['/iam'];
    expect(options.security).toBeUndefined();
    expect(options.responses['200'].headers).toMatchObject({
      'Access-Control-Allow-Origin': { schema: { type: 'string' } },
    });
    const swagger = (await exported('stage', 'swagger')).document;
    expect(swagger.securityDefinitions.sigv4).toBeDefined();
  });

  test.each([
    ['stage', 'mock', undefined],
    ['canary', 'http_proxy', expect.anything()],
  ] as const)('is the %s under a canary, as the account has it', async (shown, type, gone) => {
    const { document } = await exported(shown);
    expect(document.paths['/iam'].options['x-amazon-apigateway-integration'].type).toBe(type);
    expect(document.paths['/gone']).toEqual(gone);
  });

  test('is more than a summary tells that leaves a method out', async () => {
    const { emulator, document } = await exported('canary');
    const { apiSummary } = await apiGateway(emulator).send(
      new GetDeploymentCommand({ restApiId: ID, deploymentId: 'dep002', embed: ['apisummary'] }),
    );
    expect(Object.keys(apiSummary ?? {})).not.toContain('/people');
    expect(Object.keys(document.paths)).toContain('/people');
  });

  test('has JWT beside the other types: a method needs its authorizer', async () => {
    const { emulator } = await exported('stage');
    const api = emulator.account.apis.get(ID);
    const resource = [...(api?.resources.values() ?? [])].find(({ path }) => path === '/iam');
    const tokens = [...(api?.authorizers.values() ?? [])].find(({ type }) => type === 'JWT');
    const patch = (...pairs: [path: string, value: string][]) =>
      apiGateway(emulator).send(
        new UpdateMethodCommand({
          restApiId: ID,
          resourceId: resource?.id,
          httpMethod: 'GET',
          patchOperations: pairs.map(([path, value]) => ({ op: 'replace', path, value })),
        }),
      );
    await expect(patch(['/authorizationType', 'JWT'])).rejects.toThrow('Invalid authorizer ID');
    const done = await patch(['/authorizationType', 'JWT'], ['/authorizerId', tokens?.id ?? '']);
    expect(done).toMatchObject({ authorizationType: 'JWT', authorizerId: tokens?.id });
    const unsigned = await fetch(`${emulator.url}/${ID}/prod/tokens`);
    expect(unsigned.status).toBe(401);
  });
});
