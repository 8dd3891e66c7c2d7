import {
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  GetModelsCommand,
  GetRequestValidatorsCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateMethodCommand,
  UpdateModelCommand,
  UpdateRequestValidatorCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateApiCommand,
  CreateModelCommand as CreateV2ModelCommand,
  GetModelsCommand as GetV2ModelsCommand,
  UpdateModelCommand as UpdateV2ModelCommand,
} from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, apiGatewayV2, bareApi, closeAfterEach, emulatorFor, refusal } from './kit.js';

closeAfterEach();

async function setUp() {
  const emulator = await emulatorFor();
  const client = apiGateway(emulator);
  const { restApiId, rootId: resourceId } = await bareApi(client);
  return { emulator, client, restApiId, resourceId };
}

// Source: localstack snapshots test_model_lifecycle, test_model_validation, test_update_model, 2024-04-15.
test('an API has two models, and those that somebody makes', async () => {
  const { client, restApiId } = await setUp();
  const of = { restApiId, name: 'CalcOutput', contentType: 'application/json' };
  const made = await client.send(new CreateModelCommand({ ...of, schema: '{"title":"Calc"}' }));
  expect(made).toMatchObject({ name: 'CalcOutput', schema: '{"title":"Calc"}' });
  expect(await refusal(client.send(new CreateModelCommand({ ...of, schema: '{"a":1}' })))).toEqual(
    expect.objectContaining({ message: 'Model name already exists for this REST API' }),
  );
  const update = (path: string, value: string) =>
    client.send(
      new UpdateModelCommand({
        restApiId,
        modelName: 'CalcOutput',
        patchOperations: [{ op: 'replace', path, value }],
      }),
    );
  expect(await update('/schema', '{"title":"Updated"}')).toMatchObject({ id: made.id });
  expect(await refusal(update('/name', 'x'))).toEqual(
    expect.objectContaining({
      message:
        "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]",
    }),
  );
  expect(await refusal(update('/schema', '{}'))).toEqual(
    expect.objectContaining({
      message: 'Model schema must have at least 1 property or array items defined',
    }),
  );
  const { items } = await client.send(new GetModelsCommand({ restApiId }));
  expect(items?.map(({ name, schema }) => [name, JSON.parse(schema ?? '').title])).toEqual([
    ['CalcOutput', 'Updated'],
    ['Empty', 'Empty Schema'],
    ['Error', 'Error Schema'],
  ]);
});

describe('request validators', () => {
  // Source: localstack snapshot test_request_validator_lifecycle, 2025-07-02.
  test('are made, listed and changed', async () => {
    const { client, restApiId } = await setUp();
    const { id } = await client.send(new CreateRequestValidatorCommand({ restApiId, name: 'v' }));
    const list = async () =>
      (await client.send(new GetRequestValidatorsCommand({ restApiId }))).items;
    const none = { id, name: 'v', validateRequestBody: false, validateRequestParameters: false };
    expect(await list()).toEqual([none]);
    const update = (value?: string) =>
      client.send(
        new UpdateRequestValidatorCommand({
          restApiId,
          requestValidatorId: id,
          patchOperations: [{ op: 'replace', path: '/validateRequestBody', value }],
        }),
      );
    await update('true');
    expect(await list()).toEqual([{ ...none, validateRequestBody: true }]);
    await update();
    expect(await list()).toEqual([none]);
  });

  test('decide requests once they are deployed', async () => {
    const { emulator, client, restApiId, resourceId } = await setUp();
    const { id } = await client.send(
      new CreateRequestValidatorCommand({ restApiId, validateRequestParameters: true }),
    );
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    await client.send(
      new PutMethodCommand({
        ...method,
        authorizationType: 'NONE',
        requestParameters: { 'method.request.querystring.q': true },
      }),
    );
    await client.send(
      new PutIntegrationCommand({
        ...method,
        type: 'MOCK',
        requestTemplates: { 'application/json': '{"statusCode":200}' },
      }),
    );
    const ask = async () => {
      await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
      const { status } = await fetch(`${emulator.url}/${restApiId}/prod/`);
      // Whoever gets past the validator meets an integration without a response.
      return status === 500 ? 'let through' : status;
    };
    expect(await ask()).toBe('let through');
    const set = (value: string) =>
      client.send(
        new UpdateMethodCommand({
          ...method,
          patchOperations: [{ op: 'replace', path: '/requestValidatorId', value }],
        }),
      );
    expect(await refusal(set('other'))).toEqual(
      expect.objectContaining({ message: 'Invalid Request Validator identifier specified' }),
    );
    expect(await set(id ?? '')).toMatchObject({ requestValidatorId: id });
    expect(await ask()).toBe(400);
    await client.send(
      new UpdateRequestValidatorCommand({
        restApiId,
        requestValidatorId: id,
        patchOperations: [{ op: 'replace', path: '/validateRequestParameters', value: 'false' }],
      }),
    );
    expect(await ask()).toBe('let through');
  });
});

test('a WebSocket API has the models that somebody makes', async () => {
  const client = apiGatewayV2(await emulatorFor());
  const { ApiId } = await client.send(
    new CreateApiCommand({
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
  );
  const { ModelId } = await client.send(
    new CreateV2ModelCommand({ ApiId, Name: 'Message', Schema: '{"a":1}' }),
  );
  await client.send(new UpdateV2ModelCommand({ ApiId, ModelId, Schema: '{"a":2}' }));
  const { Items } = await client.send(new GetV2ModelsCommand({ ApiId }));
  expect(Items).toEqual([{ ModelId, Name: 'Message', Schema: '{"a":2}' }]);
});
