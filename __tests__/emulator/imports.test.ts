import { readFile } from 'node:fs/promises';
import {
  type APIGatewayClient,
  CreateDeploymentCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  ImportRestApiCommand,
  type Method,
  PutRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, closeAfterEach, emulatorFor } from './kit.js';

closeAfterEach();

const FOLDER = new URL('./openapi-import/', import.meta.url);

interface ExpectedMethod {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly apiKeyRequired: boolean;
  readonly authorizationScopes?: readonly string[];
  readonly integration: string;
}

interface Recording {
  readonly case: string;
  readonly input: string;
  readonly parameters: Record<string, string>;
  readonly methods: readonly ExpectedMethod[];
}

const recordings: readonly Recording[] = JSON.parse(
  await readFile(new URL('expected.json', FOLDER), 'utf8'),
);

const MOCK = { 'x-amazon-apigateway-integration': { type: 'mock' } };
const SIGV4 = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

/** Every method of an API as `METHOD /path`, with what was imported for it. */
async function methodsOf(client: APIGatewayClient, restApiId = ''): Promise<Map<string, Method>> {
  const { items = [] } = await client.send(
    new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 500 }),
  );
  return new Map(
    items.flatMap(({ path, resourceMethods = {} }) =>
      Object.entries(resourceMethods).map(([name, method]): [string, Method] => [
        `${name} ${path}`,
        method,
      ]),
    ),
  );
}

async function importing() {
  const emulator = await emulatorFor();
  const client = apiGateway(emulator);
  const bytes = (body: object | string): Uint8Array =>
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    client,
    create: (
      body: object | string,
      parameters: Record<string, string> = {},
      failOnWarnings = false,
    ) => client.send(new ImportRestApiCommand({ body: bytes(body), parameters, failOnWarnings })),
    put: (restApiId: string, mode: 'merge' | 'overwrite' | undefined, body: object | string) =>
      client.send(new PutRestApiCommand({ restApiId, mode, body: bytes(body) })),
  };
}

/** What one operation is imported with, in OpenAPI 3 unless told otherwise. */
async function authorizationOf(
  operation: object,
  {
    schemes = {},
    root = {},
    swagger = false,
  }: { schemes?: object; root?: object; swagger?: boolean } = {},
): Promise<Method | undefined> {
  const { client, create } = await importing();
  const { id } = await create({
    ...(swagger
      ? { swagger: '2.0', securityDefinitions: schemes }
      : { openapi: '3.0.1', components: { securitySchemes: schemes } }),
    info: { title: 'pets', version: '1' },
    paths: { '/pets': { get: { ...MOCK, ...operation } } },
    ...root,
  });
  return (await methodsOf(client, id)).get('GET /pets');
}

describe('what AWS was recorded to make of a definition', () => {
  test.each(recordings)('$case', async ({ input, parameters, methods }) => {
    const { client, create } = await importing();
    const { id } = await create(await readFile(new URL(input, FOLDER), 'utf8'), parameters);
    const imported = [...(await methodsOf(client, id))].map(([name, method]) => ({
      method: name.split(' ')[0],
      path: name.split(' ')[1],
      authorization: method.authorizationType,
      apiKeyRequired: method.apiKeyRequired,
      ...(method.authorizationScopes === undefined
        ? {}
        : { authorizationScopes: method.authorizationScopes.toSorted() }),
      integration: method.methodIntegration?.type,
    }));
    const inOrder = (one: { path?: string | undefined; method?: string | undefined }): string =>
      `${one.path} ${one.method}`;
    const sorted = imported.toSorted((one, other) => inOrder(one).localeCompare(inOrder(other)));
    const expected = methods.map((it) =>
      it.authorizationScopes === undefined
        ? it
        : { ...it, authorizationScopes: it.authorizationScopes.toSorted() },
    );
    expect(sorted).toEqual(
      expected.toSorted((one, other) => inOrder(one).localeCompare(inOrder(other))),
    );
  });
});

