import {
  type Api,
  type ApiGatewayV2Client,
  type ApiMapping,
  type Authorizer,
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  type Deployment,
  ExportApiCommand,
  GetApiCommand,
  GetApiMappingsCommand,
  GetApisCommand,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetIntegrationResponsesCommand,
  GetIntegrationsCommand,
  GetModelsCommand,
  GetRouteCommand,
  GetRouteResponsesCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  type Integration,
  type IntegrationResponse,
  type Model,
  type Route,
  type RouteResponse,
  type Stage,
  UpdateRouteCommand,
  type UpdateRouteRequest,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { Cancellation } from '../model/cancellation.js';
import { createCalls } from './calls.js';
import { AwsFailure } from './failure.js';
import type { Quotas } from './quotas.js';
import type { RetrySettings } from './retry.js';

export type {
  Api,
  ApiMapping,
  Deployment,
  Integration,
  Route,
  Stage,
} from '@aws-sdk/client-apigatewayv2';

/**
 * Largest page that is asked for. The service model gives no maximum; clients that are in wide use ask
 * for as much. Where the service refuses it, its own pages are taken.
 */
const PAGE_LIMIT = '500';

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Leads to the following page; `undefined` on the last one. */
  readonly nextToken: string | undefined;
}

/** What of a route the gate changes, and rolls back. A member that is left out stays as it is. */
export type RouteChange = Pick<
  UpdateRouteRequest,
  'AuthorizationType' | 'AuthorizerId' | 'AuthorizationScopes' | 'ApiKeyRequired'
>;

/**
 * The calls of the second version of API Gateway's control plane, which has the HTTP and WebSocket APIs.
 * As with `ApiGateway`, every one throws AwsFailure, or Cancelled; reads are repeated until they succeed,
 * and changes only where AWS said that it had not carried them out.
 */
export interface ApiGatewayV2 {
  getApisPage(token: string | undefined): Promise<Page<Api>>;
  getApi(apiId: string): Promise<Api>;
  getRoutesPage(apiId: string, token: string | undefined): Promise<Page<Route>>;
  getRoute(apiId: string, routeId: string): Promise<Route>;
  getStagesPage(apiId: string, token: string | undefined): Promise<Page<Stage>>;
  getStage(apiId: string, stage: string): Promise<Stage>;
  getDeployment(apiId: string, deploymentId: string): Promise<Deployment>;
  getDeploymentsPage(apiId: string, token: string | undefined): Promise<Page<Deployment>>;
  getIntegrationsPage(apiId: string, token: string | undefined): Promise<Page<Integration>>;
  getAuthorizersPage(apiId: string, token: string | undefined): Promise<Page<Authorizer>>;
  getModelsPage(apiId: string, token: string | undefined): Promise<Page<Model>>;
  getRouteResponsesPage(
    apiId: string,
    routeId: string,
    token: string | undefined,
  ): Promise<Page<RouteResponse>>;
  getIntegrationResponsesPage(
    apiId: string,
    integrationId: string,
    token: string | undefined,
  ): Promise<Page<IntegrationResponse>>;
  /**
   * An HTTP API as OpenAPI 3.0, in JSON, with its extensions: of a stage, or the latest configuration
   * where that is `null` (API Gateway Developer Guide, "Exporting an HTTP API").
   */
  exportApi(apiId: string, stage: string | null): Promise<string>;
  /** What a custom domain name of the second version leads to. */
  getApiMappingsPage(domainName: string, token: string | undefined): Promise<Page<ApiMapping>>;
  updateRoute(apiId: string, routeId: string, change: RouteChange): Promise<Route>;
  /** Deploys to no stage. The answer may be PENDING: see `getDeployment`. */
  createDeployment(apiId: string, description: string): Promise<Deployment>;
  deleteDeployment(apiId: string, deploymentId: string): Promise<void>;
  /** Moves a stage to a deployment; refused where the stage deploys by itself. */
  updateStage(apiId: string, stage: string, deploymentId: string): Promise<Stage>;
}

/**
 * The control plane over the SDK, within the quotas, which both versions share ("apply for all Amazon API
 * Gateway API types": API Gateway Developer Guide, "Quotas for creating, deploying and managing an API").
 */
