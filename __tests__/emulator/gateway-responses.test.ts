import {
  DeleteGatewayResponseCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  type PatchOperation,
  PutGatewayResponseCommand,
  type PutGatewayResponseCommandInput,
  UpdateGatewayResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, bareApi, closeAfterEach, emulatorFor, plain, refusal } from './kit.js';

closeAfterEach();

type Type = NonNullable<PutGatewayResponseCommandInput['responseType']>;
const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };

async function setUp() {
  const client = apiGateway(await emulatorFor());
  const { restApiId } = await bareApi(client);
  return {
    client,
    restApiId,
    get: (responseType: Type) =>
      client.send(new GetGatewayResponseCommand({ restApiId, responseType })),
    put: (responseType: Type, more: object) =>
      client.send(new PutGatewayResponseCommand({ restApiId, responseType, ...more })),
    remove: (responseType: Type) =>
      client.send(new DeleteGatewayResponseCommand({ restApiId, responseType })),
    patch: (...patchOperations: PatchOperation[]) =>
      client.send(
        new UpdateGatewayResponseCommand({
          restApiId,
          responseType: 'DEFAULT_4XX',
          patchOperations,
        }),
      ),
  };
}

// Sources: localstack snapshots test_gateway_response_crud, 2024-04-15, and test_gateway_response_put, 2024-06-20.
describe('gateway responses', () => {
  test('are generated until they are put, and again once they are deleted', async () => {
    const { get, put, remove } = await setUp();
    const generated = {
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: '403',
      responseParameters: {},
      responseTemplates: DEFAULT_TEMPLATES,
      defaultResponse: true,
    };
    expect(plain(await get('MISSING_AUTHENTICATION_TOKEN'))).toEqual(generated);
    const put404 = await put('MISSING_AUTHENTICATION_TOKEN', { statusCode: '404' });
    expect(put404.$metadata.httpStatusCode).toBe(201);
    const customised = { ...generated, statusCode: '404', defaultResponse: false };
    expect(plain(put404)).toEqual(customised);
    expect(plain(await get('MISSING_AUTHENTICATION_TOKEN'))).toEqual(customised);
    expect((await remove('MISSING_AUTHENTICATION_TOKEN')).$metadata.httpStatusCode).toBe(202);
    expect(plain(await get('MISSING_AUTHENTICATION_TOKEN'))).toEqual(generated);
    expect(await refusal(remove('MISSING_AUTHENTICATION_TOKEN'))).toEqual({
      status: 404,
      name: 'NotFoundException',
      message: 'Gateway response type not defined on api',
    });
  });

  test('number 21 in one page, with the status that each has by default', async () => {
    const { client, restApiId } = await setUp();
    const { items = [], position } = await client.send(
      new GetGatewayResponsesCommand({ restApiId }),
    );
    expect(position).toBeUndefined();
    expect(Object.fromEntries(items.map((item) => [item.responseType, item.statusCode]))).toEqual({
      ACCESS_DENIED: '403',
      API_CONFIGURATION_ERROR: '500',
      AUTHORIZER_CONFIGURATION_ERROR: '500',
      AUTHORIZER_FAILURE: '500',
      BAD_REQUEST_BODY: '400',
      BAD_REQUEST_PARAMETERS: '400',
      DEFAULT_4XX: undefined,
      DEFAULT_5XX: undefined,
      EXPIRED_TOKEN: '403',
      INTEGRATION_FAILURE: '504',
      INTEGRATION_TIMEOUT: '504',
      INVALID_API_KEY: '403',
      INVALID_SIGNATURE: '403',
      MISSING_AUTHENTICATION_TOKEN: '403',
      QUOTA_EXCEEDED: '429',
      REQUEST_TOO_LARGE: '413',
      RESOURCE_NOT_FOUND: '404',
      THROTTLED: '429',
      UNAUTHORIZED: '401',
      UNSUPPORTED_MEDIA_TYPE: '415',
      WAF_FILTERED: '403',
    });
  });

  test('follow DEFAULT_5XX unless they are put themselves', async () => {
    const { get, put } = await setUp();
    const responseParameters = { 'gatewayresponse.header.x': 'method.request.header.Accept' };
    const responseTemplates = { 'application/json': '{"statusCode": "\'404\'"}' };
    await put('DEFAULT_5XX', { statusCode: '599', responseParameters, responseTemplates });
    const own = await put('AUTHORIZER_FAILURE', {
      responseParameters: { 'gatewayresponse.header.foo': "'bar'" },
    });
    expect(plain(own)).toEqual({
      responseType: 'AUTHORIZER_FAILURE',
      statusCode: '500',
      responseParameters: { 'gatewayresponse.header.foo': "'bar'" },
      responseTemplates: DEFAULT_TEMPLATES,
      defaultResponse: false,
    });
    expect(plain(await get('INTEGRATION_TIMEOUT'))).toEqual({
      responseType: 'INTEGRATION_TIMEOUT',
      statusCode: '599',
      responseParameters,
      responseTemplates,
      defaultResponse: true,
    });
    expect((await get('THROTTLED')).statusCode).toBe('429');
  });

  // Source: localstack snapshot test_update_gateway_response, 2024-04-15.
  test('are changed by patches', async () => {
    const { patch, put } = await setUp();
    const created = await patch({ op: 'replace', path: '/statusCode', value: '444' });
    expect(plain(created)).toEqual({
      responseType: 'DEFAULT_4XX',
      statusCode: '444',
      responseParameters: {},
      responseTemplates: DEFAULT_TEMPLATES,
      defaultResponse: false,
    });
    const header = 'gatewayresponse.header.Access-Control-Allow-Origin';
    await put('DEFAULT_4XX', {
      statusCode: '404',
      responseParameters: { [header]: "'a.b.c'" },
      responseTemplates: DEFAULT_TEMPLATES,
    });
    const changed = await patch(
      { op: 'replace', path: `/responseParameters/${header}`, value: "'example.com'" },
      { op: 'add', path: '/responseTemplates/application~1xml', value: '<x/>' },
    );
    expect(changed.responseParameters).toEqual({ [header]: "'example.com'" });
    expect(changed.responseTemplates).toEqual({ ...DEFAULT_TEMPLATES, 'application/xml': '<x/>' });

    const message = async (operation: object) => (await refusal(patch(operation))).message;
    for (const op of ['add', 'remove'])
      expect(await message({ op, path: '/statusCode', value: '404' })).toBe(
        'Invalid patch path /statusCode',
      );
    expect(await message({ op: 'replace', path: '/responseParameters/x', value: 'y' })).toBe(
      'Invalid parameter name specified',
    );
    expect(await message({ op: 'replace', value: 'x' })).toBe('Invalid patch path null');
    expect(await message({ op: 'replace', path: '/wrongPath', value: 'x' })).toBe(
      'Invalid patch path /wrongPath',
    );
    expect(await message({ op: 'wrong-op', path: '/statusCode', value: 'x' })).toBe(
      "1 validation error detected: Value 'wrong-op' at 'updateGatewayResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]",
    );
    expect(await message({ op: 'replace', path: '/responseTemplates/application~1json' })).toBe(
      'Invalid null or empty value in responseTemplates',
    );
    expect(await message({ op: 'replace', path: `/responseParameters/${header}` })).toBe(
      'Invalid null or empty value in responseParameters',
    );
  });

  // Source: localstack snapshot test_gateway_response_validation, 2024-04-15.
  test('refuse a type that is none with the list of what there is', async () => {
    const { client, restApiId } = await setUp();
    const responseType = 'FAKE_RESPONSE_TYPE';
    // @ts-expect-error: as an older client could send it
    const got = client.send(new GetGatewayResponseCommand({ restApiId, responseType }));
    expect(await refusal(got)).toEqual({
      status: 400,
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: [REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN]",
    });
  });
});
