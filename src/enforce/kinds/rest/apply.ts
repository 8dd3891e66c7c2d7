import { readConfiguredMethods } from '../../../evidence/rest/configured.js';
import { hasCanary, readSnapshot } from '../../../evidence/rest/deployed.js';
import { type Methods, methodKey } from '../../../model/evidence.js';
import type { ApiPlan, ExpectedMethod, PlannedChange } from '../../api-plan.js';
import { isSameDocument } from '../../grant/policy.js';
import type { Outcome } from '../../outcome.js';
import { readStageNow } from '../../steps/move-stage.js';
import { type PatchMethodStep, readMethod } from '../../steps/patch-method.js';
import { EnforcementStopped, interference } from '../../transaction/stopped.js';
import type { CarryOut, EnforceDependencies } from '../../transaction/transaction.js';
import { differenceBetween, refuseDifferences } from '../compare.js';
import { makeDeployment, moveStages, type StageNow } from '../deploy.js';
import { refuseOtherShipped } from '../shipped.js';
import { shippedOfRest } from './shipped.js';

/**
 * Carries a plan out: patches each method after reading it once more, makes one deployment without a
 * stage, compares its summary and what is configured by then with the plan, and only then points the stages at it. Every call is
 * announced before it is made. The first thing that is not as planned stops it; what is served changes
 * only in the last step.
 *
 * @throws AwsFailure, EnforcementStopped or Cancelled; the outcome says how far it came.
 */
export async function applyPlan(
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  dependencies: EnforceDependencies,
): Promise<void> {
  const { plan } = outcome;
  for (const [index, change] of plan.changes.entries()) {
    await refuseChangedMethod(plan, change, dependencies);
    await carryOut(patchStepOf(plan, change), () => {
      outcome.changeStates[index] = 'failed';
    });
    outcome.changeStates[index] = 'applied';
    dependencies.retries.logger.info(
      `${index + 1}/${plan.changes.length} ${change.method} ${change.path}: ${change.from} -> ${change.to}`,
    );
  }
  await refuseChangedMethods(plan, dependencies);
  if (plan.stages.length === 0) return;
  const deploymentId = await deploy(outcome, token, carryOut, dependencies);
  const readNow = (stage: string) => readStage({ apiId: plan.api.id, stage }, dependencies);
  await moveStages({ kind: 'move-stage', readNow }, outcome, deploymentId, carryOut, dependencies);
}

function patchStepOf(plan: ApiPlan, change: PlannedChange): PatchMethodStep {
  const { resourceId, method, path, former, to } = change;
  return {
    kind: 'patch-method',
    target: { apiId: plan.api.id, resourceId, method, path },
    does: { authorizationType: to },
    rollBack: {
      authorizationType: former.authorizationType,
      authorizerId: former.authorizerId,
      authorizationScopes: former.authorizationScopes,
    },
  };
}

async function refuseChangedMethod(
  { api }: ApiPlan,
  { resourceId, method, path, former }: PlannedChange,
  { apiGateway }: EnforceDependencies,
): Promise<void> {
  const now = await readMethod({ apiId: api.id, resourceId, method, path }, apiGateway);
  const difference = now === null ? 'is gone' : differenceBetween(former, now);
  if (difference !== null) throw interference(`${methodKey(method, path)} ${difference}`);
}

async function refuseChangedMethods(
  plan: ApiPlan,
  { apiGateway }: EnforceDependencies,
): Promise<void> {
  const { id, configured } = plan.api;
  if (!configured.readable) return;
  refuseDifferences(plan, configured.value, await readConfiguredMethods(apiGateway, id));
}

/** A deployment ships the resource policy as well, and nothing tells later which one it holds. */
async function refuseChangedPolicy(
  { api: { id, description } }: ApiPlan,
  { apiGateway }: EnforceDependencies,
): Promise<void> {
  if (!description.readable) return;
  const now = await apiGateway.getRestApi(id);
  if (!isSamePolicy(now.policy ?? '', description.value.policy ?? '')) {
    throw interference('the resource policy has changed');
  }
}

/** Some answers have the policy escaped once more than others. */
function isSamePolicy(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.replaceAll('\\', ''));
  return isSameDocument(one ?? '', other ?? '');
}

async function readStage(
  target: { readonly apiId: string; readonly stage: string },
  { apiGateway }: EnforceDependencies,
): Promise<StageNow | null> {
  const now = await readStageNow(target, apiGateway);
  if (now === null) return null;
  return { deploymentId: now.deploymentId, obstacle: hasCanary(now) ? 'got a canary' : null };
}

async function deploy(
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  dependencies: EnforceDependencies,
): Promise<string> {
  const { plan } = outcome;
  const { api, expected } = plan;
  const kind = 'create-deployment';
  const deploymentId = await makeDeployment(kind, outcome, token, carryOut, dependencies);
  const snapshot = await readSnapshot(dependencies.apiGateway, api.id, deploymentId);
  const differences = differencesOf(expected, snapshot);
  if (differences.length > 0) {
    throw new EnforcementStopped(
      `Deployment ${deploymentId} did not hold what was planned: ${differences.join('; ')}. Somebody changed the API at the same time; run the job again.`,
    );
  }
  // The summary tells nothing but types. What is as planned before and behind the call was in between, too.
  await refuseChangedMethods(plan, dependencies);
  await refuseChangedPolicy(plan, dependencies);
  await refuseOtherShipped(plan.shipped, shippedOfRest(api.id, dependencies.apiGateway));
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
