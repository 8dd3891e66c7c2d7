import {
  AddUserToGroupCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteGroupPolicyCommand,
  DeleteUserCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { closeAfterEach, emulatorFor, iam, plain, refusal, sts } from './kit.js';

closeAfterEach();

const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
});

/** A document with white space and characters that URL-encoding has to take care of. */
const ODD = `{ "Version": "2012-10-17",\n "Statement": { "Sid": "A1", "Effect": "Allow",
  "Action": "execute-api:*", "Resource": "arn:aws:execute-api:us-east-1:123456789012:a/*/GET/it's(100%)!" } }`;

async function setUp() {
  const emulator = await emulatorFor();
  return { emulator, client: iam(emulator) };
}

// Source of shapes, codes and texts: IAM API Reference; localstack's snapshots
// tests/aws/services/iam/test_iam_groups, recorded against AWS on 2026-02-12.
describe('groups and their users', () => {
  test('a group is made, read and found taken', async () => {
    const { client } = await setUp();
    const made = await client.send(
      new CreateGroupCommand({ GroupName: 'readers', Path: '/shop/' }),
    );
    expect(made.Group).toEqual({
      Path: '/shop/',
      GroupName: 'readers',
      GroupId: expect.stringMatching(/^AGPA[A-Z0-9]{17}$/),
      Arn: 'arn:aws:iam::123456789012:group/shop/readers',
      CreateDate: expect.any(Date),
    });
    expect(plain(await client.send(new GetGroupCommand({ GroupName: 'readers' })))).toEqual({
      Group: made.Group,
      Users: [],
      IsTruncated: false,
    });
    expect(await refusal(client.send(new CreateGroupCommand({ GroupName: 'Readers' })))).toEqual({
      status: 409,
      name: 'EntityAlreadyExistsException',
      message: 'Group with name Readers already exists.',
    });
  });

  test('no such group', async () => {
    const { client } = await setUp();
    for (const call of [
      client.send(new GetGroupCommand({ GroupName: 'nobody' })),
      client.send(new DeleteGroupCommand({ GroupName: 'nobody' })),
      client.send(new ListGroupPoliciesCommand({ GroupName: 'nobody' })),
    ])
      expect(await refusal(call)).toEqual({
        status: 404,
        name: 'NoSuchEntityException',
        message: 'The group with name nobody cannot be found.',
      });
  });

  test('a name that IAM does not allow', async () => {
    const { client } = await setUp();
    const { name, message, status } = await refusal(
      client.send(new CreateGroupCommand({ GroupName: 'a b' })),
    );
    expect([status, name]).toEqual([400, 'ValidationError']);
    expect(message).toBe(
      "1 validation error detected: Value at 'groupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    );
  });

  test('users come and go, in pages', async () => {
    const { client } = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    const member = (UserName: string) => ({ GroupName: 'readers', UserName });
    for (const UserName of ['ann', 'bob', 'cy']) {
      await client.send(new CreateUserCommand({ UserName }));
      await client.send(new AddUserToGroupCommand(member(UserName)));
    }
    await client.send(new AddUserToGroupCommand(member('ann')));
    const first = await client.send(new GetGroupCommand({ GroupName: 'readers', MaxItems: 2 }));
    expect(first.Users?.map((user) => user.UserName)).toEqual(['ann', 'bob']);
    expect(first.IsTruncated).toBe(true);
    const second = await client.send(
      new GetGroupCommand({ GroupName: 'readers', MaxItems: 2, Marker: first.Marker }),
    );
    expect(second.Users?.map((user) => user.UserName)).toEqual(['cy']);
    expect([second.IsTruncated, second.Marker]).toEqual([false, undefined]);

    await client.send(new RemoveUserFromGroupCommand(member('ann')));
    const { Groups } = await client.send(new ListGroupsForUserCommand({ UserName: 'ann' }));
    expect(Groups).toEqual([]);
    expect(await refusal(client.send(new AddUserToGroupCommand(member('zed'))))).toMatchObject({
      status: 404,
      message: 'The user with name zed cannot be found.',
    });
    for (const [changes, constraint] of [
      [{ MaxItems: 0 }, 'greater than or equal to 1'],
      [{ MaxItems: 1001 }, 'less than or equal to 1000'],
      [{ Marker: 'nonsense' }, 'Invalid marker'],
    ] as const) {
      const call = client.send(new GetGroupCommand({ GroupName: 'readers', ...changes }));
      expect(await refusal(call)).toMatchObject({ status: 400, name: 'ValidationError' });
      await expect(
        client.send(new GetGroupCommand({ GroupName: 'readers', ...changes })),
      ).rejects.toThrow(constraint);
    }
  });

  test('a group is deleted only when it is empty', async () => {
    const { client } = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const member = { GroupName: 'readers', UserName: 'ann' };
    await client.send(new AddUserToGroupCommand(member));
    const policy = { GroupName: 'readers', PolicyName: 'invoke' };
    await client.send(new PutGroupPolicyCommand({ ...policy, PolicyDocument: DOCUMENT }));
    const gone = () => client.send(new DeleteGroupCommand({ GroupName: 'readers' }));
    expect(await refusal(gone())).toEqual({
      status: 409,
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must remove users from group first.',
    });
    await client.send(new RemoveUserFromGroupCommand(member));
    expect((await refusal(gone())).message).toBe(
      'Cannot delete entity, must delete policies first.',
    );
    await client.send(new DeleteGroupPolicyCommand(policy));
    await gone();
    expect((await refusal(gone())).status).toBe(404);
  });
});

describe('users and their keys', () => {
  test('a key signs as its user', async () => {
    const { emulator, client } = await setUp();
    const { User } = await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    expect(AccessKey).toMatchObject({ UserName: 'ann', Status: 'Active' });
    const keys = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    const whoami = () => sts(emulator, keys).send(new GetCallerIdentityCommand({}));
    expect(plain(await whoami())).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/ann',
      UserId: User?.UserId,
    });
    const { accessKeyId: AccessKeyId } = keys;
    await client.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId }));
    expect((await refusal(whoami())).name).toBe('InvalidClientTokenId');
  });

  test('has two keys at most, and is deleted when it has nothing', async () => {
    const { client } = await setUp();
    await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const key = () => client.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const ids = [(await key()).AccessKey?.AccessKeyId, (await key()).AccessKey?.AccessKeyId];
    expect(await refusal(key())).toEqual({
      status: 409,
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    });
    const { AccessKeyMetadata = [] } = await client.send(
      new ListAccessKeysCommand({ UserName: 'ann' }),
    );
    expect(AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId)).toEqual(ids);
    const gone = () => client.send(new DeleteUserCommand({ UserName: 'ann' }));
    expect((await refusal(gone())).message).toBe(
      'Cannot delete entity, must delete access keys first.',
    );
    for (const AccessKeyId of ids)
      await client.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId }));
    await gone();
    expect((await refusal(client.send(new GetUserCommand({ UserName: 'ann' })))).status).toBe(404);
  });
});

