import {
  type APIGatewayClient,
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  type Deployment,
  type GatewayResponse,
  GetBasePathMappingsCommand,
  type GetBasePathMappingsCommandOutput,
  GetDeploymentCommand,
  GetDomainNamesCommand,
  type GetDomainNamesCommandOutput,
  GetGatewayResponsesCommand,
  GetResourcesCommand,
  type GetResourcesCommandOutput,
  GetRestApiCommand,
  GetRestApisCommand,
  type GetRestApisCommandOutput,
  GetStagesCommand,
  type Method,
  type PatchOperation,
  type RestApi,
  type Stage,
  UpdateMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { AwsFailure } from './failure.js';
import type { Quotas } from './quotas.js';
import { type RetrySettings, withRetries } from './retry.js';

export type { Method, PatchOperation, Resource, RestApi, Stage } from '@aws-sdk/client-api-gateway';

/** Largest page that GetRestApis and GetResources hand out (API Gateway API Reference). */
const PAGE_LIMIT = 500;

/** The calls of API Gateway's control plane that the gate makes; every one throws AwsFailure. */
export interface ApiGateway {
  getRestApi(apiId: string): Promise<RestApi>;
  getRestApisPage(position: string | undefined): Promise<GetRestApisCommandOutput>;
  /** With methods, their responses and integrations (`embed=methods`). */
  getResourcesPage(apiId: string, position: string | undefined): Promise<GetResourcesCommandOutput>;
  getStages(apiId: string): Promise<readonly Stage[]>;
  /** With the snapshot's methods (`embed=apisummary`). */
  getDeployment(apiId: string, deploymentId: string): Promise<Deployment>;
  getGatewayResponses(apiId: string): Promise<readonly GatewayResponse[]>;
  /** Custom domain names of the region that this account owns. */
  getDomainNamesPage(position: string | undefined): Promise<GetDomainNamesCommandOutput>;
  /** `domainNameId` is asked for by private custom domain names, and by no others. */
  getBasePathMappingsPage(
    domainName: string,
    domainNameId: string | undefined,
    position: string | undefined,
  ): Promise<GetBasePathMappingsCommandOutput>;
  updateMethod(
    apiId: string,
    resourceId: string,
    method: string,
    patch: PatchOperation[],
  ): Promise<Method>;
  createDeployment(apiId: string, description: string): Promise<Deployment>;
  deleteDeployment(apiId: string, deploymentId: string): Promise<void>;
  updateStage(apiId: string, stage: string, patch: PatchOperation[]): Promise<Stage>;
}

/** The control plane over the SDK, within the quotas and with labelled retries. */
export function createApiGateway(
  client: APIGatewayClient,
  quotas: Quotas,
  retries: RetrySettings,
): ApiGateway {
  const call = <T>(
    operation: string,
    subject: string,
    make: () => Promise<T>,
    idempotent = true,
  ): Promise<T> =>
    withRetries({ operation, subject, idempotent }, () => quotas.run(operation, make), retries);

  return {
    getRestApi: (apiId) =>
      call('GetRestApi', apiId, () => client.send(new GetRestApiCommand({ restApiId: apiId }))),

    getRestApisPage: (position) =>
      call('GetRestApis', 'of the region', () =>
        client.send(new GetRestApisCommand({ limit: PAGE_LIMIT, position })),
      ),

    getResourcesPage: (apiId, position) =>
      call('GetResources', apiId, () =>
        client.send(
          new GetResourcesCommand({
            restApiId: apiId,
            embed: ['methods'],
            limit: PAGE_LIMIT,
            position,
          }),
        ),
      ),

    getStages: async (apiId) => {
      const answer = await call('GetStages', apiId, () =>
        client.send(new GetStagesCommand({ restApiId: apiId })),
      );
      // API Gateway answers an empty list where there is nothing; no list at all is no answer.
      if (answer.item === undefined) {
        throw new AwsFailure('GetStages', new Error('the answer holds no list of stages'), 1);
      }
      return answer.item;
    },

    getDeployment: (apiId, deploymentId) =>
      call('GetDeployment', `${apiId} ${deploymentId}`, () =>
        client.send(
          new GetDeploymentCommand({ restApiId: apiId, deploymentId, embed: ['apisummary'] }),
        ),
      ),

    getGatewayResponses: async (apiId) => {
      const { items } = await call('GetGatewayResponses', apiId, () =>
        client.send(new GetGatewayResponsesCommand({ restApiId: apiId })),
      );
      if (items !== undefined) return items;
      const why = 'the answer held no list of gateway responses';
      throw new AwsFailure('GetGatewayResponses', new Error(why), 1);
    },

    getDomainNamesPage: (position) =>
      call('GetDomainNames', 'of the region', () =>
        client.send(new GetDomainNamesCommand({ limit: PAGE_LIMIT, position })),
      ),

    getBasePathMappingsPage: (domainName, domainNameId, position) =>
      call('GetBasePathMappings', domainName, () =>
        client.send(
          new GetBasePathMappingsCommand({ domainName, domainNameId, limit: PAGE_LIMIT, position }),
        ),
      ),

    updateMethod: (apiId, resourceId, method, patchOperations) =>
      call('UpdateMethod', `${apiId} ${method}`, () =>
        client.send(
          new UpdateMethodCommand({
            restApiId: apiId,
            resourceId,
            httpMethod: method,
            patchOperations,
          }),
        ),
      ),

    createDeployment: (apiId, description) =>
      call(
        'CreateDeployment',
        apiId,
        () => client.send(new CreateDeploymentCommand({ restApiId: apiId, description })),
        false,
      ),

    deleteDeployment: async (apiId, deploymentId) => {
      await call('DeleteDeployment', `${apiId} ${deploymentId}`, () =>
        client.send(new DeleteDeploymentCommand({ restApiId: apiId, deploymentId })),
      );
    },

    updateStage: (apiId, stage, patchOperations) =>
      call('UpdateStage', `${apiId} ${stage}`, () =>
        client.send(
          new UpdateStageCommand({ restApiId: apiId, stageName: stage, patchOperations }),
        ),
      ),
  };
}
