import { fileURLToPath } from 'node:url';
import {
  GetDeploymentCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { readSeed, SeedError, type SeedFile } from '../../emulator/seed.js';
import { startEmulator } from '../../emulator/server.js';
import { apiGateway, closeAfterEach, emulatorFor } from './kit.js';

closeAfterEach();

function seedPath(name: string): string {
  return fileURLToPath(new URL(`../../emulator/seeds/${name}.json`, import.meta.url));
}

describe('the seeds that ship', () => {
  test.each([
    ['orders', 'a1b2c3d4e5', ['dev', 'prod']],
    ['clean', 'c1e2a3n4a5', ['prod']],
    ['fixed-not-deployed', 'f1x2e3d4n5', ['prod']],
    ['canary', 'c4n4r5y6a7', ['prod']],
    ['large', 'l1a2r3g4e5', ['prod']],
    ['hostile', 'h0s1t2i3l4', ['prod']],
    ['no-stage', 'n0s1t2a3g4', []],
  ])('%s is read, and its API and stages are listed', async (name, id, stageNames) => {
    const emulator = await emulatorFor({ seed: await readSeed(seedPath(name)) });
    const client = apiGateway(emulator);
    const apis = await client.send(new GetRestApisCommand({ limit: 500 }));
    expect(apis.items?.map((api) => api.id)).toEqual([id]);
    const stages = await client.send(new GetStagesCommand({ restApiId: id }));
    expect(stages.item?.map((stage) => stage.stageName).sort()).toEqual(stageNames);
  });

  test('fixed-not-deployed: configured with IAM, deployed without', async () => {
    const emulator = await emulatorFor({ seed: await readSeed(seedPath('fixed-not-deployed')) });
    const client = apiGateway(emulator);
    const restApiId = 'f1x2e3d4n5';
    const { items = [] } = await client.send(
      new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 500 }),
    );
    const invoices = items.find((resource) => resource.path === '/invoices');
    expect(invoices?.resourceMethods?.GET?.authorizationType).toBe('AWS_IAM');
    const deployment = await client.send(
      new GetDeploymentCommand({ restApiId, deploymentId: 'dep001', embed: ['apisummary'] }),
    );
    expect(deployment.apiSummary?.['/invoices']).toEqual({
      GET: { authorizationType: 'NONE', apiKeyRequired: false },
      POST: { authorizationType: 'NONE', apiKeyRequired: false },
    });
  });

  test('large has 1,200 resources, the root among them', async () => {
    const emulator = await emulatorFor({ seed: await readSeed(seedPath('large')) });
    expect(emulator.account.apis.get('l1a2r3g4e5')?.resources.size).toBe(1200);
  });

  test('hostile paths reach the client as they are', async () => {
    const emulator = await emulatorFor({ seed: await readSeed(seedPath('hostile')) });
    const { items = [] } = await apiGateway(emulator).send(
      new GetResourcesCommand({ restApiId: 'h0s1t2i3l4', limit: 500 }),
    );
    const paths = items.map((resource) => resource.path);
    expect(paths).toContain('/::error::pwned');
    expect(paths).toContain('/<script>alert(1)</script>');
    expect(paths).toContain('/\u202etxt.exe');
  });
});

describe('a seed that is wrong', () => {
  test('is refused with every problem and its place', async () => {
    const seed = { apis: [{ id: 'short', name: 'x', methods: { 'FETCH /': { auth: 'IAM' } } }] };
    // @ts-expect-error: as it could come out of a file
    const started = startEmulator({ seed });
    await expect(started).rejects.toThrow(SeedError);
    await expect(started).rejects.toThrow('apis[0].id: must be 10 lower-case letters and digits');
    await expect(started).rejects.toThrow(/must look like "GET \/pets\/\{id\}"/);
  });

  test('names the deployment that a stage points at and nobody listed', async () => {
    const started = startEmulator({
      seed: { apis: [{ id: 'a1b2c3d4e5', name: 'x', stages: { prod: { deployment: 'dep9' } } }] },
    });
    await expect(started).rejects.toThrow('stage "prod" names the deployment "dep9"');
  });

  test('that is no file says which', async () => {
    await expect(readSeed('/nowhere/seed.json')).rejects.toThrow(
      'Cannot read the seed /nowhere/seed.json',
    );
  });
});

describe('users, groups and policies', () => {
  test('access: a group without a policy, with a user that has keys', async () => {
    const emulator = await emulatorFor({ seed: await readSeed(seedPath('access')) });
    const { groups, users, policies } = emulator.account.iam;
    expect(groups.get('tills')).toMatchObject({
      users: new Set(['till']),
      inlinePolicies: new Map(),
      attachedPolicies: new Set(),
    });
    expect(emulator.account.callers.get('AKIATILL000000000001')).toMatchObject({
      arn: users.get('till')?.arn,
      userId: users.get('till')?.userId,
    });
    const policy = policies.get('arn:aws:iam::123456789012:policy/invoke-payments');
    expect([...(policy?.tags ?? [])]).toEqual([['team', 'shop']]);
  });

  test('versions, and which is the default', async () => {
    const document = { Version: '2012-10-17', Statement: [] };
    const emulator = await emulatorFor({
      seed: {
        policies: [
          { name: 'p', path: '/shop/', document, versions: [document, document], default: 'v3' },
        ],
      },
    });
    expect(
      emulator.account.iam.policies.get('arn:aws:iam::123456789012:policy/shop/p'),
    ).toMatchObject({ defaultVersionId: 'v3', nextVersion: 4 });
  });

  const document = { Version: '2012-10-17' };
  test.each<[SeedFile, string]>([
    [
      { groups: [{ name: 'g', users: ['ann'] }] },
      'The group "g": its user "ann" is not listed among the users',
    ],
    [
      { groups: [{ name: 'g', attached: ['p'] }] },
      'The group "g": its attached policy "p" is not listed among the policies',
    ],
    [
      { users: [{ name: 'ann' }, { name: 'Ann' }] },
      'The user "Ann": User with name Ann already exists.',
    ],
    [
      { policies: [{ name: 'p', document, default: 'v2' }] },
      'The policy "p": it has no version v2',
    ],
    [
      { policies: [{ name: 'p', document, versions: Array.from({ length: 5 }, () => document) }] },
      'policies[0].versions: may hold four more at most',
    ],
    [{ users: [{ name: 'ann', path: 'shop' }] }, 'users[0].path: must begin and end with a slash'],
    [{ vpcEndpoints: [{ id: 'x', vpc: 'v' }] }, 'vpcEndpoints[0].id: must look like'],
  ])('that are wrong: %j', async (seed, message) => {
    await expect(startEmulator({ seed })).rejects.toThrow(SeedError);
    await expect(startEmulator({ seed })).rejects.toThrow(message);
  });
});
