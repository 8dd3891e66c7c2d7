import { ListRegionsCommand, type Region } from '@aws-sdk/client-account';
import { describe, expect, test } from '@jest/globals';
import { BANK, keysIn, MANAGEMENT, SHOP, smallOrganization } from './estate-kit.js';
import { accountManagement, closeAfterEach, emulatorFor, refusal } from './kit.js';

closeAfterEach();

const SERVICE = 'account.amazonaws.com';

function statusOf(regions: Region[] | undefined, name: string): string | undefined {
  return regions?.find(({ RegionName }) => RegionName === name)?.RegionOptStatus;
}

// Source of shapes and rules: the service model of Account, 2021-02-01.
describe('ListRegions', () => {
  test('tells every region of the own account, and its status', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    const { Regions, NextToken } = await accountManagement(emulator, keysIn(SHOP)).send(
      new ListRegionsCommand({}),
    );
    expect(NextToken).toBeUndefined();
    expect(statusOf(Regions, 'eu-west-1')).toBe('ENABLED_BY_DEFAULT');
    expect(statusOf(Regions, 'eu-south-1')).toBe('ENABLED');
    expect(statusOf(Regions, 'eu-central-2')).toBe('ENABLING');
    expect(statusOf(Regions, 'af-south-1')).toBe('DISABLED');
  });

  test('filters, and gives as many a page as are asked for', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    const client = accountManagement(emulator, keysIn(SHOP));
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const answer = await client.send(
        new ListRegionsCommand({
          MaxResults: 7,
          RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'],
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
      names.push(...(answer.Regions ?? []).map(({ RegionName }) => RegionName));
      NextToken = answer.NextToken;
      pages += 1;
    } while (NextToken !== undefined);
    expect([pages, names.length, new Set(names).size]).toEqual([3, 19, 19]);
    const larger = client.send(new ListRegionsCommand({ MaxResults: 51 }));
    expect(await refusal(larger)).toMatchObject({ status: 400, name: 'ValidationException' });
  });

  test('gives smaller pages than it could where the seed says so', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({ forms: { regionsAPage: 10 } }),
    });
    const answer = await accountManagement(emulator).send(new ListRegionsCommand({}));
    expect([answer.Regions?.length, answer.NextToken]).toEqual([10, '10']);
  });

  test('tells a member’s regions to the management account and to the delegate of the service', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({
        delegatedAdministrators: [{ account: BANK, services: [SERVICE] }],
      }),
    });
    for (const keys of [undefined, keysIn(BANK)]) {
      const { Regions } = await accountManagement(emulator, keys).send(
        new ListRegionsCommand({ AccountId: SHOP }),
      );
      expect(statusOf(Regions, 'eu-south-1')).toBe('ENABLED');
    }
  });

  test('refuses the management account its own id, strangers, and an organization without trusted access', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({
        delegatedAdministrators: [{ account: BANK, services: ['config.amazonaws.com'] }],
      }),
    });
    const own = accountManagement(emulator).send(new ListRegionsCommand({ AccountId: MANAGEMENT }));
    expect(await refusal(own)).toMatchObject({
      status: 403,
      name: 'AccessDeniedException',
      message: expect.stringContaining('can only be managed using the standalone context'),
    });
    for (const account of [SHOP, BANK]) {
      const asked = accountManagement(emulator, keysIn(account));
      expect(await refusal(asked.send(new ListRegionsCommand({ AccountId: SHOP })))).toMatchObject({
        status: 403,
        name: 'AccessDeniedException',
      });
    }
    const untrusted = await emulatorFor({ seed: smallOrganization({ trustedAccess: [] }) });
    const member = accountManagement(untrusted).send(new ListRegionsCommand({ AccountId: SHOP }));
    expect((await refusal(member)).message).toContain(
      '(Your organization must first enable trusted access with AWS Account Management.)',
    );
  });

  test('needs an account that stands alone to name none', async () => {
    const emulator = await emulatorFor();
    const { Regions } = await accountManagement(emulator).send(new ListRegionsCommand({}));
    expect(statusOf(Regions, 'us-east-1')).toBe('ENABLED_BY_DEFAULT');
    const other = accountManagement(emulator).send(new ListRegionsCommand({ AccountId: SHOP }));
    expect((await refusal(other)).name).toBe('AccessDeniedException');
  });
});
