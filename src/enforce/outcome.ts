import type { Change, Deployment, Kept, Transaction } from '../report/report.js';
import type { CheckedPlan } from './preconditions.js';
import type { Part } from './steps/step-kind.js';
import type { RollBack } from './transaction/roll-back.js';

/** Whether the stages of an API are proven, as far as its transaction needs to know. */
export interface StageProof {
  /** Why the stages are not proven, as sentences; empty where they are. */
  readonly objections: readonly string[];
  /** Whether the endpoint was asked at all. */
  readonly isAsked: boolean;
  /** Ids of the deployments that the API's stages and their canaries serve. */
  readonly served: ReadonlySet<string>;
}

/** How far a plan has been carried out; filled in while it is. */
export interface Outcome<P extends StageProof = StageProof> {
  readonly plan: CheckedPlan;
  /** A state for each of the plan's changes, in their order. */
  readonly changeStates: Change['state'][];
  /** The new deployment's id; `null` until it exists, and where it was deleted again. */
  deploymentId: string | null;
  /** A state for each of the plan's stages, in their order. */
  readonly stageStates: Deployment['stages'][number]['state'][];
  /** What became of the rights that were to be granted for it; `none` where none were, or not begun. */
  grant: 'none' | 'made' | 'rolled-back';
  /** `null` while nothing was to be carried out. */
  state: Transaction['state'] | null;
  /** Why it did not go as planned, as sentences. */
  readonly reasons: string[];
  /** What could not be rolled back, as sentences. */
  readonly notRolledBack: string[];
  /** What a reader must know although all went as planned, as sentences. */
  readonly notes: string[];
  /** What was proven of the new deployment, or found against it; `null` where it came to neither. */
  proof: P | null;
}

/** An outcome in which every step has the same state: `planned`, or `not-attempted` yet. */
export function outcomeOf<P extends StageProof>(
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
    notRolledBack: [],
    notes: [],
    proof: null,
  };
}

/**
 * Enters what rolling back came to: in the report, what was rolled back is `restored`.
 *
 * @param parts of the transaction's steps, in their order.
 */
export function enterRollBack(
  outcome: Outcome,
  parts: readonly Part[],
  { results, notRolledBack }: RollBack,
): void {
  const { changeStates, stageStates } = outcome;
  let [change, stage] = [0, 0];
  for (const [index, part] of parts.entries()) {
    const isBack = results[index]?.state !== 'not-rolled-back';
    const isApplied = results[index]?.state === 'rolled-back';
    if (part === 'method') {
      if (isBack && (isApplied || changeStates[change] === 'applied')) {
        changeStates[change] = 'restored';
      }
      change += 1;
    }
    if (part === 'stage') {
      if (isBack && (isApplied || stageStates[stage] === 'moved')) stageStates[stage] = 'restored';
      stage += 1;
    }
    if (part === 'deployment' && isBack) outcome.deploymentId = null;
  }
  outcome.notRolledBack.push(...notRolledBack);
  outcome.state = notRolledBack.length === 0 ? 'restored' : 'left';
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
export function transactionsOf(outcome: Outcome): Transaction[] {
  const { plan, state, reasons, notRolledBack: left } = outcome;
  return state === null ? [] : [{ api: plan.api.id, state, reasons, left }];
}