describe('inline policies', () => {
  test('come back as they were put, URL-encoded', async () => {
    const { client } = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    const policy = { GroupName: 'readers', PolicyName: 'invoke' };
    await client.send(new PutGroupPolicyCommand({ ...policy, PolicyDocument: ODD }));
    const { PolicyDocument = '' } = await client.send(new GetGroupPolicyCommand(policy));
    expect(PolicyDocument).toMatch(/^[A-Za-z0-9%._~-]+$/);
    expect(decodeURIComponent(PolicyDocument)).toBe(ODD);
    const { PolicyNames } = await client.send(
      new ListGroupPoliciesCommand({ GroupName: 'readers' }),
    );
    expect(PolicyNames).toEqual(['invoke']);
    await client.send(new DeleteGroupPolicyCommand(policy));
    expect(await refusal(client.send(new GetGroupPolicyCommand(policy)))).toEqual({
      status: 404,
      name: 'NoSuchEntityException',
      message: 'The group policy with name invoke cannot be found.',
    });
  });

  // Source: moto's tests/test_iam/test_iam_policies.py, whose cases were tried on AWS.
  test.each([
    ['{', 'Syntax errors in policy.'],
    ['[]', 'Syntax errors in policy.'],
    [{ Statement: [] }, 'Syntax errors in policy.'],
    [{ Statement: [{ Effect: 'allow' }] }, 'Syntax errors in policy.'],
    [
      { Version: '2008-10-17', Statement: [{}] },
      'Policy document must be version 2012-10-17 or greater.',
    ],
    [{ Statement: [{ Action: undefined }] }, 'Policy statement must contain actions.'],
    [{ Statement: [{ Resource: [] }] }, 'Policy statement must contain resources.'],
    [{ Statement: [{ Resource: 'x' }] }, 'Resource x must be in ARN format or "*".'],
    [
      { Statement: [{ Action: 'Invoke' }] },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [{ Statement: [{ Principal: '*' }] }, 'Policy document should not specify a principal.'],
    [
      { Statement: [{ Sid: 'A' }, { Sid: 'A' }] },
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ])('that are malformed: %j', async (change, message) => {
    const { client } = await setUp();
    await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const PolicyDocument =
      typeof change === 'string'
        ? change
        : JSON.stringify({
            Version: '2012-10-17',
            ...change,
            Statement: change.Statement.map((statement) => ({
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: '*',
              ...statement,
            })),
          });
    const put = new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'p', PolicyDocument });
    expect(await refusal(client.send(put))).toEqual({
      status: 400,
      name: 'MalformedPolicyDocumentException',
      message,
    });
  });

  test('are limited in size, white space not counted', async () => {
    const { client } = await setUp();
    await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const put = (PolicyDocument: string) =>
      client.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'p', PolicyDocument }));
    await put(DOCUMENT + ' '.repeat(3000));
    const large = DOCUMENT.replace('"*"', `"arn:aws:execute-api:${'x'.repeat(2048)}"`);
    expect(await refusal(put(large))).toMatchObject({
      status: 409,
      name: 'LimitExceededException',
      message: 'Maximum policy size of 2048 bytes exceeded for user ann',
    });
  });
});

