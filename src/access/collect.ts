import { partition } from '@aws-sdk/core/client';
import { AwsFailure } from '../aws/failure.js';
import type { Account, Iam } from '../aws/iam.js';
import { reading, unreadable } from '../evidence/reading.js';
import { ConfigurationError } from '../model/errors.js';
import type { Evidence, Reading } from '../model/evidence.js';
import type { NamedPolicy } from './evaluate.js';
import type { AccessEvidence, Group } from './model.js';
import { parsePolicy } from './policy-document.js';

/**
 * Reads the group that must be able to invoke, with its policies. Makes no call at all where there is
 * neither a group nor a resource policy. One policy that cannot be read makes the group unreadable: it
 * may be the one with the deny.
 *
 * @throws ConfigurationError where there is no such group.
 */
export async function collectAccess(
  { invokeGroup, region }: { readonly invokeGroup: string | null; readonly region: string },
  evidence: Evidence,
  iam: Iam,
): Promise<AccessEvidence> {
  const hasPolicy = evidence.apis.some(
    ({ description }) => description.readable && description.value.policy !== null,
  );
  const account: Reading<Account | null> =
    invokeGroup === null && !hasPolicy
      ? { readable: true, value: null }
      : await reading('GetCallerIdentity', () => iam.ownAccount());
  const known = account.readable ? account.value : null;
  return {
    region,
    partition: known?.partition ?? partition(region).name,
    accountId: known?.accountId ?? null,
    group:
      invokeGroup === null
        ? null
        : account.readable
          ? await readGroup(invokeGroup, known?.accountId ?? '', iam)
          : account,
  };
}

/**
 * The same once more: a group that was there and is gone by now is one that cannot be read, and costs no
 * report of what was changed.
 */
export async function collectAccessAgain(
  before: AccessEvidence,
  inputs: { readonly invokeGroup: string | null; readonly region: string },
  evidence: Evidence,
  iam: Iam,
): Promise<AccessEvidence> {
  try {
    return await collectAccess(inputs, evidence, iam);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const gone = unreadable(
      'GetGroup',
      `answered that there is no IAM group ${inputs.invokeGroup} any more`,
      'Somebody deleted or renamed it since the job began: make it again, or name the other one in invoke-group.',
    );
    return { ...before, group: gone };
  }
}

async function readGroup(name: string, accountId: string, iam: Iam): Promise<Reading<Group>> {
  const read = await reading('GetGroup', async () => {
    // First alone: where there is no such group, the others fail as well, and say less.
    const { userArns } = await groupOf(name, accountId, iam);
    const [attached, inline] = await Promise.all([
      iam.listAttachedPolicies(name),
      iam.listInlinePolicies(name),
    ]);
    const texts = await Promise.all([
      ...attached.map(async (policy) => ({
        name: `managed policy ${policy.name}`,
        call: 'GetPolicyVersion',
        text: await readManaged(policy.arn, iam),
      })),
      ...inline.map(async (policy) => ({
        name: `inline policy ${policy}`,
        call: 'GetGroupPolicy',
        text: await iam.getInlinePolicy(name, policy),
      })),
    ]);
    return { userArns, attachedPolicies: attached.map((policy) => policy.name), texts };
  });
  if (!read.readable) return read;
  const policies: NamedPolicy[] = [];
  for (const policy of read.value.texts) {
    const parsed = parsePolicy(policy.text, 'identity');
    if (!parsed.valid) {
      return unreadable(
        policy.call,
        `answered the ${policy.name}, which was not understood: ${parsed.problems.join('; ')}`,
        'Write the policy as AWS documents it, each element and each condition key once; if it is so already, open an issue with this message.',
      );
    }
    policies.push({ name: policy.name, document: parsed.document });
  }
  const { userArns, attachedPolicies } = read.value;
  return { readable: true, value: { name, userArns, attachedPolicies, policies } };
}

async function groupOf(
  name: string,
  accountId: string,
  iam: Iam,
): Promise<{ readonly userArns: readonly string[] }> {
  try {
    return await iam.getGroup(name);
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.kind !== 'not-found') throw error;
    throw new ConfigurationError([
      `invoke-group: there is no IAM group ${name} in account ********${accountId.slice(-4)}. Give the group's name, not its ARN, and check whose credentials the step uses.`,
    ]);
  }
}

async function readManaged(arn: string, iam: Iam): Promise<string> {
  const { defaultVersionId } = await iam.getPolicy(arn);
  return iam.getPolicyVersion(arn, defaultVersionId);
}
