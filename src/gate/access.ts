import { collectAccessAgain } from '../access/collect.js';
import type { AccessEvidence } from '../access/model.js';
import { planTheGrants, settleGrants } from '../enforce/grant/grant.js';
import { type GrantOutcome, grantOutcomeOf } from '../enforce/grant/outcome.js';
import type { GrantPlan } from '../enforce/grant/plan.js';
import type { InterruptedRun } from '../enforce/transaction/roll-back-interrupted.js';
import { stageKey } from '../model/stage-key.js';
import type { Assignment } from './assignment.js';
import type { Collected } from './collect.js';
import type { ReadDependencies } from './dependencies.js';
import type { GateOutcome } from './enforced.js';
import type { Present } from './present.js';
import { invokedOf, joinedRows } from './rows.js';

/*
 * The part of enforcement that is about who may invoke: rights are granted before methods begin to ask
 * for them, rolled back with the API that they were granted for, and read again.
 */

/** Plans what is to be granted: each API's grant is the beginning of its transaction. */
export function planInvokeGrants(
  assignment: Assignment,
  { evidence, access }: Collected,
  recovery: InterruptedRun | null,
  dependencies: ReadDependencies,
): Promise<GrantPlan[]> {
  const obstacle = recovery === null || recovery.isFinal ? null : recovery.words;
  const rows = invokedOf(joinedRows(evidence.apis, assignment), assignment);
  const { target, newToken } = dependencies;
  const settings = { iam: target.iam, retries: dependencies, token: newToken() };
  return planTheGrants(assignment.inputs, rows, access, obstacle, settings);
}

/** The planned grants, each with what became of it: it shares the fate of its API's transaction. */
export function withOutcomes(
  planned: readonly GrantPlan[],
  outcomes: readonly GateOutcome[],
  isCarriedOut: boolean,
): GrantOutcome[] {
  return planned.map((plan) => {
    const outcome = outcomes.find(({ plan: { api } }) => api.id === plan.apiId);
    return grantOutcomeOf(plan, isCarriedOut ? outcome : undefined);
  });
}

/** Stages whose callers were granted rights a moment ago, by `stageKey`. */
export function grantedStages(grants: readonly GrantOutcome[]): ReadonlySet<string> {
  return new Set(
    grants.flatMap(({ plan, state }) =>
      state === 'applied' ? [stageKey(plan.apiId, plan.stage)] : [],
    ),
  );
}

/** Who may invoke now: read again where something was granted, until it shows. */
export async function accessAfter(
  before: AccessEvidence,
  { evidence, rows }: Present,
  grants: readonly GrantOutcome[],
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<AccessEvidence> {
  if (!grants.some(({ state }) => state === 'applied' || state === 'failed')) return before;
  const { iam } = dependencies.target;
  const read = (): Promise<AccessEvidence> =>
    collectAccessAgain(before, assignment.inputs, evidence, iam);
  return settleGrants(grants, invokedOf(rows, assignment), read, dependencies);
}
