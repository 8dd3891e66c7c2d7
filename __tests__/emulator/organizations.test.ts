import {
  type Account,
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { describe, expect, test } from '@jest/globals';
import { BANK, CLOSED, keysIn, MANAGEMENT, SHOP, smallOrganization } from './estate-kit.js';
import { closeAfterEach, emulatorFor, organizations, plain, refusal } from './kit.js';

closeAfterEach();

const PATH = 'o-exampleorg1/r-ab12/';

/** All pages of ListAccounts, an empty one as any other. */
async function pagesOf(client: OrganizationsClient, size?: number): Promise<Account[][]> {
  const pages: Account[][] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(
      new ListAccountsCommand({
        ...(size === undefined ? {} : { MaxResults: size }),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    pages.push(answer.Accounts ?? []);
    token = answer.NextToken;
  } while (token !== undefined);
  return pages;
}

function manyAccounts(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: String(500_000_000_000 + index),
    name: `account ${index}`,
  }));
}

// Source of shapes and errors: the service model of Organizations, 2016-11-28.
describe('Organizations', () => {
  test('lists accounts with their state and their path, and no status', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    const [accounts = []] = await pagesOf(organizations(emulator));
    expect(accounts.map(({ Id, State, Paths }) => [Id, State, Paths])).toEqual([
      [MANAGEMENT, 'ACTIVE', [`${PATH}${MANAGEMENT}/`]],
      [SHOP, 'ACTIVE', [`${PATH}ou-ab12-workloads/${SHOP}/`]],
      [BANK, 'ACTIVE', [`${PATH}ou-ab12-workloads/ou-ab12-payments/${BANK}/`]],
      [CLOSED, 'SUSPENDED', [`${PATH}${CLOSED}/`]],
    ]);
    expect(accounts.filter((account) => 'Status' in account)).toEqual([]);
    expect(accounts[1]).toMatchObject({
      Arn: `arn:aws:organizations::${MANAGEMENT}:account/o-exampleorg1/${SHOP}`,
      Name: 'shop',
      JoinedMethod: 'CREATED',
    });
    expect(emulator.requests[0]).toMatchObject({
      plane: 'organizations',
      operation: 'ListAccounts',
      mutating: false,
      accountId: MANAGEMENT,
    });
  });

  test('gives twenty accounts a page at the most, and an empty page with a token', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization({ accounts: manyAccounts(44) }) });
    const pages = await pagesOf(organizations(emulator));
    expect(pages.map(({ length }) => length)).toEqual([20, 0, 20, 5]);
    expect(new Set(pages.flat().map(({ Id }) => Id)).size).toBe(45);

    const larger = new ListAccountsCommand({ MaxResults: 21 });
    expect(await refusal(organizations(emulator).send(larger))).toMatchObject({
      status: 400,
      name: 'InvalidInputException',
    });
    const wrong = new ListAccountsCommand({ NextToken: 'none of ours' });
    expect((await refusal(organizations(emulator).send(wrong))).name).toBe('InvalidInputException');
  });

  test('gives full pages, and no path, where the seed says so', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({
        accounts: manyAccounts(24),
        forms: { pages: 'full', paths: 'absent' },
      }),
    });
    const pages = await pagesOf(organizations(emulator), 10);
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(pages.flat().some(({ Paths }) => Paths !== undefined)).toBe(false);
  });

  test('tells roots, units and the accounts right below each', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    const client = organizations(emulator);
    const { Roots } = await client.send(new ListRootsCommand({}));
    expect(Roots?.map(({ Id }) => Id)).toEqual(['r-ab12']);
    const below = async (ParentId: string) => {
      const units = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId }));
      const accounts = await client.send(new ListAccountsForParentCommand({ ParentId }));
      return [
        units.OrganizationalUnits?.map(({ Id }) => Id),
        accounts.Accounts?.map(({ Id }) => Id),
      ];
    };
    expect(await below('r-ab12')).toEqual([['ou-ab12-workloads'], [MANAGEMENT, CLOSED]]);
    expect(await below('ou-ab12-workloads')).toEqual([['ou-ab12-payments'], [SHOP]]);
    expect(await below('ou-ab12-payments')).toEqual([[], [BANK]]);
    expect(await refusal(below('ou-ab12-nowhere1'))).toMatchObject({
      name: 'ParentNotFoundException',
    });
    const parents = await client.send(new ListParentsCommand({ ChildId: BANK }));
    expect(parents.Parents).toEqual([{ Id: 'ou-ab12-payments', Type: 'ORGANIZATIONAL_UNIT' }]);
  });

  test('lets every member describe the organization, and lists for the management account and delegates alone', async () => {
    const emulator = await emulatorFor({
      seed: smallOrganization({
        delegatedAdministrators: [{ account: BANK, services: ['config.amazonaws.com'] }],
      }),
    });
    const member = organizations(emulator, keysIn(SHOP));
    const { Organization } = await member.send(new DescribeOrganizationCommand({}));
    expect(Organization).toMatchObject({ Id: 'o-exampleorg1', MasterAccountId: MANAGEMENT });
    for (const command of [new ListAccountsCommand({}), new ListRootsCommand({})])
      expect(await refusal(member.send(command))).toEqual({
        status: 400,
        name: 'AccessDeniedException',
        message: "You don't have permissions to access this resource.",
      });
    const delegate = organizations(emulator, keysIn(BANK));
    expect((await delegate.send(new ListAccountsCommand({}))).Accounts).toHaveLength(4);
    const described = await delegate.send(new DescribeAccountCommand({ AccountId: CLOSED }));
    expect(described.Account?.State).toBe('SUSPENDED');
  });

  test('takes signatures for the region of the client and for the global one, and no wrong ones', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization() });
    for (const region of ['us-east-1', 'ap-southeast-2'])
      await organizations(emulator, undefined, region).send(new ListAccountsCommand({}));
    const wrong = { accessKeyId: keysIn(SHOP).accessKeyId, secretAccessKey: 'guessed' };
    expect(
      await refusal(organizations(emulator, wrong).send(new DescribeOrganizationCommand({}))),
    ).toMatchObject({ status: 400, name: 'InvalidSignatureException' });
  });

  test('refuses an account that stands alone, and operations that are not modelled', async () => {
    const alone = await emulatorFor();
    expect(
      await refusal(organizations(alone).send(new DescribeOrganizationCommand({}))),
    ).toMatchObject({ status: 400, name: 'AWSOrganizationsNotInUseException' });
    const emulator = await emulatorFor({ seed: smallOrganization() });
    const tags = new ListTagsForResourceCommand({ ResourceId: SHOP });
    expect((await refusal(organizations(emulator).send(tags))).message).toContain(
      'ListTagsForResource is not modelled',
    );
  });

  test('fails where a fault is injected into a page', async () => {
    const emulator = await emulatorFor({ seed: smallOrganization({ accounts: manyAccounts(30) }) });
    emulator.injectFault({
      operation: 'ListAccounts',
      skip: 1,
      effect: { kind: 'answer', status: 400 },
    });
    expect(await refusal(pagesOf(organizations(emulator)))).toMatchObject({
      status: 400,
      name: 'TooManyRequestsException',
    });
    emulator.clearFaults();
    const answer = await organizations(emulator).send(new ListAccountsCommand({ MaxResults: 1 }));
    expect(plain(answer)).toMatchObject({ NextToken: expect.any(String) });
  });
});
