import {
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachGroupPolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import { closeAfterEach, emulatorFor, iam, plain, refusal } from './kit.js';

closeAfterEach();

const ARN = 'arn:aws:iam::123456789012:policy/invoke';
const INVOKE_ALL = 'arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess';

function document(resource = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
  });
}

async function setUp(): Promise<IAMClient> {
  const client = iam(await emulatorFor());
  await client.send(new CreatePolicyCommand({ PolicyName: 'invoke', PolicyDocument: document() }));
  return client;
}

async function versions(client: IAMClient): Promise<string[]> {
  const { Versions = [] } = await client.send(new ListPolicyVersionsCommand({ PolicyArn: ARN }));
  return Versions.map(
    ({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? '*' : ''}`,
  );
}

function newVersion(client: IAMClient, SetAsDefault = false, resource = '*') {
  return client.send(
    new CreatePolicyVersionCommand({
      PolicyArn: ARN,
      PolicyDocument: document(resource),
      SetAsDefault,
    }),
  );
}

// Source of shapes, codes and texts: IAM API Reference; localstack's snapshots
// tests/aws/services/iam/test_iam_policies, recorded against AWS on 2026-02-10.
describe('managed policies', () => {
  test('are made, read and deleted', async () => {
    const client = iam(await emulatorFor());
    const { Policy } = await client.send(
      new CreatePolicyCommand({
        PolicyName: 'invoke',
        Path: '/shop/',
        Description: 'of <the> shop & its callers',
        PolicyDocument: document(),
      }),
    );
    const PolicyArn = 'arn:aws:iam::123456789012:policy/shop/invoke';
    const common = {
      PolicyName: 'invoke',
      PolicyId: expect.stringMatching(/^ANPA[A-Z0-9]{17}$/),
      Arn: PolicyArn,
      Path: '/shop/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
    };
    expect(Policy).toEqual(common);
    const read = () => client.send(new GetPolicyCommand({ PolicyArn }));
    expect((await read()).Policy).toEqual({
      ...common,
      Description: 'of <the> shop & its callers',
      Tags: [],
    });
    await client.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await refusal(read())).toEqual({
      status: 404,
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  test('have names of their own and documents of at most 6,144 characters', async () => {
    const client = await setUp();
    const make = (PolicyName: string, PolicyDocument: string) =>
      client.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    expect(await refusal(make('invoke', document()))).toEqual({
      status: 409,
      name: 'EntityAlreadyExistsException',
      message: 'A policy called invoke already exists. Duplicate names are not allowed.',
    });
    const room = 6144 - document('arn:').length;
    await make('full', document(`arn:${'x'.repeat(room)}`));
    expect(await refusal(make('over', document(`arn:${'x'.repeat(room + 1)}`)))).toEqual({
      status: 409,
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    });
    expect((await refusal(make('none', '{}'))).name).toBe('MalformedPolicyDocumentException');
  });

  test('carry tags', async () => {
    const client = iam(await emulatorFor());
    const tag = (Key: string, Value = '') => ({ Key, Value });
    const { Policy } = await client.send(
      new CreatePolicyCommand({
        PolicyName: 'invoke',
        PolicyDocument: document(),
        Tags: [tag('made-by', 'gate')],
      }),
    );
    expect(Policy?.Tags).toEqual([tag('made-by', 'gate')]);
    const put = (...Tags: { Key: string; Value: string }[]) =>
      client.send(new TagPolicyCommand({ PolicyArn: ARN, Tags }));
    await put(tag('made-by', 'hand'), tag('A', '1'));
    const listed = () => client.send(new ListPolicyTagsCommand({ PolicyArn: ARN, MaxItems: 1 }));
    expect(plain(await listed())).toEqual({
      Tags: [tag('A', '1')],
      IsTruncated: true,
      Marker: expect.any(String),
    });
    await client.send(new UntagPolicyCommand({ PolicyArn: ARN, TagKeys: ['A'] }));
    expect(plain(await listed())).toEqual({ Tags: [tag('made-by', 'hand')], IsTruncated: false });
    expect(await refusal(put(tag('a'), tag('a')))).toEqual({
      status: 400,
      name: 'InvalidInputException',
      message: 'Duplicate tag keys found.',
    });
    expect((await refusal(put(tag('a!')))).message).toBe(
      "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
    );
    expect((await refusal(put(tag('a', 'x/$default')))).message).toContain(
      "Value at 'tags.1.member.value' failed",
    );
  });
});

describe('versions', () => {
  test('are numbered once, listed from the newest, and five at most', async () => {
    const client = await setUp();
    expect((await newVersion(client, true)).PolicyVersion).toMatchObject({
      VersionId: 'v2',
      IsDefaultVersion: true,
    });
    for (let n = 3; n <= 5; n += 1) await newVersion(client);
    expect(await versions(client)).toEqual(['v5', 'v4', 'v3', 'v2*', 'v1']);
    expect(await refusal(newVersion(client))).toEqual({
      status: 409,
      name: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    });
    await client.send(new DeletePolicyVersionCommand({ PolicyArn: ARN, VersionId: 'v5' }));
    await newVersion(client);
    expect(await versions(client)).toEqual(['v6', 'v4', 'v3', 'v2*', 'v1']);
  });

  test('the default is changed, and is not deleted', async () => {
    const client = await setUp();
    await newVersion(client, false, 'arn:aws:execute-api:*:*:other/*');
    const one = (VersionId: string) => ({ PolicyArn: ARN, VersionId });
    const gone = (VersionId: string) => client.send(new DeletePolicyVersionCommand(one(VersionId)));
    expect(await refusal(gone('v1'))).toEqual({
      status: 409,
      name: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
    });
    await client.send(new SetDefaultPolicyVersionCommand(one('v2')));
    await gone('v1');
    expect(await versions(client)).toEqual(['v2*']);
    const { PolicyVersion } = await client.send(new GetPolicyVersionCommand(one('v2')));
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(
      document('arn:aws:execute-api:*:*:other/*'),
    );
  });

  test('that do not exist', async () => {
    const client = await setUp();
    const other = 'arn:aws:iam::123456789012:policy/other';
    for (const [PolicyArn, VersionId] of [
      [ARN, 'v9'],
      [other, 'v1'],
    ] as const) {
      const one = { PolicyArn, VersionId };
      for (const call of [
        client.send(new GetPolicyVersionCommand(one)),
        client.send(new SetDefaultPolicyVersionCommand(one)),
        client.send(new DeletePolicyVersionCommand(one)),
      ])
        expect(await refusal(call)).toEqual({
          status: 404,
          name: 'NoSuchEntityException',
          message: `Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`,
        });
    }
    const odd = client.send(new GetPolicyVersionCommand({ PolicyArn: ARN, VersionId: 'one' }));
    expect(await refusal(odd)).toMatchObject({ status: 400, name: 'ValidationError' });
  });

  test('keep their policy from being deleted', async () => {
    const client = await setUp();
    await newVersion(client, true);
    const gone = () => client.send(new DeletePolicyCommand({ PolicyArn: ARN }));
    expect(await refusal(gone())).toMatchObject({
      status: 409,
      name: 'DeleteConflictException',
      message: expect.stringContaining('more than one version'),
    });
    await client.send(new DeletePolicyVersionCommand({ PolicyArn: ARN, VersionId: 'v1' }));
    await gone();
  });
});

describe('attachments', () => {
  test('of a policy to a group and a user', async () => {
    const client = await setUp();
    const { Group } = await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    const { User } = await client.send(new CreateUserCommand({ UserName: 'ann' }));
    const toGroup = { GroupName: 'readers', PolicyArn: ARN };
    await client.send(new AttachGroupPolicyCommand(toGroup));
    await client.send(new AttachGroupPolicyCommand(toGroup));
    await client.send(new AttachUserPolicyCommand({ UserName: 'ann', PolicyArn: ARN }));
    const attached = await client.send(
      new ListAttachedGroupPoliciesCommand({ GroupName: 'readers' }),
    );
    expect(plain(attached)).toEqual({
      AttachedPolicies: [{ PolicyName: 'invoke', PolicyArn: ARN }],
      IsTruncated: false,
    });
    const holders = await client.send(new ListEntitiesForPolicyCommand({ PolicyArn: ARN }));
    expect(plain(holders)).toEqual({
      PolicyGroups: [{ GroupName: 'readers', GroupId: Group?.GroupId }],
      PolicyUsers: [{ UserName: 'ann', UserId: User?.UserId }],
      PolicyRoles: [],
      IsTruncated: false,
    });
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: ARN }));
    expect(Policy?.AttachmentCount).toBe(2);

    const gone = () => client.send(new DeletePolicyCommand({ PolicyArn: ARN }));
    expect(await refusal(gone())).toEqual({
      status: 409,
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await client.send(new DetachGroupPolicyCommand(toGroup));
    await client.send(new DetachUserPolicyCommand({ UserName: 'ann', PolicyArn: ARN }));
    expect(await refusal(client.send(new DetachGroupPolicyCommand(toGroup)))).toEqual({
      status: 404,
      name: 'NoSuchEntityException',
      message: `Policy ${ARN} was not found.`,
    });
    await gone();
  });

  test('of a policy that does not exist, and of an eleventh', async () => {
    const client = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    const attach = (PolicyArn: string) =>
      client.send(new AttachGroupPolicyCommand({ GroupName: 'readers', PolicyArn }));
    expect((await refusal(attach(`${ARN}2`))).message).toBe(
      `Policy ${ARN}2 does not exist or is not attachable.`,
    );
    for (let n = 1; n <= 10; n += 1) {
      const { Policy } = await client.send(
        new CreatePolicyCommand({ PolicyName: `p${n}`, PolicyDocument: document() }),
      );
      await attach(Policy?.Arn ?? '');
    }
    expect(await refusal(attach(ARN))).toEqual({
      status: 409,
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PoliciesPerGroup: 10',
    });
  });

  test("of one of AWS's own, which nobody changes", async () => {
    const client = await setUp();
    await client.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await client.send(
      new AttachGroupPolicyCommand({ GroupName: 'readers', PolicyArn: INVOKE_ALL }),
    );
    const { PolicyVersion } = await client.send(
      new GetPolicyVersionCommand({ PolicyArn: INVOKE_ALL, VersionId: 'v1' }),
    );
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toContain('execute-api:Invoke');
    const gone = client.send(new DeletePolicyCommand({ PolicyArn: INVOKE_ALL }));
    expect(await refusal(gone)).toMatchObject({ status: 403, name: 'AccessDenied' });
  });
});
