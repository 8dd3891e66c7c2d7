import { QueryError } from '../query/error.js';
import {
  type IamActions,
  type IamCall,
  on,
  pathOf,
  pathPrefixOf,
  required,
  requiredName,
  tagsOf,
} from './call.js';
import { isAwsManaged, newPolicy, policyOf } from './entities.js';
import { deleteConflict, quotaExceeded, validationError } from './errors.js';
import { page } from './page.js';
import { checkIdentityPolicy, countedSize } from './policy-document.js';
import { holdersOf, policyXml, tagXml } from './wire-shapes.js';

/** IAM user guide, "IAM and AWS STS quotas". */
const POLICY_SIZE = 6144;
const TAGS = 50;

/** A document of a managed policy. @throws QueryError where it is malformed or too large */
export function managedDocument(call: IamCall): string {
  const document = required(call, 'PolicyDocument');
  checkIdentityPolicy(document);
  if (countedSize(document) > POLICY_SIZE) throw quotaExceeded('PolicySize', POLICY_SIZE);
  return document;
}

function createPolicy(call: IamCall): string {
  const policyName = requiredName(call, 'PolicyName');
  const tags = checkedTags(call);
  const policy = newPolicy(call, {
    policyName,
    path: pathOf(call),
    document: managedDocument(call),
    description: call.form.get('Description') ?? undefined,
    tags,
  });
  return `<Policy>${policyXml(call.account, policy, 'created')}</Policy>`;
}

function getPolicy(call: IamCall): string {
  const policy = policyOf(call.account, required(call, 'PolicyArn'));
  return `<Policy>${policyXml(call.account, policy, 'read')}</Policy>`;
}

/**
 * Own policies and AWS's. Without tags and description: "IAM resource-listing operations return a subset
 * of the available attributes" (IAM API Reference, ListPolicies). No policy is a boundary here.
 */
function listPolicies(call: IamCall): string {
  const prefix = pathPrefixOf(call);
  const scope = oneOf(call, 'Scope', ['All', 'AWS', 'Local']) ?? 'All';
  const usage = oneOf(call, 'PolicyUsageFilter', ['PermissionsPolicy', 'PermissionsBoundary']);
  const onlyAttached = oneOf(call, 'OnlyAttached', ['true', 'false']) === 'true';
  const policies = [...call.account.iam.policies.values()].filter(
    ({ arn, path }) =>
      path.startsWith(prefix) &&
      (scope === 'All' || (scope === 'AWS') === isAwsManaged(arn)) &&
      usage !== 'PermissionsBoundary' &&
      (!onlyAttached || holdersOf(call.account, arn).length > 0),
  );
  return page(call, 'Policies', policies, (policy) => policyXml(call.account, policy, 'listed'));
}

/** A parameter that is one of some words, or is not there. */
function oneOf(call: IamCall, parameter: string, words: readonly string[]): string | undefined {
  const value = call.form.get(parameter) ?? undefined;
  if (value === undefined || words.includes(value)) return value;
  throw validationError(parameter, `Member must satisfy enum value set: [${words.join(', ')}]`);
}

/** Texts: reports of clients, each of DeletePolicy. */
function deletePolicy(call: IamCall): undefined {
  const policy = ownPolicy(call, 'DeletePolicy');
  if (holdersOf(call.account, policy.arn).length > 0)
    throw deleteConflict('Cannot delete a policy attached to entities.');
  if (policy.versions.size > 1)
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  call.account.iam.policies.delete(policy.arn);
}

function tagPolicy(call: IamCall): undefined {
  const policy = ownPolicy(call, 'TagPolicy');
  const tags = new Map([...policy.tags, ...checkedTags(call)]);
  if (tags.size > TAGS) throw quotaExceeded('TagsPerPolicy', TAGS);
  policy.tags.clear();
  for (const [key, value] of tags) policy.tags.set(key, value);
}

function untagPolicy(call: IamCall): undefined {
  const policy = ownPolicy(call, 'UntagPolicy');
  for (let n = 1; call.form.has(`TagKeys.member.${n}`); n += 1)
    policy.tags.delete(call.form.get(`TagKeys.member.${n}`) ?? '');
}

/** Sorted by key, capitals first (localstack snapshot test_policy_tag_lifecycle, 2026-02-10). */
function listPolicyTags(call: IamCall): string {
  const { tags } = policyOf(call.account, required(call, 'PolicyArn'));
  const sorted = [...tags].sort(([one], [other]) => (one < other ? -1 : 1));
  return page(call, 'Tags', sorted, tagXml);
}

/**
 * A policy that may be changed.
 *
 * @throws QueryError where it does not exist, or where it is AWS's; the text of the latter is not
 *   recorded
 */
export function ownPolicy(call: IamCall, action: string) {
  const policy = policyOf(call.account, required(call, 'PolicyArn'));
  if (isAwsManaged(policy.arn))
    throw new QueryError(
      403,
      'AccessDenied',
      `User: ${call.caller.arn} is not authorized to perform: iam:${action} on resource: policy ${policy.arn}`,
    );
  return policy;
}

/** Texts and order: localstack snapshots test_policy_tag_create_errors and …_update_errors, 2026-02-10. */
function checkedTags(call: IamCall): [key: string, value: string][] {
  const tags = tagsOf(call.form);
  if (tags.length > TAGS)
    throw validationError('Tags', `Member must have length less than or equal to ${TAGS}`);
  for (const [index, [key, value]] of tags.entries()) {
    const at = `tags.${index + 1}.member`;
    if (key.length > 128)
      throw validationError(`${at}.key`, 'Member must have length less than or equal to 128');
    if (value.length > 256)
      throw validationError(`${at}.value`, 'Member must have length less than or equal to 256');
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(key))
      throw validationError(
        `${at}.key`,
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      );
    // IAM API Reference, Tag, Pattern of Value.
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value))
      throw validationError(
        `${at}.value`,
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
      );
  }
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw new QueryError(400, 'InvalidInput', 'Duplicate tag keys found.');
  return tags;
}

export const policyActions: IamActions = {
  CreatePolicy: on('policy', 'PolicyName', createPolicy),
  GetPolicy: on('policy', 'PolicyArn', getPolicy),
  ListPolicies: { run: listPolicies, resource: () => 'policy path /' },
  DeletePolicy: on('policy', 'PolicyArn', deletePolicy),
  TagPolicy: on('policy', 'PolicyArn', tagPolicy),
  UntagPolicy: on('policy', 'PolicyArn', untagPolicy),
  ListPolicyTags: on('policy', 'PolicyArn', listPolicyTags),
};
