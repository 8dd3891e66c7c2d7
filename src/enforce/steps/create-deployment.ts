import { nextPosition, pages } from '../../aws/pages.js';
import { type DeploymentCalls, deploymentKind, deploymentSchema } from './deployment-kind.js';
import type { StepKind, StepOf } from './step-kind.js';

const schema = deploymentSchema('create-deployment');

/** A deployment of a REST API is made, without a stage. */
export type CreateDeploymentStep = StepOf<typeof schema>;

const calls: DeploymentCalls = {
  create: async (apiId, description, { apiGateway }) =>
    (await apiGateway.createDeployment(apiId, description)).id,
  get: (apiId, deploymentId, { apiGateway }) => apiGateway.getDeployment(apiId, deploymentId),
  async *list(apiId, { apiGateway }) {
    const read = (position: string | undefined) => apiGateway.getDeploymentsPage(apiId, position);
    for await (const { items = [] } of pages('GetDeployments', read, nextPosition)) {
      yield items.map(({ id, description }) => ({ id, description }));
    }
  },
  delete: (apiId, deploymentId, { apiGateway }) => apiGateway.deleteDeployment(apiId, deploymentId),
};

export const createDeployment: StepKind<CreateDeploymentStep> = deploymentKind(
  ['REST'],
  schema,
  calls,
);
