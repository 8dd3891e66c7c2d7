import type { Ids } from '../ids.js';
import type { AccountState, GroupState, ManagedPolicyState, UserState } from '../model.js';
import { alreadyExists, noSuchEntity } from './errors.js';

/** What a new entity of IAM is made with. */
export interface CreationContext {
  readonly account: AccountState;
  readonly ids: Ids;
  readonly nowMs: number;
}

/**
 * Makes a user.
 *
 * @throws QueryError where the name is taken; names differ by more than case (IAM API Reference,
 *   CreateUser: "names are not distinguished by case")
 */
export function newUser(context: CreationContext, userName: string, path = '/'): UserState {
  const { account, ids, nowMs } = context;
  if (taken(account.iam.users, userName))
    throw alreadyExists(`User with name ${userName} already exists.`);
  const user: UserState = {
    userName,
    path,
    arn: `${iamPrefix(account)}user${path}${userName}`,
    userId: `AIDA${ids.nextUpper(17)}`,
    createdAtMs: nowMs,
    inlinePolicies: new Map(),
    attachedPolicies: new Set(),
  };
  account.iam.users.set(userName, user);
  return user;
}

/** Makes a group without users. @throws QueryError where the name is taken */
export function newGroup(context: CreationContext, groupName: string, path = '/'): GroupState {
  const { account, ids, nowMs } = context;
  if (taken(account.iam.groups, groupName))
    throw alreadyExists(`Group with name ${groupName} already exists.`);
  const group: GroupState = {
    groupName,
    path,
    arn: `${iamPrefix(account)}group${path}${groupName}`,
    groupId: `AGPA${ids.nextUpper(17)}`,
    createdAtMs: nowMs,
    users: new Set(),
    inlinePolicies: new Map(),
    attachedPolicies: new Set(),
  };
  account.iam.groups.set(groupName, group);
  return group;
}

/** Makes a managed policy with its version v1. @throws QueryError where the name is taken */
export function newPolicy(
  context: CreationContext,
  fields: {
    readonly policyName: string;
    readonly document: string;
    readonly path?: string | undefined;
    readonly description?: string | undefined;
    readonly tags?: Iterable<readonly [string, string]> | undefined;
  },
): ManagedPolicyState {
  const { account, ids, nowMs } = context;
  const { policyName, document, path = '/', description } = fields;
  const own = [...account.iam.policies.values()].filter(({ arn }) => !isAwsManaged(arn));
  if (own.some((policy) => policy.policyName.toLowerCase() === policyName.toLowerCase()))
    throw alreadyExists(
      `A policy called ${policyName} already exists. Duplicate names are not allowed.`,
    );
  const policy: ManagedPolicyState = {
    policyName,
    path,
    arn: `${iamPrefix(account)}policy${path}${policyName}`,
    policyId: `ANPA${ids.nextUpper(17)}`,
    ...(description === undefined ? {} : { description }),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    defaultVersionId: 'v1',
    nextVersion: 2,
    versions: new Map([['v1', { versionId: 'v1', document, createdAtMs: nowMs }]]),
    tags: new Map(fields.tags ?? []),
  };
  account.iam.policies.set(policy.arn, policy);
  return policy;
}

/** Adds a version; its number is one that the policy never had. */
export function newVersion(
  policy: ManagedPolicyState,
  document: string,
  setAsDefault: boolean,
  nowMs: number,
): string {
  const versionId = `v${policy.nextVersion}`;
  policy.nextVersion += 1;
  policy.versions.set(versionId, { versionId, document, createdAtMs: nowMs });
  policy.updatedAtMs = nowMs;
  if (setAsDefault) policy.defaultVersionId = versionId;
  return versionId;
}

/** @throws QueryError */
export function userNamed(account: AccountState, name: string): UserState {
  const user = account.iam.users.get(name);
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

/** @throws QueryError */
export function groupNamed(account: AccountState, name: string): GroupState {
  const group = account.iam.groups.get(name);
  if (group === undefined) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
}

/** @throws QueryError */
export function policyOf(account: AccountState, arn: string): ManagedPolicyState {
  const policy = account.iam.policies.get(arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** Whether AWS owns a policy: its ARN has `aws` where the account stands. */
export function isAwsManaged(arn: string): boolean {
  return arn.split(':')[4] === 'aws';
}

/** What ARNs of an account's entities begin with. */
export function iamPrefix(account: AccountState): string {
  return `arn:${account.partition}:iam::${account.accountId}:`;
}

function taken(entities: ReadonlyMap<string, unknown>, name: string): boolean {
  return [...entities.keys()].some((known) => known.toLowerCase() === name.toLowerCase());
}
