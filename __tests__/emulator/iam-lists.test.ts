import {
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  type IAMClient,
  ListGroupsCommand,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
  ListRolesCommand,
  ListUsersCommand,
  paginateListPolicies,
  paginateListRoles,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import { closeAfterEach, emulatorFor, iam, plain, refusal } from './kit.js';

closeAfterEach();

// Source of shapes and filters: IAM API Reference, ListUsers, ListRoles and ListPolicies.

const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
});

describe('users', () => {
  test('are listed by path, a page at a time', async () => {
    const client = iam(await emulatorFor());
    for (const [UserName, Path] of [
      ['cem', '/shop/'],
      ['ann', '/shop/tills/'],
      ['bob', '/'],
    ] as const) {
      await client.send(new CreateUserCommand({ UserName, Path }));
    }
    const { Users, IsTruncated } = await client.send(new ListUsersCommand({}));
    expect(Users?.map(({ UserName }) => UserName)).toEqual(['ann', 'bob', 'cem']);
    expect(Users?.[0]).toEqual({
      Path: '/shop/tills/',
      UserName: 'ann',
      UserId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/),
      Arn: 'arn:aws:iam::123456789012:user/shop/tills/ann',
      CreateDate: expect.any(Date),
    });
    expect(IsTruncated).toBe(false);
    const ofShop = await client.send(new ListUsersCommand({ PathPrefix: '/shop/' }));
    expect(ofShop.Users?.map(({ UserName }) => UserName)).toEqual(['ann', 'cem']);
    const none = await client.send(new ListUsersCommand({ PathPrefix: '/bank/' }));
    expect(plain(none)).toEqual({ Users: [], IsTruncated: false });

    const pages: (string | undefined)[][] = [];
    for await (const page of paginateListUsers({ client, pageSize: 2 }, {})) {
      pages.push((page.Users ?? []).map(({ UserName }) => UserName));
    }
    expect(pages).toEqual([['ann', 'bob'], ['cem']]);
  });
});

describe('roles', () => {
  test('are listed with their trust policy', async () => {
    const emulator = await emulatorFor({
      seed: { roles: [{ name: 'shop/runner' }, { name: 'admin', assumable: false }] },
    });
    const client = iam(emulator);
    const names: (string | undefined)[] = [];
    for await (const page of paginateListRoles({ client, pageSize: 1 }, {})) {
      names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName));
    }
    expect(names).toEqual(['admin', 'gate-invoker', 'runner']);
    const { Roles } = await client.send(new ListRolesCommand({ PathPrefix: '/shop/' }));
    expect(Roles).toEqual([
      {
        Path: '/shop/',
        RoleName: 'runner',
        RoleId: expect.stringMatching(/^AROA/),
        Arn: 'arn:aws:iam::123456789012:role/shop/runner',
        CreateDate: expect.any(Date),
        AssumeRolePolicyDocument: expect.any(String),
        MaxSessionDuration: 3600,
      },
    ]);
    const trust: unknown = JSON.parse(
      decodeURIComponent(Roles?.[0]?.AssumeRolePolicyDocument ?? ''),
    );
    expect(trust).toMatchObject({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole' }],
    });
  });
});

