import { addResource, newApi } from '../api-state.js';
import type { JsonObject } from '../json.js';
import type { ApiState, ResourceState } from '../model.js';
import {
  type BasePathHandling,
  type Definition,
  DefinitionError,
  isList,
  objectAt,
  readDefinition,
  textAt,
} from '../openapi/document.js';
import { importedMethod } from '../openapi/method.js';
import { authorizationOf } from '../openapi/security.js';
import { newAuthorizer } from './authorizers.js';
import { type Answer, apiOf, type Call, type Handlers, nowSeconds } from './call.js';
import { badRequest } from './errors.js';
import { GATEWAY_RESPONSE_TYPES } from './gateway-response-types.js';
import { checkResourcePolicy, normalisePolicy } from './policy.js';
import { checkPathPart, checkPlace } from './resources.js';
import { restApiBody } from './rest-apis.js';

const BASE_PATHS: readonly BasePathHandling[] = ['ignore', 'prepend', 'split'];
const ENDPOINT_TYPES = ['EDGE', 'REGIONAL', 'PRIVATE'];

/** ImportRestApi: a new API from a definition. */
function importRestApi(call: Call): Answer {
  const definition = definitionOf(call);
  const api = newApi({
    id: call.ids.next(10),
    name: '',
    createdDate: nowSeconds(call),
    rootResourceId: call.ids.next(10),
  });
  const type = call.query.get('endpointConfigurationTypes');
  if (type !== null && !ENDPOINT_TYPES.includes(type))
    throw badRequest(`Invalid endpoint type specified: ${type} (text of the emulator)`);
  if (type !== null) api.endpointTypes = [type];
  if (type === 'PRIVATE') api.ipAddressType = 'dualstack';
  const warnings = apply(call, api, definition);
  call.account.apis.set(api.id, api);
  return { status: 201, body: answerBody(api, warnings) };
}

/**
 * PutRestApi: a definition over an API that is there. "merge" keeps what the definition does not name,
 * "overwrite" drops it; "By default, the update mode is merge" (service model). Nothing of it is
 * deployed.
 */
function putRestApi(call: Call): Answer {
  const known = apiOf(call);
  const mode = call.query.get('mode') ?? 'merge';
  if (mode !== 'merge' && mode !== 'overwrite')
    throw badRequest(`Invalid mode specified: ${mode} (text of the emulator)`);
  const definition = definitionOf(call);
  // What is refused half way must leave no trace.
  const api = structuredClone(known);
  if (mode === 'overwrite') clear(api, definition);
  const warnings = apply(call, api, definition);
  call.account.apis.set(api.id, api);
  return { status: 200, body: answerBody(api, warnings) };
}

function answerBody(api: ApiState, warnings: readonly string[]): JsonObject {
  return { ...restApiBody(api), warnings: warnings.length === 0 ? undefined : [...warnings] };
}

/** The text is the emulator's own but for the first sentence (test_import_documentation_parts_bad_file). */
function refusal(error: DefinitionError) {
  return badRequest(`Unable to build importer with provided input. ${error.message}`);
}

function definitionOf(call: Call): Definition {
  const given = call.query.get('basepath') ?? 'ignore';
  const basePath = BASE_PATHS.find((known) => known === given);
  if (basePath === undefined)
    throw badRequest(`Invalid basepath specified: ${given} (text of the emulator)`);
  const { accountId, region, partition } = call.account;
  try {
    return readDefinition(call.text, basePath, {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': partition,
    });
  } catch (error) {
    if (error instanceof DefinitionError) throw refusal(error);
    throw error;
  }
}

/** Whether paths that stay keep their resources' ids is not recorded; here they do. */
function clear(api: ApiState, { operations }: Definition): void {
  const named = new Set(operations.flatMap(({ path }) => pathsTo(path)));
  for (const resource of api.resources.values()) {
    resource.methods.clear();
    if (resource.parentId !== undefined && !named.has(resource.path))
      api.resources.delete(resource.id);
  }
  api.authorizers.clear();
  api.gatewayResponses.clear();
  delete api.policy;
}

