import { freeze } from '../api-state.js';
import { type JsonObject, objectOf } from '../json.js';
import type { ApiState, DeploymentState, StageState } from '../model.js';
import { markPropagating, newStage } from '../stage-state.js';
import { flag, object, text, textMap } from './body.js';
import { type Answer, apiOf, type Call, deploymentOf, type Handlers, nowSeconds } from './call.js';
import { canaryOf } from './canary.js';
import { badRequest } from './errors.js';
import { page } from './page.js';
import { invalidPath, patchOperations, requireReplace } from './patch.js';

/**
 * A deployment on the wire. `apiSummary` is there only when asked for by `embed=apisummary`, and says
 * of each method its authorization type and whether a key is required, nothing else (API Gateway API
 * Reference: GetDeployment `embed`, MethodSnapshot).
 */
function deploymentBody(deployment: DeploymentState, embedSummary: boolean): JsonObject {
  return {
    id: deployment.id,
    description: deployment.description,
    createdDate: deployment.createdDate,
    apiSummary: embedSummary ? summary(deployment) : undefined,
  };
}

function summary(deployment: DeploymentState): JsonObject {
  const { snapshot, summaryWithout = [] } = deployment;
  const told = [...snapshot.paths].flatMap(([path, methods]) => {
    const named = [...methods].filter(([verb]) => !summaryWithout.includes(`${verb} ${path}`));
    return named.length === 0 ? [] : [[path, new Map(named)] as const];
  });
  return objectOf(new Map(told), (methods) =>
    objectOf(methods, ({ authorizationType, apiKeyRequired }) => ({
      authorizationType,
      apiKeyRequired,
    })),
  );
}

function createDeployment(call: Call): Answer {
  const api = apiOf(call);
  const { body } = call;
  const stageName = text(body, 'stageName');
  const canary = object(body, 'canarySettings');
  if (canary !== undefined) checkCanaryStage(api, stageName);
  checkDeployable(api);
  const deployment: DeploymentState = {
    id: call.ids.next(6),
    createdDate: nowSeconds(call),
    snapshot: freeze(api),
  };
  const description = text(body, 'description');
  if (description !== undefined) deployment.description = description;
  api.deployments.set(deployment.id, deployment);
  if (stageName !== undefined && stageName !== '') pointStage(call, api, stageName, deployment.id);
  return { status: 201, body: deploymentBody(deployment, false) };
}

/** Texts, the missing space included: localstack snapshot test_create_canary_deployment_validation, 2025-05-30. */
function checkCanaryStage(api: ApiState, stageName: string | undefined): void {
  if (stageName === undefined || stageName === '')
    throw badRequest(
      `Invalid deployment content specified.Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? 'null'}`,
    );
  if (!api.stages.has(stageName))
    throw badRequest(
      `Invalid deployment content specified.Stage ${stageName} must already be created before making a canary release deployment`,
    );
}

/** Texts: reported by users of CloudFormation and Terraform (BadRequestException, 400). */
function checkDeployable(api: ApiState): void {
  const methods = [...api.resources.values()].flatMap((resource) => [...resource.methods.values()]);
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some((method) => method.integration === undefined))
    throw badRequest('No integration defined for method');
  if (api.endpointTypes.includes('PRIVATE') && api.policy === undefined)
    throw badRequest("Private REST API doesn't have a resource policy attached to it");
}

/** An existing stage is repointed (localstack snapshot test_create_update_deployments, 2023-09-11), another created. */
function pointStage(call: Call, api: ApiState, stageName: string, deploymentId: string): void {
  const { body } = call;
  const before = api.stages.get(stageName);
  const after: StageState =
    before === undefined
      ? newStage(stageName, deploymentId, nowSeconds(call))
      : { ...structuredClone(before), lastUpdatedDate: nowSeconds(call) };
  const canary = object(body, 'canarySettings');
  // With canary settings only the canary gets the deployment (localstack snapshot
  // test_create_canary_deployment_with_stage, 2025-05-30). What becomes of a canary when the stage
  // is deployed without them is not recorded; here it stays.
  if (canary === undefined) after.deploymentId = deploymentId;
  else after.canarySettings = canaryOf(canary, deploymentId);
  const variables = textMap(body, 'variables');
  if (variables !== undefined) after.variables = variables;
  const description = text(body, 'stageDescription');
  if (description !== undefined) after.description = description;
  after.tracingEnabled = flag(body, 'tracingEnabled') ?? after.tracingEnabled;
  after.cacheClusterEnabled = flag(body, 'cacheClusterEnabled') ?? after.cacheClusterEnabled;
  if (before !== undefined) markPropagating(before, after, call.account, call.nowMs);
  api.stages.set(stageName, after);
}

/** No summary in the list without `embed`; with it the service model has no such member, so it is ignored. */
function getDeployments(call: Call): Answer {
  const deployments = [...apiOf(call).deployments.values()];
  return {
    status: 200,
    body: page(
      call,
      deployments,
      ({ id }) => id,
      (deployment) => deploymentBody(deployment, false),
    ),
  };
}

function getDeployment(call: Call): Answer {
  const embed = call.query
    .getAll('embed')
    .flatMap((value) => value.split(','))
    .includes('apisummary');
  return { status: 200, body: deploymentBody(deploymentOf(call, apiOf(call)), embed) };
}

/** Only the description can be changed (API Gateway API Reference, "Patch Operations": UpdateDeployment). */
function updateDeployment(call: Call): Answer {
  const deployment = deploymentOf(call, apiOf(call));
  for (const operation of patchOperations(call.body, 'updateDeploymentInput')) {
    if (operation.path !== '/description') throw invalidPath(operation);
    deployment.description = requireReplace(operation);
  }
  return { status: 200, body: deploymentBody(deployment, false) };
}

/** Text: localstack snapshot test_create_delete_deployments, 2023-09-07. A canary's deployment counts as in use. */
function deleteDeployment(call: Call): Answer {
  const api = apiOf(call);
  const { id } = deploymentOf(call, api);
  const used = [...api.stages.values()].some(
    (stage) => stage.deploymentId === id || stage.canarySettings?.deploymentId === id,
  );
  if (used) throw badRequest('Active stages pointing to this deployment must be moved or deleted');
  api.deployments.delete(id);
  return { status: 202 };
}

export const deploymentHandlers: Handlers = {
  CreateDeployment: createDeployment,
  GetDeployments: getDeployments,
  GetDeployment: getDeployment,
  UpdateDeployment: updateDeployment,
  DeleteDeployment: deleteDeployment,
};
