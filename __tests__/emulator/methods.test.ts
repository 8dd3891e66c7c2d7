import {
  type APIGatewayClient,
  CreateAuthorizerCommand,
  CreateResourceCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  GetIntegrationCommand,
  GetIntegrationResponseCommand,
  GetMethodCommand,
  type PatchOperation,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateIntegrationResponseCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, bareApi, closeAfterEach, emulatorFor, plain, refusal } from './kit.js';

closeAfterEach();

const NO_AUTHORIZER = {
  status: 400,
  name: 'BadRequestException',
  message:
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
};
const REPLACE_ONLY = {
  status: 400,
  name: 'BadRequestException',
  message: 'Invalid patch operation specified. Must be one of: [replace]',
};

async function withAnyMethod(apiKeyRequired: boolean) {
  const client = apiGateway(await emulatorFor());
  const { restApiId, rootId } = await bareApi(client);
  const method = { restApiId, resourceId: rootId, httpMethod: 'ANY' };
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE', apiKeyRequired }));
  return {
    client,
    method,
    patch: (...patchOperations: PatchOperation[]) =>
      client.send(new UpdateMethodCommand({ ...method, patchOperations })),
  };
}

async function tokenAuthorizer(client: APIGatewayClient, restApiId: string): Promise<string> {
  const authorizer = await client.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'authorizer-test',
      type: 'TOKEN',
      authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations',
      identitySource: 'method.request.header.Authorization',
    }),
  );
  return authorizer.id ?? '';
}