describe('the authorization of an operation', () => {
  const lambda = {
    type: 'apiKey',
    name: 'Token',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: 'arn:aws:lambda:x' },
  };
  const key = { type: 'apiKey', name: 'x-api-key', in: 'header' };
  const { 'x-amazon-apigateway-authtype': _dropped, ...untyped } = lambda;

  test.each<[string, object, object, object]>([
    ['signed', { security: [{ s: [] }] }, { s: SIGV4 }, { authorizationType: 'AWS_IAM' }],
    [
      'signed, in other capitals',
      { security: [{ s: [] }] },
      { s: { ...SIGV4, 'x-amazon-apigateway-authtype': 'AWSSIGV4' } },
      { authorizationType: 'AWS_IAM' },
    ],
    ['by an authorizer', { security: [{ l: [] }] }, { l: lambda }, { authorizationType: 'CUSTOM' }],
    [
      'by a key alone, which is none',
      { security: [{ k: [] }] },
      { k: key },
      { authorizationType: 'NONE', apiKeyRequired: true },
    ],
    [
      'signed and with a key',
      { security: [{ k: [] }, { s: [] }] },
      { k: key, s: SIGV4 },
      { authorizationType: 'AWS_IAM', apiKeyRequired: true },
    ],
    [
      'by a scheme that is not there',
      { security: [{ NONE: [] }] },
      {},
      { authorizationType: 'NONE' },
    ],
    [
      'by an authorizer without a type',
      { security: [{ l: [] }] },
      { l: untyped },
      { authorizationType: 'NONE' },
    ],
    ['by nothing', {}, { s: SIGV4 }, { authorizationType: 'NONE' }],
    ['by an empty list', { security: [] }, { s: SIGV4 }, { authorizationType: 'NONE' }],
    [
      'by the extension',
      { 'x-amazon-apigateway-auth': { type: 'aws_iam' } },
      {},
      { authorizationType: 'AWS_IAM' },
    ],
    [
      'by the extension, which takes it away',
      { 'x-amazon-apigateway-auth': { type: 'NONE' } },
      {},
      { authorizationType: 'NONE' },
    ],
  ])('%s', async (_what, operation, schemes, expected) => {
    const complete = { apiKeyRequired: false, ...expected };
    expect(await authorizationOf(operation, { schemes })).toMatchObject(complete);
    expect(await authorizationOf(operation, { schemes, swagger: true })).toMatchObject(complete);
  });

  test('comes from the root in OpenAPI 3 alone', async () => {
    const given = { schemes: { s: SIGV4 }, root: { security: [{ s: [] }] } };
    expect((await authorizationOf({}, given))?.authorizationType).toBe('AWS_IAM');
    expect((await authorizationOf({ security: [] }, given))?.authorizationType).toBe('NONE');
    const swagger = await authorizationOf({}, { ...given, swagger: true });
    expect(swagger?.authorizationType).toBe('NONE');
  });

  test('by a type without its authorizer: the method is not created, and a warning says so', async () => {
    const { client, create } = await importing();
    const { 'x-amazon-apigateway-authorizer': _authorizer, ...broken } = lambda;
    const definition = {
      openapi: '3.0.1',
      info: { title: 'pets', version: '1' },
      components: { securitySchemes: { broken } },
      paths: { '/pets': { get: { ...MOCK, security: [{ broken: [] }] }, put: MOCK } },
    };
    const { id, warnings } = await create(definition);
    expect([...(await methodsOf(client, id)).keys()]).toEqual(['PUT /pets']);
    expect(warnings).toEqual([expect.stringContaining('GET /pets is not created')]);
    await expect(create(definition, {}, true)).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });
});

