import { isRequiredType } from '../../../config/requirement.js';
import { readRoutes } from '../../../evidence/v2/routes.js';
import { readStageList } from '../../../evidence/v2/stages.js';
import type { ApiKind } from '../../../model/api-kind.js';
import {
  type ConfiguredMethod,
  type Methods,
  methodKey,
  UNREADABLE,
} from '../../../model/evidence.js';
import type { ApiPlan, PlannedChange } from '../../api-plan.js';
import type { Outcome } from '../../outcome.js';
import type { CheckedPlan } from '../../preconditions.js';
import { watchAutoDeployments } from '../../steps/auto-deployment.js';
import { readV2StageNow } from '../../steps/move-v2-stage.js';
import { nameOfRoute, readRoute, type UpdateRouteStep } from '../../steps/update-route.js';
import { EnforcementStopped, interference } from '../../transaction/stopped.js';
import type { CarryOut, EnforceDependencies } from '../../transaction/transaction.js';
import { differenceBetween, refuseDifferences } from '../compare.js';
import { makeDeployment, moveStages, type StageNow } from '../deploy.js';
import { refuseOtherShipped } from '../shipped.js';
import { readExported } from './exported.js';
import { shippedOfV2 } from './shipped.js';

/**
 * Carries a plan out: changes each route after reading it once more, makes one deployment without a stage,
 * and points the stages at it. A deployment of this version tells no routes: that it holds what was planned
 * follows from what is configured right before and right after it is made, and of an HTTP API from the
 * export of the latest configuration.
 *
 * A plan that is live has its route deployed by stages that deploy by themselves, and is waited for.
 */
export async function applyV2Plan(
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  dependencies: EnforceDependencies,
): Promise<void> {
  const { plan } = outcome;
  if (plan.live.length > 0) {
    await updateRoutes(outcome, carryOut, dependencies);
    return;
  }
  const before = await readAll(plan, dependencies);
  await updateRoutes(outcome, carryOut, dependencies);
  await refuseChangedRoutes(plan, before, dependencies);
  if (plan.stages.length === 0) return;
  await refuseBlindExport(plan, dependencies);
  const deploymentId = await deploy(outcome, token, before, carryOut, dependencies);
  const readNow = (stage: string) => readStage({ apiId: plan.api.id, stage }, dependencies);
  await moveStages(
    { kind: 'move-v2-stage', readNow },
    outcome,
    deploymentId,
    carryOut,
    dependencies,
  );
}

/** The routes that the evidence of a kind holds; the others let nobody in. */
const IS_JUDGED: Readonly<Partial<Record<ApiKind, (key: string) => boolean>>> = {
  WEBSOCKET: (key) => key === methodKey('$connect', '$connect'),
};

