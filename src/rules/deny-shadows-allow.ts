import { assessGroup, decideFor } from '../access/assess.js';
import type { Principals, Statement } from '../access/policy-document.js';
import type { Finding } from '../model/finding.js';
import { finding } from './finding.js';
import { nameMethods } from './name-methods.js';
import type { Case, Rule } from './rule.js';
import {
  corrected,
  deniesAllOf,
  isForEverybody,
  ofApi,
  type PolicyOfApi,
  resourcePolicies,
  spokenOf,
  TAKES_A_DEPLOYMENT,
} from './statements.js';

/** An Allow of a resource policy all of whose requests another statement denies. */
export const denyShadowsAllow: Rule = {
  id: 'deny-shadows-allow',
  severity: 'warning',
  holdsWhen: 'an explicit deny defeats an allow wherever it would count',
  find: (found) => [...ofPolicies(found), ...ofGroup(found)],
};

function ofPolicies({ rows, access }: Case): Finding[] {
  return resourcePolicies(rows, access).flatMap((ofOne) => {
    const { statements } = ofOne.policy.document;
    return statements.flatMap((allow) => {
      if (allow.effect !== 'Allow') return [];
      const denies = defeating(allow, statements, ofOne);
      const [first] = denies;
      if (first === undefined) return [];
      return [
        finding(
          denyShadowsAllow,
          ofApi(ofOne.api),
          `${allow.position} of the resource policy allows nothing: ${denies.map(({ position }) => position).join(' and ')} denies all of it, and a deny defeats every allow.`,
          `Take the allow away, or narrow the deny, as in: ${corrected(first, {
            Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'YOUR_ORGANIZATION_ID' } },
          })}. ${TAKES_A_DEPLOYMENT}`,
          allow.position,
        ),
      ];
    });
  });
}

/** The unconditional denies that together refuse every request that an allow speaks of. */
function defeating(
  allow: Statement,
  statements: readonly Statement[],
  ofOne: PolicyOfApi,
): Statement[] {
  const denies = statements.filter(
    (deny) =>
      deny.effect === 'Deny' &&
      deny.conditions.length === 0 &&
      includesAll(deny.principals, allow.principals),
  );
  const used = new Set<Statement>();
  for (const family of spokenOf(allow, ofOne, ofOne.requests)) {
    const deny = denies.find((it) => deniesAllOf(it, allow, ofOne, family));
    if (deny === undefined) return [];
    used.add(deny);
  }
  return [...used];
}

/** Whether a deny speaks of everybody whom an allow lets in. */
function includesAll(deny: Principals | null, allow: Principals | null): boolean {
  if (deny === null || allow === null || deny.negated) return false;
  if (deny.aws.includes('*')) return true;
  if (isForEverybody(allow)) return false;
  return [...allow.aws, ...allow.others].every(
    (name) => deny.aws.includes(name) || deny.others.includes(name),
  );
}

/** What the group would be let in to, were it not for a deny on either side. */
function ofGroup({ invoked = [], access }: Case): Finding[] {
  if (access === undefined || access.group === null || !access.group.readable) return [];
  const group = access.group.value;
  const shadowed = assessGroup(invoked, access).flatMap(({ row, decision }) => {
    if (decision.may !== 'deny' || decision.how !== 'explicit') return [];
    const without = decideFor(group, row, access, 'Deny');
    if (without === null || without.may === 'deny') return [];
    return [{ row, because: decision.because.join(' and ') }];
  });
  const byDeny = Map.groupBy(shadowed, ({ row, because }) => JSON.stringify([row.api.id, because]));
  return [...byDeny.values()].flatMap((denied) => {
    const [first] = denied;
    if (first === undefined) return [];
    const { row, because } = first;
    const methods = nameMethods(denied.map((it) => it.row));
    return [
      finding(
        denyShadowsAllow,
        ofApi(row.api),
        `Group ${group.name} is allowed to invoke ${methods}, and ${because} denies it: a deny on either side defeats every allow.`,
        `Narrow or remove ${because}. ${because.includes('resource policy') ? TAKES_A_DEPLOYMENT : ''}`.trim(),
        `${group.name} ${because}`,
      ),
    ];
  });
}
