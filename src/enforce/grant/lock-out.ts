import type { ApiPlan } from '../api-plan.js';
import type { GrantPlan } from './plan.js';

/**
 * Why an API stays as it is although enforce would change it: a grant that is asked for and not made leaves the
 * group outside of what begins to ask for a right. A stage that is not changed asks for nothing new, whatever
 * became of its grant.
 */
export function lockOutsOf(
  { api, stages, live, refusals: known }: Pick<ApiPlan, 'api' | 'stages' | 'live' | 'refusals'>,
  grants: readonly GrantPlan[],
): string[] {
  const reached = new Set([...stages, ...live].map(({ name }) => name));
  return grants
    .filter(({ apiId, stage }) => apiId === api.id && reached.has(stage))
    .filter(({ refusals }) => !refusals.every((it) => known.includes(it)))
    .map(
      ({ stage, refusals }) =>
        `the grant for stage ${stage} is not made, and without it the group in invoke-group would be locked out: ${refusals.join('; ')}`,
    );
}
