import type { ApiGatewayV2, Page } from '../../../aws/api-gateway-v2.js';
import { nextToken } from '../../../aws/pages.js';
import type { ApiKind } from '../../../model/api-kind.js';
import { listReader, type ShippedReader } from '../shipped.js';

/**
 * What a deployment of an HTTP or WebSocket API ships besides routes: "changes to anything other than stage
 * settings require a redeployment" (API Gateway Developer Guide, "Invoke WebSocket APIs"); HTTP APIs have
 * no models.
 */
export function shippedOfV2(
  apiId: string,
  kind: ApiKind,
  apiGateway: ApiGatewayV2,
): ShippedReader[] {
  return [
    {
      names: ['CORS configuration', 'selection expressions', 'default endpoint'],
      call: 'GetApi',
      read: async () => {
        const now = await apiGateway.getApi(apiId);
        return [
          now.CorsConfiguration,
          [now.RouteSelectionExpression, now.ApiKeySelectionExpression],
          now.DisableExecuteApiEndpoint ?? false,
        ];
      },
    },
    list('integrations', 'GetIntegrations', (token) =>
      apiGateway.getIntegrationsPage(apiId, token),
    ),
    list('authorizers', 'GetAuthorizers', (token) => apiGateway.getAuthorizersPage(apiId, token)),
    ...(kind === 'WEBSOCKET'
      ? [list('models', 'GetModels', (token) => apiGateway.getModelsPage(apiId, token))]
      : []),
  ];
}

function list(
  name: string,
  call: string,
  readPage: (token: string | undefined) => Promise<Page<unknown>>,
): ShippedReader {
  return listReader(name, call, readPage, nextToken, ({ items }) => items);
}
