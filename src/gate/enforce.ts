import { allowedTypesOf, holdsOn, namesApi, namesStage } from '../config/config.js';
import type { GrantPlan } from '../enforce/grant/plan.js';
import { type Outcome, outcomeOf } from '../enforce/outcome.js';
import { type ApiPlan, isIdle, planEnforcement, refusalText } from '../enforce/plan.js';
import { type CheckedPlan, checkPreconditions } from '../enforce/preconditions.js';
import { type EnforcementProof, proveEnforcement, reasonsUnprovable } from '../enforce/prove.js';
import { finishInterrupted, type Recovery } from '../enforce/transaction/recover.js';
import { type EnforcementWorld, enforceApi } from '../enforce/transaction/transaction.js';
import { collectEvidence, type Scope } from '../evidence/collect.js';
import { type JoinedMethod, joinLayers } from '../evidence/join.js';
import type { Inputs } from '../inputs/table.js';
import { type ApiEvidence, type Evidence, nameOf } from '../model/evidence.js';
import { stageKey } from '../model/stage-key.js';
import { dependsOnDomains, readSurroundings } from '../probe/surroundings.js';
import { judge } from '../rules/judge.js';
import { provenStages } from '../rules/verdict.js';
import { askEndpoint, probeCredentials, selectionOf } from './ask-endpoint.js';
import type { Basis, World } from './dependencies.js';

/*
 * The part of the gate's story that changes things: recover, plan, enforce, prove, look again.
 */

/** Undoes what a killed run before this one has left in the journal. */
export function recover(
  { region, apiIds }: Inputs,
  { enforcement }: World,
): Promise<Recovery | null> {
  const { journal, apiGatewayIn, iamIn, undoing } = enforcement;
  const asked = { region, apiIds };
  return finishInterrupted({ journal, asked, apiGatewayIn, iamIn, retries: undoing.retries });
}

/** An outcome with the proof that it came to. */
export type GateOutcome = Outcome<EnforcementProof>;

/** Plans, and in mode `enforce` carries the plans out, an API after the other. */
export async function enforceOrPlan(
  inputs: Inputs,
  basis: Basis,
  evidence: Evidence,
  recovery: Recovery | null,
  grants: readonly GrantPlan[],
  world: World,
): Promise<GateOutcome[]> {
  if (inputs.mode === 'audit') return [];
  const { logger } = world;
  const title = inputs.mode === 'plan' ? 'Planning what enforce would change' : 'Turning IAM on';
  return logger.group(title, async () => {
    const outcomes: GateOutcome[] = [];
    for (const drafted of planEnforcement(evidence.apis, { ...inputs, ...basis })) {
      const obstacle = obstacleOf(recovery, outcomes);
      const plan = await checkPlan(drafted, inputs, basis, recovery, outcomes, world);
      logger.info(describePlan(plan));
      if (inputs.mode === 'plan') for (const line of planLines(plan)) logger.info(line);
      const isToChange = !isIdle(plan) && plan.refusals.length === 0;
      const granting =
        obstacle === null
          ? grants.filter(({ apiId }) => apiId === plan.api.id).flatMap(({ steps }) => steps)
          : [];
      const isCarriedOut = inputs.mode === 'enforce' && (isToChange || granting.length > 0);
      outcomes.push(
        isCarriedOut
          ? await enforceApi(
              plan,
              granting,
              () => prove(plan, inputs, basis, world),
              enforcementWorld(world),
            )
          : outcomeOf(plan, plan.refusals.length > 0 ? 'not-attempted' : 'planned'),
      );
    }
    return outcomes;
  });
}

/**
 * What forbids any further change: something that could not be put back, by this run or one before
 * it. The journal has room for one transaction that is open, and it is of more use than a second.
 */
function obstacleOf(recovery: Recovery | null, outcomes: readonly GateOutcome[]): string | null {
  const unfinished = reasonUnfinished(recovery);
  if (unfinished !== null) return unfinished;
  const failed = outcomes.find(({ state }) => state === 'left');
  if (failed === undefined) return null;
  return `enforcement of ${nameOf(failed.plan.api)} (${failed.plan.api.id}) could not be put back, so nothing more is changed`;
}

function reasonUnfinished(recovery: Recovery | null): string | null {
  return recovery === null || recovery.isFinal ? null : recovery.words;
}

function enforcementWorld(world: World): EnforcementWorld {
  return {
    ...world.enforcement,
    apiGateway: world.apiGateway,
    iam: world.iam,
    retries: world,
  };
}

