import type { ApiGateway } from '../../../src/aws/api-gateway.js';
import type { ApiGatewayV2 } from '../../../src/aws/api-gateway-v2.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import type { Sources } from '../../../src/evidence/collect.js';
import { serviceError } from '../aws/sdk-error.js';

type Wrap = <A extends unknown[], T>(
  name: string,
  answer: ((...args: A) => Promise<T>) | undefined,
) => (...args: A) => Promise<T>;

/** Notes each call, and refuses those that a test does not answer. */
function wrapping(calls: string[]): Wrap {
  return (name, answer) =>
    async (...args) => {
      calls.push(
        [name, ...args.map((it) => (typeof it === 'string' ? it : JSON.stringify(it)))]
          .join(' ')
          .trim(),
      );
      if (answer === undefined) throw new Error(`the test expects no ${name}`);
      return answer(...args);
    };
}

/** A control plane that refuses every call but those that a test answers, and counts them. */
export function apiGatewayThat(answers: Partial<ApiGateway>): ApiGateway & { calls: string[] } {
  const calls: string[] = [];
  const wrap = wrapping(calls);
  return {
    calls,
    getRestApi: wrap('getRestApi', answers.getRestApi),
    getRestApisPage: wrap('getRestApisPage', answers.getRestApisPage),
    getResourcesPage: wrap('getResourcesPage', answers.getResourcesPage),
    getMethod: wrap('getMethod', answers.getMethod),
    getStages: wrap('getStages', answers.getStages),
    getStage: wrap('getStage', answers.getStage),
    getExport: wrap('getExport', answers.getExport),
    getDeployment: wrap('getDeployment', answers.getDeployment),
    getDeploymentsPage: wrap('getDeploymentsPage', answers.getDeploymentsPage),
    getGatewayResponses: wrap('getGatewayResponses', answers.getGatewayResponses),
    getModelsPage: wrap('getModelsPage', answers.getModelsPage),
    getRequestValidatorsPage: wrap('getRequestValidatorsPage', answers.getRequestValidatorsPage),
    getAuthorizersPage: wrap('getAuthorizersPage', answers.getAuthorizersPage),
    getDomainNamesPage: wrap('getDomainNamesPage', answers.getDomainNamesPage),
    getBasePathMappingsPage: wrap('getBasePathMappingsPage', answers.getBasePathMappingsPage),
    getRoutingRulesPage: wrap('getRoutingRulesPage', answers.getRoutingRulesPage),
    updateMethod: wrap('updateMethod', answers.updateMethod),
    createDeployment: wrap('createDeployment', answers.createDeployment),
    deleteDeployment: wrap('deleteDeployment', answers.deleteDeployment),
    updateStage: wrap('updateStage', answers.updateStage),
  };
}

/** The same of its second version. */
export function apiGatewayV2That(
  answers: Partial<ApiGatewayV2>,
): ApiGatewayV2 & { calls: string[] } {
  const calls: string[] = [];
  const wrap = wrapping(calls);
  return {
    calls,
    getApisPage: wrap('getApisPage', answers.getApisPage),
    getApi: wrap('getApi', answers.getApi),
    getRoutesPage: wrap('getRoutesPage', answers.getRoutesPage),
    getRoute: wrap('getRoute', answers.getRoute),
    getStagesPage: wrap('getStagesPage', answers.getStagesPage),
    getStage: wrap('getStage', answers.getStage),
    getDeployment: wrap('getDeployment', answers.getDeployment),
    getDeploymentsPage: wrap('getDeploymentsPage', answers.getDeploymentsPage),
    getIntegrationsPage: wrap('getIntegrationsPage', answers.getIntegrationsPage),
    getAuthorizersPage: wrap('getAuthorizersPage', answers.getAuthorizersPage),
    getModelsPage: wrap('getModelsPage', answers.getModelsPage),
    getRouteResponsesPage: wrap('getRouteResponsesPage', answers.getRouteResponsesPage),
    getIntegrationResponsesPage: wrap(
      'getIntegrationResponsesPage',
      answers.getIntegrationResponsesPage,
    ),
    exportApi: wrap('exportApi', answers.exportApi),
    getApiMappingsPage: wrap('getApiMappingsPage', answers.getApiMappingsPage),
    updateRoute: wrap('updateRoute', answers.updateRoute),
    createDeployment: wrap('createDeployment', answers.createDeployment),
    deleteDeployment: wrap('deleteDeployment', answers.deleteDeployment),
    updateStage: wrap('updateStage', answers.updateStage),
  };
}

/** A region of which a test reads REST APIs alone. */
export function restAlone(apiGateway: ApiGateway): Sources {
  return { apiGateway, apiGatewayV2: apiGatewayV2That({}) };
}

/** Metadata that the SDK puts beside an answer. */
export const META = { $metadata: {} };

export function notFound(
  operation: string,
  words = 'Invalid API identifier specified',
): AwsFailure {
  return new AwsFailure(operation, serviceError('NotFoundException', 404, words), 1);
}

export function throttled(operation: string): AwsFailure {
  return new AwsFailure(operation, serviceError('TooManyRequestsException', 429), 8);
}
