import {
  flag,
  number,
  object,
  requiredText,
  text,
  textList,
  textMap,
} from '../../control-plane/body.js';
import { badRequest } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { newV2Api, newV2Stage } from '../api-state.js';
import { autoDeploy } from '../deploy.js';
import { endpointSuffix } from '../endpoint.js';
import type { V2ApiState, V2Cors } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  isoDate,
  oneOf,
  page,
} from './call.js';
import { authorizationOf } from './routes.js';

/** An API on the wire. */
export function apiBody({ account }: Call, api: V2ApiState): JsonObject {
  const scheme = api.protocolType === 'HTTP' ? 'https' : 'wss';
  return {
    ...api.other,
    apiEndpoint: `${scheme}://${api.apiId}.${endpointSuffix(account)}`,
    apiGatewayManaged: api.apiGatewayManaged,
    apiId: api.apiId,
    apiKeySelectionExpression: api.apiKeySelectionExpression,
    corsConfiguration: api.cors && { ...api.cors },
    createdDate: isoDate(api.createdMs),
    description: api.description,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    ipAddressType: api.ipAddressType,
    name: api.name,
    protocolType: api.protocolType,
    routeSelectionExpression: api.routeSelectionExpression,
    tags: api.tags,
    version: api.version,
  };
}

function getApis(call: Call): Answer {
  const apis = [...call.account.v2.apis.values()];
  return {
    status: 200,
    body: page(
      call,
      apis,
      ({ apiId }) => apiId,
      (api) => apiBody(call, api),
    ),
  };
}

function getApi(call: Call): Answer {
  return { status: 200, body: apiBody(call, apiOf(call)) };
}

function corsOf(body: JsonObject): V2Cors | undefined {
  const given = object(body, 'corsConfiguration');
  return given && corsFrom(given);
}

/** `allowOrigins: ["*"]` and the like; the bounds of `maxAge` are the service model's. */
export function corsFrom(given: JsonObject): V2Cors {
  const maxAge = number(given, 'maxAge');
  if (maxAge !== undefined && (maxAge < -1 || maxAge > 86_400))
    throw badRequest('MaxAge must be between -1 and 86400 (text of the emulator)');
  return {
    allowCredentials: flag(given, 'allowCredentials'),
    allowHeaders: textList(given, 'allowHeaders'),
    allowMethods: textList(given, 'allowMethods'),
    allowOrigins: textList(given, 'allowOrigins'),
    exposeHeaders: textList(given, 'exposeHeaders'),
    maxAge,
  };
}

/** What CreateApi and UpdateApi take alike. */
function apply({ body }: Call, api: V2ApiState): void {
  const cors = corsOf(body);
  if (cors !== undefined) {
    if (api.protocolType !== 'HTTP')
      throw badRequest('CorsConfiguration is for HTTP APIs only (text of the emulator)');
    api.cors = cors;
  }
  const description = text(body, 'description');
  if (description !== undefined) api.description = description;
  const version = text(body, 'version');
  if (version !== undefined) api.version = version;
  api.disableExecuteApiEndpoint =
    flag(body, 'disableExecuteApiEndpoint') ?? api.disableExecuteApiEndpoint;
  api.ipAddressType =
    oneOf('ipAddressType', text(body, 'ipAddressType'), ['ipv4', 'dualstack']) ?? api.ipAddressType;
  const expression = text(body, 'routeSelectionExpression');
  if (expression !== undefined) {
    if (api.protocolType === 'HTTP' && expression !== api.routeSelectionExpression)
      throw badRequest(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the service.
        'RouteSelectionExpression of an HTTP API must be ${request.method} ${request.path} (text of the emulator)',
      );
    api.routeSelectionExpression = expression;
  }
  api.apiKeySelectionExpression =
    text(body, 'apiKeySelectionExpression') ?? api.apiKeySelectionExpression;
}

/**
 * With `target`, "quick create": an API with a catch-all route, an integration, and a stage `$default`
 * that deploys by itself, all managed by API Gateway (Amazon API Gateway Version 2 API Reference,
 * CreateApi, `target` and `routeKey`; "Api.ApiGatewayManaged").
 */
