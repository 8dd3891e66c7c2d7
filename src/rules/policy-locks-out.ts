import type { AccessEvidence } from '../access/model.js';
import { resourcePolicyOf } from '../access/resource-policy.js';
import type { JoinedMethod } from '../evidence/join.js';
import { type ApiEvidence, isPrivate } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';
import { corrected, coversAll, ofApi, resourcePolicies, TAKES_A_DEPLOYMENT } from './statements.js';

/** A resource policy that refuses every caller on every method: nobody can use the API. */
export const policyLocksOut: Rule = {
  id: 'policy-locks-out',
  severity: 'error',
  holdsWhen: 'the resource policy refuses every caller on every method',
  find: ({ rows, access }) =>
    access === undefined ? [] : [...privateWithoutPolicy(rows), ...deniedToEverybody(rows, access)],
};

/** "Private APIs without a resource policy deny all traffic" (API Gateway Developer Guide, "Private REST APIs"). */
function privateWithoutPolicy(rows: readonly JoinedMethod[]): Finding[] {
  const apis = new Set<ApiEvidence>(rows.map(({ api }) => api));
  return [...apis].flatMap((api) => {
    const policy = resourcePolicyOf(api);
    if (!policy.readable || policy.value !== null || !isPrivate(api)) return [];
    return [
      finding(
        policyLocksOut,
        ofApi(api),
        'The API is private and has no resource policy: API Gateway refuses every call.',
        `Give it a policy that names your VPC endpoint: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"StringEquals":{"aws:SourceVpce":"VPC_ENDPOINT_ID"}}}]}. ${TAKES_A_DEPLOYMENT}`,
      ),
    ];
  });
}

function deniedToEverybody(rows: readonly JoinedMethod[], access: AccessEvidence): Finding[] {
  return resourcePolicies(rows, access).flatMap((ofOne) => {
    if (ofOne.underIam.length === 0) return [];
    const denies = ofOne.policy.document.statements.filter(
      ({ effect, principals, conditions }) =>
        effect === 'Deny' &&
        principals !== null &&
        !principals.negated &&
        principals.aws.includes('*') &&
        conditions.length === 0,
    );
    const isLocked = ofOne.underIam.every((family) =>
      denies.some((deny) => coversAll(deny, ofOne, family)),
    );
    const [first] = denies;
    if (!isLocked || first === undefined) return [];
    const positions = denies.map(({ position }) => position).join(' and ');
    return [
      finding(
        policyLocksOut,
        ofApi(ofOne.api),
        `The resource policy denies every caller on every method (${positions}): an explicit deny defeats every allow.`,
        `Deny only whom you mean to keep out, such as: ${corrected(first, {
          Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'YOUR_ORGANIZATION_ID' } },
        })}. ${TAKES_A_DEPLOYMENT}`,
      ),
    ];
  });
}
