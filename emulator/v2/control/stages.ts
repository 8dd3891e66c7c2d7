import { flag, object, requiredText, text, textMap } from '../../control-plane/body.js';
import { badRequest, conflict } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { newV2Stage } from '../api-state.js';
import { autoDeploy, point } from '../deploy.js';
import type { V2ApiState, V2StageState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  isoDate,
  membersOf,
  page,
  stageOf,
} from './call.js';

function stageBody(stage: V2StageState): JsonObject {
  return {
    ...stage.other,
    stageName: stage.stageName,
    apiGatewayManaged: stage.apiGatewayManaged,
    autoDeploy: stage.autoDeploy,
    createdDate: isoDate(stage.createdMs),
    defaultRouteSettings: stage.defaultRouteSettings,
    deploymentId: stage.deploymentId,
    description: stage.description,
    // "Supported only for stages with autoDeploy enabled" (service model).
    lastDeploymentStatusMessage: stage.autoDeploy ? stage.lastDeploymentStatusMessage : undefined,
    lastUpdatedDate: isoDate(stage.updatedMs),
    routeSettings: stage.routeSettings,
    stageVariables: stage.stageVariables,
    tags: stage.tags,
  };
}

function getStages(call: Call): Answer {
  const stages = [...apiOf(call).stages.values()];
  return { status: 200, body: page(call, stages, ({ stageName }) => stageName, stageBody) };
}

function getStage(call: Call): Answer {
  return { status: 200, body: stageBody(stageOf(call)) };
}

function createStage(call: Call): Answer {
  const api = editableApiOf(call);
  const { body, nowMs } = call;
  const stageName = requiredText(body, 'stageName');
  if (stageName === '$default' && api.protocolType === 'WEBSOCKET')
    throw badRequest('A WebSocket API has no stage $default (text of the emulator)');
  if (api.stages.has(stageName)) throw conflict('Stage already exists');
  const stage = newV2Stage(stageName, nowMs);
  stage.tags = textMap(body, 'tags') ?? {};
  apply(call, api, stage);
  api.stages.set(stageName, stage);
  if (stage.autoDeploy) autoDeploy(api, call, stage);
  return { status: 201, body: stageBody(stage) };
}

function updateStage(call: Call): Answer {
  const api = editableApiOf(call);
  const known = stageOf(call);
  // "You can't modify the $default stage" of quick create (service model, Stage.ApiGatewayManaged).
  if (known.apiGatewayManaged === true)
    throw badRequest(`The stage ${known.stageName} is managed by API Gateway and can't be updated`);
  const stage = structuredClone(known);
  apply(call, api, stage);
  stage.updatedMs = call.nowMs;
  api.stages.set(stage.stageName, stage);
  // What is configured goes out at once where AutoDeploy comes on.
  if (stage.autoDeploy && !known.autoDeploy) autoDeploy(api, call, stage);
  return { status: 200, body: stageBody(stage) };
}

/**
 * The sentence under AutoDeploy: go-to-k/cdk-real-drift pull request 667, seen on AWS. That a stage
 * takes only a deployment that is DEPLOYED is the emulator's.
 */
function apply(call: Call, api: V2ApiState, stage: V2StageState): void {
  const { body } = call;
  stage.autoDeploy = flag(body, 'autoDeploy') ?? stage.autoDeploy;
  const deploymentId = text(body, 'deploymentId');
  if (deploymentId !== undefined) {
    if (stage.autoDeploy)
      throw badRequest('Deployment ID cannot be set on this stage because AutoDeploy is enabled');
    const deployment = api.deployments.get(deploymentId);
    if (deployment === undefined)
      throw badRequest(`Invalid deployment identifier specified: ${deploymentId}`);
    if (deployment.status !== 'DEPLOYED')
      throw badRequest(
        `The deployment ${deploymentId} is ${deployment.status} (text of the emulator)`,
      );
    point(stage, deploymentId, call);
  }
  const description = text(body, 'description');
  if (description !== undefined) stage.description = description;
  stage.stageVariables = textMap(body, 'stageVariables') ?? stage.stageVariables;
  stage.defaultRouteSettings = object(body, 'defaultRouteSettings') ?? stage.defaultRouteSettings;
  stage.routeSettings = object(body, 'routeSettings') ?? stage.routeSettings;
  stage.other = {
    ...stage.other,
    ...membersOf(body, { accessLogSettings: object, clientCertificateId: text }),
  };
}

function deleteStage(call: Call): Answer {
  editableApiOf(call).stages.delete(stageOf(call).stageName);
  return { status: 204 };
}

export const stageHandlers: Handlers = {
  GetStages: getStages,
  GetStage: getStage,
  CreateStage: createStage,
  UpdateStage: updateStage,
  DeleteStage: deleteStage,
};
