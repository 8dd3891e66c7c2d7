import type { AccountState, PolicyHolder } from '../model.js';
import { element, list } from '../query/xml.js';
import { type IamActions, type IamCall, on, required } from './call.js';
import { groupNamed, policyOf, userNamed } from './entities.js';
import { noSuchEntity, quotaExceeded } from './errors.js';
import { page, slice } from './page.js';

/** IAM user guide, "IAM and AWS STS quotas": managed policies per group and per user. */
const POLICIES_PER_HOLDER = 10;

/** Attaching twice is no error; text of an unknown policy: reports of clients. */
function attach(call: IamCall, { attachedPolicies }: PolicyHolder, quota: string): undefined {
  const arn = required(call, 'PolicyArn');
  if (!call.account.iam.policies.has(arn))
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (!attachedPolicies.has(arn) && attachedPolicies.size >= POLICIES_PER_HOLDER)
    throw quotaExceeded(quota, POLICIES_PER_HOLDER);
  attachedPolicies.add(arn);
}

/** Text: localstack snapshot test_detach_unattached_group_policy, 2026-02-12. */
function detach(call: IamCall, { attachedPolicies }: PolicyHolder): undefined {
  const arn = required(call, 'PolicyArn');
  if (!attachedPolicies.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
}

function listAttached(call: IamCall, { attachedPolicies }: PolicyHolder): string {
  const prefix = call.form.get('PathPrefix') ?? '/';
  const policies = [...attachedPolicies]
    .map((arn) => policyOf(call.account, arn))
    .filter(({ path }) => path.startsWith(prefix))
    .sort((one, other) => (one.policyName < other.policyName ? -1 : 1));
  return page(
    call,
    'AttachedPolicies',
    policies,
    ({ policyName, arn }) => element('PolicyName', policyName) + element('PolicyArn', arn),
  );
}

/**
 * The users and groups that have a policy. All three lists are there even where they are empty; one
 * page holds groups first, then users. Roles have no managed policies here.
 */
function listEntitiesForPolicy(call: IamCall): string {
  const { arn } = policyOf(call.account, required(call, 'PolicyArn'));
  const wanted = call.form.get('EntityFilter');
  const { shown, ending } = slice(
    call,
    entitiesOf(call.account, arn).filter(({ type }) => wanted === null || wanted === type),
  );
  const ofType = (type: Entity['type']) =>
    shown.filter((entity) => entity.type === type).map(({ xml }) => xml);
  return (
    list('PolicyGroups', ofType('Group')) +
    list('PolicyUsers', ofType('User')) +
    list('PolicyRoles', []) +
    ending
  );
}

interface Entity {
  readonly type: 'Group' | 'User';
  readonly xml: string;
}

function entitiesOf({ iam }: AccountState, arn: string): Entity[] {
  const groups = [...iam.groups.values()].filter((group) => group.attachedPolicies.has(arn));
  const users = [...iam.users.values()].filter((user) => user.attachedPolicies.has(arn));
  return [
    ...groups.map(
      ({ groupName, groupId }): Entity => ({
        type: 'Group',
        xml: element('GroupName', groupName) + element('GroupId', groupId),
      }),
    ),
    ...users.map(
      ({ userName, userId }): Entity => ({
        type: 'User',
        xml: element('UserName', userName) + element('UserId', userId),
      }),
    ),
  ];
}

const group = (call: IamCall) => groupNamed(call.account, required(call, 'GroupName'));
const user = (call: IamCall) => userNamed(call.account, required(call, 'UserName'));

export const attachmentActions: IamActions = {
  AttachGroupPolicy: on('group', 'GroupName', (call) =>
    attach(call, group(call), 'PoliciesPerGroup'),
  ),
  DetachGroupPolicy: on('group', 'GroupName', (call) => detach(call, group(call))),
  ListAttachedGroupPolicies: on('group', 'GroupName', (call) => listAttached(call, group(call))),
  AttachUserPolicy: on('user', 'UserName', (call) => attach(call, user(call), 'PoliciesPerUser')),
  DetachUserPolicy: on('user', 'UserName', (call) => detach(call, user(call))),
  ListAttachedUserPolicies: on('user', 'UserName', (call) => listAttached(call, user(call))),
  ListEntitiesForPolicy: on('policy', 'PolicyArn', listEntitiesForPolicy),
};
