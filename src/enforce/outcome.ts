import type { Change, Deployment, Kept } from '../report/report.js';
import type { ApiPlan } from './plan.js';

/** How far a plan has been carried out; filled in while it is. */
export interface Outcome {
  readonly plan: ApiPlan;
  /** A state for each of the plan's changes, in their order. */
  readonly changeStates: Change['state'][];
  /** The new deployment's id; `null` until it exists, and where it was deleted again. */
  deploymentId: string | null;
  /** A state for each of the plan's stages, in their order. */
  readonly stageStates: Deployment['stages'][number]['state'][];
  /** Why it stopped, in sentences; `null` where it did not. */
  problem: string | null;
}

/** An outcome in which every step has the same state: `planned`, or `not-attempted` yet. */
export function outcomeOf(plan: ApiPlan, state: 'planned' | 'not-attempted'): Outcome {
  return {
    plan,
    changeStates: plan.changes.map(() => state),
    deploymentId: null,
    stageStates: plan.stages.map(() => state),
    problem: null,
  };
}

/** The outcome's changes as the report has them. */
export function changesOf({ plan, changeStates }: Outcome): Change[] {
  return plan.changes.map(({ method, path, from, to }, index) => ({
    api: plan.api.id,
    method,
    path,
    from,
    to,
    state: changeStates[index] ?? 'not-attempted',
  }));
}

/** The deployment that was made or planned, with its stages; none where no stage needs one. */
export function deploymentsOf({ plan, deploymentId, stageStates }: Outcome): Deployment[] {
  if (plan.stages.length === 0) return [];
  const stages = plan.stages.map(({ name, deploymentId: from }, index) => ({
    name,
    from,
    state: stageStates[index] ?? 'not-attempted',
  }));
  return [{ api: plan.api.id, deploymentId, stages }];
}

/** The methods that were left without AWS_IAM, as the report has them. */
export function keptOf({ plan }: Outcome): Kept[] {
  return plan.kept.map((kept) => ({ api: plan.api.id, ...kept }));
}