describe('who asks, and how', () => {
  test('each request is in the log, with what it asks for', async () => {
    const { emulator, client } = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await client.send(new GetGroupCommand({ GroupName: 'readers' }));
    expect(emulator.requests.map((it) => [it.plane, it.operation, it.mutating, it.status])).toEqual(
      [
        ['iam', 'CreateGroup', true, 200],
        ['iam', 'GetGroup', false, 200],
      ],
    );
  });

  test('a caller without the right is told so', async () => {
    const keys = { accessKeyId: 'AKIANORIGHTS', secretAccessKey: 'secret' };
    const emulator = await emulatorFor({
      seed: { callers: [{ name: 'gate', ...keys, notAllowed: ['iam:GetGroup'] }] },
    });
    const call = iam(emulator, keys).send(new GetGroupCommand({ GroupName: 'readers' }));
    expect(await refusal(call)).toEqual({
      status: 403,
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::123456789012:user/gate is not authorized to perform: iam:GetGroup on resource: group readers because no identity-based policy allows the iam:GetGroup action',
    });
  });

  test('an action that is not modelled is refused by its name', async () => {
    const { client } = await setUp();
    const call = client.send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }),
    );
    expect(await refusal(call)).toMatchObject({
      status: 400,
      name: 'InvalidAction',
      message: expect.stringContaining('Could not find operation CreateRole'),
    });
  });

  test('faults speak IAM', async () => {
    const { emulator, client } = await setUp();
    const read = () => client.send(new GetGroupCommand({ GroupName: 'readers' }));
    emulator.injectFault({
      operation: 'GetGroup',
      times: 1,
      effect: { kind: 'answer', status: 400 },
    });
    expect(await refusal(read())).toEqual({
      status: 400,
      name: 'Throttling',
      message: 'Rate exceeded',
    });
    emulator.injectFault({
      operation: 'GetGroup',
      times: 1,
      effect: { kind: 'answer', status: 409, errorType: 'ConcurrentModification' },
    });
    expect((await refusal(read())).name).toBe('ConcurrentModificationException');
    expect((await refusal(read())).name).toBe('NoSuchEntityException');
  });

  // Source: endpoint rules of IAM that ship with the AWS SDKs.
  test.each([
    ['eu-west-1', 'us-east-1'],
    ['cn-northwest-1', 'cn-north-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
  ])('in %s a signature names %s, or the region itself, and no other', async (region, global) => {
    const emulator = await emulatorFor({ seed: { account: { region } } });
    const ask = async (signedFor: string) => {
      const client = new IAMClient({
        endpoint: emulator.url,
        region: signedFor,
        maxAttempts: 1,
        credentials: {
          accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? '',
          secretAccessKey: emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
        },
      });
      const { name, message } = await refusal(client.send(new GetGroupCommand({ GroupName: 'g' })));
      client.destroy();
      return { name, message };
    };
    expect((await ask(global)).name).toBe('NoSuchEntityException');
    expect((await ask(region)).name).toBe('NoSuchEntityException');
    expect(await ask('ap-south-1')).toEqual({
      name: 'SignatureDoesNotMatch',
      message: 'Credential should be scoped to a valid region. ',
    });
  });
});
