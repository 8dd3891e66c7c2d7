import { flag, requiredText, textList, textMap } from '../../control-plane/body.js';
import { badRequest } from '../../control-plane/errors.js';
import { isJsonObject, type JsonObject } from '../../json.js';
import {
  type BasePathHandling,
  type Definition,
  DefinitionError,
  isList,
  type Operation,
  objectAt,
  readDefinition,
  textAt,
} from '../../openapi/document.js';
import { newV2Api } from '../api-state.js';
import { autoDeploy } from '../deploy.js';
import type { V2ApiState, V2AuthorizationType, V2AuthorizerState } from '../model.js';
import { apiBody, corsFrom } from './apis.js';
import { type Answer, type Call, editableApiOf, type Handlers } from './call.js';

/**
 * ImportApi: a new HTTP API from OpenAPI 3.0, the only version that HTTP APIs are imported from (API Gateway
 * developer guide, "OpenAPI definitions for HTTP APIs"). It has no stage.
 */
function importApi(call: Call): Answer {
  const definition = definitionOf(call);
  const api = newV2Api({
    apiId: call.ids.next(10),
    name: textAt(objectAt(definition.root, 'info'), 'title') ?? 'import',
    protocolType: 'HTTP',
    createdMs: call.nowMs,
  });
  apply(call, api, definition);
  call.account.v2.apis.set(api.apiId, api);
  return { status: 201, body: apiBody(call, api) };
}

/** ReimportApi: "Overwrites the configuration of an existing API using the provided definition for an HTTP API" (service model). */
function reimportApi(call: Call): Answer {
  const known = editableApiOf(call);
  if (known.protocolType !== 'HTTP')
    throw badRequest('Import is for HTTP APIs only (text of the emulator)');
  const definition = definitionOf(call);
  // What is refused half way must leave no trace.
  const api: V2ApiState = {
    ...known,
    routes: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
  };
  delete api.cors;
  apply(call, api, definition);
  call.account.v2.apis.set(api.apiId, api);
  autoDeploy(api, call);
  return { status: 201, body: apiBody(call, api) };
}

const BASE_PATHS: readonly BasePathHandling[] = ['ignore', 'prepend', 'split'];

function definitionOf(call: Call): Definition {
  const given = call.query.get('basepath') ?? 'ignore';
  const basePath = BASE_PATHS.find((known) => known === given);
  if (basePath === undefined)
    throw badRequest(`Invalid basepath specified: ${given} (text of the emulator)`);
  let definition: Definition;
  try {
    definition = readDefinition(requiredText(call.body, 'body'), basePath, {});
  } catch (error) {
    if (error instanceof DefinitionError)
      throw badRequest(`Unable to build importer with provided input. ${error.message}`);
    throw error;
  }
  if (definition.openapi !== 3)
    throw badRequest('HTTP APIs are imported from OpenAPI 3.0 (text of the emulator)');
  return definition;
}

function apply(call: Call, api: V2ApiState, definition: Definition): void {
  const { root } = definition;
  const description = textAt(objectAt(root, 'info'), 'description');
  if (description !== undefined) api.description = description;
  const cors = root['x-amazon-apigateway-cors'];
  if (isJsonObject(cors)) api.cors = corsFrom(cors);
  const byName = new Map<string, V2AuthorizerState>();
  for (const operation of definition.operations) {
    const authorization = authorizationOf(call, api, operation, definition, byName);
    const target = integrationOf(call, api, operation, root);
    const routeId = call.ids.next(7);
    const operationName = textAt(operation.body, 'operationId');
    api.routes.set(routeId, {
      routeId,
      routeKey:
        operation.path === '/$default' && operation.method === 'ANY'
          ? '$default'
          : `${operation.method} ${operation.path}`,
      ...authorization,
      apiKeyRequired: false,
      ...(target === undefined ? {} : { target }),
      other: operationName === undefined ? {} : { operationName },
    });
  }
}

/**
 * The first scheme that stands for an authorization: Signature Version 4 by its `authtype`, others by
 * their authorizer. An operation without `security` has the document's. AWS_IAM by
 * `x-amazon-apigateway-auth` is taken, too.
 */
