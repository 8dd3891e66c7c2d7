import type { ApiGatewayV2, Page } from '../../../aws/api-gateway-v2.js';
import { nextToken, pages } from '../../../aws/pages.js';
import type { ApiKind } from '../../../model/api-kind.js';
import { listReader, type ShippedReader, sortedItems } from '../shipped.js';

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
      ? [
          list('models', 'GetModels', (token) => apiGateway.getModelsPage(apiId, token)),
          ...responsesOf(apiId, apiGateway),
        ]
      : []),
  ];
}

/**
 * The responses of a WebSocket API. "If a route is configured for one-way communication", which it is
 * without a selection expression, "no response will be returned", and for a proxy integration "there is no
 * integration response" (API Gateway Developer Guide, "Set up a WebSocket API integration response").
 */
function responsesOf(apiId: string, apiGateway: ApiGatewayV2): ShippedReader[] {
  return [
    ofEach(
      'route responses',
      'GetRouteResponses',
      async () => {
        const routes = await every('GetRoutes', (token) => apiGateway.getRoutesPage(apiId, token));
        return routes.flatMap(({ RouteId, RouteResponseSelectionExpression: selects }) =>
          RouteId === undefined || selects === undefined ? [] : [RouteId],
        );
      },
      (routeId, token) => apiGateway.getRouteResponsesPage(apiId, routeId, token),
    ),
    ofEach(
      'integration responses',
      'GetIntegrationResponses',
      async () => {
        const integrations = await every('GetIntegrations', (token) =>
          apiGateway.getIntegrationsPage(apiId, token),
        );
        return integrations.flatMap(({ IntegrationId, IntegrationType: type }) =>
          IntegrationId === undefined || type?.endsWith('_PROXY') === true ? [] : [IntegrationId],
        );
      },
      (integrationId, token) => apiGateway.getIntegrationResponsesPage(apiId, integrationId, token),
    ),
  ];
}

/** Reads the list that each of several things has. */
function ofEach(
  name: string,
  call: string,
  owners: () => Promise<readonly string[]>,
  readPage: (owner: string, token: string | undefined) => Promise<Page<unknown>>,
): ShippedReader {
  const read = async (): Promise<[Record<string, string[]>]> => {
    const lists: Record<string, string[]> = {};
    for (const owner of await owners()) {
      lists[owner] = await sortedItems(call, (token) => readPage(owner, token), nextToken, itemsOf);
    }
    return [lists];
  };
  return { names: [name], call, read };
}

async function every<T>(
  call: string,
  readPage: (token: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  for await (const { items } of pages(call, readPage, nextToken)) found.push(...items);
  return found;
}

function itemsOf({ items }: Page<unknown>): readonly unknown[] {
  return items;
}

function list(
  name: string,
  call: string,
  readPage: (token: string | undefined) => Promise<Page<unknown>>,
): ShippedReader {
  return listReader(name, call, readPage, nextToken, itemsOf);
}
