import type { JsonObject } from '../json.js';
import type { ApiState, GatewayResponseState } from '../model.js';
import { text, textMap } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue } from './call.js';
import { badRequest, notFound, notInEnum, validationError } from './errors.js';
import { defaultStatus, fallbackType, GATEWAY_RESPONSE_TYPES } from './gateway-response-types.js';
import { page } from './page.js';
import { invalidPath, type PatchOperation, patchOperations } from './patch.js';

/** localstack snapshot test_gateway_response_crud, 2024-04-15. */
const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };

/**
 * A gateway response on the wire. One that nobody customised is generated: from DEFAULT_4XX or
 * DEFAULT_5XX where that one is customised, else from the service's own
 * (localstack snapshot test_gateway_response_put, 2024-06-20).
 */
function gatewayResponseBody(api: ApiState, type: string): JsonObject {
  const own = api.gatewayResponses.get(type);
  const fallback = fallbackType(type);
  const shown = own ?? (fallback === undefined ? undefined : api.gatewayResponses.get(fallback));
  const templates = shown?.responseTemplates ?? {};
  return {
    responseType: type,
    statusCode: shown?.statusCode ?? defaultStatus(type),
    responseParameters: shown?.responseParameters ?? {},
    responseTemplates: Object.keys(templates).length === 0 ? DEFAULT_TEMPLATES : templates,
    defaultResponse: own === undefined,
  };
}

function typeOf(call: Call): string {
  const type = pathValue(call, 'response_type');
  if (!GATEWAY_RESPONSE_TYPES.includes(type))
    throw validationError([notInEnum(type, 'responseType', GATEWAY_RESPONSE_TYPES)]);
  return type;
}

function getGatewayResponses(call: Call): Answer {
  const api = apiOf(call);
  const types = [...GATEWAY_RESPONSE_TYPES].sort();
  return {
    status: 200,
    body: page(
      call,
      types,
      (type) => type,
      (type) => gatewayResponseBody(api, type),
    ),
  };
}

function getGatewayResponse(call: Call): Answer {
  const type = typeOf(call);
  return { status: 200, body: gatewayResponseBody(apiOf(call), type) };
}

/** What is not sent falls back to the type's own default, not to DEFAULT_5XX (test_gateway_response_put, 2024-06-20). */
function putGatewayResponse(call: Call): Answer {
  const type = typeOf(call);
  const api = apiOf(call);
  const response = newGatewayResponse(type);
  response.responseParameters = textMap(call.body, 'responseParameters') ?? {};
  response.responseTemplates = textMap(call.body, 'responseTemplates') ?? {};
  const statusCode = text(call.body, 'statusCode') ?? defaultStatus(type);
  if (statusCode !== undefined) response.statusCode = statusCode;
  api.gatewayResponses.set(type, response);
  return { status: 201, body: gatewayResponseBody(api, type) };
}

function newGatewayResponse(responseType: string): GatewayResponseState {
  const statusCode = defaultStatus(responseType);
  return {
    responseType,
    ...(statusCode === undefined ? {} : { statusCode }),
    responseParameters: {},
    responseTemplates: {},
  };
}

function deleteGatewayResponse(call: Call): Answer {
  const type = typeOf(call);
  if (!apiOf(call).gatewayResponses.delete(type))
    throw notFound('Gateway response type not defined on api');
  return { status: 202 };
}

/** Rules and texts: localstack snapshot test_update_gateway_response, 2024-04-15. */
function updateGatewayResponse(call: Call): Answer {
  const type = typeOf(call);
  const api = apiOf(call);
  const changed = structuredClone(api.gatewayResponses.get(type) ?? newGatewayResponse(type));
  for (const operation of patchOperations(call.body, 'updateGatewayResponseInput'))
    apply(changed, operation);
  api.gatewayResponses.set(type, changed);
  return { status: 200, body: gatewayResponseBody(api, type) };
}

function apply(response: GatewayResponseState, operation: PatchOperation): void {
  const [first, name] = operation.parts;
  if (operation.path === '/statusCode' && operation.op === 'replace') {
    response.statusCode = operation.value ?? '';
    return;
  }
  if (operation.parts.length !== 2 || name === undefined) throw invalidPath(operation);
  if (first !== 'responseParameters' && first !== 'responseTemplates') throw invalidPath(operation);
  const { [name]: known, ...others } = response[first];
  if (operation.op !== 'add' && known === undefined)
    throw notFound(
      first === 'responseParameters'
        ? 'Invalid parameter name specified'
        : 'Content-Type specified was not found',
    );
  if (operation.op === 'remove') {
    response[first] = others;
    return;
  }
  if (operation.op !== 'add' && operation.op !== 'replace') throw invalidPath(operation);
  if (operation.value === undefined || operation.value === '')
    throw badRequest(`Invalid null or empty value in ${first}`);
  response[first] = { ...others, [name]: operation.value };
}

export const gatewayResponseHandlers: Handlers = {
  GetGatewayResponses: getGatewayResponses,
  GetGatewayResponse: getGatewayResponse,
  PutGatewayResponse: putGatewayResponse,
  DeleteGatewayResponse: deleteGatewayResponse,
  UpdateGatewayResponse: updateGatewayResponse,
};