describe('policies', () => {
  async function setUp(): Promise<IAMClient> {
    const client = iam(await emulatorFor());
    const make = (PolicyName: string, Path: string): Promise<unknown> =>
      client.send(
        new CreatePolicyCommand({
          PolicyName,
          Path,
          PolicyDocument: DOCUMENT,
          Description: 'told by GetPolicy alone',
          Tags: [{ Key: 'team', Value: 'shop' }],
        }),
      );
    await make('invoke', '/');
    await make('refund', '/shop/');
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await client.send(
      new AttachGroupPolicyCommand({
        GroupName: 'readers',
        PolicyArn: 'arn:aws:iam::123456789012:policy/invoke',
      }),
    );
    return client;
  }

  async function names(client: IAMClient, input: ListPoliciesCommandInput): Promise<string[]> {
    const { Policies = [] } = await client.send(new ListPoliciesCommand(input));
    return Policies.map(({ PolicyName = '' }) => PolicyName).sort();
  }

  test.each<[string, ListPoliciesCommandInput, string[]]>([
    ['all', {}, ['AdministratorAccess', 'AmazonAPIGatewayInvokeFullAccess', 'invoke', 'refund']],
    ['of the account', { Scope: 'Local' }, ['invoke', 'refund']],
    ['of AWS', { Scope: 'AWS' }, ['AdministratorAccess', 'AmazonAPIGatewayInvokeFullAccess']],
    ['of a path', { PathPrefix: '/shop/' }, ['refund']],
    ['that are attached', { OnlyAttached: true }, ['invoke']],
    ['of the account and attached', { Scope: 'Local', OnlyAttached: true }, ['invoke']],
    ['of AWS and attached', { Scope: 'AWS', OnlyAttached: true }, []],
    ['that bound', { PolicyUsageFilter: 'PermissionsBoundary' }, []],
    [
      'of the account that permit',
      { Scope: 'Local', PolicyUsageFilter: 'PermissionsPolicy' },
      ['invoke', 'refund'],
    ],
  ])('%s', async (_, input, expected) => {
    expect(await names(await setUp(), input)).toEqual(expected);
  });

  test('are listed without tags and description, a page at a time', async () => {
    const client = await setUp();
    const { Policies } = await client.send(
      new ListPoliciesCommand({ Scope: 'Local', OnlyAttached: true }),
    );
    expect(Policies).toEqual([
      {
        PolicyName: 'invoke',
        PolicyId: expect.stringMatching(/^ANPA/),
        Arn: 'arn:aws:iam::123456789012:policy/invoke',
        Path: '/',
        DefaultVersionId: 'v1',
        AttachmentCount: 1,
        PermissionsBoundaryUsageCount: 0,
        IsAttachable: true,
        CreateDate: expect.any(Date),
        UpdateDate: expect.any(Date),
      },
    ]);
    const sizes: number[] = [];
    for await (const page of paginateListPolicies({ client, pageSize: 3 }, {})) {
      sizes.push(page.Policies?.length ?? 0);
    }
    expect(sizes).toEqual([3, 1]);
  });
});

test.each([
  ['a prefix without its slash', { PathPrefix: 'shop' }, /pathPrefix.*regular expression/],
  ['no items', { MaxItems: 0 }, /greater than or equal to 1/],
])('%s is refused by every list', async (_, input, message) => {
  const client = iam(await emulatorFor());
  for (const refused of [
    client.send(new ListUsersCommand(input)),
    client.send(new ListRolesCommand(input)),
    client.send(new ListPoliciesCommand(input)),
    client.send(new ListGroupsCommand(input)),
  ]) {
    expect(await refusal(refused)).toMatchObject({
      status: 400,
      name: 'ValidationError',
      message: expect.stringMatching(message),
    });
  }
});

test('a caller without the right is told what it may not list', async () => {
  const emulator = await emulatorFor({
    seed: {
      callers: [
        {
          name: 'ci',
          accessKeyId: 'AKIAIOSFODNN7READER0',
          secretAccessKey: 'secret',
          notAllowed: ['iam:ListUsers', 'iam:ListPolicies'],
        },
      ],
    },
  });
  const client = iam(emulator, { accessKeyId: 'AKIAIOSFODNN7READER0', secretAccessKey: 'secret' });
  expect((await refusal(client.send(new ListUsersCommand({})))).message).toContain(
    'iam:ListUsers on resource: arn:aws:iam::123456789012:user/ because',
  );
  expect((await refusal(client.send(new ListPoliciesCommand({})))).message).toContain(
    'iam:ListPolicies on resource: policy path / because',
  );
});
