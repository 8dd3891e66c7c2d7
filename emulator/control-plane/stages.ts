import type { JsonObject } from '../json.js';
import type { StageState } from '../model.js';
import { newStage } from '../stage-state.js';
import { flag, object, requiredText, text, textMap } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, nowSeconds, stageOf } from './call.js';
import { canaryOf } from './canary.js';
import { badRequest, conflict } from './errors.js';

/** A stage on the wire: localstack snapshots test_create_update_stages, 2024-03-05 and (with a canary) 2025-05-30. */
export function stageBody(stage: StageState): JsonObject {
  const { canarySettings: canary } = stage;
  return {
    deploymentId: stage.deploymentId,
    clientCertificateId: stage.clientCertificateId,
    stageName: stage.stageName,
    description: stage.description,
    cacheClusterEnabled: stage.cacheClusterEnabled,
    cacheClusterSize: stage.cacheClusterSize,
    cacheClusterStatus: stage.cacheClusterStatus,
    methodSettings: stage.methodSettings,
    variables: stage.variables,
    documentationVersion: stage.documentationVersion,
    accessLogSettings: stage.accessLogSettings,
    canarySettings:
      canary === undefined
        ? undefined
        : {
            deploymentId: canary.deploymentId,
            percentTraffic: canary.percentTraffic,
            stageVariableOverrides: canary.stageVariableOverrides,
            useStageCache: canary.useStageCache,
          },
    tracingEnabled: stage.tracingEnabled,
    webAclArn: stage.webAclArn,
    tags: stage.tags,
    createdDate: stage.createdDate,
    lastUpdatedDate: stage.lastUpdatedDate,
  };
}

/** Not paged, and its key is `item` on the wire and in the SDK alike (service model: Stages). */
function getStages(call: Call): Answer {
  const deploymentId = call.query.get('deploymentId');
  const stages = [...apiOf(call).stages.values()].filter(
    // localstack snapshot test_get_stages_filters_by_deployment_id, 2026-02-25.
    (stage) => deploymentId === null || stage.deploymentId === deploymentId,
  );
  return { status: 200, body: { item: stages.map(stageBody) } };
}

function getStage(call: Call): Answer {
  return { status: 200, body: stageBody(stageOf(call, apiOf(call))) };
}

function createStage(call: Call): Answer {
  const api = apiOf(call);
  const { body } = call;
  const stageName = requiredText(body, 'stageName');
  // Reported by users of CloudFormation and Terraform, with status 409.
  if (api.stages.has(stageName)) throw conflict('Stage already exists');
  const deploymentId = text(body, 'deploymentId') ?? '';
  if (!api.deployments.has(deploymentId)) throw badRequest('Deployment id does not exist');
  const stage = newStage(stageName, deploymentId, nowSeconds(call));
  const canary = object(body, 'canarySettings');
  if (canary !== undefined) {
    const canaryDeployment = text(canary, 'deploymentId') ?? deploymentId;
    if (!api.deployments.has(canaryDeployment)) throw badRequest('Deployment id does not exist');
    stage.canarySettings = canaryOf(canary, canaryDeployment);
  }
  const description = text(body, 'description');
  if (description !== undefined) stage.description = description;
  const variables = textMap(body, 'variables');
  if (variables !== undefined) stage.variables = variables;
  const documentationVersion = text(body, 'documentationVersion');
  if (documentationVersion !== undefined) stage.documentationVersion = documentationVersion;
  const tags = textMap(body, 'tags');
  if (tags !== undefined) stage.tags = tags;
  stage.tracingEnabled = flag(body, 'tracingEnabled') ?? false;
  stage.cacheClusterEnabled = flag(body, 'cacheClusterEnabled') ?? false;
  api.stages.set(stageName, stage);
  return { status: 201, body: stageBody(stage) };
}

function deleteStage(call: Call): Answer {
  const api = apiOf(call);
  api.stages.delete(stageOf(call, api).stageName);
  return { status: 202 };
}

export const stageHandlers: Handlers = {
  GetStages: getStages,
  GetStage: getStage,
  CreateStage: createStage,
  DeleteStage: deleteStage,
};