function createApi(call: Call): Answer {
  const { body, ids, nowMs, account } = call;
  const name = requiredText(body, 'name');
  const protocolType = oneOf('protocolType', requiredText(body, 'protocolType'), [
    'HTTP',
    'WEBSOCKET',
  ]);
  const api = newV2Api({
    apiId: ids.next(10),
    name,
    protocolType: protocolType ?? 'HTTP',
    createdMs: nowMs,
  });
  if (protocolType === 'WEBSOCKET') requiredText(body, 'routeSelectionExpression');
  apply(call, api);
  api.tags = textMap(body, 'tags') ?? {};
  const target = text(body, 'target');
  if (target !== undefined) quickCreate(call, api, target);
  account.v2.apis.set(api.apiId, api);
  return { status: 201, body: apiBody(call, api) };
}

function quickCreate(call: Call, api: V2ApiState, target: string): void {
  const { body, ids, nowMs } = call;
  if (api.protocolType !== 'HTTP')
    throw badRequest('Quick create is for HTTP APIs only (text of the emulator)');
  const integrationId = ids.next(7);
  api.integrations.set(integrationId, {
    integrationId,
    ...backendOf(target),
    timeoutInMillis: 30_000,
    apiGatewayManaged: true,
    other: { connectionType: 'INTERNET' },
  });
  const routeId = ids.next(7);
  api.routes.set(routeId, {
    routeId,
    routeKey: text(body, 'routeKey') ?? '$default',
    ...authorizationOf({}),
    apiKeyRequired: false,
    target: `integrations/${integrationId}`,
    apiGatewayManaged: true,
    other: {},
  });
  const stage = newV2Stage('$default', nowMs);
  stage.autoDeploy = true;
  stage.apiGatewayManaged = true;
  api.stages.set(stage.stageName, stage);
  autoDeploy(api, call);
}

function updateApi(call: Call): Answer {
  const api = editableApiOf(call);
  const { body } = call;
  const name = text(body, 'name');
  if (name === '') throw badRequest('Name must not be empty (text of the emulator)');
  apply(call, api);
  if (name !== undefined) api.name = name;
  updateQuickCreated(call, api);
  autoDeploy(api, call);
  return { status: 200, body: apiBody(call, api) };
}

/** `routeKey` and `target` change what quick create made (service model, UpdateApiRequest). */
function updateQuickCreated({ body }: Call, api: V2ApiState): void {
  const routeKey = text(body, 'routeKey');
  const target = text(body, 'target');
  const route = [...api.routes.values()].find((it) => it.apiGatewayManaged);
  const integration = [...api.integrations.values()].find((it) => it.apiGatewayManaged);
  if ((routeKey !== undefined && !route) || (target !== undefined && !integration))
    throw badRequest('RouteKey and Target are those of quick create (text of the emulator)');
  if (route !== undefined && routeKey !== undefined) route.routeKey = routeKey;
  if (integration !== undefined && target !== undefined)
    Object.assign(integration, backendOf(target));
}

/** "HTTP_PROXY or AWS_PROXY, respectively": a URL, or a function's ARN. */
function backendOf(target: string) {
  const isLambda = target.startsWith('arn:');
  return {
    integrationType: isLambda ? ('AWS_PROXY' as const) : ('HTTP_PROXY' as const),
    integrationUri: target,
    integrationMethod: isLambda ? 'POST' : 'ANY',
    payloadFormatVersion: isLambda ? '2.0' : '1.0',
  };
}

function deleteApi(call: Call): Answer {
  call.account.v2.apis.delete(editableApiOf(call).apiId);
  return { status: 204 };
}

function deleteCorsConfiguration(call: Call): Answer {
  const api = editableApiOf(call);
  delete api.cors;
  autoDeploy(api, call);
  return { status: 204 };
}

export const apiHandlers: Handlers = {
  GetApis: getApis,
  GetApi: getApi,
  CreateApi: createApi,
  UpdateApi: updateApi,
  DeleteApi: deleteApi,
  DeleteCorsConfiguration: deleteCorsConfiguration,
};
