import { newIntegration } from '../api-state.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { IntegrationState, MethodState, ResourceState } from '../model.js';
import { DefinitionError, isList, type Operation, objectAt, textAt } from './document.js';
import type { ImportedAuthorization } from './security.js';

const TYPES = ['MOCK', 'HTTP', 'HTTP_PROXY', 'AWS', 'AWS_PROXY'] as const;
/** Where a parameter of OpenAPI is in a request, as API Gateway names the place. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['path', 'path'],
  ['query', 'querystring'],
  ['header', 'header'],
]);

/**
 * The method that an operation becomes. Models and validators are left out: the emulator has none.
 *
 * @throws DefinitionError where its integration is of no type that API Gateway has
 */
export function importedMethod(
  { method, path, body, parameters }: Operation,
  authorization: ImportedAuthorization,
  authorizerId: string | undefined,
  resource: ResourceState,
): MethodState {
  const imported: MethodState = {
    httpMethod: method,
    authorizationType: authorization.type,
    apiKeyRequired: authorization.apiKeyRequired,
    responses: new Map(),
  };
  if (authorizerId !== undefined) imported.authorizerId = authorizerId;
  if (authorization.scopes !== undefined) imported.authorizationScopes = [...authorization.scopes];
  const operationName = textAt(body, 'operationId');
  if (operationName !== undefined) imported.operationName = operationName;
  const declared = parameters.flatMap((parameter): [string, boolean][] => {
    const place = PLACES.get(textAt(parameter, 'in') ?? '');
    const name = textAt(parameter, 'name');
    return place === undefined || name === undefined
      ? []
      : [[`method.request.${place}.${name}`, parameter.required === true]];
  });
  if (declared.length > 0) imported.requestParameters = Object.fromEntries(declared);
  addResponses(imported, objectAt(body, 'responses'));
  const integration = body['x-amazon-apigateway-integration'];
  if (isJsonObject(integration)) {
    imported.integration = importedIntegration(integration, resource, `${method} ${path}`);
  }
  return imported;
}

function addResponses(method: MethodState, responses: JsonObject): void {
  for (const [statusCode, response] of Object.entries(responses)) {
    if (!/^\d{3}$/.test(statusCode) || !isJsonObject(response)) continue;
    const headers = Object.keys(objectAt(response, 'headers'));
    method.responses.set(statusCode, {
      statusCode,
      ...(headers.length === 0
        ? {}
        : {
            responseParameters: Object.fromEntries(
              headers.map((name) => [`method.response.header.${name}`, false]),
            ),
          }),
    });
  }
}

/** API Gateway Developer Guide, "x-amazon-apigateway-integration object". */
function importedIntegration(
  given: JsonObject,
  resource: ResourceState,
  place: string,
): IntegrationState {
  const type = TYPES.find((known) => known === textAt(given, 'type')?.toUpperCase());
  if (type === undefined) {
    throw new DefinitionError(`the integration of ${place} has no type that API Gateway knows`);
  }
  const integration = newIntegration(type, textAt(given, 'cacheNamespace') ?? resource.id);
  for (const name of ['uri', 'httpMethod', 'credentials', 'connectionId'] as const) {
    const value = textAt(given, name);
    if (value !== undefined) integration[name] = value;
  }
  const connectionType = textAt(given, 'connectionType')?.toUpperCase();
  if (connectionType === 'INTERNET' || connectionType === 'VPC_LINK') {
    integration.connectionType = connectionType;
  }
  const passthrough = textAt(given, 'passthroughBehavior');
  if (passthrough !== undefined) integration.passthroughBehavior = passthrough.toUpperCase();
  if (typeof given.timeoutInMillis === 'number')
    integration.timeoutInMillis = given.timeoutInMillis;
  if (isList(given.cacheKeyParameters)) {
    integration.cacheKeyParameters = given.cacheKeyParameters.map(String);
  }
  const requestParameters = textsOf(given.requestParameters);
  if (requestParameters !== undefined) integration.requestParameters = requestParameters;
  const requestTemplates = textsOf(given.requestTemplates);
  if (requestTemplates !== undefined) integration.requestTemplates = requestTemplates;
  for (const [pattern, response] of Object.entries(objectAt(given, 'responses'))) {
    if (isJsonObject(response)) addIntegrationResponse(integration, pattern, response);
  }
  return integration;
}

function addIntegrationResponse(
  integration: IntegrationState,
  pattern: string,
  response: JsonObject,
): void {
  const statusCode = String(response.statusCode ?? '200');
  const responseParameters = textsOf(response.responseParameters);
  const responseTemplates = textsOf(response.responseTemplates);
  integration.responses.set(statusCode, {
    statusCode,
    ...(pattern === 'default' ? {} : { selectionPattern: pattern }),
    ...(responseParameters === undefined ? {} : { responseParameters }),
    ...(responseTemplates === undefined ? {} : { responseTemplates }),
  });
}

/** A map of strings; other scalars as they are written (localstack's import recordings hold `true`). */
function textsOf(value: JsonValue | undefined): Record<string, string> | undefined {
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      typeof entry === 'string' ? entry : JSON.stringify(entry ?? ''),
    ]),
  );
}
