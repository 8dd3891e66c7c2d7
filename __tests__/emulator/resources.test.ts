import {
  type APIGatewayClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourcesCommand,
  type PatchOperation,
  UpdateResourceCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, bareApi, closeAfterEach, emulatorFor, plain, refusal } from './kit.js';

closeAfterEach();

async function setUp() {
  const client = apiGateway(await emulatorFor());
  const { restApiId, rootId } = await bareApi(client);
  return {
    client,
    restApiId,
    rootId,
    create: async (parentId: string, pathPart: string) =>
      (await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))).id ?? '',
    patch: (resourceId: string, operation: PatchOperation) =>
      client.send(
        new UpdateResourceCommand({ restApiId, resourceId, patchOperations: [operation] }),
      ),
  };
}

async function paths(client: APIGatewayClient, restApiId: string) {
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }));
  return items.map((resource) => resource.path).sort();
}

// Sources: localstack snapshots test_resource_lifecycle and test_delete_resource, 2024-04-15.
describe('the resource tree', () => {
  test('begins with a root that has no parent, and loses a resource with all below it', async () => {
    const { client, restApiId, rootId, create } = await setUp();
    const empty = await client.send(new GetResourcesCommand({ restApiId }));
    expect(plain(empty)).toEqual({ items: [{ id: rootId, path: '/' }] });
    const pets = await client.send(
      new CreateResourceCommand({ restApiId, parentId: rootId, pathPart: 'pets' }),
    );
    expect(plain(pets)).toEqual({
      id: pets.id,
      parentId: rootId,
      path: '/pets',
      pathPart: 'pets',
    });
    const subpets = await create(pets.id ?? '', 'subpets');
    expect(await paths(client, restApiId)).toEqual(['/', '/pets', '/pets/subpets']);
    const resourceId = pets.id ?? '';
    const deleted = await client.send(new DeleteResourceCommand({ restApiId, resourceId }));
    expect(deleted.$metadata.httpStatusCode).toBe(202);
    expect(await paths(client, restApiId)).toEqual(['/']);
    const again = client.send(new DeleteResourceCommand({ restApiId, resourceId: subpets }));
    expect(await refusal(again)).toEqual({
      status: 404,
      name: 'NotFoundException',
      message: 'Invalid Resource identifier specified',
    });
  });

  // Sources: localstack snapshots test_create_proxy_resource and test_create_proxy_resource_validation, 2024-04-15.
  test('greedy resources have no children and no sibling that varies', async () => {
    const { rootId, create } = await setUp();
    const proxy = await create(rootId, '{proxy+}');
    expect((await refusal(create(rootId, '{dynamic}'))).message).toBe(
      'A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed',
    );
    for (const child of ['static', '{dynamic}'])
      expect((await refusal(create(proxy, child))).message).toBe(
        'Cannot create a child of a resource with a greedy path variable: {proxy+}',
      );
    const parent = await create(rootId, 'parent');
    const child = await create(parent, 'child');
    await create(child, '{proxy+}');
    await create(parent, '{child+}');
  });

  test('a parent that is none, a name that is taken, characters that are not allowed', async () => {
    const { rootId, create } = await setUp();
    expect((await refusal(create('fakeparent', 'x'))).message).toBe(
      'Invalid Resource identifier specified',
    );
    await create(rootId, 'pets');
    expect(await refusal(create(rootId, 'pets'))).toEqual({
      status: 409,
      name: 'ConflictException',
      message: 'Another resource with the same parent already has this name: pets',
    });
    expect((await refusal(create(rootId, '<script>'))).status).toBe(400);
  });

  test('is no sibling of its own', async () => {
    const { rootId, create, patch } = await setUp();
    const one = await create(rootId, '{id}');
    expect(await patch(one, { op: 'replace', path: '/pathPart', value: '{petId}' })).toMatchObject({
      path: '/{petId}',
    });
    expect(await patch(one, { op: 'replace', path: '/pathPart', value: '{petId}' })).toMatchObject({
      path: '/{petId}',
    });
    expect(await patch(one, { op: 'replace', path: '/parentId', value: rootId })).toMatchObject({
      path: '/{petId}',
    });
    const other = await create(rootId, 'pets');
    expect(
      await refusal(patch(other, { op: 'replace', path: '/pathPart', value: '{name}' })),
    ).toMatchObject({ name: 'BadRequestException' });
  });

  // Sources: localstack snapshots test_update_resource_behaviour, 2024-04-15, and test_update_resource_on_root, 2025-09-03.
  test('moves and renames', async () => {
    const { client, restApiId, rootId, create, patch } = await setUp();
    const pets = await create(rootId, 'pets');
    const sub = await create(pets, 'subpets');
    const deep = await create(sub, 'deep');
    const moved = await patch(sub, { op: 'replace', path: '/parentId', value: rootId });
    expect(moved.path).toBe('/subpets');
    const below = await client.send(new GetResourceCommand({ restApiId, resourceId: deep }));
    expect(below.path).toBe('/subpets/deep');

    const message = async (id: string, operation: PatchOperation) =>
      (await refusal(patch(id, operation))).message;
    expect(await message(sub, { op: 'replace', path: '/invalid', value: 'x' })).toBe(
      "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    );
    expect(await message(sub, { op: 'remove', path: '/pathPart' })).toBe(
      "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
    );
    expect(await message(sub, { op: 'replace', path: '/parentId', value: deep })).toBe(
      'Resources cannot be cyclical.',
    );
    expect(await message(sub, { op: 'replace', path: '/pathPart', value: 'pets' })).toBe(
      'Another resource with the same parent already has this name: pets',
    );
    expect(await message(rootId, { op: 'replace', path: '/pathPart', value: 'x' })).toBe(
      'Root resource cannot update its pathPart.',
    );
    expect(await message(rootId, { op: 'replace', path: '/parentId', value: sub })).toBe(
      'Root resource cannot update its parentId.',
    );
  });
});

// Source: API Gateway API Reference, GetResources: limit 25 by default and 500 at most, embed=methods.
describe('GetResources', () => {
  const seed = {
    apis: [
      {
        id: 'p1a2g3e4s5',
        name: 'pages',
        methods: { 'GET /': { auth: 'AWS_IAM' as const } },
        repeat: [{ count: 1199, key: 'GET /item-#', method: { auth: 'AWS_IAM' as const } }],
      },
    ],
  };

  test('pages: each resource once, and a position only where there is more', async () => {
    const client = apiGateway(await emulatorFor({ seed }));
    const sizes: number[] = [];
    const ids = new Set<string | undefined>();
    let position: string | undefined;
    do {
      const page = await client.send(
        new GetResourcesCommand({ restApiId: 'p1a2g3e4s5', limit: 500, position }),
      );
      sizes.push(page.items?.length ?? 0);
      for (const { id } of page.items ?? []) ids.add(id);
      position = page.position;
    } while (position !== undefined);
    expect(sizes).toEqual([500, 500, 200]);
    expect(ids.size).toBe(1200);
  });

  test('shows 25 where no limit is given, and no more than 500', async () => {
    const client = apiGateway(await emulatorFor({ seed }));
    const command = { restApiId: 'p1a2g3e4s5' };
    expect((await client.send(new GetResourcesCommand(command))).items).toHaveLength(25);
    const many = await client.send(new GetResourcesCommand({ ...command, limit: 5000 }));
    expect(many.items).toHaveLength(500);
  });

  test('answers an empty object for each method that is not embedded', async () => {
    const client = apiGateway(await emulatorFor({ seed }));
    const command = { restApiId: 'p1a2g3e4s5', limit: 500 };
    const bare = await client.send(new GetResourcesCommand(command));
    expect(bare.items?.[0]?.resourceMethods).toEqual({ GET: {} });
    const full = await client.send(new GetResourcesCommand({ ...command, embed: ['methods'] }));
    expect(full.items?.[0]?.resourceMethods?.GET?.authorizationType).toBe('AWS_IAM');
  });
});
