import { isRequiredType } from '../../config/requirement.js';
import { methodKey } from '../../model/evidence.js';
import { type ApiPlan, changedStages } from '../api-plan.js';
import type { GrantPlan } from './plan.js';

/** Methods that a refusal names. */
const NAMED = 5;

/** What a plan changes, and why it may not. */
type Planned = Pick<ApiPlan, 'api' | 'stages' | 'live' | 'expected' | 'refusals'>;

/**
 * Why an API stays as it is although enforce would change it: a grant that is asked for and not made, or that a
 * deny defeats, leaves the group outside of what begins to ask for a right. A stage that is not changed asks for
 * nothing new, whatever became of its grant.
 */
export function lockOutsOf(plan: Planned, grants: readonly GrantPlan[]): string[] {
  const reached = new Set(changedStages(plan).map(({ name }) => name));
  const ofPlan = grants.filter(({ apiId, stage }) => apiId === plan.api.id && reached.has(stage));
  return [
    ...ofPlan.flatMap((it) => notMade(it, plan)),
    ...ofPlan.flatMap((it) => defeat(it, plan)),
  ];
}

function notMade({ stage, refusals }: GrantPlan, { refusals: known }: Planned): string[] {
  if (refusals.every((it) => known.includes(it))) return [];
  return [
    `the grant for stage ${stage} is not made, and without it the group in invoke-group would be locked out: ${refusals.join('; ')}`,
  ];
}

/** Methods that are turned to IAM, and that a deny would keep the group from, whatever it is granted. */
function defeat({ stage, groupName, defeated = [] }: GrantPlan, { expected }: Planned): string[] {
  const turned = defeated.filter(({ method, path }) => {
    const type = expected.get(methodKey(method, path))?.authorizationType;
    return type !== undefined && isRequiredType(type);
  });
  const [first] = turned;
  if (first === undefined) return [];
  const named = turned.slice(0, NAMED).map(({ method, path }) => methodKey(method, path));
  const more = turned.length > NAMED ? ` and ${turned.length - NAMED} more` : '';
  return [
    `group ${groupName} would be locked out of ${named.join(', ')}${more} in stage ${stage}, since no grant defeats a deny (${first.because.join(' and ')}); narrow the deny first, or, if it is meant, enforce without grant`,
  ];
}
