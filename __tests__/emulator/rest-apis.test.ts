import {
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetTagsCommand,
  type PatchOperation,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, bareApi, closeAfterEach, emulatorFor, plain, refusal } from './kit.js';

closeAfterEach();

async function setUp() {
  const emulator = await emulatorFor();
  const client = apiGateway(emulator);
  const { restApiId } = await bareApi(client);
  return {
    client,
    restApiId,
    create: (more: object) => client.send(new CreateRestApiCommand({ name: 'test', ...more })),
    patch: (...patchOperations: PatchOperation[]) =>
      client.send(new UpdateRestApiCommand({ restApiId, patchOperations })),
  };
}

// Sources: localstack snapshots test_list_and_delete_apis, test_create_rest_api_with_optional_params,
// test_create_rest_api_with_endpoint_configuration and test_create_rest_api_private_type, 2025-07.
describe('REST APIs', () => {
  test('are created, listed and deleted', async () => {
    const { client, restApiId, create } = await setUp();
    const created = await create({ description: 'this is my api', tags: { MY_TAG1: 'MY_VALUE1' } });
    expect(plain(created)).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      name: 'test',
      description: 'this is my api',
      apiKeySource: 'HEADER',
      createdDate: expect.any(Date),
      disableExecuteApiEndpoint: false,
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
      tags: { MY_TAG1: 'MY_VALUE1' },
    });
    const deleted = await client.send(new DeleteRestApiCommand({ restApiId }));
    expect(deleted.$metadata.httpStatusCode).toBe(202);
    const { items = [] } = await client.send(new GetRestApisCommand({}));
    expect(items.map(({ id }) => id)).toEqual([created.id]);
  });

  test('have ids in which case matters', async () => {
    const { client, restApiId } = await setUp();
    const upper = restApiId.toUpperCase();
    expect(await refusal(client.send(new GetRestApiCommand({ restApiId: upper })))).toEqual({
      status: 404,
      name: 'NotFoundException',
      message: `Invalid API identifier specified 123456789012:${upper}`,
    });
  });

  test('refuse what is wrong, the description before the endpoint', async () => {
    const { create } = await setUp();
    const message = async (more: object) => (await refusal(create(more))).message;
    expect(await message({ description: '' })).toBe('Description cannot be an empty string');
    expect(await message({ endpointConfiguration: { types: [] } })).toBe(
      'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.',
    );
    expect(await message({ endpointConfiguration: { types: ['EDGE', 'REGIONAL'] } })).toBe(
      'Cannot create an api with multiple Endpoint Types.',
    );
    const ipv4 = { types: ['PRIVATE'], ipAddressType: 'ipv4' };
    expect(await message({ endpointConfiguration: ipv4 })).toBe(
      'Only dualstack ipAddressType is supported for Private APIs.',
    );
    expect(await message({ endpointConfiguration: ipv4, description: '' })).toBe(
      'Description cannot be an empty string',
    );
    const wrong = { types: ['wrong'], ipAddressType: 'wrong' };
    expect(await message({ endpointConfiguration: wrong })).toBe(
      "2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]; Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]",
    );
    const size = { minimumCompressionSize: -1 };
    expect(await message(size)).toBe(
      'Invalid minimum compression size, must be between 0 and 10485760',
    );
  });

  // Source: localstack snapshot test_create_rest_api_verify_defaults, 2025-07-04.
  test.each([
    [undefined, ['EDGE'], 'ipv4'],
    [{ types: ['REGIONAL'] }, ['REGIONAL'], 'ipv4'],
    [{ types: ['PRIVATE'] }, ['PRIVATE'], 'dualstack'],
    [{ types: ['EDGE'], ipAddressType: '' }, ['EDGE'], 'ipv4'],
  ])('with the endpoint %j have types %j and addresses %s', async (given, types, ipAddressType) => {
    const { create } = await setUp();
    const created = await create({ endpointConfiguration: given });
    expect(created.endpointConfiguration).toEqual({ types, ipAddressType });
  });

  // Sources: localstack snapshots test_update_rest_api_operation_add_remove, …_compression,
  // …_behaviour, …_ip_address_type and …_concatenation_of_errors, 2025-07.
  test('are changed by patches; the answer then has tags, even none', async () => {
    const { patch } = await setUp();
    const added = await patch(
      { op: 'add', path: '/binaryMediaTypes/image~1png' },
      { op: 'add', path: '/binaryMediaTypes/image~1jpeg' },
    );
    expect(added.binaryMediaTypes).toEqual(['image/png', 'image/jpeg']);
    expect(added.tags).toEqual({});
    const changed = await patch(
      { op: 'replace', path: '/binaryMediaTypes/image~1png', value: 'image/gif' },
      { op: 'replace', path: '/description', value: 'x' },
    );
    expect(changed.binaryMediaTypes).toEqual(['image/jpeg', 'image/gif']);
    const removed = await patch(
      { op: 'remove', path: '/binaryMediaTypes/image~1gif' },
      { op: 'remove', path: '/description' },
    );
    expect(removed.binaryMediaTypes).toEqual(['image/jpeg']);
    expect(removed.description).toBeUndefined();
    const path = '/minimumCompressionSize';
    expect((await patch({ op: 'replace', path, value: '10' })).minimumCompressionSize).toBe(10);
    expect((await patch({ op: 'replace', path })).minimumCompressionSize).toBeUndefined();
    const message = async (...operations: object[]) =>
      (await refusal(patch(...operations))).message;
    expect(await message({ op: 'replace', path, value: 'test' })).toBe(
      'Invalid minimum compression size, must be between 0 and 10485760',
    );
    expect(await message({ op: 'add', path, value: '10' })).toBe(
      'Invalid patch operation specified. Must be one of: [replace]',
    );
    expect(await message({ op: 'add', path: '/binaryMediaTypes', value: 'x' })).toBe(
      'Invalid patch path /binaryMediaTypes',
    );
    const ip = '/endpointConfiguration/ipAddressType';
    expect(await message({ op: 'replace', path: ip, value: 'wrong' })).toBe(
      'ipAddressType must be either ipv4 or dualstack.',
    );
    const type = '/endpointConfiguration/types/EDGE';
    expect(await message({ op: 'replace', path: type, value: 'wrong' })).toBe(
      'Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE',
    );
    const one = { op: 'wrong', path: ip, value: 'x' };
    const at = (n: number) =>
      `Value 'wrong' at 'updateRestApiInput.patchOperations.${n}.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]`;
    expect(await message(one, one)).toBe(`2 validation errors detected: ${at(1)}; ${at(2)}`);
  });

  test('are paged', async () => {
    const { client, create } = await setUp();
    await create({});
    await create({});
    const first = await client.send(new GetRestApisCommand({ limit: 2 }));
    const second = await client.send(
      new GetRestApisCommand({ limit: 2, position: first.position }),
    );
    expect([first.items?.length, second.items?.length]).toEqual([2, 1]);
    expect(second.position).toBeUndefined();
  });
});

