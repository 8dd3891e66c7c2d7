import type { Ids } from '../ids.js';
import type { V2ApiState, V2DeploymentState, V2Snapshot, V2StageState } from './model.js';

/** The frozen copy that a deployment keeps: what happens to the API afterwards shows on no stage. */
export function freezeV2(api: V2ApiState): V2Snapshot {
  return {
    routes: structuredClone([...api.routes.values()]),
    integrations: structuredClone(api.integrations),
    authorizers: structuredClone(api.authorizers),
    ...(api.cors === undefined ? {} : { cors: api.cors }),
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
  };
}

/** What deployments are made with. */
export interface Deploying {
  readonly ids: Ids;
  readonly nowMs: number;
  readonly account: {
    readonly propagationDelayMs: number;
    readonly v2: {
      readonly switches: { deploymentMs: number; pendingDeploymentId: 'old' | 'new' };
    };
  };
  /** A fault lets every deployment fail that is begun now. */
  readonly deploymentFailure?: string | undefined;
}

/**
 * Why an API cannot be deployed. The sentences: what users report of CreateDeployment and of
 * `LastDeploymentStatusMessage`, the second of APIs whose routes have no integration.
 */
export function undeployable(api: V2ApiState): string | undefined {
  const routes = [...api.routes.values()];
  if (routes.length === 0) return 'Unable to deploy API because no routes exist in this API';
  return api.protocolType === 'HTTP' && routes.every(({ target }) => target === undefined)
    ? 'Unable to deploy API because no valid routes exist in this API'
    : undefined;
}

/**
 * Begins a deployment. It freezes the API now, and is PENDING for as long as `deploymentMs` says; the
 * stage follows when it is DEPLOYED.
 */
export function beginDeployment(
  api: V2ApiState,
  deploying: Deploying,
  given: { stageName?: string; description?: string; autoDeployed: boolean; failure?: string },
): V2DeploymentState {
  const { ids, nowMs, account, deploymentFailure } = deploying;
  const failure = given.failure ?? deploymentFailure;
  const deployment: V2DeploymentState = {
    deploymentId: ids.next(6),
    createdMs: nowMs,
    autoDeployed: given.autoDeployed,
    status: 'PENDING',
    snapshot: freezeV2(api),
    pending: {
      untilMs: nowMs + account.v2.switches.deploymentMs,
      ...(failure === undefined ? {} : { failure }),
      ...(given.stageName === undefined ? {} : { stageName: given.stageName }),
    },
  };
  if (given.description !== undefined) deployment.description = given.description;
  api.deployments.set(deployment.deploymentId, deployment);
  if (given.stageName !== undefined && account.v2.switches.pendingDeploymentId === 'new') {
    const stage = api.stages.get(given.stageName);
    if (stage !== undefined) stage.deploymentId = deployment.deploymentId;
  }
  settle(api, deploying);
  return deployment;
}

/**
 * Deploys to every stage with AutoDeploy: each change of routes, integrations, authorizers and of the
 * API itself does (API Gateway developer guide, "Work with stages for HTTP APIs": "automatically
 * releases API changes"). An API that cannot be deployed leaves a failed deployment.
 */
export function autoDeploy(api: V2ApiState, deploying: Deploying, only?: V2StageState): void {
  const failure = undeployable(api);
  for (const stage of only === undefined ? api.stages.values() : [only])
    if (stage.autoDeploy)
      beginDeployment(api, deploying, {
        stageName: stage.stageName,
        // As the service describes its own deployments (reports of Terraform's users).
        description: 'Automatic deployment triggered by changes to the Api configuration',
        autoDeployed: true,
        ...(failure === undefined ? {} : { failure }),
      });
}

/** Ends the deployments whose time has come, in the order in which they were begun. */
export function settle(
  api: V2ApiState,
  { nowMs, account }: Pick<Deploying, 'nowMs'> & { account: { propagationDelayMs: number } },
): void {
  for (const deployment of api.deployments.values()) {
    const { pending } = deployment;
    if (pending === undefined || nowMs < pending.untilMs) continue;
    delete deployment.pending;
    const stage = pending.stageName === undefined ? undefined : api.stages.get(pending.stageName);
    if (pending.failure !== undefined) {
      deployment.status = 'FAILED';
      deployment.statusMessage = pending.failure;
      if (stage?.autoDeploy === true)
        stage.lastDeploymentStatusMessage = `Deployment attempt failed: ${pending.failure}`;
      continue;
    }
    deployment.status = 'DEPLOYED';
    if (stage === undefined) continue;
    point(stage, deployment.deploymentId, { nowMs: pending.untilMs, account });
    if (stage.autoDeploy) stage.lastDeploymentStatusMessage = deployedMessage(deployment);
  }
}

/** The sentence of a stage whose auto-deployment has come through (scripts that wait for it). */
export function deployedMessage({ deploymentId }: V2DeploymentState): string {
  return `Successfully deployed stage with deployment ID '${deploymentId}'`;
}

/** Moves a stage; the wire follows after the account's delay. */
export function point(
  stage: V2StageState,
  deploymentId: string,
  { nowMs, account }: { nowMs: number; account: { propagationDelayMs: number } },
): void {
  // A stage that served nothing answers at once; only changes are delayed.
  if (
    account.propagationDelayMs > 0 &&
    stage.servedId !== undefined &&
    stage.servedId !== deploymentId
  )
    stage.propagating = {
      untilMs: nowMs + account.propagationDelayMs,
      // A second change before the first has arrived: the wire is where it was before the first.
      servedId: servedAt(stage, nowMs),
    };
  stage.deploymentId = deploymentId;
  stage.servedId = deploymentId;
  stage.updatedMs = nowMs;
}

/** The deployment that the wire serves. */
export function servedAt(stage: V2StageState, nowMs: number): string | undefined {
  const { propagating } = stage;
  return propagating !== undefined && nowMs < propagating.untilMs
    ? propagating.servedId
    : stage.servedId;
}
