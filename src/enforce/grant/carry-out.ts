import { AwsFailure } from '../../aws/failure.js';
import { applyGrantStep, GrantStopped, type GrantWorld, undoGrantStep } from './apply.js';
import type { GrantPlan } from './plan.js';
import { describeGrantStep, type GrantStep } from './steps.js';

/** How far a grant has come. */
export interface GrantOutcome {
  readonly plan: GrantPlan;
  readonly state: 'unchanged' | 'planned' | 'applied' | 'failed' | 'not-attempted';
  /** Why it stopped, in sentences; `null` where it did not. */
  readonly problem: string | null;
}

/** A plan that is shown and not carried out. */
export function plannedOutcome(plan: GrantPlan): GrantOutcome {
  if (plan.refusals.length > 0) return { plan, state: 'not-attempted', problem: null };
  return { plan, state: plan.steps.length === 0 ? 'unchanged' : 'planned', problem: null };
}

/**
 * Carries a grant out, step by step, and undoes what it did where a step fails or the job is cancelled.
 *
 * @param announce is told of each step before its call is made.
 */
export async function carryOutGrant(
  plan: GrantPlan,
  world: GrantWorld & { readonly undoing: GrantWorld },
  announce: (step: GrantStep) => Promise<void> = async () => {},
): Promise<GrantOutcome> {
  const planned = plannedOutcome(plan);
  if (planned.state !== 'planned') return planned;
  const begun: GrantStep[] = [];
  try {
    for (const step of plan.steps) {
      await announce(step);
      begun.push(step);
      await applyGrantStep(step, world);
      world.retries.logger.info(`done: ${describeGrantStep(step)}`);
    }
    return { plan, state: 'applied', problem: null };
  } catch (error) {
    const left = await undoGrant(begun, world.undoing);
    // A cancelled job, or a bug of ours: no report will say what is left.
    if (!(error instanceof AwsFailure) && !(error instanceof GrantStopped)) throw error;
    const why = wordsOf(error);
    const undone = left.length === 0 ? 'What it had done was undone.' : left.join(' ');
    return {
      plan,
      state: 'failed',
      problem: `The grant of ${plan.policyName} stopped: ${why} ${undone}`,
    };
  }
}

/** Takes back a grant that was made. */
export async function takeBackGrant(
  { plan }: GrantOutcome,
  undoing: GrantWorld,
): Promise<GrantOutcome> {
  const left = await undoGrant(plan.steps, undoing);
  const undone = left.length === 0 ? 'everything is as before' : left.join(' ');
  return {
    plan,
    state: 'failed',
    problem: `The grant of ${plan.policyName} was taken back, since enforcement did not succeed: ${undone}`,
  };
}

/** Undoes steps, the last first; a step that fails keeps no other from being undone. */
async function undoGrant(steps: readonly GrantStep[], world: GrantWorld): Promise<string[]> {
  const left: string[] = [];
  for (const step of steps.toReversed()) {
    try {
      const undo = await undoGrantStep(step, world);
      world.retries.logger.info(`undo of "${describeGrantStep(step)}": ${undo.state}`);
      if (undo.state === 'left') left.push(`Left as it is: ${undo.words}.`);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      left.push(`Not undone: ${describeGrantStep(step)}: ${wordsOf(error)}`);
    }
  }
  return left;
}

function wordsOf(error: AwsFailure | GrantStopped): string {
  return error instanceof AwsFailure ? `${error.message}. ${error.remedy}` : `${error.message}.`;
}