export function createApiGatewayV2(
  client: ApiGatewayV2Client,
  quotas: Quotas,
  retries: RetrySettings,
  cancellation: Pick<Cancellation, 'requested'>,
): ApiGatewayV2 {
  const { call, change } = createCalls(
    quotas,
    { ...retries, service: 'apigatewayv2' },
    cancellation,
  );

  let limit: string | undefined = PAGE_LIMIT;
  const list = async <T>(
    operation: string,
    subject: string,
    token: string | undefined,
    send: (of: { MaxResults?: string; NextToken: string | undefined }) => Promise<Listed<T>>,
  ): Promise<Page<T>> => {
    const of = limit === undefined ? {} : { MaxResults: limit };
    try {
      return page(
        operation,
        await call(operation, subject, () => send({ ...of, NextToken: token })),
      );
    } catch (error) {
      const isLimit = error instanceof AwsFailure && error.kind === 'refused';
      if (!isLimit || of.MaxResults === undefined) throw error;
      limit = undefined;
      return list(operation, subject, token, send);
    }
  };

  return {
    getApisPage: (token) =>
      list('GetApis', 'of the region', token, (of) => client.send(new GetApisCommand(of))),

    getApi: async (apiId) => {
      const api = await call('GetApi', apiId, () =>
        client.send(new GetApiCommand({ ApiId: apiId })),
      );
      const { Name, ProtocolType, RouteSelectionExpression } = api;
      return { ...api, Name, ProtocolType, RouteSelectionExpression };
    },

    getRoutesPage: (apiId, token) =>
      list('GetRoutes', apiId, token, (of) =>
        client.send(new GetRoutesCommand({ ApiId: apiId, ...of })),
      ),

    getRoute: async (apiId, routeId) => {
      const route = await call('GetRoute', `${apiId} ${routeId}`, () =>
        client.send(new GetRouteCommand({ ApiId: apiId, RouteId: routeId })),
      );
      return { ...route, RouteKey: route.RouteKey };
    },

    getStagesPage: (apiId, token) =>
      list('GetStages', apiId, token, (of) =>
        client.send(new GetStagesCommand({ ApiId: apiId, ...of })),
      ),

    getStage: async (apiId, stage) => {
      const found = await call('GetStage', `${apiId} ${stage}`, () =>
        client.send(new GetStageCommand({ ApiId: apiId, StageName: stage })),
      );
      return { ...found, StageName: found.StageName };
    },

    getDeployment: (apiId, deploymentId) =>
      call('GetDeployment', `${apiId} ${deploymentId}`, () =>
        client.send(new GetDeploymentCommand({ ApiId: apiId, DeploymentId: deploymentId })),
      ),

    getDeploymentsPage: (apiId, token) =>
      list('GetDeployments', apiId, token, (of) =>
        client.send(new GetDeploymentsCommand({ ApiId: apiId, ...of })),
      ),

    getIntegrationsPage: (apiId, token) =>
      list('GetIntegrations', apiId, token, (of) =>
        client.send(new GetIntegrationsCommand({ ApiId: apiId, ...of })),
      ),

    getAuthorizersPage: (apiId, token) =>
      list('GetAuthorizers', apiId, token, (of) =>
        client.send(new GetAuthorizersCommand({ ApiId: apiId, ...of })),
      ),

    getModelsPage: (apiId, token) =>
      list('GetModels', apiId, token, (of) =>
        client.send(new GetModelsCommand({ ApiId: apiId, ...of })),
      ),

    getRouteResponsesPage: (apiId, routeId, token) =>
      list('GetRouteResponses', `${apiId} ${routeId}`, token, (of) =>
        client.send(new GetRouteResponsesCommand({ ApiId: apiId, RouteId: routeId, ...of })),
      ),

    getIntegrationResponsesPage: (apiId, integrationId, token) =>
      list('GetIntegrationResponses', `${apiId} ${integrationId}`, token, (of) =>
        client.send(
          new GetIntegrationResponsesCommand({
            ApiId: apiId,
            IntegrationId: integrationId,
            ...of,
          }),
        ),
      ),

    exportApi: async (apiId, stage) => {
      const subject = stage === null ? apiId : `${apiId} ${stage}`;
      const { body } = await call('ExportApi', subject, () =>
        client.send(
          new ExportApiCommand({
            ApiId: apiId,
            Specification: 'OAS30',
            OutputType: 'JSON',
            IncludeExtensions: true,
            ...(stage === null ? {} : { StageName: stage }),
          }),
        ),
      );
      return new TextDecoder().decode(body);
    },

    getApiMappingsPage: (domainName, token) =>
      list('GetApiMappings', domainName, token, (of) =>
        client.send(new GetApiMappingsCommand({ DomainName: domainName, ...of })),
      ),

    updateRoute: async (apiId, routeId, members) => {
      const route = await change('UpdateRoute', `${apiId} ${routeId}`, () =>
        client.send(new UpdateRouteCommand({ ApiId: apiId, RouteId: routeId, ...members })),
      );
      return { ...route, RouteKey: route.RouteKey };
    },

    createDeployment: (apiId, description) =>
      change('CreateDeployment', apiId, () =>
        client.send(new CreateDeploymentCommand({ ApiId: apiId, Description: description })),
      ),

    deleteDeployment: async (apiId, deploymentId) => {
      await change('DeleteDeployment', `${apiId} ${deploymentId}`, () =>
        client.send(new DeleteDeploymentCommand({ ApiId: apiId, DeploymentId: deploymentId })),
      );
    },

    updateStage: async (apiId, stage, deploymentId) => {
      const moved = await change('UpdateStage', `${apiId} ${stage}`, () =>
        client.send(
          new UpdateStageCommand({ ApiId: apiId, StageName: stage, DeploymentId: deploymentId }),
        ),
      );
      return { ...moved, StageName: moved.StageName };
    },
  };
}

/** A list as the service answers it. */
interface Listed<T> {
  readonly Items?: T[] | undefined;
  readonly NextToken?: string | undefined;
}

function page<T>(operation: string, answer: Listed<T>): Page<T> {
  // An empty list is answered where there is nothing; no list at all is no answer.
  if (answer.Items === undefined) {
    throw new AwsFailure(operation, new Error('the answer holds no list'), 1);
  }
  return { items: answer.Items, nextToken: answer.NextToken || undefined };
}
