import { EnforcementStopped } from '../transaction/stopped.js';
import { deploymentPages } from './auto-deployment.js';
import { type DeploymentCalls, deploymentKind, deploymentSchema } from './deployment-kind.js';
import { DEPLOYS_WITHIN_MS, pollUntilDecided } from './poll.js';
import type { Control, StepKind, StepOf } from './step-kind.js';

const schema = deploymentSchema('create-v2-deployment');

/** A deployment of an HTTP or WebSocket API is made, without a stage. */
export type CreateV2DeploymentStep = StepOf<typeof schema>;

/**
 * "The status of the deployment: PENDING, FAILED, or SUCCEEDED" (API Gateway V2 API Reference, "Deployment"); its
 * enumeration, and what is answered, has DEPLOYED for the last.
 *
 * @throws EnforcementStopped where it failed, or does not end.
 */
async function settle(
  apiId: string,
  deploymentId: string,
  { apiGatewayV2, retries }: Control,
): Promise<void> {
  const status = await pollUntilDecided(async () => {
    const now = await apiGatewayV2.getDeployment(apiId, deploymentId);
    const { DeploymentStatus = 'of no status', DeploymentStatusMessage: message } = now;
    return DeploymentStatus === 'PENDING' ? null : { is: DeploymentStatus, message };
  }, retries);
  if (status?.is === 'DEPLOYED') return;
  if (status === null) {
    throw new EnforcementStopped(
      `Deployment ${deploymentId} is still PENDING after ${DEPLOYS_WITHIN_MS / 1000} seconds.`,
    );
  }
  const said = status.message ? ` (${status.message})` : '';
  throw new EnforcementStopped(`Deployment ${deploymentId} is ${status.is}, not DEPLOYED${said}.`);
}

const calls: DeploymentCalls = {
  create: async (apiId, description, { apiGatewayV2 }) =>
    (await apiGatewayV2.createDeployment(apiId, description)).DeploymentId,
  settle,
  get: (apiId, deploymentId, { apiGatewayV2 }) => apiGatewayV2.getDeployment(apiId, deploymentId),
  async *list(apiId, { apiGatewayV2 }) {
    for await (const page of deploymentPages(apiGatewayV2, apiId)) {
      yield page.map(({ DeploymentId: id, Description: description }) => ({ id, description }));
    }
  },
  delete: (apiId, deploymentId, { apiGatewayV2 }) =>
    apiGatewayV2.deleteDeployment(apiId, deploymentId),
};

export const createV2Deployment: StepKind<CreateV2DeploymentStep> = deploymentKind(
  ['HTTP', 'WEBSOCKET'],
  schema,
  calls,
);
