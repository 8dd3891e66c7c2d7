import { describe, expect, test } from '@jest/globals';
import { collectAccess, collectAccessAgain } from '../../../src/access/collect.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import type { Iam } from '../../../src/aws/iam.js';
import { ConfigurationError } from '../../../src/model/errors.js';
import { serviceError } from '../aws/sdk-error.js';
import { api, evidenceOf, read } from '../evidence-builder.js';

const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Sid: 'Pets', Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' },
});

/** An account with the group tills, which has a managed and an inline policy; and what is asked of it. */
function iamThat(answers: Partial<Iam> = {}): Iam & { readonly calls: string[] } {
  const calls: string[] = [];
  const noting =
    <A extends unknown[], T>(name: string, answer: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      calls.push([name, ...args].join(' '));
      return answer(...args);
    };
  const unexpected = async (): Promise<never> => {
    throw new Error('the test expects no such call');
  };
  const {
    ownAccount = async () => ({ partition: 'aws', accountId: '123456789012' }),
    getGroup = async () => ({ userArns: ['arn:aws:iam::123456789012:user/ann'] }),
    listAttachedPolicies = async () => [{ name: 'invoke-pets', arn: 'arn:p' }],
    listInlinePolicies = async () => ['more'],
    getPolicy = async () => ({ arn: 'arn:p', defaultVersionId: 'v3', tags: {} }),
    getPolicyVersion = async () => ALLOW,
    getInlinePolicy = async () => ALLOW,
  } = answers;
  return {
    calls,
    ownAccount: noting('ownAccount', ownAccount),
    getGroup: noting('getGroup', getGroup),
    listAttachedPolicies: noting('listAttachedPolicies', listAttachedPolicies),
    listInlinePolicies: noting('listInlinePolicies', listInlinePolicies),
    getPolicy: noting('getPolicy', getPolicy),
    getPolicyVersion: noting('getPolicyVersion', getPolicyVersion),
    getInlinePolicy: noting('getInlinePolicy', getInlinePolicy),
    listOwnPolicies: unexpected,
    listPolicyVersions: unexpected,
    createPolicy: unexpected,
    createPolicyVersion: unexpected,
    setDefaultPolicyVersion: unexpected,
    deletePolicyVersion: unexpected,
    deletePolicy: unexpected,
    attachPolicy: unexpected,
    detachPolicy: unexpected,
  };
}

const NO_POLICY = evidenceOf(api());
const WITH_POLICY = evidenceOf(api(), apiWithPolicy());

function apiWithPolicy() {
  const { description } = api();
  if (!description.readable) throw new Error('it is readable');
  return api({ id: 'p1', description: read({ ...description.value, policy: ALLOW }) });
}

function refusing(operation: string, code: string, status: number): () => Promise<never> {
  return async () => {
    throw new AwsFailure(operation, serviceError(code, status), 1);
  };
}

describe('what is read of IAM', () => {
  test('is nothing where there is neither a group nor a resource policy', async () => {
    const iam = iamThat();
    const settings = { invokeGroup: null, region: 'cn-north-1' };
    expect(await collectAccess(settings, NO_POLICY, iam)).toEqual({
      region: 'cn-north-1',
      partition: 'aws-cn',
      accountId: null,
      group: null,
    });
    expect(iam.calls).toEqual([]);
  });

  test('is the account alone where any API has a resource policy', async () => {
    const iam = iamThat({
      ownAccount: async () => ({ partition: 'aws-us-gov', accountId: '123456789012' }),
    });
    const settings = { invokeGroup: null, region: 'us-east-1' };
    expect(await collectAccess(settings, WITH_POLICY, iam)).toEqual({
      region: 'us-east-1',
      partition: 'aws-us-gov',
      accountId: '123456789012',
      group: null,
    });
    expect(iam.calls).toEqual(['ownAccount']);
  });

  test('is not what a description that could not be read may hold', async () => {
    const unread = api({
      description: { readable: false, call: 'GetRestApi', reason: 'failed', remedy: '' },
    });
    const iam = iamThat();
    await collectAccess({ invokeGroup: null, region: 'us-east-1' }, evidenceOf(unread), iam);
    expect(iam.calls).toEqual([]);
  });

  test('is the group with every policy, the managed ones in their default version', async () => {
    const iam = iamThat();
    const { group } = await collectAccess(
      { invokeGroup: 'tills', region: 'us-east-1' },
      NO_POLICY,
      iam,
    );
    expect(group).toMatchObject({
      readable: true,
      value: {
        name: 'tills',
        userArns: ['arn:aws:iam::123456789012:user/ann'],
        attachedPolicies: ['invoke-pets'],
        policies: [{ name: 'managed policy invoke-pets' }, { name: 'inline policy more' }],
      },
    });
    expect(iam.calls.toSorted()).toEqual([
      'getGroup tills',
      'getInlinePolicy tills more',
      'getPolicy arn:p',
      'getPolicyVersion arn:p v3',
      'listAttachedPolicies tills',
      'listInlinePolicies tills',
      'ownAccount',
    ]);
  });
});

