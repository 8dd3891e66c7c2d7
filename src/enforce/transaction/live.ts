import { methodKey } from '../../model/evidence.js';
import type { ExpectedMethod } from '../api-plan.js';
import { type Outcome, outcomeOf, type StageProof } from '../outcome.js';
import type { CheckedPlan } from '../preconditions.js';
import type { Step } from '../steps/registry.js';
import { nameOfRoute } from '../steps/update-route.js';
import { type EnforceDependencies, enforceApi, type Prove } from './transaction.js';

/**
 * Enforces an API whose stages deploy by themselves: every change of a route is live at once, and there is no
 * pointer to move back. So each route is a transaction of its own, proven before the next one begins, and
 * rolled back by itself: routes that are proven stay. Stages that do not deploy by themselves come last, with
 * one deployment.
 *
 * @param grants the beginning of the first transaction.
 * @throws Cancelled after the route that was under way was rolled back.
 */
export async function enforceLive<P extends StageProof>(
  plan: CheckedPlan,
  grants: readonly Step[],
  prove: Prove<P>,
  dependencies: EnforceDependencies,
): Promise<Outcome<P>> {
  const outcome = outcomeOf<P>(plan, 'not-attempted');
  for (const [index, change] of plan.changes.entries()) {
    const part = { ...plan, changes: [change], stages: [], expected: expectedAfter(plan, index) };
    const first = index === 0 ? grants : [];
    const came = await enforceApi(part, first, prove, dependencies);
    outcome.changeStates[index] = came.changeStates[0] ?? 'not-attempted';
    if (index === 0) outcome.grant = came.grant;
    if (!enter(outcome, came, index > 0)) return outcome;
    const { logger } = dependencies.retries;
    logger.info(`${index + 1}/${plan.changes.length} ${nameOfRoute(change)}: done`);
  }
  if (plan.stages.length > 0) {
    const last = { ...plan, changes: [], live: [], made: plan.changes };
    const came = await enforceApi(last, [], prove, dependencies);
    outcome.stageStates.splice(0, Infinity, ...came.stageStates);
    outcome.deploymentId = came.deploymentId;
    enter(outcome, came, true);
  }
  return outcome;
}

/**
 * Enters what a part came to.
 *
 * @param isAfterOthers parts before it are proven, and stay.
 * @returns whether the next part may begin.
 */
function enter<P extends StageProof>(
  outcome: Outcome<P>,
  came: Outcome<P>,
  isAfterOthers: boolean,
): boolean {
  outcome.reasons.push(...came.reasons);
  outcome.notRolledBack.push(...came.notRolledBack);
  outcome.notes.push(...came.notes);
  const isDone = came.state === 'proven' || came.state === 'applied';
  // What was found against a part is told; what proves a part says nothing of the whole.
  if (!isDone) outcome.proof = came.proof;
  outcome.state = came.state === 'restored' && isAfterOthers ? 'partial' : came.state;
  return isDone;
}

/** What must be there once the first changes are made and the others are not. */
function expectedAfter(
  { changes, expected }: CheckedPlan,
  last: number,
): ReadonlyMap<string, ExpectedMethod> {
  const later = new Map(
    changes.slice(last + 1).map(({ method, path, from }) => [methodKey(method, path), from]),
  );
  return new Map(
    [...expected].map(([key, method]) => [
      key,
      { ...method, authorizationType: later.get(key) ?? method.authorizationType },
    ]),
  );
}
