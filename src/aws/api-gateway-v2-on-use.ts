import type { Cancellation } from '../model/cancellation.js';
import type { ApiGatewayV2 } from './api-gateway-v2.js';
import type { AwsClients } from './clients.js';
import type { Quotas } from './quotas.js';
import type { RetrySettings } from './retry.js';

/** The second version of the control plane, loaded by its first call: an audit of REST APIs needs none of it. */
export function createApiGatewayV2OnUse(
  clients: Pick<AwsClients, 'apiGatewayV2'>,
  quotas: Quotas,
  retries: RetrySettings,
  cancellation: Pick<Cancellation, 'requested'>,
): ApiGatewayV2 {
  let loaded: Promise<ApiGatewayV2> | undefined;
  const load = async (): Promise<ApiGatewayV2> => {
    const [{ createApiGatewayV2 }, client] = await Promise.all([
      import('./api-gateway-v2.js'),
      clients.apiGatewayV2(),
    ]);
    return createApiGatewayV2(client, quotas, retries, cancellation);
  };
  const v2 = (): Promise<ApiGatewayV2> => {
    loaded ??= load();
    return loaded;
  };
  return {
    getApisPage: async (...args) => (await v2()).getApisPage(...args),
    getApi: async (...args) => (await v2()).getApi(...args),
    getRoutesPage: async (...args) => (await v2()).getRoutesPage(...args),
    getRoute: async (...args) => (await v2()).getRoute(...args),
    getStagesPage: async (...args) => (await v2()).getStagesPage(...args),
    getStage: async (...args) => (await v2()).getStage(...args),
    getDeployment: async (...args) => (await v2()).getDeployment(...args),
    getDeploymentsPage: async (...args) => (await v2()).getDeploymentsPage(...args),
    getIntegrationsPage: async (...args) => (await v2()).getIntegrationsPage(...args),
    getAuthorizersPage: async (...args) => (await v2()).getAuthorizersPage(...args),
    getModelsPage: async (...args) => (await v2()).getModelsPage(...args),
    getRouteResponsesPage: async (...args) => (await v2()).getRouteResponsesPage(...args),
    getIntegrationResponsesPage: async (...args) =>
      (await v2()).getIntegrationResponsesPage(...args),
    exportApi: async (...args) => (await v2()).exportApi(...args),
    getApiMappingsPage: async (...args) => (await v2()).getApiMappingsPage(...args),
    updateRoute: async (...args) => (await v2()).updateRoute(...args),
    createDeployment: async (...args) => (await v2()).createDeployment(...args),
    deleteDeployment: async (...args) => (await v2()).deleteDeployment(...args),
    updateStage: async (...args) => (await v2()).updateStage(...args),
  };
}