function authorizationOf(
  call: Call,
  api: V2ApiState,
  { body }: Operation,
  { root, schemes }: Definition,
  byName: Map<string, V2AuthorizerState>,
): {
  authorizationType: V2AuthorizationType;
  authorizerId?: string;
  authorizationScopes?: string[];
} {
  const security = body.security ?? root.security;
  const named = isList(security) ? security.filter(isJsonObject).flatMap(Object.entries) : [];
  for (const [name, scopes] of named) {
    const scheme = objectAt(schemes, name);
    if (textAt(scheme, 'x-amazon-apigateway-authtype')?.toLowerCase() === 'awssigv4')
      return { authorizationType: 'AWS_IAM' };
    const extension = scheme['x-amazon-apigateway-authorizer'];
    if (!isJsonObject(extension)) continue;
    const { authorizerId, authorizerType } = authorizerOf(call, api, name, extension, byName);
    if (authorizerType === 'REQUEST') return { authorizationType: 'CUSTOM', authorizerId };
    const authorizationScopes = isList(scopes)
      ? scopes.filter((scope) => typeof scope === 'string')
      : [];
    return {
      authorizationType: 'JWT',
      authorizerId,
      ...(authorizationScopes.length === 0 ? {} : { authorizationScopes }),
    };
  }
  const auth = textAt(objectAt(body, 'x-amazon-apigateway-auth'), 'type');
  return { authorizationType: auth?.toUpperCase() === 'AWS_IAM' ? 'AWS_IAM' : 'NONE' };
}

function authorizerOf(
  call: Call,
  api: V2ApiState,
  name: string,
  extension: JsonObject,
  byName: Map<string, V2AuthorizerState>,
): V2AuthorizerState {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const authorizerUri = textAt(extension, 'authorizerUri');
  const jwt = objectAt(extension, 'jwtConfiguration');
  const issuer = textAt(jwt, 'issuer');
  const audience = textList(jwt, 'audience');
  const isJwt = textAt(extension, 'type')?.toLowerCase() === 'jwt';
  const made: V2AuthorizerState = {
    authorizerId: call.ids.next(6),
    name,
    authorizerType: isJwt ? 'JWT' : 'REQUEST',
    identitySource: (textAt(extension, 'identitySource') ?? '').split(',').filter(Boolean),
    ...(authorizerUri === undefined ? {} : { authorizerUri }),
    ...(isJwt
      ? {
          jwtConfiguration: {
            ...(issuer === undefined ? {} : { issuer }),
            ...(audience === undefined ? {} : { audience }),
          },
        }
      : {}),
    other: {
      enableSimpleResponses: flag(extension, 'enableSimpleResponses'),
      authorizerPayloadFormatVersion: textAt(extension, 'authorizerPayloadFormatVersion'),
    },
  };
  byName.set(name, made);
  api.authorizers.set(made.authorizerId, made);
  return made;
}

/** An operation's integration, its own or one of `components` ("x-amazon-apigateway-integrations object"). */
function integrationOf(
  call: Call,
  api: V2ApiState,
  { body, method, path }: Operation,
  root: JsonObject,
): string | undefined {
  const own = objectAt(body, 'x-amazon-apigateway-integration');
  const [, shared] =
    /^#\/components\/x-amazon-apigateway-integrations\/(.+)$/.exec(textAt(own, '$ref') ?? '') ?? [];
  const given =
    shared === undefined
      ? own
      : objectAt(
          objectAt(objectAt(root, 'components'), 'x-amazon-apigateway-integrations'),
          shared,
        );
  const type = textAt(given, 'type')?.toUpperCase();
  if (type === undefined) return undefined;
  if (type !== 'AWS_PROXY' && type !== 'HTTP_PROXY')
    throw badRequest(
      `HTTP APIs have no integrations of type ${type}: ${method} ${path} (text of the emulator)`,
    );
  const integrationId = call.ids.next(7);
  const integrationUri = textAt(given, 'uri');
  const integrationMethod = textAt(given, 'httpMethod');
  const requestParameters = textMap(given, 'requestParameters');
  api.integrations.set(integrationId, {
    integrationId,
    integrationType: type,
    ...(integrationUri === undefined ? {} : { integrationUri }),
    ...(integrationMethod === undefined ? {} : { integrationMethod }),
    payloadFormatVersion: textAt(given, 'payloadFormatVersion') ?? '1.0',
    timeoutInMillis: 30_000,
    other: {
      connectionType: textAt(given, 'connectionType') ?? 'INTERNET',
      connectionId: textAt(given, 'connectionId'),
      integrationSubtype: textAt(given, 'integrationSubtype'),
      credentialsArn: textAt(given, 'credentials'),
      requestParameters,
    },
  });
  return `integrations/${integrationId}`;
}

export const importHandlers: Handlers = { ImportApi: importApi, ReimportApi: reimportApi };
