import { text } from '../../control-plane/body.js';
import { badRequest } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { beginDeployment, undeployable } from '../deploy.js';
import type { V2DeploymentState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  deploymentOf,
  editableApiOf,
  type Handlers,
  isoDate,
  page,
} from './call.js';

/** Nothing of routes: the service model has no such member. */
function deploymentBody(deployment: V2DeploymentState): JsonObject {
  return {
    autoDeployed: deployment.autoDeployed,
    createdDate: isoDate(deployment.createdMs),
    deploymentId: deployment.deploymentId,
    deploymentStatus: deployment.status,
    deploymentStatusMessage: deployment.statusMessage,
    description: deployment.description,
  };
}

function getDeployments(call: Call): Answer {
  const deployments = [...apiOf(call).deployments.values()].reverse();
  return {
    status: 200,
    body: page(call, deployments, ({ deploymentId }) => deploymentId, deploymentBody),
  };
}

function getDeployment(call: Call): Answer {
  return { status: 200, body: deploymentBody(deploymentOf(call)) };
}

/** That a stage under AutoDeploy is refused in the words of UpdateStage is the emulator's. */
function createDeployment(call: Call): Answer {
  const api = editableApiOf(call);
  const stageName = text(call.body, 'stageName');
  const description = text(call.body, 'description');
  if (stageName !== undefined) {
    const stage = api.stages.get(stageName);
    if (stage === undefined) throw badRequest('Invalid stage identifier specified');
    if (stage.autoDeploy)
      throw badRequest('Deployment ID cannot be set on this stage because AutoDeploy is enabled');
  }
  const obstacle = undeployable(api);
  if (obstacle !== undefined) throw badRequest(obstacle);
  const deployment = beginDeployment(api, call, {
    autoDeployed: false,
    ...(stageName === undefined ? {} : { stageName }),
    ...(description === undefined ? {} : { description }),
  });
  return { status: 201, body: deploymentBody(deployment) };
}

function updateDeployment(call: Call): Answer {
  const deployment = deploymentOf(call);
  const description = text(call.body, 'description');
  if (description !== undefined) deployment.description = description;
  return { status: 200, body: deploymentBody(deployment) };
}

/** The sentence is that of REST APIs. */
function deleteDeployment(call: Call): Answer {
  const api = editableApiOf(call);
  const { deploymentId } = deploymentOf(call);
  const isUsed = [...api.stages.values()].some(
    (stage) => stage.deploymentId === deploymentId || stage.servedId === deploymentId,
  );
  if (isUsed)
    throw badRequest('Active stages pointing to this deployment must be moved or deleted');
  api.deployments.delete(deploymentId);
  return { status: 204 };
}

export const deploymentHandlers: Handlers = {
  GetDeployments: getDeployments,
  GetDeployment: getDeployment,
  CreateDeployment: createDeployment,
  UpdateDeployment: updateDeployment,
  DeleteDeployment: deleteDeployment,
};
