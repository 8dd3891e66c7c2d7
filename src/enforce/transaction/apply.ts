import { readConfiguredMethods } from '../../evidence/rest/configured.js';
import { readSnapshot } from '../../evidence/rest/deployed.js';
import { type ConfiguredMethod, type Methods, methodKey } from '../../model/evidence.js';
import type { Outcome } from '../outcome.js';
import type { ApiPlan, ExpectedMethod, PlannedChange } from '../plan.js';
import { type CreateDeploymentStep, createDeployment } from '../steps/create-deployment.js';
import { type MoveStageStep, moveStage, readStageNow } from '../steps/move-stage.js';
import { type PatchMethodStep, patchMethod, readMethod } from '../steps/patch-method.js';
import { describeDeployment } from './provenance.js';
import { EnforcementStopped } from './stopped.js';
import type { CarryOut, EnforcementWorld } from './transaction.js';

/**
 * Carries a plan out: patches each method after reading it once more, makes one deployment without a
 * stage, compares its summary with the plan, and only then points the stages at it. Every call is
 * announced before it is made. The first thing that is not as planned stops it; what is served changes
 * only in the last step.
 *
 * @throws AwsFailure, EnforcementStopped or Cancelled; the outcome says how far it came.
 */
export async function applyPlan(
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  world: EnforcementWorld,
): Promise<void> {
  const { plan } = outcome;
  for (const [index, change] of plan.changes.entries()) {
    await refuseChangedMethod(plan, change, world);
    const step = patchStepOf(plan, change);
    await carryOut(step, () => {
      outcome.changeStates[index] = 'failed';
      return patchMethod(step, world.apiGateway, world.retries);
    });
    outcome.changeStates[index] = 'applied';
    world.retries.logger.info(
      `${index + 1}/${plan.changes.length} ${change.method} ${change.path}: ${change.from} -> ${change.to}`,
    );
  }
  await compareConfigured(plan, world);
  if (plan.stages.length === 0) return;
  const deploymentId = await deploy(outcome, token, carryOut, world);
  for (const [index, stage] of plan.stages.entries()) {
    const former = await refuseChangedStage(plan, stage.name, stage.deploymentId, world);
    const step: MoveStageStep = {
      kind: 'move-stage',
      target: { apiId: plan.api.id, stage: stage.name },
      does: { deploymentId },
      undo: { deploymentId: former },
    };
    await carryOut(step, () => {
      outcome.stageStates[index] = 'failed';
      return moveStage(step, world.apiGateway, world.retries);
    });
    outcome.stageStates[index] = 'moved';
    world.retries.logger.info(`stage ${stage.name}: ${former} -> ${deploymentId}`);
  }
}

function patchStepOf(plan: ApiPlan, change: PlannedChange): PatchMethodStep {
  const { resourceId, method, path, former, to } = change;
  return {
    kind: 'patch-method',
    target: { apiId: plan.api.id, resourceId, method, path },
    does: { authorizationType: to },
    undo: {
      authorizationType: former.authorizationType,
      authorizerId: former.authorizerId,
      authorizationScopes: former.authorizationScopes,
    },
  };
}

async function refuseChangedMethod(
  { api }: ApiPlan,
  { resourceId, method, path, former }: PlannedChange,
  { apiGateway }: EnforcementWorld,
): Promise<void> {
  const now = await readMethod({ apiId: api.id, resourceId, method, path }, apiGateway);
  const difference = now === null ? 'is gone' : differenceBetween(former, now);
  if (difference !== null) throw interference(`${methodKey(method, path)} ${difference}`);
}

/** A stage that was moved, or got a canary, since the plan was made is not ours to move. */
async function refuseChangedStage(
  { api }: ApiPlan,
  stage: string,
  plannedFrom: string | null,
  { apiGateway }: EnforcementWorld,
): Promise<string> {
  const now = await readStageNow({ apiId: api.id, stage }, apiGateway);
  const deploymentId = now?.deploymentId;
  if (now === null || deploymentId === undefined) throw interference(`stage ${stage} is gone`);
  if (deploymentId !== plannedFrom) {
    throw interference(`stage ${stage} serves deployment ${deploymentId} by now`);
  }
  if ((now.canarySettings?.percentTraffic ?? 0) > 0) {
    throw interference(`stage ${stage} got a canary`);
  }
  return deploymentId;
}

