import type { Outcome } from '../outcome.js';
import type { GrantPlan } from './plan.js';

/** How far a grant has come. */
export interface GrantOutcome {
  readonly plan: GrantPlan;
  readonly state: 'unchanged' | 'planned' | 'applied' | 'failed' | 'not-attempted';
  /** Why it stopped, in sentences; `null` where it did not. */
  readonly problem: string | null;
}

/**
 * What became of a planned grant: what became of the transaction of its API.
 *
 * @param outcome of that API; `undefined` where nothing was carried out.
 */
export function grantOutcomeOf(plan: GrantPlan, outcome: Outcome | undefined): GrantOutcome {
  if (plan.refusals.length > 0) return { plan, state: 'not-attempted', problem: null };
  if (plan.steps.length === 0) return { plan, state: 'unchanged', problem: null };
  if (outcome === undefined) return { plan, state: 'planned', problem: null };
  switch (outcome.grant) {
    case 'made':
      return { plan, state: 'applied', problem: null };
    case 'none':
      return { plan, state: 'not-attempted', problem: null };
    case 'rolled-back': {
      const { notRolledBack } = outcome;
      const what =
        notRolledBack.length === 0
          ? 'was rolled back, since enforcement did not succeed: everything is as before'
          : `was to be rolled back, since enforcement did not succeed, and not everything was: ${notRolledBack.join('; ')}`;
      const problem = `The grant of ${plan.policyName} ${what}. ${outcome.reasons.join(' ')}`;
      return { plan, state: 'failed', problem };
    }
  }
}
