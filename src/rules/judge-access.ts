import type { AccessEvidence } from '../access/model.js';
import { resourcePolicyOf } from '../access/resource-policy.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { ApiEvidence } from '../model/evidence.js';
import type { Finding } from '../report/report.js';
import { denyShadowsAllow, denyShadowsGroup } from './deny-shadows-allow.js';
import { finding } from './finding.js';
import { grantTooBroad } from './grant-too-broad.js';
import { groupCannotInvoke } from './group-cannot-invoke.js';
import type { Asked } from './method.js';
import { policyLocksOut } from './policy-locks-out.js';
import { policyMatchesNothing } from './policy-matches-nothing.js';
import { principalGone } from './principal-gone.js';
import { privateApiOpen } from './private-api-open.js';
import { publicPrincipal } from './public-principal.js';
import { ofApi } from './statements.js';

/**
 * Every rule about who may invoke, always, over every API: their policies, and the group.
 *
 * @param invoked the rows that the group must be able to invoke.
 * @param asked what the run was asked to do; without it, an audit.
 */
export function judgeAccess(
  rows: readonly JoinedMethod[],
  invoked: readonly JoinedMethod[],
  access: AccessEvidence,
  asked?: Asked,
): Finding[] {
  return [
    ...publicPrincipal(rows, access),
    ...privateApiOpen(rows, access),
    ...policyLocksOut(rows, access),
    ...groupCannotInvoke(invoked, access, asked),
    ...unreadableAccess(rows, access),
    ...denyShadowsAllow(rows, access),
    ...denyShadowsGroup(invoked, access),
    ...policyMatchesNothing(rows, access),
    ...principalGone(rows, access),
    ...grantTooBroad(rows, access),
  ];
}

/** What could not be read of either side. */
function unreadableAccess(rows: readonly JoinedMethod[], { group }: AccessEvidence): Finding[] {
  const apis = new Set<ApiEvidence>(rows.map(({ api }) => api));
  const policies = [...apis].flatMap((api) => {
    // A description that could not be read at all is said by the rule for all layers.
    if (!api.description.readable) return [];
    const policy = resourcePolicyOf(api);
    if (policy.readable) return [];
    const message = `Could not read its resource policy: ${policy.call} ${policy.reason}.`;
    return [finding('unreadable', ofApi(api), message, policy.remedy, 'resource policy')];
  });
  if (group === null || group.readable) return policies;
  const nowhere = { api: null, stage: null, method: null, path: null };
  const message = `Could not read the group in invoke-group: ${group.call} ${group.reason}.`;
  return [...policies, finding('unreadable', nowhere, message, group.remedy, 'invoke-group')];
}
