import type { ApiPlan, PlannedChange } from './api-plan.js';
import type { Shipped } from './kinds/shipped.js';

/** A plan with everything that must be known before the first change. */
export interface CheckedPlan extends ApiPlan {
  /** What a reader must know although it is allowed. */
  readonly notes: readonly string[];
  /** What else is pending may be shipped with it, known or not. */
  readonly shipsPending?: boolean;
  /** Changes that the same run has made before, and that its stages are still to be moved to; absent where there are none. */
  readonly made?: readonly PlannedChange[];
  /** What a deployment ships besides methods, as it was before the first change; absent where none is made. */
  readonly shipped?: Shipped;
}

/** Refuses a plan for what is pending, or says what is shipped with it where that is allowed. */
export function decidePending(
  plan: ApiPlan,
  found: readonly string[],
  allowPendingChanges: boolean,
): CheckedPlan {
  const shipsPending = allowPendingChanges;
  const pending = [...new Set([...plan.pending, ...found])];
  if (pending.length === 0) return { ...plan, shipsPending, notes: [] };
  if (!allowPendingChanges) {
    const way = 'deploy or revert what is pending first, or set allow-pending-changes: true';
    return {
      ...plan,
      pending,
      refusals: [...plan.refusals, ...pending, way],
      notes: [],
      shipsPending,
    };
  }
  const notes = [`allow-pending-changes is true: ${pending.join('; ')}.`];
  return { ...plan, shipsPending, pending, notes };
}