function user(name: string, account = '123456789012'): string {
  return `arn:aws:iam::${account}:user/${name}`;
}

describe('the resource policy', () => {
  // Sources: Terraform provider, aws_api_gateway_rest_api (the policy is unescaped once more after
  // the JSON parse); API Gateway developer guide, resource policy examples (shorthand ARNs).
  test('comes back escaped twice, with its ARNs written out and single elements unlisted', async () => {
    const { client, restApiId, patch } = await setUp();
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: ['execute-api:Invoke'],
          Resource: ['execute-api:/*/GET/pets'],
        },
      ],
    };
    await patch({ op: 'replace', path: '/policy', value: JSON.stringify(policy) });
    const { policy: wire = '' } = await client.send(new GetRestApiCommand({ restApiId }));
    expect(wire).toContain('{\\"Version\\"');
    expect(wire).toContain('\\/*\\/GET\\/pets');
    expect(JSON.parse(JSON.parse(`"${wire}"`))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 'execute-api:Invoke',
          Resource: `arn:aws:execute-api:us-east-1:123456789012:${restApiId}/*/GET/pets`,
        },
      ],
    });
    expect((await patch({ op: 'replace', path: '/policy', value: '' })).policy).toBeUndefined();
  });

  test('that is no JSON is refused', async () => {
    const { patch } = await setUp();
    const changed = patch({ op: 'replace', path: '/policy', value: '{' });
    expect((await refusal(changed)).message).toContain('Invalid policy document.');
  });

  // Source of the sentence: Terraform provider issue 29392.
  test.each<[string, Record<string, unknown>]>([
    ['no principal', { Principal: undefined }],
    ['a principal of this account that does not exist', { Principal: { AWS: user('nobody') } }],
    ['a principal with a wildcard', { Principal: { AWS: user('*') } }],
    ['a principal that AWS has turned into an id', { Principal: { AWS: 'AIDADELETED' } }],
    ['an unknown kind of principal', { Principal: { Everybody: '*' } }],
    ['an unknown operator', { Condition: { StringIs: { 'aws:Referer': 'x' } } }],
    ['no action', { Action: undefined }],
    ['no resource', { Resource: undefined }],
    ['an effect that is none', { Effect: 'allow' }],
    ['more than 8,192 characters', { Sid: 'x'.repeat(8192) }],
  ])('with %s is refused', async (_, changes) => {
    const { patch } = await setUp();
    const put = (more: Record<string, unknown>) => {
      const statement = {
        Effect: 'Allow',
        Principal: { AWS: [user('admin'), '999988887777', user('x', '999988887777')] },
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:Referer': 'x' } },
        ...more,
      };
      const value = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      return patch({ op: 'replace', path: '/policy', value });
    };
    expect((await put({})).policy).toContain('execute-api');
    expect(await refusal(put(changes))).toEqual({
      status: 400,
      name: 'BadRequestException',
      message:
        'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
    });
  });
});

// Source: service model, GetTags, TagResource and UntagResource.
describe('tags', () => {
  test('are put, read and taken away by ARN', async () => {
    const { client, restApiId } = await setUp();
    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`;
    await client.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
    const tagged = await client.send(new GetTagsCommand({ resourceArn }));
    expect(tagged.tags).toEqual({ a: '1', b: '2' });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await client.send(new GetTagsCommand({ resourceArn }))).tags).toEqual({ b: '2' });
    const stage = client.send(new GetTagsCommand({ resourceArn: `${resourceArn}/stages/prod` }));
    expect((await refusal(stage)).status).toBe(404);
  });
});