function interference(what: string): EnforcementStopped {
  return new EnforcementStopped(
    `Since the plan was made, ${what}: something else is changing the API. Run the job again when it is done.`,
  );
}

/** How a method differs from what the plan was made from; `null` where it does not. */
function differenceBetween(planned: ConfiguredMethod, now: ConfiguredMethod): string | null {
  if (now.authorizationType !== planned.authorizationType) {
    return `went from ${planned.authorizationType} to ${now.authorizationType}`;
  }
  if (now.authorizerId !== planned.authorizerId) return 'got another authorizer';
  if (now.apiKeyRequired !== planned.apiKeyRequired)
    return 'changed whether it asks for an API key';
  if (integrationOf(now) !== integrationOf(planned)) return 'got another integration';
  return null;
}

/** A method's integration as one text, equal where all of it is. */
function integrationOf(method: ConfiguredMethod): string {
  const { integrationType, integrationUri, integrationHttpMethod, integrationSettings } = method;
  const settings = Object.entries(integrationSettings).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([integrationType, integrationUri, integrationHttpMethod, settings]);
}

/** All of the API once more: what a deployment ships now is what the plan was made from, and the plan. */
async function compareConfigured(plan: ApiPlan, { apiGateway }: EnforcementWorld): Promise<void> {
  const { api, expected } = plan;
  if (!api.configured.readable) return;
  const planned = api.configured.value;
  const now = await readConfiguredMethods(apiGateway, api.id);
  for (const key of new Set([...planned.keys(), ...now.keys()])) {
    const [before, after] = [planned.get(key), now.get(key)];
    if (before === undefined) throw interference(`${key} is new`);
    if (after === undefined) throw interference(`${key} is gone`);
    const authorizationType = expected.get(key)?.authorizationType ?? before.authorizationType;
    const isChanged = authorizationType !== before.authorizationType;
    // A patched method has lost its authorizer on purpose.
    const wanted = {
      ...before,
      authorizationType,
      authorizerId: isChanged ? after.authorizerId : before.authorizerId,
    };
    const difference = differenceBetween(wanted, after);
    if (difference !== null) throw interference(`${key} ${difference}`);
  }
}

async function deploy(
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  { apiGateway, retries, provenance }: EnforcementWorld,
): Promise<string> {
  const { api, expected } = outcome.plan;
  const step: CreateDeploymentStep = {
    kind: 'create-deployment',
    target: { apiId: api.id },
    does: { description: describeDeployment(provenance, token) },
    undo: { deleteWhereDescriptionHolds: token },
  };
  let deploymentId = '';
  await carryOut(step, async () => {
    const made = await createDeployment(step, apiGateway, retries);
    ({ deploymentId } = made);
    outcome.deploymentId = deploymentId;
    return made.certainty;
  });
  retries.logger.info(`deployment ${deploymentId} made; no stage serves it yet`);
  const differences = differencesOf(expected, await readSnapshot(apiGateway, api.id, deploymentId));
  if (differences.length > 0) {
    throw new EnforcementStopped(
      `Deployment ${deploymentId} did not hold what was planned: ${differences.join('; ')}. Somebody changed the API at the same time; run the job again.`,
    );
  }
  return deploymentId;
}

function differencesOf(
  expected: Methods<ExpectedMethod>,
  snapshot: Methods<ExpectedMethod>,
): string[] {
  const keys = new Set([...expected.keys(), ...snapshot.keys()]);
  return [...keys].flatMap((key) => {
    const [wanted, found] = [expected.get(key), snapshot.get(key)];
    if (wanted?.authorizationType !== found?.authorizationType) {
      return [
        `${key} is ${found?.authorizationType ?? 'missing'} instead of ${wanted?.authorizationType ?? 'absent'}`,
      ];
    }
    if (wanted?.apiKeyRequired === found?.apiKeyRequired) return [];
    return [`${key} ${found?.apiKeyRequired ? 'asks' : 'does not ask'} for an API key`];
  });
}
