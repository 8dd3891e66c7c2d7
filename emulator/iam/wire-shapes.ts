import type {
  AccountState,
  GroupState,
  ManagedPolicyState,
  PolicyHolder,
  PolicyVersionState,
  RoleState,
  UserState,
} from '../model.js';
import { element, list } from '../query/xml.js';
import { encodeDocument } from './policy-document.js';

/** A date of IAM: ISO 8601 in whole seconds, as the query protocol has it. */
export function date(name: string, atMs: number): string {
  return element(name, `${new Date(atMs).toISOString().slice(0, 19)}Z`);
}

/** The members of `Group`. */
export function groupXml(group: GroupState): string {
  return (
    element('Path', group.path) +
    element('GroupName', group.groupName) +
    element('GroupId', group.groupId) +
    element('Arn', group.arn) +
    date('CreateDate', group.createdAtMs)
  );
}

/**
 * The members of `Role`. The trust policy lets the account assume it, or nobody where the role may not
 * be assumed: who may is not kept here in any other form.
 */
export function roleXml(account: AccountState, role: RoleState): string {
  const [, name = ''] = role.arn.split(':role/');
  const at = name.lastIndexOf('/') + 1;
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: role.assumable ? 'Allow' : 'Deny',
        Principal: { AWS: `arn:${account.partition}:iam::${account.accountId}:root` },
        Action: 'sts:AssumeRole',
      },
    ],
  };
  return (
    element('Path', `/${name.slice(0, at)}`) +
    element('RoleName', name.slice(at)) +
    element('RoleId', role.roleId) +
    element('Arn', role.arn) +
    date('CreateDate', role.createdAtMs) +
    element('AssumeRolePolicyDocument', encodeDocument(JSON.stringify(trust))) +
    element('MaxSessionDuration', '3600')
  );
}

/** The members of `User`. */
export function userXml(user: UserState): string {
  return (
    element('Path', user.path) +
    element('UserName', user.userName) +
    element('UserId', user.userId) +
    element('Arn', user.arn) +
    date('CreateDate', user.createdAtMs)
  );
}

/**
 * The members of `Policy`. GetPolicy has `Tags` even where there are none, CreatePolicy only where
 * there are some; `Description` is in GetPolicy's answer alone (localstack snapshot
 * test_policy_tag_lifecycle, 2026-02-10).
 */
export function policyXml(
  account: AccountState,
  policy: ManagedPolicyState,
  form: 'created' | 'read' | 'listed',
): string {
  const { description } = policy;
  return (
    element('PolicyName', policy.policyName) +
    element('PolicyId', policy.policyId) +
    element('Arn', policy.arn) +
    element('Path', policy.path) +
    element('DefaultVersionId', policy.defaultVersionId) +
    element('AttachmentCount', String(holdersOf(account, policy.arn).length)) +
    element('PermissionsBoundaryUsageCount', '0') +
    element('IsAttachable', 'true') +
    (form === 'read' && description !== undefined ? element('Description', description) : '') +
    date('CreateDate', policy.createdAtMs) +
    date('UpdateDate', policy.updatedAtMs) +
    (form === 'read' || (form === 'created' && policy.tags.size > 0)
      ? list('Tags', [...policy.tags].map(tagXml))
      : '')
  );
}

/** The members of `PolicyVersion`; only GetPolicyVersion has the document. */
export function versionXml(
  policy: ManagedPolicyState,
  version: PolicyVersionState,
  withDocument: boolean,
): string {
  const isDefault = version.versionId === policy.defaultVersionId;
  return (
    (withDocument ? element('Document', encodeDocument(version.document)) : '') +
    element('VersionId', version.versionId) +
    element('IsDefaultVersion', String(isDefault)) +
    date('CreateDate', version.createdAtMs)
  );
}

/** The members of `Tag`. */
export function tagXml([key, value]: readonly [string, string]): string {
  return element('Key', key) + element('Value', value);
}

/** Every user and group that a policy is attached to. */
export function holdersOf(account: AccountState, policyArn: string): PolicyHolder[] {
  return [...account.iam.groups.values(), ...account.iam.users.values()].filter((holder) =>
    holder.attachedPolicies.has(policyArn),
  );
}
