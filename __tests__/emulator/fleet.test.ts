import {
  CreateRestApiCommand,
  GetDeploymentCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStagesCommand,
  paginateGetRestApis,
} from '@aws-sdk/client-api-gateway';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addCaller } from '../../emulator/account.js';
import { type Fleet, fleetSchema } from '../../emulator/fleet/schema.js';
import { zipfSizes } from '../../emulator/fleet/sizes.js';
import { truthOf } from '../../emulator/fleet/truth.js';
import { layOut } from '../../emulator/fleet/world.js';
import { Quotas } from '../../emulator/quotas.js';
import type { Emulator } from '../../emulator/server.js';
import {
  apiGateway,
  closeAfterEach,
  emulatorFor,
  keysOf,
  organizations,
  refusal,
  sts,
} from './kit.js';

closeAfterEach();

const FLEET: Fleet = fleetSchema.parse({
  seed: 7,
  accounts: 12,
  regions: ['eu-west-1', 'eu-south-1'],
  apis: 60,
  largest: 20,
  methods: 10,
  denied: 3,
  suspended: 1,
  disabled: 1,
  busy: 1,
  open: 0.1,
  openInSnapshotOnly: 0.3,
  canaries: 1,
  externalId: 'fleet-1',
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Reads a target as an audit would, and says where a method is open. */
async function openMethods(emulator: Emulator, account: string, region: string): Promise<string[]> {
  const session = await sts(emulator, undefined, region).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/${FLEET.role}`,
      RoleSessionName: 'gate',
      ExternalId: 'fleet-1',
    }),
  );
  const client = apiGateway(emulator, keysOf(session.Credentials), region);
  const found: string[] = [];
  for await (const { items = [] } of paginateGetRestApis({ client }, { limit: 7 })) {
    for (const { id: restApiId = '' } of items) {
      const { items: resources = [] } = await client.send(
        new GetResourcesCommand({ restApiId, embed: ['methods'] }),
      );
      for (const { path, resourceMethods = {} } of resources)
        for (const [verb, { authorizationType }] of Object.entries(resourceMethods))
          if (authorizationType !== 'AWS_IAM')
            found.push(`configured-not-iam ${restApiId} ${verb} ${path} -`);
      const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId }));
      for (const { stageName, deploymentId, canarySettings } of stages)
        for (const [rule, id] of [
          ['deployed-not-iam', deploymentId],
          ['canary-not-iam', canarySettings?.deploymentId],
        ] as const) {
          if (id === undefined) continue;
          const { apiSummary = {} } = await client.send(
            new GetDeploymentCommand({ restApiId, deploymentId: id, embed: ['apisummary'] }),
          );
          for (const [path, methods] of Object.entries(apiSummary))
            for (const [verb, { authorizationType }] of Object.entries(methods))
              if (authorizationType !== 'AWS_IAM')
                found.push(`${rule} ${restApiId} ${verb} ${path} ${stageName}`);
        }
    }
  }
  return found.sort();
}

describe('a fleet', () => {
  test('is the same for the same numbers, and another one for another seed', () => {
    const truth = (seed: number) => JSON.stringify(truthOf(layOut({ ...FLEET, seed })));
    expect(truth(7)).toBe(truth(7));
    expect(truth(8)).not.toBe(truth(7));
  });

  test('has the accounts, the obstacles and the sizes that its numbers say', () => {
    const world = layOut(FLEET);
    const { targets, verdict } = truthOf(world);
    const by = (expected: string) => targets.filter((target) => target.expected === expected);
    expect([by('read').length, by('unreadable').length, by('left-out').length]).toEqual([15, 6, 3]);
    expect(verdict).toBe('fail');
    expect(sum(targets.map(({ apis }) => apis))).toBe(60);
    expect(Math.max(...targets.map(({ apis }) => apis))).toBe(20);
    expect(by('read').filter(({ apis }) => apis === 0)).toHaveLength(4);
    expect(by('unreadable').every(({ apis }) => apis === 0)).toBe(true);
    expect(new Set(world.accounts.map(({ id }) => id)).size).toBe(12);
    expect(world.accounts.every(({ id }) => /^\d{12}$/.test(id))).toBe(true);
    expect(world.accounts[0]?.id.startsWith('0')).toBe(true);
    expect(world.targets.filter(({ isBusy }) => isBusy)).toHaveLength(1);
  });

  test('opens about as many methods as it is told to, some of them only where they are deployed', () => {
    const large = { ...FLEET, accounts: 50, apis: 2000, largest: 300, open: 0.03 };
    const findings = truthOf(layOut(large)).targets.flatMap((target) => target.findings);
    const count = (rule: string) => findings.filter((it) => it.startsWith(`${rule} `)).length;
    const deployed = count('deployed-not-iam');
    expect(deployed).toBeGreaterThan(20_000 * 0.025);
    expect(deployed).toBeLessThan(20_000 * 0.035);
    const onlyDeployed = deployed - count('configured-not-iam');
    expect(onlyDeployed / deployed).toBeGreaterThan(0.25);
    expect(onlyDeployed / deployed).toBeLessThan(0.35);
    expect(count('canary-not-iam')).toBe(1);
  });

  test('answers the real clients with what its truth says', async () => {
    const emulator = await emulatorFor({ seed: { fleet: FLEET } });
    const world = layOut(FLEET);
    for (const { account, region, expected, findings } of truthOf(world).targets) {
      const read = openMethods(emulator, account, region);
      if (expected === 'read') expect(await read).toEqual(findings);
      else expect((await refusal(read)).status).toBe(403);
    }
    const { Accounts = [] } = await organizations(emulator).send(new ListAccountsCommand({}));
    expect(Accounts.filter(({ State }) => State === 'SUSPENDED')).toHaveLength(1);
    const canary = emulator.counts.filter(({ operation }) => operation === 'GetDeployment');
    expect(sum(canary.map(({ count }) => count))).toBe(61);
  });

  test('cannot be changed: nothing of it is kept', async () => {
    const emulator = await emulatorFor({ seed: { fleet: FLEET } });
    const world = layOut({ ...FLEET });
    const target = world.targets.find(({ apis }) => apis > 0);
    const state = emulator.estate?.state(target?.account.id ?? '', target?.region ?? '');
    expect(state?.apis.size).toBe(target?.apis);
    const [first] = state?.apis.values() ?? [];
    expect(first?.resources).not.toBe(first?.resources);
    const keys = { name: 'dan', accessKeyId: 'AKIADAN', secretAccessKey: 'x' };
    const caller = { ...keys, accountId: target?.account.id ?? '' };
    addCaller(emulator.account, caller);
    const client = apiGateway(emulator, keys, target?.region);
    expect((await client.send(new GetRestApisCommand({}))).items?.length).toBeGreaterThan(0);
    const created = client.send(new CreateRestApiCommand({ name: 'new' }));
    expect((await refusal(created)).message).toContain('cannot be changed');
  });

  test('serves its APIs at their endpoints', async () => {
    const emulator = await emulatorFor({ seed: { fleet: FLEET } });
    const target = truthOf(layOut(FLEET)).targets.find(({ findings }) =>
      findings.some((it) => it.startsWith('deployed-not-iam') && it.includes(' GET ')),
    );
    const [, api, , path] =
      target?.findings.find((it) => /^deployed-not-iam \S+ GET /.test(it))?.split(' ') ?? [];
    const { status } = await fetch(`${emulator.url}/${api}/prod${path}`);
    // Let in, and then a Lambda function would be called, which there is none of.
    expect(status).not.toBe(403);
    const { status: shut } = await fetch(`${emulator.url}/${api}/prod/things-1`, {
      method: 'DELETE',
    });
    expect(shut).toBe(403);
    const place = emulator.counts[0];
    expect([place?.accountId, place?.region]).toEqual([target?.account, target?.region]);
  });

  test('refuses numbers that do not go together', async () => {
    const wrong = [
      { denied: 12 },
      { apis: 5, largest: 20 },
      { apis: 1000, largest: 2 },
      { accounts: 0 },
    ];
    for (const numbers of wrong)
      await expect(emulatorFor({ seed: { fleet: { ...FLEET, ...numbers } } })).rejects.toThrow(
        /fleet|APIs/,
      );
  });
});

describe('sizes by Zipf’s law', () => {
  test('fall, fill every place, and come to the total, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 1000 }),
        (count, first, chance) => {
          const least = first + count - 1;
          const most = first * count;
          const total = least + (chance % (most - least + 1));
          const sizes = zipfSizes(count, total, first);
          expect(sum(sizes)).toBe(total);
          expect(sizes).toHaveLength(count);
          expect(sizes[0]).toBe(first);
          expect(
            sizes.every((size, index) => size >= 1 && size <= (sizes[index - 1] ?? first)),
          ).toBe(true);
        },
      ),
    );
  });
});

describe('quotas of which somebody else uses half', () => {
  test('leave the other half, and refuse both where both want more', () => {
    const quotas = new Quotas(0.5);
    let refused = 0;
    // Ten minutes of one GetResources a second: 1.25 are left.
    for (let second = 0; second < 600; second += 1)
      if (quotas.take('GetResources', second * 1000) !== undefined) refused += 1;
    expect([refused, quotas.othersRefused]).toEqual([0, 0]);
    for (let half = 0; half < 1200; half += 1)
      if (quotas.take('GetResources', 600_000 + half * 500) !== undefined) refused += 1;
    // 750 of 1,200 are what the half allows.
    expect(refused).toBeGreaterThan(250);
    expect(quotas.violations).toHaveLength(refused);
  });
});
