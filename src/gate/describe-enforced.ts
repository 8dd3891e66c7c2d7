import { isIdle } from '../enforce/api-plan.js';
import type { GrantOutcome } from '../enforce/grant/outcome.js';
import {
  changesOf,
  deploymentsOf,
  keptOf,
  type Outcome,
  transactionsOf,
} from '../enforce/outcome.js';
import { ownerOf } from '../enforce/owner.js';
import { refusalText } from '../enforce/refusals.js';
import { actionsOf } from '../enforce/steps/registry.js';
import type { InterruptedRun } from '../enforce/transaction/roll-back-interrupted.js';
import { nameOf } from '../model/evidence.js';
import type { Access, Owner } from '../report/report.js';
import type { Enforced, GateOutcome } from './enforced.js';

/** What the report says of enforcement, or of the plan of one. */
export function describeEnforced(
  recovery: InterruptedRun | null,
  outcomes: readonly GateOutcome[],
  grants: readonly GrantOutcome[],
): Enforced {
  const failed = outcomes.filter(({ state }) => state !== null && FAILED.has(state));
  return {
    changes: outcomes.flatMap(changesOf),
    deployments: outcomes.flatMap(deploymentsOf),
    kept: outcomes.flatMap(keptOf),
    transactions: outcomes.flatMap(transactionsOf),
    owners: outcomes.flatMap(ownersOf),
    notes: [
      ...(recovery === null ? [] : [recovery.words]),
      ...outcomes.flatMap(notesOnOutcome),
      // Stages whose policies are new have the same doubt.
      ...new Set(grants.flatMap(notesOnGrant)),
    ],
    grants: grants.map(grantOf),
    findings: failed.flatMap(({ proof }) => proof?.findings ?? []),
    isFailed: failed.length > 0 || recovery?.isFinal === false,
  };
}

/** Something that was to be enforced is not. */
const FAILED: ReadonlySet<GateOutcome['state']> = new Set(['restored', 'partial', 'left']);

function notesOnOutcome({ plan, state, reasons, notRolledBack, notes: own }: Outcome): string[] {
  const name = `${nameOf(plan.api)} (${plan.api.id})`;
  const notes = [...plan.notes, ...own];
  if (state === 'refused') notes.push(refusalText(plan));
  if (state === 'restored') {
    notes.push(
      `Enforcement of ${name} did not succeed, and everything is as before. ${reasons.join(' ')}`,
    );
  }
  if (state === 'partial') {
    notes.push(
      `Enforcement of ${name} stopped halfway: the routes that were changed first are proven and stay so, and the others are as before. ${reasons.join(' ')}`,
    );
  }
  if (state === 'left') {
    notes.push(
      `Enforcement of ${name} did not succeed, and NOT everything could be rolled back: ${notRolledBack.join('; ')}. Why it did not succeed: ${reasons.join(' ')}`,
    );
  }
  const [owner] = ownersOf({ plan });
  return owner === undefined ? notes : [...notes, owner.warning];
}

/** Who manages an API that is changed, or would be. */
function ownersOf({ plan }: Pick<Outcome, 'plan'>): Owner[] {
  const owner = isIdle(plan) ? null : ownerOf(plan.api);
  return owner === null ? [] : [owner];
}

/** Why something was not granted, or may not be. */
function notesOnGrant({ plan, state, problem }: GrantOutcome): string[] {
  if (problem !== null) return [problem];
  if (plan.refusals.length === 0) {
    return plan.doubt === undefined || state === 'applied' ? [] : [plan.doubt];
  }
  return [`Nothing was granted for ${plan.apiId}/${plan.stage}: ${plan.refusals.join('; ')}.`];
}

function grantOf({ plan, state, problem }: GrantOutcome): Access['grants'][number] {
  const { apiId, stage, groupName, policyName, steps, refusals, doubt } = plan;
  return {
    api: apiId,
    stage,
    group: groupName,
    policy: policyName,
    steps: steps.map((step) => actionsOf(step).describe()),
    state,
    reason: problem ?? (refusals.length === 0 ? null : refusals.join('; ')),
    ...(doubt === undefined || state === 'applied' ? {} : { doubt }),
  };
}
