import {
  CreateRestApiCommand,
  GetResourcesCommand,
  GetRestApisCommand,
} from '@aws-sdk/client-api-gateway';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { SeedError } from '../../emulator/seed.js';
import type { Emulator } from '../../emulator/server.js';
import {
  BANK,
  CLOSED,
  keysIn,
  MANAGEMENT,
  SHOP,
  smallApi,
  smallOrganization,
} from './estate-kit.js';
import { apiGateway, closeAfterEach, emulatorFor, type Keys, keysOf, refusal, sts } from './kit.js';

closeAfterEach();

async function apisOf(emulator: Emulator, keys: Keys | undefined, region: string) {
  const answer = await apiGateway(emulator, keys, region).send(new GetRestApisCommand({}));
  return answer.items?.map(({ id }) => id);
}

describe('many accounts and regions at one address', () => {
  test('are told apart by the access key and by the region of the signature', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    expect(await apisOf(emulator, keysIn(SHOP), 'eu-west-1')).toEqual(['shopeuwest']);
    expect(await apisOf(emulator, keysIn(SHOP), 'eu-south-1')).toEqual(['shopsouth0']);
    expect(await apisOf(emulator, keysIn(SHOP), 'us-east-1')).toEqual([]);
    expect(await apisOf(emulator, keysIn(BANK), 'eu-west-1')).toEqual(['bankeuwest']);
    expect(await apisOf(emulator, undefined, 'eu-west-1')).toEqual([]);
    const identity = await sts(emulator, keysIn(BANK), 'ap-south-1').send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Account).toBe(BANK);
    expect(emulator.requests.map(({ accountId, region }) => `${accountId} ${region}`)).toEqual([
      `${SHOP} eu-west-1`,
      `${SHOP} eu-south-1`,
      `${SHOP} us-east-1`,
      `${BANK} eu-west-1`,
      `${MANAGEMENT} eu-west-1`,
      `${BANK} ap-south-1`,
    ]);
  });

  test('keep what is made in one of them to that one', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    await apiGateway(emulator, keysIn(BANK), 'sa-east-1').send(
      new CreateRestApiCommand({ name: 'new' }),
    );
    expect(await apisOf(emulator, keysIn(BANK), 'sa-east-1')).toHaveLength(1);
    expect(await apisOf(emulator, keysIn(BANK), 'eu-west-1')).toEqual(['bankeuwest']);
    expect(await apisOf(emulator, keysIn(SHOP), 'sa-east-1')).toEqual([]);
  });

  // Sources: aws-samples/aws-control-tower-config-customization issue 27, aws/aws-sdk-ruby issue 2850.
  test('know nobody’s keys in a region that is disabled, and let those in that are being enabled', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    expect(await refusal(apisOf(emulator, keysIn(BANK), 'eu-south-1'))).toEqual({
      status: 403,
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    const identity = sts(emulator, keysIn(BANK), 'eu-south-1').send(
      new GetCallerIdentityCommand({}),
    );
    expect((await refusal(identity)).name).toBe('InvalidClientTokenId');
    expect(await apisOf(emulator, keysIn(SHOP), 'eu-central-2')).toEqual([]);
  });

  test('do not answer for an account that is suspended', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    expect((await refusal(apisOf(emulator, keysIn(CLOSED), 'eu-west-1'))).name).toBe(
      'UnrecognizedClientException',
    );
    const assumed = sts(emulator).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${CLOSED}:role/reader`,
        RoleSessionName: 'gate',
      }),
    );
    expect((await refusal(assumed)).name).toBe('AccessDenied');
  });

  test('have quotas each for themselves', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization(),
      quotas: true,
      now: () => Date.parse('2026-11-25T12:00:00Z'),
    });
    const clock = { systemClockOffset: Date.parse('2026-11-25T12:00:00Z') - Date.now() };
    const refusals = async (keys: Keys, region: string, restApiId: string) => {
      const client = apiGateway(emulator, keys, region);
      Object.assign(client.config, clock);
      const asked = Array.from({ length: 6 }, () =>
        client.send(new GetResourcesCommand({ restApiId })).then(
          () => 0,
          () => 1,
        ),
      );
      return (await Promise.all(asked)).reduce<number>((sum, one) => sum + one, 0);
    };
    // Five of GetResources at once, then 2.5 a second: the sixth of each is one too many.
    expect(await refusals(keysIn(SHOP), 'eu-west-1', 'shopeuwest')).toBe(1);
    expect(await refusals(keysIn(SHOP), 'eu-south-1', 'shopsouth0')).toBe(1);
    expect(await refusals(keysIn(BANK), 'eu-west-1', 'bankeuwest')).toBe(1);
    expect(emulator.quotaViolations.map((it) => it.replace(/at \d+/, ''))).toEqual([
      `GetResources  in ${SHOP} eu-west-1`,
      `GetResources  in ${SHOP} eu-south-1`,
      `GetResources  in ${BANK} eu-west-1`,
    ]);
  });

  test('serve each API at its own endpoint, to whom its own account lets in', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({
        accounts: [
          { id: SHOP, name: 'shop', apis: { 'eu-west-1': [smallApi('openinshop', 'NONE')] } },
          { id: BANK, name: 'bank', apis: { 'us-east-1': [smallApi('shutinbank')] } },
        ],
      }),
    });
    expect((await fetch(`${emulator.url}/openinshop/prod/`)).status).toBe(200);
    expect((await fetch(`${emulator.url}/shutinbank/prod/`)).status).toBe(403);
    expect((await fetch(`${emulator.url}/nowhere000/prod/`)).status).toBe(404);
    expect(
      emulator.counts.map(({ accountId, region, status }) => [accountId, region, status]),
    ).toEqual([
      [SHOP, 'eu-west-1', 200],
      [BANK, 'us-east-1', 403],
      [MANAGEMENT, 'eu-west-1', 404],
    ]);
  });

  test('count requests instead of keeping them, where they are asked to', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization(), log: 'counts' });
    await apisOf(emulator, keysIn(SHOP), 'eu-west-1');
    await apisOf(emulator, keysIn(SHOP), 'eu-west-1');
    const session = await sts(emulator).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${SHOP}:role/reader`,
        RoleSessionName: 'gate',
      }),
    );
    await apisOf(emulator, keysOf(session.Credentials), 'eu-west-1');
    expect(emulator.requests).toEqual([]);
    expect(emulator.counts).toMatchObject([
      { operation: 'GetRestApis', accountId: SHOP, region: 'eu-west-1', status: 200, count: 3 },
      { operation: 'AssumeRole', accountId: MANAGEMENT, status: 200, count: 1 },
    ]);
  });

  test.each([
    [
      'a unit that is not listed',
      { accounts: [{ id: SHOP, name: 'a', parent: 'ou-ab12-nowhere1' }] },
    ],
    ['the same account twice', { accounts: [SHOP, SHOP].map((id) => ({ id, name: 'a' })) }],
    ['another management account than the seed’s own', { management: SHOP }],
    ['a wrong id', { accounts: [{ id: '12', name: 'a' }] }],
  ])('refuses a seed with %s', async (_, fields) => {
    await expect(emulatorFor({ seed: smallOrganization(fields) })).rejects.toThrow(SeedError);
  });
});
