import type { Change, Deployment, Kept, Transaction } from '../report/report.js';
import type { CheckedPlan } from './preconditions.js';
import type { Undone } from './transaction/roll-back.js';

/** What a proof came to, as far as enforcement needs to know. */
export interface Proof {
  /** Why the stages are not proven, as sentences; empty where they are. */
  readonly objections: readonly string[];
  /** Whether the endpoint was asked at all. */
  readonly isAsked: boolean;
  /** Ids of the deployments that the API's stages serve. */
  readonly served: ReadonlySet<string>;
}

/** How far a plan has been carried out; filled in while it is. */
export interface Outcome<P extends Proof = Proof> {
  readonly plan: CheckedPlan;
  /** A state for each of the plan's changes, in their order. */
  readonly changeStates: Change['state'][];
  /** The new deployment's id; `null` until it exists, and where it was deleted again. */
  deploymentId: string | null;
  /** A state for each of the plan's stages, in their order. */
  readonly stageStates: Deployment['stages'][number]['state'][];
  /** What became of the rights that were to be granted for it; `none` where none were, or not begun. */
  grant: 'none' | 'made' | 'taken-back';
  /** `null` while nothing was to be carried out. */
  state: Transaction['state'] | null;
  /** Why it did not go as planned, as sentences. */
  readonly reasons: string[];
  /** What could not be put back, as sentences. */
  readonly left: string[];
  /** What was proven of the new deployment, or found against it; `null` where it came to neither. */
  proof: P | null;
}

/** An outcome in which every step has the same state: `planned`, or `not-attempted` yet. */
export function outcomeOf<P extends Proof>(
  plan: CheckedPlan,
  state: 'planned' | 'not-attempted',
): Outcome<P> {
  const isRefused = plan.refusals.length > 0;
  return {
    plan,
    changeStates: plan.changes.map(() => state),
    deploymentId: null,
    stageStates: plan.stages.map(() => state),
    grant: 'none',
    state: isRefused ? 'refused' : null,
    reasons: [...plan.refusals],
    left: [],
    proof: null,
  };
}

/** Enters what undoing came to: a step that was put back is `restored`, and so is what it did. */
export function enterUndone(
  outcome: Outcome,
  steps: readonly { readonly kind: string }[],
  { results, left }: Undone,
): void {
  const { changeStates, stageStates } = outcome;
  let [change, stage] = [0, 0];
  for (const [index, { kind }] of steps.entries()) {
    const isBack = results[index]?.state !== 'left';
    const isApplied = results[index]?.state === 'put-back';
    if (kind === 'patch-method') {
      if (isBack && (isApplied || changeStates[change] === 'applied')) {
        changeStates[change] = 'restored';
      }
      change += 1;
    }
    if (kind === 'move-stage') {
      if (isBack && (isApplied || stageStates[stage] === 'moved')) stageStates[stage] = 'restored';
      stage += 1;
    }
    if (kind === 'create-deployment' && isBack) outcome.deploymentId = null;
  }
  outcome.left.push(...left);
  outcome.state = left.length === 0 ? 'restored' : 'left';
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

/** What became of the API as a whole; none where there was nothing to do. */
export function transactionsOf({ plan, state, reasons, left }: Outcome): Transaction[] {
  return state === null ? [] : [{ api: plan.api.id, state, reasons, left }];
}