/** Everything that must hold before the first change, and can be found out without one. */
async function checkPlan(
  plan: ApiPlan,
  inputs: Inputs,
  basis: Basis,
  recovery: Recovery | null,
  outcomes: readonly GateOutcome[],
  world: World,
): Promise<CheckedPlan> {
  if (isIdle(plan)) {
    // What an earlier run has left fails the job, whatever it would have done: here it is said why.
    const unfinished = reasonUnfinished(recovery);
    const refusals = unfinished === null ? plan.refusals : [...plan.refusals, unfinished];
    return { ...plan, refusals, notes: [] };
  }
  const obstacle = obstacleOf(recovery, outcomes);
  const checked = await checkPreconditions(plan, inputs.allowPendingChanges, world.apiGateway);
  const refusals = [
    ...checked.refusals,
    ...(obstacle === null ? [] : [obstacle]),
    ...(await reasonsNotToProve(plan, inputs, basis, world)),
  ];
  return { ...checked, refusals };
}

/** What would keep the proof from being given; nothing where none is asked for. */
async function reasonsNotToProve(
  plan: ApiPlan,
  inputs: Inputs,
  basis: Basis,
  world: World,
): Promise<string[]> {
  if (!inputs.smokeTest || plan.stages.length === 0) return [];
  // Where the default endpoint answers, the address is known without asking AWS.
  const surroundings = await readSurroundings(
    dependsOnDomains(plan.api, inputs) ? [plan.api] : [],
    inputs,
    world.apiGateway,
  );
  const rows = joinByPolicy([plan.api], basis);
  const reasons = reasonsUnprovable(plan, rows, selectionOf(inputs, basis), surroundings);
  const credentials = await probeCredentials(inputs, world);
  if (typeof credentials === 'function') return reasons;
  return [...reasons, `signed requests could not be sent to prove it: ${credentials.unavailable}`];
}

/** Whether the new deployment does what it should; the objections put it back. */
function prove(
  plan: ApiPlan,
  inputs: Inputs,
  basis: Basis,
  world: World,
): Promise<EnforcementProof> {
  const { id } = plan.api;
  const moved = plan.stages.map(({ name }) => name);
  return proveEnforcement(plan, {
    smokeTest: inputs.smokeTest,
    join: (api) => joinByPolicy([api], basis),
    collect: () => collectApi(plan.api, inputs, basis, world),
    ask: (rows) =>
      askEndpoint(rows, new Set(moved.map((stage) => `${id}/${stage}`)), inputs, basis, world),
    judge: (api, rows, observations) => ({
      findings: judge({
        evidence: { apis: [api], listing: null },
        rows,
        observations,
        asked: inputs,
      }),
      provenStages: new Set(
        moved.filter((stage) => provenStages(observations).has(stageKey(id, stage))),
      ),
    }),
  });
}

/** An API as it is now; its description is what it was. */
async function collectApi(
  { id, description }: ApiEvidence,
  inputs: Inputs,
  basis: Basis,
  world: World,
): Promise<ApiEvidence> {
  const known = new Map(description.readable ? [[id, description.value]] : []);
  const scope = { ...inputs, ...requirementOf(basis), apiIds: [id], known, isRepeated: true };
  const { apis } = await collectEvidence(scope, world.apiGateway, world.logger);
  const [api] = apis;
  if (api === undefined) throw new Error(`no evidence was collected of API ${id}`);
  return api;
}

/** The layers joined, each row with what the policy lets it have. */
export function joinByPolicy(apis: readonly ApiEvidence[], basis: Basis): JoinedMethod[] {
  return joinLayers(apis, requirementOf(basis).allowedTypesOf);
}

/** What the policy requires of methods, for reading and for joining. */
export function requirementOf({
  policy,
  today,
}: Basis): Required<Pick<Scope, 'allowedTypesOf' | 'mayBeOpen'>> {
  return {
    allowedTypesOf: (method, path) => allowedTypesOf(policy, method, path),
    mayBeOpen: (api, stage, method, path) =>
      policy.exceptions.some(
        (clause) =>
          holdsOn(clause, today) &&
          namesApi(clause, api) &&
          namesStage(clause, stage) &&
          clause.matches(method, path),
      ),
  };
}

function describePlan(plan: ApiPlan): string {
  const { api, changes, stages, refusals } = plan;
  const title = `${nameOf(api)} (${api.id})`;
  if (refusals.length > 0) return refusalText(plan);
  if (isIdle(plan)) return `${title}: nothing to change`;
  const moves = stages.map(({ name }) => name).join(', ');
  return `${title}: ${changes.length} methods to change; ${stages.length === 0 ? 'no deployment needed' : `one deployment, served by ${moves}`}`;
}

/** The plan as a diff, a line a method; enforce says the same while it does it. */
function planLines({ changes, kept }: ApiPlan): string[] {
  return [
    ...changes.map(({ method, path, from, to }) => `  ${method} ${path}: ${from} -> ${to}`),
    ...kept.map(
      ({ method, path, authorizationType, reason }) =>
        `  ${method} ${path}: ${authorizationType} stays: ${reason}`,
    ),
  ];
}
