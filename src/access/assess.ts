import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { LAYERS } from '../evidence/layers.js';
import { isPrivate, UNREADABLE, UNTOLD } from '../model/evidence.js';
import { type Decision, decideInvoke, type NamedPolicy } from './evaluate.js';
import type { AccessEvidence, Group } from './model.js';
import type { MethodAddress } from './request-family.js';
import { resourcePolicyOf } from './resource-policy.js';

/** Where a method of a stage is, for policies. Without a stage, it stands for any. */
export function addressOf(row: JoinedMethod, access: AccessEvidence): MethodAddress {
  return {
    partition: access.partition,
    region: access.region,
    accountId: access.accountId,
    apiId: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
  };
}

/**
 * Whether IAM's policies decide who may call a method, now or as soon as it is as it should be. Not of
 * a preflight, nor of a method that has another authorizer in every layer, or one that it may have.
 */
export function isDecidedByIam(row: JoinedMethod): boolean {
  if (row.preflight === 'yes') return false;
  const types = LAYERS.map(({ name }) => row[name]).filter((type) => type !== null);
  return types.some(
    (type) =>
      isRequiredType(type) ||
      type === UNREADABLE ||
      type === UNTOLD ||
      (type === 'NONE' && !row.allowedTypes.includes(type)),
  );
}

/** Whether a group may invoke one method of one stage. */
export interface GroupDecision {
  readonly row: JoinedMethod;
  readonly decision: Decision;
}

/**
 * Decides for every method that a stage serves under IAM whether any user of the group may invoke it,
 * by the group's policies and the API's resource policy. Users may have policies of their own as well;
 * those are not read. Empty where no group was asked about or could be read; a method of an API whose
 * resource policy is unreadable is left out, and said elsewhere.
 */
export function assessGroup(
  rows: readonly JoinedMethod[],
  access: AccessEvidence,
): readonly GroupDecision[] {
  if (access.group === null || !access.group.readable) return [];
  const group = access.group.value;
  return rows.flatMap((row) => {
    if (row.stage === null || !isDecidedByIam(row)) return [];
    const decision = decideFor(group, row, access);
    return decision === null ? [] : [{ row, decision }];
  });
}

/** Decides for one method; `null` where something that it takes could not be read. */
export function decideFor(
  group: Group,
  row: JoinedMethod,
  access: AccessEvidence,
  ignoring: 'Deny' | null = null,
): Decision | null {
  const resource = resourcePolicyOf(row.api);
  if (!resource.readable || access.accountId === null) return null;
  const keep = (policy: NamedPolicy): NamedPolicy =>
    ignoring === null ? policy : withoutEffect(policy, ignoring);
  return decideInvoke({
    caller: {
      partition: access.partition,
      accountId: access.accountId,
      userArns: group.userArns,
    },
    method: addressOf(row, access),
    identity: group.policies.map(keep),
    resource: resource.value === null ? null : keep(resource.value),
    isPrivate: isPrivate(row.api),
  });
}

function withoutEffect(policy: NamedPolicy, effect: 'Deny'): NamedPolicy {
  const statements = policy.document.statements.filter((it) => it.effect !== effect);
  return { ...policy, document: { ...policy.document, statements } };
}
