import { flag, object, requiredText, text, textList, textMap } from '../../control-plane/body.js';
import { badRequest, conflict } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { autoDeploy } from '../deploy.js';
import type { V2ApiState, V2AuthorizationType, V2RouteState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  membersOf,
  oneOf,
  page,
  routeOf,
} from './call.js';

const TYPES: readonly V2AuthorizationType[] = ['NONE', 'AWS_IAM', 'CUSTOM', 'JWT'];

function routeBody(route: V2RouteState): JsonObject {
  const { other, ...told } = route;
  return { ...other, ...told };
}

function getRoutes(call: Call): Answer {
  const routes = [...apiOf(call).routes.values()];
  return { status: 200, body: page(call, routes, ({ routeId }) => routeId, routeBody) };
}

function getRoute(call: Call): Answer {
  return { status: 200, body: routeBody(routeOf(call)) };
}

/** `NONE` where nothing is given (Amazon API Gateway Version 2 API Reference, CreateRoute). */
export function authorizationOf(body: JsonObject): Pick<V2RouteState, 'authorizationType'> {
  const given = oneOf('authorizationType', text(body, 'authorizationType'), TYPES);
  return { authorizationType: given ?? 'NONE' };
}

function createRoute(call: Call): Answer {
  const api = editableApiOf(call);
  const { body, ids } = call;
  const route: V2RouteState = {
    routeId: ids.next(7),
    routeKey: requiredText(body, 'routeKey'),
    ...authorizationOf(body),
    apiKeyRequired: false,
    other: {},
  };
  apply(call, api, route);
  api.routes.set(route.routeId, route);
  autoDeploy(api, call);
  return { status: 201, body: routeBody(route) };
}

/** A body with the members that change, not a list of patches. */
function updateRoute(call: Call): Answer {
  const api = editableApiOf(call);
  const known = routeOf(call);
  refuseManaged(known, call);
  const route = structuredClone(known);
  apply(call, api, route);
  api.routes.set(route.routeId, route);
  autoDeploy(api, call);
  return { status: 200, body: routeBody(route) };
}

/**
 * A route of quick create: "You can't modify the $default route key" (service model,
 * Route.ApiGatewayManaged). Whether its authorization can be changed is a switch.
 */
function refuseManaged(
  { apiGatewayManaged, routeKey }: V2RouteState,
  { body, account }: Call,
): void {
  if (apiGatewayManaged !== true) return;
  const isKeyChanged = (text(body, 'routeKey') ?? routeKey) !== routeKey;
  if (isKeyChanged || account.v2.switches.managedRoute === 'refused')
    throw badRequest(`The route ${routeKey} is managed by API Gateway and can't be updated`);
}

function deleteRoute(call: Call): Answer {
  const api = editableApiOf(call);
  const route = routeOf(call);
  api.routes.delete(route.routeId);
  autoDeploy(api, call);
  return { status: 204 };
}

function apply({ body }: Call, api: V2ApiState, route: V2RouteState): void {
  route.routeKey = text(body, 'routeKey') ?? route.routeKey;
  checkKey(api, route);
  route.authorizationType =
    oneOf('authorizationType', text(body, 'authorizationType'), TYPES) ?? route.authorizationType;
  applyAuthorizer(api, body, route);
  const isKeyRequired = flag(body, 'apiKeyRequired');
  if (isKeyRequired === true && api.protocolType === 'HTTP')
    throw badRequest('ApiKeyRequired is for WebSocket APIs only (text of the emulator)');
  route.apiKeyRequired = isKeyRequired ?? route.apiKeyRequired;
  const target = text(body, 'target');
  if (target !== undefined) {
    const integrationId = /^integrations\/(.+)$/.exec(target)?.[1];
    if (integrationId === undefined || !api.integrations.has(integrationId))
      throw badRequest(`Invalid target: ${target} (text of the emulator)`);
    route.target = target;
  }
  route.other = {
    ...route.other,
    ...membersOf(body, {
      modelSelectionExpression: text,
      operationName: text,
      requestModels: textMap,
      requestParameters: object,
      routeResponseSelectionExpression: text,
    }),
  };
}

/**
 * CUSTOM and JWT need their authorizer; the others have none, so that one that is there goes with the
 * type. What the service says where AWS_IAM comes with an authorizer is not recorded.
 */
function applyAuthorizer(api: V2ApiState, body: JsonObject, route: V2RouteState): void {
  const authorizerId = text(body, 'authorizerId');
  const scopes = textList(body, 'authorizationScopes');
  const type = route.authorizationType;
  if (type === 'NONE' || type === 'AWS_IAM') {
    if (authorizerId !== undefined && authorizerId !== '')
      throw badRequest(`A route with ${type} takes no AuthorizerId (text of the emulator)`);
    delete route.authorizerId;
    delete route.authorizationScopes;
    return;
  }
  if (authorizerId !== undefined) route.authorizerId = authorizerId;
  const authorizer = api.authorizers.get(route.authorizerId ?? '');
  if (authorizer === undefined)
    throw badRequest(`A route with ${type} needs an authorizer of the API (text of the emulator)`);
  if ((authorizer.authorizerType === 'JWT') !== (type === 'JWT'))
    throw badRequest(
      `The authorizer ${authorizer.name} is not one for ${type} (text of the emulator)`,
    );
  if (scopes !== undefined) route.authorizationScopes = scopes;
}

function checkKey(api: V2ApiState, { routeId, routeKey }: V2RouteState): void {
  if (
    api.protocolType === 'HTTP' &&
    !/^(?:(?:GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD|ANY) \/\S*|\$default)$/.test(routeKey)
  )
    throw badRequest(
      `The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default" (text of the emulator)`,
    );
  const twin = [...api.routes.values()].find(
    (known) => known.routeKey === routeKey && known.routeId !== routeId,
  );
  if (twin !== undefined) throw conflict(`Route with key ${routeKey} already exists for this API`);
}

export const routeHandlers: Handlers = {
  GetRoutes: getRoutes,
  GetRoute: getRoute,
  CreateRoute: createRoute,
  UpdateRoute: updateRoute,
  DeleteRoute: deleteRoute,
};
