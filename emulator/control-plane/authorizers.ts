import type { JsonObject } from '../json.js';
import type { AuthorizerState } from '../model.js';
import { number, object, requiredText, text, textList } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue } from './call.js';
import { badRequest, conflict, notFound, notInEnum, validationError } from './errors.js';
import { page } from './page.js';

const TYPES: readonly AuthorizerState['type'][] = ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS', 'JWT'];

/** An authorizer on the wire (service model: Authorizer). */
export function authorizerBody(authorizer: AuthorizerState): JsonObject {
  return {
    id: authorizer.id,
    name: authorizer.name,
    type: authorizer.type,
    providerARNs: authorizer.providerARNs,
    authType: authorizer.authType,
    authorizerUri: authorizer.authorizerUri,
    identitySource: authorizer.identitySource,
    authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
    jwtConfiguration: authorizer.jwtConfiguration,
  };
}

/** A new authorizer; caching lasts 300 seconds by default (API Gateway API Reference: CreateAuthorizer). */
export function newAuthorizer(
  id: string,
  name: string,
  type: AuthorizerState['type'],
): AuthorizerState {
  if (type === 'JWT') return { id, name, type };
  return type === 'COGNITO_USER_POOLS'
    ? { id, name, type, authType: 'cognito_user_pools' }
    : { id, name, type, authType: 'custom', authorizerResultTtlInSeconds: 300 };
}

function createAuthorizer(call: Call): Answer {
  const api = call.account.apis.get(pathValue(call, 'restapi_id'));
  // A wrong API is told as a conflict: localstack snapshot test_authorizer_crud_no_api, 2024-04-15.
  if (api === undefined)
    throw conflict(
      'Unable to complete operation due to concurrent modification. Please try again later.',
    );
  const name = requiredText(call.body, 'name');
  const given = text(call.body, 'type') ?? '';
  const type = TYPES.find((known) => known === given);
  if (type === undefined)
    throw validationError([notInEnum(given, 'createAuthorizerInput.type', TYPES)]);
  if ([...api.authorizers.values()].some((known) => known.name === name))
    throw badRequest(
      `Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`,
    );
  const authorizer = newAuthorizer(call.ids.next(6), name, type);
  const jwtConfiguration = object(call.body, 'jwtConfiguration');
  // Issuers and algorithms are required members (service model, JwtConfigurationInput); the text is the emulator's own.
  if (type === 'JWT' && (!jwtConfiguration?.issuers || !jwtConfiguration.defaultAlgorithms))
    throw badRequest('A JWT authorizer needs jwtConfiguration with issuers and defaultAlgorithms');
  if (type === 'JWT' && jwtConfiguration !== undefined)
    authorizer.jwtConfiguration = jwtConfiguration;
  const providerARNs = textList(call.body, 'providerARNs');
  if (providerARNs !== undefined) authorizer.providerARNs = providerARNs;
  const authorizerUri = text(call.body, 'authorizerUri');
  if (authorizerUri !== undefined) authorizer.authorizerUri = authorizerUri;
  const identitySource = text(call.body, 'identitySource');
  if (identitySource !== undefined) authorizer.identitySource = identitySource;
  const ttl = number(call.body, 'authorizerResultTtlInSeconds');
  if (ttl !== undefined) authorizer.authorizerResultTtlInSeconds = ttl;
  api.authorizers.set(authorizer.id, authorizer);
  return { status: 201, body: authorizerBody(authorizer) };
}

function getAuthorizers(call: Call): Answer {
  const authorizers = [...apiOf(call).authorizers.values()];
  return { status: 200, body: page(call, authorizers, ({ id }) => id, authorizerBody) };
}

function authorizerOf(call: Call): AuthorizerState {
  const authorizer = apiOf(call).authorizers.get(pathValue(call, 'authorizer_id'));
  if (authorizer === undefined) throw notFound('Invalid Authorizer identifier specified');
  return authorizer;
}

function getAuthorizer(call: Call): Answer {
  return { status: 200, body: authorizerBody(authorizerOf(call)) };
}

function deleteAuthorizer(call: Call): Answer {
  apiOf(call).authorizers.delete(authorizerOf(call).id);
  return { status: 202 };
}

export const authorizerHandlers: Handlers = {
  CreateAuthorizer: createAuthorizer,
  GetAuthorizers: getAuthorizers,
  GetAuthorizer: getAuthorizer,
  DeleteAuthorizer: deleteAuthorizer,
};