/** Every route as it is now, once those that the plan is about are known to be what it was made from. */
async function readAll(
  plan: ApiPlan,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<Methods<ConfiguredMethod>> {
  const { api } = plan;
  const now = await readRoutes(apiGatewayV2, api.id);
  if (api.configured.readable) {
    const isJudged = IS_JUDGED[api.kind] ?? (() => true);
    const judged = new Map([...now].filter(([key]) => isJudged(key)));
    // By the live part of the same run, routes may have been changed since.
    const before = [...api.configured.value].map(([key, route]): [string, ConfiguredMethod] => {
      const found = now.get(key);
      const type = plan.expected.get(key)?.authorizationType;
      const isDone =
        found !== undefined &&
        found.authorizationType === type &&
        !plan.changes.some(({ method, path }) => methodKey(method, path) === key);
      if (!isDone) return [key, route];
      const { authorizationType, authorizerId } = found;
      const authorizationScopes =
        found.authorizationScopes.length === 0 ? [] : route.authorizationScopes;
      return [key, { ...route, authorizationType, authorizerId, authorizationScopes }];
    });
    refuseDifferences({ expected: new Map() }, new Map(before), judged);
  }
  return now;
}

async function refuseChangedRoutes(
  plan: ApiPlan,
  before: Methods<ConfiguredMethod>,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<void> {
  refuseDifferences(plan, before, await readRoutes(apiGatewayV2, plan.api.id));
}

async function updateRoutes(
  outcome: Outcome,
  carryOut: CarryOut,
  dependencies: EnforceDependencies,
): Promise<void> {
  const { plan } = outcome;
  const isLive = plan.live.length > 0;
  const { logger } = dependencies.retries;
  for (const [index, change] of plan.changes.entries()) {
    const watch = isLive ? await watchAutoDeployments(plan.api.id, dependencies) : null;
    await refuseOtherLive(plan, dependencies);
    await refuseChangedRoute(plan, change, dependencies);
    await carryOut(updateStepOf(plan, change, isLive), () => {
      outcome.changeStates[index] = 'failed';
    });
    outcome.changeStates[index] = 'applied';
    logger.info(`${nameOfRoute(change)}: ${change.from} -> ${change.to}`);
    const problem = (await watch?.settle(true)) ?? null;
    if (problem !== null) throw new EnforcementStopped(`${nameOfRoute(change)}: ${problem}.`);
  }
}

function updateStepOf(plan: ApiPlan, change: PlannedChange, isLive: boolean): UpdateRouteStep {
  const { resourceId: routeId, method, path, former, to } = change;
  return {
    kind: 'update-route',
    target: { apiId: plan.api.id, routeId, method, path },
    does: { authorizationType: to, isLive },
    rollBack: {
      authorizationType: former.authorizationType,
      authorizerId: former.authorizerId,
      authorizationScopes: former.authorizationScopes,
      apiKeyRequired: former.apiKeyRequired,
    },
  };
}

/**
 * A stage that has come to deploy by itself since the plan was made takes each change at once: it would be
 * live there without a proof, and nobody allowed that.
 */
async function refuseOtherLive(
  { api, live }: ApiPlan,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<void> {
  const known = new Set(live.map(({ name }) => name));
  const stages = await readStageList(apiGatewayV2, api.id);
  const other = stages.find((stage) => stage.AutoDeploy === true && !known.has(stage.StageName));
  if (other === undefined) return;
  throw interference(
    `stage ${other.StageName} has come to deploy every change at once (AutoDeploy)`,
  );
}

async function refuseChangedRoute(
  { api }: ApiPlan,
  { resourceId: routeId, method, path, former }: PlannedChange,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<void> {
  const now = await readRoute({ apiId: api.id, routeId }, apiGatewayV2);
  const difference = now === null ? 'is gone' : differenceBetween(former, now);
  if (difference !== null) throw interference(`${nameOfRoute({ method, path })} ${difference}`);
}

async function readStage(
  target: { readonly apiId: string; readonly stage: string },
  { apiGatewayV2 }: EnforceDependencies,
): Promise<StageNow | null> {
  const now = await readV2StageNow(target, apiGatewayV2);
  if (now === null) return null;
  const obstacle = now.AutoDeploy === true ? 'now deploys by itself' : null;
  return { deploymentId: now.DeploymentId, obstacle };
}

/**
 * What is pending was found by comparing the export of each stage with the newest one. Should the export
 * of a stage show what is configured and not what it serves, which nobody has written down, that comparison
 * saw nothing. The changes that were just made, by this transaction or live by those before it, and that the
 * stage does not serve yet tell which it is.
 */
async function refuseBlindExport(
  plan: CheckedPlan,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<void> {
  const { api, stages, shipsPending } = plan;
  const changes = [...(plan.made ?? []), ...plan.changes];
  if (api.kind !== 'HTTP' || changes.length === 0 || shipsPending === true) return;
  const newest = await readExported(apiGatewayV2, api.id, null);
  for (const { name } of stages) {
    const { routes } = await readExported(apiGatewayV2, api.id, name);
    const isSighted = changes.some(({ method, path, to }) => {
      const key = methodKey(method, path);
      const isShown = newest.routes.get(key)?.authorizationType === to;
      return isShown && routes.get(key)?.authorizationType !== to;
    });
    // What one stage's export shows, any other's does.
    if (isSighted) return;
  }
  throw new EnforcementStopped(
    `What else the deployment would ship is not known: the export of a stage (${stages.map(({ name }) => name).join(', ')}) shows what is configured, or not that it was changed, and so not what the stage serves. Deploy or revert what is pending first, or set allow-pending-changes: true.`,
  );
}

async function deploy(
  outcome: Outcome,
  token: string,
  before: Methods<ConfiguredMethod>,
  carryOut: CarryOut,
  dependencies: EnforceDependencies,
): Promise<string> {
  const { plan } = outcome;
  const kind = 'create-v2-deployment';
  const deploymentId = await makeDeployment(kind, outcome, token, carryOut, dependencies);
  await refuseChangedRoutes(plan, before, dependencies);
  if (plan.api.kind === 'HTTP') await refuseOtherExport(plan, deploymentId, dependencies);
  const { id, kind: apiKind } = plan.api;
  await refuseOtherShipped(plan.shipped, shippedOfV2(id, apiKind, dependencies.apiGatewayV2));
  return deploymentId;
}

/** What the deployment was made of, as far as the service itself exports it. */
async function refuseOtherExport(
  { api, expected }: ApiPlan,
  deploymentId: string,
  { apiGatewayV2 }: EnforceDependencies,
): Promise<void> {
  const { routes } = await readExported(apiGatewayV2, api.id, null);
  // It was never written down that an export shows AWS_IAM; one that shows it somewhere does.
  const showsIam = [...routes.values()].some((it) => isRequiredType(it.authorizationType));
  const differing = [...new Set([...expected.keys(), ...routes.keys()])].flatMap((key) => {
    const wanted = expected.get(key)?.authorizationType;
    const found = routes.get(key)?.authorizationType;
    if (found === 'NONE' && wanted !== undefined && isRequiredType(wanted) && !showsIam) return [];
    // An authorizer whose scheme the export does not describe: GetRoutes has told the type.
    const isUndescribed = found === UNREADABLE && wanted !== undefined && !isRequiredType(wanted);
    if (wanted === found || isUndescribed) return [];
    return [`${key} is ${found ?? 'missing'} instead of ${wanted ?? 'absent'}`];
  });
  if (differing.length === 0) return;
  throw new EnforcementStopped(
    `Deployment ${deploymentId} was made of what was not planned: ${differing.join('; ')}. Somebody changed the API at the same time; run the job again.`,
  );
}