describe('a group', () => {
  const of = (answers: Partial<Iam>) =>
    collectAccess({ invokeGroup: 'tills', region: 'us-east-1' }, NO_POLICY, iamThat(answers));

  test('that is not there is a mistake, and nothing else is asked for', async () => {
    const iam = iamThat({ getGroup: refusing('GetGroup', 'NoSuchEntityException', 404) });
    const found = collectAccess({ invokeGroup: 'tills', region: 'us-east-1' }, NO_POLICY, iam);
    await expect(found).rejects.toThrow(ConfigurationError);
    await expect(found).rejects.toThrow(
      "invoke-group: there is no IAM group tills in account ********9012. Give the group's name, not its ARN",
    );
    expect(iam.calls).toEqual(['ownAccount', 'getGroup tills']);
  });

  test('that may not be read is unreadable, by the call that failed', async () => {
    const { group } = await of({ getGroup: refusing('GetGroup', 'AccessDenied', 403) });
    expect(group).toMatchObject({ readable: false, call: 'GetGroup' });
  });

  test.each([
    ['GetPolicy', { getPolicy: refusing('GetPolicy', 'AccessDenied', 403) }],
    ['GetPolicyVersion', { getPolicyVersion: refusing('GetPolicyVersion', 'NoSuchEntity', 404) }],
    ['GetGroupPolicy', { getInlinePolicy: refusing('GetGroupPolicy', 'AccessDenied', 403) }],
    ['ListGroupPolicies', { listInlinePolicies: refusing('ListGroupPolicies', 'Throttling', 400) }],
  ])('of which %s fails is unreadable: the deny may be there', async (_call, answers) => {
    const { group, accountId } = await of(answers);
    expect(group).toMatchObject({ readable: false });
    expect(accountId).toBe('123456789012');
  });

  test.each<[string, string, Partial<Iam>]>([
    ['managed policy invoke-pets', 'GetPolicyVersion', { getPolicyVersion: async () => '{}' }],
    ['inline policy more', 'GetGroupPolicy', { getInlinePolicy: async () => '{}' }],
  ])('with a %s that nobody understands is unreadable, by %s', async (name, call, answers) => {
    const { group } = await of(answers);
    expect(group).toMatchObject({
      readable: false,
      call,
      reason: `answered the ${name}, which was not understood: it has no statement`,
    });
  });

  test('of an account that nobody tells is as unreadable as that', async () => {
    const access = await of({ ownAccount: refusing('GetCallerIdentity', 'Throttling', 400) });
    expect(access).toMatchObject({
      accountId: null,
      partition: 'aws',
      group: { readable: false, call: 'GetCallerIdentity' },
    });
  });
});

describe('what is read once more', () => {
  const settings = { invokeGroup: 'tills', region: 'us-east-1' };

  test('is the group as it is now', async () => {
    const before = await collectAccess(settings, NO_POLICY, iamThat());
    const now = iamThat({ listInlinePolicies: async () => [] });
    const { group } = await collectAccessAgain(before, settings, NO_POLICY, now);
    expect(group).toMatchObject({
      readable: true,
      value: { policies: [{ name: 'managed policy invoke-pets' }] },
    });
  });

  test('is a group that cannot be read where it is gone by now', async () => {
    const before = await collectAccess(settings, NO_POLICY, iamThat());
    const iam = iamThat({ getGroup: refusing('GetGroup', 'NoSuchEntityException', 404) });
    await expect(collectAccess(settings, NO_POLICY, iam)).rejects.toThrow(ConfigurationError);
    const { group, ...others } = await collectAccessAgain(before, settings, NO_POLICY, iam);
    expect({ ...others, group: before.group }).toEqual(before);
    expect(group).toEqual({
      readable: false,
      call: 'GetGroup',
      reason: 'answered that there is no IAM group tills any more',
      remedy: expect.stringContaining('invoke-group'),
    });
  });

  test('hides no bug', async () => {
    const before = await collectAccess(settings, NO_POLICY, iamThat());
    const iam = iamThat({
      getGroup: async () => {
        throw new RangeError('a bug');
      },
    });
    await expect(collectAccessAgain(before, settings, NO_POLICY, iam)).rejects.toThrow('a bug');
  });
});
