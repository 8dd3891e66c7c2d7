import {
  type APIGatewayClient,
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  type Deployment,
  type GatewayResponse,
  GetAuthorizersCommand,
  type GetAuthorizersCommandOutput,
  GetBasePathMappingsCommand,
  type GetBasePathMappingsCommandOutput,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  type GetDeploymentsCommandOutput,
  GetDomainNamesCommand,
  type GetDomainNamesCommandOutput,
  GetExportCommand,
  GetGatewayResponsesCommand,
  GetMethodCommand,
  GetModelsCommand,
  type GetModelsCommandOutput,
  GetRequestValidatorsCommand,
  type GetRequestValidatorsCommandOutput,
  GetResourcesCommand,
  type GetResourcesCommandOutput,
  GetRestApiCommand,
  GetRestApisCommand,
  type GetRestApisCommandOutput,
  GetStageCommand,
  GetStagesCommand,
  type Method,
  type PatchOperation,
  type RestApi,
  type Stage,
  UpdateMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { Cancellation } from '../model/cancellation.js';
import { createCalls } from './calls.js';
import { AwsFailure } from './failure.js';
import type { Quotas } from './quotas.js';
import type { RetrySettings } from './retry.js';
import type { RoutingRulesPage } from './routing-rules.js';

export type {
  Deployment,
  Method,
  PatchOperation,
  Resource,
  RestApi,
  Stage,
} from '@aws-sdk/client-api-gateway';

/** Largest page of every list that has pages (API Gateway API Reference). */
const PAGE_LIMIT = 500;

/**
 * The calls of API Gateway's control plane that the gate makes; every one throws AwsFailure, or
 * Cancelled. Reads are repeated until they succeed. Calls that change something are repeated only
 * where AWS said that it had not carried them out: see `AwsFailure.isInDoubt`.
 */
export interface ApiGateway {
  getRestApi(apiId: string): Promise<RestApi>;
  getRestApisPage(position: string | undefined): Promise<GetRestApisCommandOutput>;
  /** With methods, their responses and integrations (`embed=methods`). */
  getResourcesPage(apiId: string, position: string | undefined): Promise<GetResourcesCommandOutput>;
  getMethod(apiId: string, resourceId: string, method: string): Promise<Method>;
  getStages(apiId: string): Promise<readonly Stage[]>;
  getStage(apiId: string, stage: string): Promise<Stage>;
  /** The snapshot that a stage serves as OpenAPI 3.0, in JSON, with its integrations. */
  getExport(apiId: string, stage: string): Promise<string>;
  /** With the snapshot's methods (`embed=apisummary`). */
  getDeployment(apiId: string, deploymentId: string): Promise<Deployment>;
  /** Without summaries. */
  getDeploymentsPage(
    apiId: string,
    position: string | undefined,
  ): Promise<GetDeploymentsCommandOutput>;
  getGatewayResponses(apiId: string): Promise<readonly GatewayResponse[]>;
  getModelsPage(apiId: string, position: string | undefined): Promise<GetModelsCommandOutput>;
  getRequestValidatorsPage(
    apiId: string,
    position: string | undefined,
  ): Promise<GetRequestValidatorsCommandOutput>;
  getAuthorizersPage(
    apiId: string,
    position: string | undefined,
  ): Promise<GetAuthorizersCommandOutput>;
  /** Custom domain names of the region that this account owns. */
  getDomainNamesPage(position: string | undefined): Promise<GetDomainNamesCommandOutput>;
  /** `domainNameId` is asked for by private custom domain names, and by no others. */
  getBasePathMappingsPage(
    domainName: string,
    domainNameId: string | undefined,
    position: string | undefined,
  ): Promise<GetBasePathMappingsCommandOutput>;
  /** Of a custom domain name whose routing mode counts them. */
  getRoutingRulesPage(
    domainName: string,
    domainNameId: string | undefined,
    position: string | undefined,
  ): Promise<RoutingRulesPage>;
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

/**
 * The control plane over the SDK, within the quotas and with labelled retries. Once the job is
 * cancelled no call is begun any more.
 */
export function createApiGateway(
  client: APIGatewayClient,
  quotas: Quotas,
  retries: RetrySettings,
  cancellation: Pick<Cancellation, 'requested'>,
): ApiGateway {
  const { call, change } = createCalls(quotas, retries, cancellation);

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

    getMethod: (apiId, resourceId, httpMethod) =>
      call('GetMethod', `${apiId} ${httpMethod}`, () =>
        client.send(new GetMethodCommand({ restApiId: apiId, resourceId, httpMethod })),
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

    getStage: (apiId, stage) =>
      call('GetStage', `${apiId} ${stage}`, () =>
        client.send(new GetStageCommand({ restApiId: apiId, stageName: stage })),
      ),

    getExport: async (apiId, stage) => {
      const { body } = await call('GetExport', `${apiId} ${stage}`, () =>
        client.send(
          new GetExportCommand({
            restApiId: apiId,
            stageName: stage,
            exportType: 'oas30',
            parameters: { extensions: 'integrations' },
            accepts: 'application/json',
          }),
        ),
      );
      return new TextDecoder().decode(body);
    },

    getDeploymentsPage: (apiId, position) =>
      call('GetDeployments', apiId, () =>
        client.send(new GetDeploymentsCommand({ restApiId: apiId, limit: PAGE_LIMIT, position })),
      ),

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

    getModelsPage: (apiId, position) =>
      call('GetModels', apiId, () =>
        client.send(new GetModelsCommand({ restApiId: apiId, limit: PAGE_LIMIT, position })),
      ),

    getRequestValidatorsPage: (apiId, position) =>
      call('GetRequestValidators', apiId, () =>
        client.send(
          new GetRequestValidatorsCommand({ restApiId: apiId, limit: PAGE_LIMIT, position }),
        ),
      ),

    getAuthorizersPage: (apiId, position) =>
      call('GetAuthorizers', apiId, () =>
        client.send(new GetAuthorizersCommand({ restApiId: apiId, limit: PAGE_LIMIT, position })),
      ),

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

    getRoutingRulesPage: (domainName, domainNameId, position) =>
      call('ListRoutingRules', domainName, async () => {
        // Few accounts have any: their client is loaded where there are.
        const { readRoutingRules } = await import('./routing-rules.js');
        return readRoutingRules(client, domainName, domainNameId, position);
      }),

    updateMethod: (apiId, resourceId, method, patchOperations) =>
      change('UpdateMethod', `${apiId} ${method}`, () =>
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
      change('CreateDeployment', apiId, () =>
        client.send(new CreateDeploymentCommand({ restApiId: apiId, description })),
      ),

    deleteDeployment: async (apiId, deploymentId) => {
      await change('DeleteDeployment', `${apiId} ${deploymentId}`, () =>
        client.send(new DeleteDeploymentCommand({ restApiId: apiId, deploymentId })),
      );
    },

    updateStage: (apiId, stage, patchOperations) =>
      change('UpdateStage', `${apiId} ${stage}`, () =>
        client.send(
          new UpdateStageCommand({ restApiId: apiId, stageName: stage, patchOperations }),
        ),
      ),
  };
}
