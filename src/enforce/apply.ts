import type { ApiGateway, PatchOperation } from '../aws/api-gateway.js';
import { AwsFailure } from '../aws/failure.js';
import { readConfiguredMethods } from '../evidence/configured.js';
import { readSnapshot } from '../evidence/deployed.js';
import { methodKey, nameOf } from '../evidence/model.js';
import type { Logger } from '../logger.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { ApiPlan, PlannedChange } from './plan.js';

/** The deployment's words in the console, so that whoever finds it knows where it came from. */
const DESCRIPTION = 'apigw-iam-gate: IAM authorization turned on';

/**
 * Carries a plan out: patches each method, reads them all again, makes one deployment without a
 * stage, compares its summary with the plan, and only then points the stages at it. The first
 * failure stops it; what is served changes only in the last step.
 */
export async function applyPlan(
  plan: ApiPlan,
  apiGateway: ApiGateway,
  logger: Logger,
): Promise<Outcome> {
  const outcome = outcomeOf(plan, 'not-attempted');
  try {
    await patchMethods(outcome, apiGateway, logger);
    if (plan.stages.length > 0) {
      outcome.deploymentId = await deploy(plan, apiGateway, logger);
      await moveStages(outcome, outcome.deploymentId, apiGateway, logger);
    }
  } catch (error) {
    if (!(error instanceof AwsFailure) && !(error instanceof EnforcementStopped)) throw error;
    const words = error instanceof AwsFailure ? `${error.message}. ${error.remedy}` : error.message;
    outcome.problem = `Enforcement of ${nameOf(plan.api)} (${plan.api.id}) stopped: ${words}`;
    logger.info(outcome.problem);
  }
  return outcome;
}

/** What AWS holds is not what the plan put there: somebody else is at work, or a rule is wrong. */
class EnforcementStopped extends Error {}

async function patchMethods(
  { plan, changeStates }: Outcome,
  apiGateway: ApiGateway,
  logger: Logger,
): Promise<void> {
  const { id } = plan.api;
  for (const [index, change] of plan.changes.entries()) {
    changeStates[index] = 'failed';
    await apiGateway.updateMethod(id, change.resourceId, change.method, patchOf(change));
    changeStates[index] = 'applied';
    logger.info(
      `${index + 1}/${plan.changes.length} ${change.method} ${change.path}: ${change.from} -> ${change.to}`,
    );
  }
  if (plan.changes.length === 0) return;
  const configured = await readConfiguredMethods(apiGateway, id);
  for (const [index, change] of plan.changes.entries()) {
    const now = configured.get(methodKey(change.method, change.path))?.authorizationType;
    if (now === change.to) continue;
    changeStates[index] = 'failed';
    throw new EnforcementStopped(
      `${change.method} ${change.path} was set to ${change.to} and ${now === undefined ? 'is gone' : `reads ${now}`}. Something else is changing the API; run the job again when it is done.`,
    );
  }
}

/**
 * From CUSTOM or COGNITO_USER_POOLS the authorizer is taken off in the same patch: Terraform's AWS
 * provider sends this pair, and API Gateway accepts it.
 */
function patchOf(change: PlannedChange): PatchOperation[] {
  const type: PatchOperation = { op: 'replace', path: '/authorizationType', value: change.to };
  if (change.from === 'NONE') return [type];
  return [type, { op: 'replace', path: '/authorizerId', value: '' }];
}

async function deploy(plan: ApiPlan, apiGateway: ApiGateway, logger: Logger): Promise<string> {
  const { id } = plan.api;
  const { id: deploymentId } = await apiGateway.createDeployment(id, DESCRIPTION);
  if (deploymentId === undefined) {
    throw new EnforcementStopped('CreateDeployment answered without an id.');
  }
  logger.info(`deployment ${deploymentId} made; no stage serves it yet`);
  const snapshot = await readSnapshot(apiGateway, id, deploymentId);
  const differences = differencesOf(plan.expected, snapshot);
  if (differences.length > 0) {
    // No stage points at it, so nothing is served that was not served before; it is ours to delete.
    await apiGateway.deleteDeployment(id, deploymentId);
    throw new EnforcementStopped(
      `deployment ${deploymentId} did not hold what was planned and was deleted: ${differences.join('; ')}. Somebody changed the API at the same time; run the job again.`,
    );
  }
  return deploymentId;
}

function differencesOf(
  expected: ReadonlyMap<string, string>,
  snapshot: ReadonlyMap<string, { readonly authorizationType: string }>,
): string[] {
  const keys = new Set([...expected.keys(), ...snapshot.keys()]);
  return [...keys].flatMap((key) => {
    const wanted = expected.get(key);
    const found = snapshot.get(key)?.authorizationType;
    if (wanted === found) return [];
    return [`${key} is ${found ?? 'missing'} instead of ${wanted ?? 'absent'}`];
  });
}

async function moveStages(
  { plan, stageStates }: Outcome,
  deploymentId: string,
  apiGateway: ApiGateway,
  logger: Logger,
): Promise<void> {
  const patch: PatchOperation[] = [{ op: 'replace', path: '/deploymentId', value: deploymentId }];
  for (const [index, stage] of plan.stages.entries()) {
    stageStates[index] = 'failed';
    await apiGateway.updateStage(plan.api.id, stage.name, patch);
    stageStates[index] = 'moved';
    logger.info(`stage ${stage.name}: ${stage.deploymentId ?? 'none'} -> ${deploymentId}`);
  }
}
