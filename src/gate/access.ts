import { isDecidedByIam } from '../access/assess.js';
import { collectAccess } from '../access/collect.js';
import type { AccessEvidence } from '../access/model.js';
import { planTheGrants, settleGrants } from '../enforce/grant/grant.js';
import { type GrantOutcome, grantOutcomeOf } from '../enforce/grant/outcome.js';
import type { GrantPlan } from '../enforce/grant/plan.js';
import type { Recovery } from '../enforce/transaction/recover.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Inputs } from '../inputs/table.js';
import type { Evidence } from '../model/evidence.js';
import type { Access } from '../report/report.js';
import { isExcepted } from '../rules/exceptions.js';
import type { Basis, World } from './dependencies.js';
import { type GateOutcome, joinByPolicy } from './enforce.js';

/*
 * The part of the gate's story that is about who may invoke: grant before methods begin to ask for
 * rights, take back what was granted for nothing, read again.
 */

/** The rows whose callers need a right: all but those that an exception lets do without IAM. */
export function invokedOf(
  rows: readonly JoinedMethod[],
  { policy, today }: Basis,
): readonly JoinedMethod[] {
  return rows.filter((row) => !isExcepted(row, policy.exceptions, today));
}

/** What enforcement came to, with the rights that were granted before it. */
export interface Enforced {
  readonly outcomes: readonly GateOutcome[];
  readonly grants: readonly GrantOutcome[];
}

/**
 * Plans what is to be granted, and enforces: each API's grant is the beginning of its transaction, and
 * is put back with it.
 *
 * @param enforce is called once, with the planned grants.
 */
export async function enforceWithGrants(
  inputs: Inputs,
  basis: Basis,
  before: Evidence,
  access: AccessEvidence,
  recovery: Recovery | null,
  enforce: (grants: readonly GrantPlan[]) => Promise<readonly GateOutcome[]>,
  world: World,
): Promise<Enforced> {
  const obstacle = recovery === null || recovery.isFinal ? null : recovery.words;
  const rows = invokedOf(joinByPolicy(before.apis, basis), basis);
  const { iam, enforcement } = world;
  const settings = { iam, retries: world, token: enforcement.newToken() };
  const planned = await planTheGrants(inputs, rows, access, obstacle, settings);
  const outcomes = await enforce(planned);
  const grants = planned.map((plan) => {
    const isCarriedOut = inputs.mode === 'enforce';
    const outcome = outcomes.find(({ plan: { api } }) => api.id === plan.apiId);
    return grantOutcomeOf(plan, isCarriedOut ? outcome : undefined);
  });
  return { outcomes, grants };
}

/** Stages whose callers were granted rights a moment ago, as `api/stage`. */
export function grantedStages(grants: readonly GrantOutcome[]): ReadonlySet<string> {
  return new Set(
    grants.flatMap(({ plan, state }) =>
      state === 'applied' ? [`${plan.apiId}/${plan.stage}`] : [],
    ),
  );
}

/** Who may invoke now: read again where something was granted, until it shows. */
export async function accessAfter(
  inputs: Inputs,
  evidence: Evidence,
  invoked: readonly JoinedMethod[],
  before: AccessEvidence,
  grants: readonly GrantOutcome[],
  world: World,
): Promise<AccessEvidence> {
  if (!grants.some(({ state }) => state === 'applied' || state === 'failed')) return before;
  return settleGrants(grants, invoked, () => collectAccess(inputs, evidence, world.iam), world);
}

/** What a reader must know of the group and the policy to read the rest. */
export function notesOnAccess(
  { group, invokePolicy }: Access,
  invoked: readonly JoinedMethod[],
): string[] {
  const notes: string[] = [];
  if (group?.users === 0) {
    notes.push(`Group ${group.name} has no users: what it may invoke lets nobody in.`);
  }
  if (invokePolicy?.exact === false) {
    notes.push(
      'The output invoke-policy allows more than the audited methods: naming each would be larger than IAM takes (6,144 characters). Audit fewer stages a step for an exact one.',
    );
  }
  if (invokePolicy === null && invoked.some((row) => row.stage !== null && isDecidedByIam(row))) {
    notes.push(
      'There is no invoke-policy: not even one ARN an API fits into the 6,144 characters that IAM takes. Audit fewer APIs a step.',
    );
  }
  return notes;
}

/** Why something was not granted. */
export function notesOnGrant({ plan, problem }: GrantOutcome): string[] {
  if (problem !== null) return [problem];
  if (plan.refusals.length === 0) return [];
  return [`Nothing was granted for ${plan.apiId}/${plan.stage}: ${plan.refusals.join('; ')}.`];
}