/** A path and those above it, the root aside. */
function pathsTo(path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** @returns warnings, which stop nothing unless `failonwarnings` says so. */
function apply(call: Call, api: ApiState, definition: Definition): string[] {
  applyRoot(call, api, definition.root);
  const warnings: string[] = [];
  for (const operation of definition.operations) {
    const authorization = authorizationOf(operation, definition);
    if (authorization === undefined) {
      warnings.push(
        `${operation.method} ${operation.path} is not created: its security names a scheme with an authorization type and without an authorizer`,
      );
      continue;
    }
    const resource = resourceAt(call, api, operation.path);
    const { scheme } = authorization;
    const authorizerId =
      scheme === undefined
        ? undefined
        : authorizerFor(call, api, scheme, objectAt(definition.schemes, scheme));
    try {
      const method = importedMethod(operation, authorization, authorizerId, resource);
      resource.methods.set(method.httpMethod, method);
    } catch (error) {
      if (error instanceof DefinitionError) throw refusal(error);
      throw error;
    }
  }
  if (warnings.length > 0 && call.query.get('failonwarnings') === 'true')
    throw badRequest(`Warnings found during import:\n${warnings.join('\n')}`);
  return warnings;
}

/** What stands at the root: API Gateway Developer Guide, "OpenAPI extensions for API Gateway". */
function applyRoot(call: Call, api: ApiState, root: JsonObject): void {
  const info = objectAt(root, 'info');
  api.name = textAt(info, 'title') ?? (api.name || 'Created by API Gateway emulator');
  const description = textAt(info, 'description');
  if (description !== undefined) api.description = description;
  if (info.version !== undefined) api.version = String(info.version);
  const endpoint = objectAt(root, 'x-amazon-apigateway-endpoint-configuration');
  if (typeof endpoint.disableExecuteApiEndpoint === 'boolean')
    api.disableExecuteApiEndpoint = endpoint.disableExecuteApiEndpoint;
  if (isList(endpoint.vpcEndpointIds)) api.vpcEndpointIds = endpoint.vpcEndpointIds.map(String);
  if (isList(root['x-amazon-apigateway-binary-media-types']))
    api.binaryMediaTypes = root['x-amazon-apigateway-binary-media-types'].map(String);
  const keySource = textAt(root, 'x-amazon-apigateway-api-key-source')?.toUpperCase();
  if (keySource === 'HEADER' || keySource === 'AUTHORIZER') api.apiKeySource = keySource;
  const policy = root['x-amazon-apigateway-policy'];
  if (policy !== undefined) {
    const document = JSON.stringify(policy);
    checkResourcePolicy(document, call.account);
    api.policy = normalisePolicy(document, api.id, call.account);
  }
  const responses = objectAt(root, 'x-amazon-apigateway-gateway-responses');
  for (const responseType of Object.keys(responses)) {
    if (!GATEWAY_RESPONSE_TYPES.includes(responseType))
      throw badRequest(`Invalid gateway response type: ${responseType} (text of the emulator)`);
    const given = objectAt(responses, responseType);
    api.gatewayResponses.set(responseType, {
      responseType,
      ...(given.statusCode === undefined ? {} : { statusCode: String(given.statusCode) }),
      responseParameters: textsAt(given, 'responseParameters'),
      responseTemplates: textsAt(given, 'responseTemplates'),
    });
  }
}

function textsAt(object: JsonObject, name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(object, name)).map(([key, value]) => [key, String(value ?? '')]),
  );
}

function resourceAt(call: Call, api: ApiState, path: string): ResourceState {
  const root = api.resources.get(api.rootResourceId);
  if (root === undefined) throw new Error('an API without its root resource');
  let resource = root;
  for (const above of path === '/' ? [] : pathsTo(path)) {
    const known = [...api.resources.values()].find((candidate) => candidate.path === above);
    const pathPart = above.slice(above.lastIndexOf('/') + 1);
    if (known === undefined) {
      checkPathPart(pathPart);
      checkPlace(api, resource, pathPart);
    }
    resource = known ?? addResource(api, resource, pathPart, call.ids);
  }
  return resource;
}

/** The authorizer of a scheme's name: the one that is there is changed, else one is made. */
function authorizerFor(call: Call, api: ApiState, name: string, scheme: JsonObject): string {
  const given = objectAt(scheme, 'x-amazon-apigateway-authorizer');
  const known = [...api.authorizers.values()].find((authorizer) => authorizer.name === name);
  const type = textAt(given, 'type')?.toUpperCase();
  const authorizer = newAuthorizer(
    known?.id ?? call.ids.next(6),
    name,
    type === 'TOKEN' || type === 'REQUEST' ? type : 'COGNITO_USER_POOLS',
  );
  const authType = textAt(scheme, 'x-amazon-apigateway-authtype');
  if (authType !== undefined) authorizer.authType = authType;
  const authorizerUri = textAt(given, 'authorizerUri');
  if (authorizerUri !== undefined) authorizer.authorizerUri = authorizerUri;
  // Without `identitySource` the scheme's own header names it ("in: header" is the only place for one).
  const header = textAt(scheme, 'name');
  const identitySource =
    textAt(given, 'identitySource') ??
    (header === undefined ? undefined : `method.request.header.${header}`);
  if (identitySource !== undefined) authorizer.identitySource = identitySource;
  if (isList(given.providerARNs)) authorizer.providerARNs = given.providerARNs.map(String);
  if (typeof given.authorizerResultTtlInSeconds === 'number')
    authorizer.authorizerResultTtlInSeconds = given.authorizerResultTtlInSeconds;
  api.authorizers.set(authorizer.id, authorizer);
  return authorizer.id;
}

export const importHandlers: Handlers = { ImportRestApi: importRestApi, PutRestApi: putRestApi };
