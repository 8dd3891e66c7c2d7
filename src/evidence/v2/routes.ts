import type { ApiGatewayV2, Route } from '../../aws/api-gateway-v2.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextToken, pages } from '../../aws/pages.js';
import { type ConfiguredMethod, type Methods, UNREADABLE } from '../../model/evidence.js';
import { routeOf } from '../declared/method-draft.js';
import { addMethod } from '../rest/configured.js';
import { NO_SETTINGS, othersAsText } from '../rest/integration.js';

/**
 * Reads every route of an API.
 *
 * @throws AwsFailure where any page could not be read: a part of an API is not an API.
 */
export async function readRoutes(
  apiGateway: Pick<ApiGatewayV2, 'getRoutesPage'>,
  apiId: string,
): Promise<Methods<ConfiguredMethod>> {
  const routes = new Map<string, ConfiguredMethod>();
  const read = (token: string | undefined) => apiGateway.getRoutesPage(apiId, token);
  for await (const { items } of pages('GetRoutes', read, nextToken)) {
    for (const item of items) addMethod(routes, configuredRoute(item), 'GetRoutes');
  }
  return routes;
}

/**
 * A route as GetRoutes, GetRoute and UpdateRoute tell it.
 *
 * @throws AwsFailure where it came without its id or key.
 */
export function configuredRoute(route: Route): ConfiguredMethod {
  const { RouteId, RouteKey } = route;
  if (!RouteId || !RouteKey) {
    throw new AwsFailure('GetRoutes', new Error('a route came without id or key'), 1);
  }
  const { method, path } = routeOf(RouteKey);
  const requestsAndResponses = othersAsText({
    expression: route.ModelSelectionExpression,
    models: route.RequestModels,
    parameters: route.RequestParameters,
    responses: route.RouteResponseSelectionExpression,
  });
  return {
    resourceId: RouteId,
    path,
    method,
    authorizationType: route.AuthorizationType || UNREADABLE,
    authorizerId: route.AuthorizerId || null,
    authorizationScopes: route.AuthorizationScopes ?? [],
    apiKeyRequired: route.ApiKeyRequired ?? false,
    integrationType: null,
    integrationUri: null,
    integrationHttpMethod: null,
    integrationSettings: NO_SETTINGS,
    ...(requestsAndResponses === undefined ? {} : { requestsAndResponses }),
    // A route always has a backend: an HTTP API has no MOCK integration, and answers preflights without
    // a route (API Gateway Developer Guide, "Configure CORS for HTTP APIs").
    answersCors: false,
    route: {
      routeId: RouteId,
      routeKey: RouteKey,
      target: route.Target || null,
      isManaged: route.ApiGatewayManaged ?? false,
    },
  };
}