// Source: localstack snapshot test_update_method, recorded against AWS on 2024-04-15.
describe('UpdateMethod', () => {
  test('adds, replaces and removes, and answers the method', async () => {
    const { client, method, patch } = await withAnyMethod(false);
    const name = 'method.request.querystring.optional';
    const parameter = `/requestParameters/${name}`;

    const added = await patch(
      { op: 'add', path: parameter, value: 'true' },
      { op: 'add', path: '/requestModels/application~1json', value: 'Empty' },
    );
    expect(plain(added)).toEqual({
      httpMethod: 'ANY',
      authorizationType: 'NONE',
      apiKeyRequired: false,
      requestModels: { 'application/json': 'Empty' },
      requestParameters: { [name]: true },
    });

    const replaced = await patch(
      { op: 'replace', path: '/operationName', value: 'ReplacedOperationName' },
      { op: 'replace', path: '/apiKeyRequired', value: 'true' },
      { op: 'replace', path: '/authorizationType', value: 'AWS_IAM' },
      { op: 'replace', path: parameter, value: 'false' },
    );
    expect(plain(replaced)).toEqual({
      httpMethod: 'ANY',
      authorizationType: 'AWS_IAM',
      apiKeyRequired: true,
      operationName: 'ReplacedOperationName',
      requestModels: { 'application/json': 'Empty' },
      requestParameters: { [name]: false },
    });

    const authorizerId = await tokenAuthorizer(client, method.restApiId);
    const custom = await patch(
      { op: 'replace', path: '/authorizerId', value: authorizerId },
      { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
    );
    expect(custom).toMatchObject({ authorizationType: 'CUSTOM', authorizerId });

    const removed = await patch(
      { op: 'remove', path: parameter, value: 'true' },
      { op: 'remove', path: '/requestModels/application~1json', value: 'Empty' },
    );
    expect(plain(removed)).toEqual({
      httpMethod: 'ANY',
      authorizationType: 'CUSTOM',
      authorizerId,
      apiKeyRequired: true,
      operationName: 'ReplacedOperationName',
    });
  });

  // Terraform's provider sends this pair, and AWS takes it.
  test('goes from CUSTOM to AWS_IAM with the authorizer taken away', async () => {
    const { client, method, patch } = await withAnyMethod(false);
    const authorizerId = await tokenAuthorizer(client, method.restApiId);
    await patch(
      { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
      { op: 'replace', path: '/authorizerId', value: authorizerId },
    );
    const changed = await patch(
      { op: 'replace', path: '/authorizationType', value: 'AWS_IAM' },
      { op: 'replace', path: '/authorizerId', value: '' },
    );
    expect(plain(changed)).toEqual({
      httpMethod: 'ANY',
      authorizationType: 'AWS_IAM',
      apiKeyRequired: false,
    });
  });

  test('does all or nothing', async () => {
    const { client, method, patch } = await withAnyMethod(true);
    await refusal(
      patch(
        { op: 'replace', path: '/authorizationType', value: 'AWS_IAM' },
        { op: 'replace', path: '/httpMethod', value: 'GET' },
      ),
    );
    const after = await client.send(new GetMethodCommand(method));
    expect(after.authorizationType).toBe('NONE');
  });
});

// Source: localstack snapshot test_update_method_validation, recorded against AWS on 2024-04-15.
describe('UpdateMethod refuses', () => {
  test('a wrong API or resource as a wrong resource, a wrong method as a wrong method', async () => {
    const { client, method } = await withAnyMethod(true);
    const resource = {
      status: 404,
      name: 'NotFoundException',
      message: 'Invalid Resource identifier specified',
    };
    const send = (change: object) =>
      refusal(client.send(new UpdateMethodCommand({ ...method, patchOperations: [], ...change })));
    expect(await send({ restApiId: 'fakeapiid0' })).toEqual(resource);
    expect(await send({ resourceId: 'fakeresour' })).toEqual(resource);
    expect(await send({ httpMethod: 'GET' })).toEqual({
      ...resource,
      message: 'Invalid Method identifier specified',
    });
  });

  test.each<[string, PatchOperation[], object]>([
    ['add of /operationName', [{ op: 'add', path: '/operationName', value: 'x' }], REPLACE_ONLY],
    [
      'add of /requestValidatorId',
      [{ op: 'add', path: '/requestValidatorId', value: 'x' }],
      REPLACE_ONLY,
    ],
    [
      'add of /authorizationType',
      [{ op: 'add', path: '/authorizationType', value: 'AWS_IAM' }],
      REPLACE_ONLY,
    ],
    [
      'a path that is none',
      [{ op: 'add', path: '/httpMethod', value: 'PUT' }],
      { message: 'Invalid patch path /httpMethod' },
    ],
    [
      'the bare /requestParameters',
      [{ op: 'replace', path: '/requestParameters', value: 'a=false' }],
      { message: 'Invalid patch path /requestParameters' },
    ],
    [
      'a content type that is not escaped',
      [{ op: 'add', path: '/requestModels/application/json', value: 'Empty' }],
      { message: 'Invalid patch path /requestModels/application/json' },
    ],
    [
      'CUSTOM without an authorizer',
      [{ op: 'replace', path: '/authorizationType', value: 'CUSTOM' }],
      NO_AUTHORIZER,
    ],
    [
      'CUSTOM with an authorizer that is none',
      [
        { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
        { op: 'replace', path: '/authorizerId', value: 'abc123' },
      ],
      NO_AUTHORIZER,
    ],
    [
      'a validator that is none',
      [{ op: 'replace', path: '/requestValidatorId', value: 'fake-id' }],
      { message: 'Invalid Request Validator identifier specified' },
    ],
  ])('%s', async (_what, operations, expected) => {
    const { patch } = await withAnyMethod(true);
    expect(await refusal(patch(...operations))).toMatchObject({
      status: 400,
      name: 'BadRequestException',
      ...expected,
    });
  });

  test('neither an /apiKeyRequired that is no boolean (false) nor an authorizer on NONE (ignored)', async () => {
    const { patch } = await withAnyMethod(true);
    const expected = { httpMethod: 'ANY', authorizationType: 'NONE', apiKeyRequired: false };
    const flagged = await patch({ op: 'replace', path: '/apiKeyRequired', value: 'whatever' });
    expect(plain(flagged)).toEqual(expected);
    const ignored = await patch({ op: 'replace', path: '/authorizerId', value: 'abc123' });
    expect(plain(ignored)).toEqual(expected);
  });
});

// Sources: localstack snapshots test_put_method_validation, test_method_lifecycle and
// test_method_request_parameters, recorded against AWS on 2024-04-15.
describe('PutMethod, GetMethod, DeleteMethod', () => {
  test('refuse what is wrong', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId, rootId: resourceId } = await bareApi(client);
    const put = (change: object) =>
      refusal(
        client.send(
          new PutMethodCommand({
            restApiId,
            resourceId,
            httpMethod: 'ANY',
            authorizationType: 'NONE',
            ...change,
          }),
        ),
      );
    expect((await put({ restApiId: 'fakeapiid0' })).message).toBe(
      'Invalid Resource identifier specified',
    );
    expect(await put({ httpMethod: 'TEST' })).toEqual({
      status: 400,
      name: 'BadRequestException',
      message:
        'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    });
    expect(await put({ authorizationType: 'CUSTOM' })).toEqual(NO_AUTHORIZER);
    expect((await put({ requestValidatorId: 'nope' })).message).toBe(
      'Invalid Request Validator identifier specified',
    );
    expect((await put({ requestModels: { 'application/json': 'petModel' } })).message).toBe(
      'Invalid model identifier specified: petModel',
    );
    const requestParameters = {
      'method.request.querystring.q': true,
      'method.request.header.q': true,
    };
    expect((await put({ requestParameters })).message).toBe(
      'Parameter names must be unique across querystring, header and path',
    );
  });

  test('a deleted method is gone, and cannot be deleted twice', async () => {
    const { client, method } = await withAnyMethod(false);
    const deleted = await client.send(new DeleteMethodCommand(method));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    const expected = { status: 404, message: 'Invalid Method identifier specified' };
    expect(await refusal(client.send(new GetMethodCommand(method)))).toMatchObject(expected);
    expect(await refusal(client.send(new DeleteMethodCommand(method)))).toMatchObject(expected);
  });
});

// Sources: localstack snapshots test_lifecycle_integration_response, 2025-06-11,
// test_lifecycle_method_response, 2025-07-01, test_get_integration_non_existent, 2025-11-18.
describe('integrations and responses', () => {
  test('are part of the method', async () => {
    const { client, method } = await withAnyMethod(false);
    await client.send(
      new PutIntegrationCommand({
        ...method,
        type: 'MOCK',
        requestTemplates: { 'application/json': '{"statusCode": 200}' },
      }),
    );
    await client.send(
      new PutMethodResponseCommand({
        ...method,
        statusCode: '200',
        responseParameters: { 'method.response.header.my-header': true },
        responseModels: { 'application/json': 'Empty' },
      }),
    );
    await client.send(
      new PutIntegrationResponseCommand({
        ...method,
        statusCode: '200',
        selectionPattern: '',
        responseTemplates: { 'application/json': 'overwrite' },
      }),
    );
    expect(plain(await client.send(new GetMethodCommand(method)))).toEqual({
      httpMethod: 'ANY',
      authorizationType: 'NONE',
      apiKeyRequired: false,
      methodIntegration: {
        type: 'MOCK',
        cacheKeyParameters: [],
        cacheNamespace: method.resourceId,
        passthroughBehavior: 'WHEN_NO_MATCH',
        requestTemplates: { 'application/json': '{"statusCode": 200}' },
        timeoutInMillis: 29000,
        integrationResponses: {
          200: {
            statusCode: '200',
            selectionPattern: '',
            responseTemplates: { 'application/json': 'overwrite' },
          },
        },
      },
      methodResponses: {
        200: {
          statusCode: '200',
          responseParameters: { 'method.response.header.my-header': true },
          responseModels: { 'application/json': 'Empty' },
        },
      },
    });
  });

  test('a type that is none, and an integration that is not there', async () => {
    const { client, method } = await withAnyMethod(false);
    const wrong = client.send(
      // @ts-expect-error: as an older client could send it
      new PutIntegrationCommand({ ...method, type: 'HTTPS_PROXY' }),
    );
    expect(await refusal(wrong)).toEqual({
      status: 400,
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
    });
    expect(await refusal(client.send(new GetIntegrationCommand(method)))).toMatchObject({
      status: 404,
      message: 'Invalid Integration identifier specified',
    });
    const code = { ...method, statusCode: 'wrong' };
    expect((await refusal(client.send(new PutIntegrationResponseCommand(code)))).message).toBe(
      "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d",
    );
  });

  // Sources: localstack snapshots test_update_method_response and its siblings, 2025-06-30 and
  // 2025-07-01, and test_lifecycle_integration_response, 2025-06-11.
  test('responses are changed by patches; that of a method answers 201', async () => {
    const { client, method } = await withAnyMethod(false);
    const response = { ...method, statusCode: '200' };
    await client.send(new PutMethodResponseCommand(response));
    const patch = (operations: object[], more: object = {}) =>
      client.send(
        new UpdateMethodResponseCommand({ ...response, ...more, patchOperations: operations }),
      );
    const parameter = '/responseParameters/method.response.header.my-header';
    const model = '/responseModels/application~1json';
    const added = await patch([
      { op: 'add', path: parameter, value: 'true' },
      { op: 'add', path: model, value: 'Empty' },
    ]);
    expect(added.$metadata.httpStatusCode).toBe(201);
    expect(plain(added)).toEqual({
      statusCode: '200',
      responseParameters: { 'method.response.header.my-header': true },
      responseModels: { 'application/json': 'Empty' },
    });
    const removed = await patch([
      { op: 'remove', path: parameter },
      { op: 'remove', path: model },
    ]);
    expect(plain(removed)).toEqual({ statusCode: '200' });

    const message = async (operations: object[], more: object = {}) =>
      (await refusal(patch(operations, more))).message;
    expect(await message([{ op: 'replace', path: parameter, value: 'true' }])).toBe(
      'Invalid parameter name specified',
    );
    expect(await message([{ op: 'remove', path: model }])).toBe(
      'Content-Type specified was not found',
    );
    const wrong = '/wrong/method.response.header.my-header';
    expect(await message([{ op: 'add', path: wrong, value: 'x' }])).toBe(
      `Invalid patch path ${wrong}`,
    );
    expect(await message([], { statusCode: '201' })).toBe('Invalid Response status code specified');
    expect(await message([{ op: 'wrong_op', path: parameter }], { statusCode: 'wrong' })).toBe(
      "2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]; Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d",
    );

    await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
    await client.send(new PutIntegrationResponseCommand({ ...response, selectionPattern: '' }));
    const pattern = await client.send(
      new UpdateIntegrationResponseCommand({
        ...response,
        patchOperations: [{ op: 'replace', path: '/selectionPattern', value: 'updated-pattern' }],
      }),
    );
    expect(plain(pattern)).toEqual({ statusCode: '200', selectionPattern: 'updated-pattern' });
  });

  // Sources: localstack snapshots test_integration_response_…, 2025-06, test_put_integration_response_validation,
  // 2025-03-03, test_delete_integration_response_errors, 2025-08-21, test_put_integration_response_templates,
  // 2026-02-12, test_put_integration_request_parameter_bool_type, 2024-12-12.
  test('refuse what is wrong or not there, in words that differ by operation', async () => {
    const { client, method } = await withAnyMethod(false);
    const response = { ...method, statusCode: '200' };
    type Change = { restApiId?: string; resourceId?: string; httpMethod?: string };
    const put = async (change: Change) =>
      (await refusal(client.send(new PutIntegrationResponseCommand({ ...response, ...change }))))
        .message;
    const get = async (change: Change & { statusCode?: string }) =>
      (await refusal(client.send(new GetIntegrationResponseCommand({ ...response, ...change }))))
        .message;
    const remove = async (change: Change & { statusCode?: string }) =>
      (await refusal(client.send(new DeleteIntegrationResponseCommand({ ...response, ...change }))))
        .message;
    expect(await get({})).toBe('Invalid Integration identifier specified');
    await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
    for (const wrong of [{ restApiId: 'fakeapiid0' }, { resourceId: 'fakeresour' }])
      for (const call of [put, get, remove])
        expect(await call(wrong)).toBe('Invalid Resource identifier specified');
    expect(await put({ httpMethod: 'GET' })).toBe('Invalid Method identifier specified');
    expect(await get({ httpMethod: 'GET' })).toBe('Invalid Method identifier specified');
    expect(await remove({ httpMethod: 'GET' })).toBe('Invalid Integration identifier specified');
    expect(await get({ statusCode: '201' })).toBe('Invalid Response status code specified');
    expect(await remove({ statusCode: '201' })).toBe('Invalid Response status code specified');

    const templates = (responseTemplates: Record<string, string>) =>
      client.send(
        new PutIntegrationResponseCommand({ ...response, selectionPattern: '', responseTemplates }),
      );
    expect((await refusal(templates({ 123: 'x' }))).message).toBe(
      'Validation Result: warnings : [], errors : [Invalid content type specified: 123]',
    );
    // An empty template comes back as null.
    expect((await templates({ 'application/json': '' })).responseTemplates).toEqual({
      'application/json': null,
    });

    const mapped = (value: unknown) =>
      refusal(
        client.send(
          new PutIntegrationCommand({
            ...method,
            type: 'MOCK',
            // @ts-expect-error: as a client without types could send it
            requestParameters: { 'integration.request.path.testPath': value },
          }),
        ),
      );
    expect(await mapped('true')).toEqual({
      status: 400,
      name: 'BadRequestException',
      message:
        'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]',
    });
    expect(await mapped(true)).toEqual({
      status: 400,
      name: 'SerializationException',
      message: 'class java.lang.Boolean can not be converted to an String',
    });
  });

  // localstack snapshot test_authorizer_crud_no_api, 2024-04-15: told as a conflict.
  test('an authorizer for an API that is none is a conflict', async () => {
    const client = apiGateway(await emulatorFor());
    const created = client.send(
      new CreateAuthorizerCommand({ restApiId: 'fakeapiid0', name: 'x', type: 'TOKEN' }),
    );
    expect(await refusal(created)).toEqual({
      status: 409,
      name: 'ConflictException',
      message:
        'Unable to complete operation due to concurrent modification. Please try again later.',
    });
    const resource = client.send(
      new CreateResourceCommand({ restApiId: 'fakeapiid0', parentId: 'x', pathPart: 'x' }),
    );
    expect((await refusal(resource)).message).toBe(
      'Invalid API identifier specified 123456789012:fakeapiid0',
    );
  });
});