test('a definition in YAML brings ANY, its integration, policy, endpoint and authorizers', async () => {
  const { client, create } = await importing();
  const { id } = await create(
    `
openapi: 3.0.3
info: {title: orders, description: all of them, version: 2.1}
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]
x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}
components:
  securitySchemes:
    callers:
      type: apiKey
      in: header
      name: X-Token
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer: {type: request, authorizerUri: "arn:aws:lambda:f"}
paths:
  /orders/{id}/:
    parameters: [{in: path, name: id, required: true}]
    x-amazon-apigateway-any-method:
      security: [{callers: []}]
      responses: {"200": {description: ok, headers: {Access-Control-Allow-Origin: {}}}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/f/invocations
`,
    { endpointConfigurationTypes: 'REGIONAL' },
  );
  const api = await client.send(new GetRestApiCommand({ restApiId: id }));
  expect(api).toMatchObject({
    name: 'orders',
    description: 'all of them',
    version: '2.1',
    disableExecuteApiEndpoint: true,
    endpointConfiguration: { types: ['REGIONAL'] },
  });
  expect(api.policy).toContain(`:${id}\\/*`);
  const { items } = await client.send(new GetAuthorizersCommand({ restApiId: id }));
  expect(items).toMatchObject([{ name: 'callers', type: 'REQUEST' }]);
  expect((await methodsOf(client, id)).get('ANY /orders/{id}')).toMatchObject({
    authorizationType: 'CUSTOM',
    authorizerId: items?.[0]?.id,
    requestParameters: { 'method.request.path.id': true },
    methodResponses: {
      200: { responseParameters: { 'method.response.header.Access-Control-Allow-Origin': false } },
    },
    methodIntegration: {
      type: 'AWS_PROXY',
      uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations',
    },
  });
});

describe('a definition over an API that is there', () => {
  const first = {
    openapi: '3.0.1',
    info: { title: 'first', version: '1' },
    components: { securitySchemes: { s: SIGV4 } },
    paths: {
      '/kept': { get: { ...MOCK, security: [{ s: [] }] } },
      '/both': { get: { ...MOCK, security: [{ s: [] }] }, put: MOCK },
    },
  };
  const second = {
    openapi: '3.0.1',
    info: { title: 'second', version: '2' },
    paths: { '/both': { get: MOCK }, '/new': { post: MOCK } },
  };

  test.each<['merge' | 'overwrite' | undefined, Record<string, string>]>([
    [
      'merge',
      {
        'GET /kept': 'AWS_IAM',
        'GET /both': 'NONE',
        'PUT /both': 'NONE',
        'POST /new': 'NONE',
      },
    ],
    [
      undefined,
      {
        'GET /kept': 'AWS_IAM',
        'GET /both': 'NONE',
        'PUT /both': 'NONE',
        'POST /new': 'NONE',
      },
    ],
    ['overwrite', { 'GET /both': 'NONE', 'POST /new': 'NONE' }],
  ])('mode %s', async (mode, expected) => {
    const { client, create, put } = await importing();
    const { id = '' } = await create(first);
    const answer = await put(id, mode, second);
    expect(answer).toMatchObject({ id, name: 'second' });
    const methods = [...(await methodsOf(client, id))];
    expect(
      Object.fromEntries(methods.map(([name, method]) => [name, method.authorizationType])),
    ).toEqual(expected);
  });

  test('deploys nothing, and what is refused leaves no trace', async () => {
    const { client, create, put } = await importing();
    const { id = '' } = await create(first);
    await client.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }));
    const broken = {
      ...second,
      paths: {
        ...second.paths,
        '/odd': { get: { 'x-amazon-apigateway-integration': { type: 'magic' } } },
      },
    };
    await expect(put(id, 'overwrite', broken)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('GET /odd'),
    });
    expect([...(await methodsOf(client, id)).keys()].toSorted()).toEqual([
      'GET /both',
      'GET /kept',
      'PUT /both',
    ]);
  });

  test('of an API that is not there is 404', async () => {
    const { put } = await importing();
    await expect(put('nothere123', 'merge', second)).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

test.each([
  ['not JSON and not YAML', '{"openapi":'],
  ['no object', '"text"'],
  ['no version', '{"info": {"title": "x"}}'],
  ['a path item elsewhere', '{"openapi": "3.0.1", "paths": {"/x": {"$ref": "other.yaml"}}}'],
])('a definition with %s is refused', async (_what, text) => {
  const { create } = await importing();
  await expect(create(text)).rejects.toMatchObject({ name: 'BadRequestException' });
});

test.each([[{ basepath: 'replace' }], [{ endpointConfigurationTypes: 'LOCAL' }]])(
  'parameters that mean nothing are refused: %j',
  async (parameters) => {
    const { create } = await importing();
    await expect(create({ openapi: '3.0.1', paths: {} }, parameters)).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  },
);
