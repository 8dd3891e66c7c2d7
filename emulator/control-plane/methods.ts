import type { ApiState, AuthorizationType, MethodState } from '../model.js';
import { flag, flagMap, text, textList, textMap } from './body.js';
import { type Answer, type Call, type Handlers, methodOf, pathValue, resourceOf } from './call.js';
import { badRequest, conflict } from './errors.js';
import { methodBody } from './method-body.js';

const HTTP_METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'];
const AUTHORIZATION_TYPES: readonly AuthorizationType[] = [
  'NONE',
  'AWS_IAM',
  'CUSTOM',
  'COGNITO_USER_POOLS',
  'JWT',
];
/** Models that every API has (localstack snapshot test_model_lifecycle, 2024-04-15); the emulator has no others. */
const MODELS = ['Empty', 'Error'];

/** Reads an authorization type; the text for an unknown one is the emulator's own. */
export function authorizationType(value: string): AuthorizationType {
  const type = AUTHORIZATION_TYPES.find((known) => known === value);
  if (type === undefined)
    throw badRequest(
      `Invalid authorization type specified. Valid options are ${AUTHORIZATION_TYPES.join(',')}`,
    );
  return type;
}

/**
 * CUSTOM and COGNITO_USER_POOLS need an authorizer of the API: localstack snapshot
 * test_update_method_validation, 2024-04-15. JWT, which came later, is held to the same here.
 */
export function checkAuthorizer(
  api: ApiState,
  method: Pick<MethodState, 'authorizationType' | 'authorizerId'>,
): void {
  if (!usesAuthorizer(method.authorizationType)) return;
  if (method.authorizerId === undefined || !api.authorizers.has(method.authorizerId))
    throw badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    );
}

/** Whether a type is decided by an authorizer object. */
export function usesAuthorizer(type: AuthorizationType): boolean {
  return type === 'CUSTOM' || type === 'COGNITO_USER_POOLS' || type === 'JWT';
}

/** Text of localstack snapshot test_put_method_validation, 2024-04-15. */
export function checkRequestValidator(api: ApiState, id: string): void {
  if (id !== '' && api.requestValidators?.has(id) !== true)
    throw badRequest('Invalid Request Validator identifier specified');
}

/** Text of localstack snapshot test_put_method_validation, 2024-04-15. */
export function checkModel(name: string): void {
  if (!MODELS.includes(name)) throw badRequest(`Invalid model identifier specified: ${name}`);
}

/** `method.request.querystring.q` and `method.request.header.q` clash: localstack snapshot test_method_request_parameters, 2024-04-15. */
function checkParameterNames(names: readonly string[]): void {
  const last = names.map((name) => name.slice(name.lastIndexOf('.') + 1));
  if (new Set(last).size !== last.length)
    throw badRequest('Parameter names must be unique across querystring, header and path');
}

function putMethod(call: Call): Answer {
  const { api, resource } = resourceOf(call);
  const { body } = call;
  const httpMethod = pathValue(call, 'http_method');
  if (!HTTP_METHODS.includes(httpMethod))
    throw badRequest(`Invalid HttpMethod specified. Valid options are ${HTTP_METHODS.join(',')}`);
  // Reported by CloudFormation and Terraform users, with status 409.
  if (resource.methods.has(httpMethod)) throw conflict('Method already exists for this resource');
  const method: MethodState = {
    httpMethod,
    authorizationType: authorizationType(text(body, 'authorizationType') ?? ''),
    apiKeyRequired: flag(body, 'apiKeyRequired') ?? false,
    responses: new Map(),
  };
  const authorizerId = text(body, 'authorizerId');
  // Silently ignored where no authorizer decides, as UpdateMethod does (test_update_method_validation).
  if (authorizerId !== undefined && usesAuthorizer(method.authorizationType))
    method.authorizerId = authorizerId;
  checkAuthorizer(api, method);
  applyRequest(call, api, method);
  resource.methods.set(httpMethod, method);
  return { status: 201, body: methodBody(method) };
}

function applyRequest(call: Call, api: ApiState, method: MethodState): void {
  const { body } = call;
  const operationName = text(body, 'operationName');
  if (operationName !== undefined) method.operationName = operationName;
  const validatorId = text(body, 'requestValidatorId') ?? '';
  checkRequestValidator(api, validatorId);
  if (validatorId !== '') method.requestValidatorId = validatorId;
  const parameters = flagMap(body, 'requestParameters');
  if (parameters !== undefined) {
    checkParameterNames(Object.keys(parameters));
    method.requestParameters = parameters;
  }
  const models = textMap(body, 'requestModels');
  if (models !== undefined) {
    for (const name of Object.values(models)) checkModel(name);
    method.requestModels = models;
  }
  const scopes = textList(body, 'authorizationScopes');
  if (scopes !== undefined) method.authorizationScopes = scopes;
}

function getMethod(call: Call): Answer {
  return { status: 200, body: methodBody(methodOf(call).method) };
}

function deleteMethod(call: Call): Answer {
  const { resource, method } = methodOf(call);
  resource.methods.delete(method.httpMethod);
  return { status: 204 };
}

export const methodHandlers: Handlers = {
  PutMethod: putMethod,
  GetMethod: getMethod,
  DeleteMethod: deleteMethod,
};
