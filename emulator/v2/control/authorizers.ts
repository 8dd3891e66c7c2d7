import { flag, number, object, requiredText, text, textList } from '../../control-plane/body.js';
import { badRequest, conflict } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { autoDeploy } from '../deploy.js';
import type { V2ApiState, V2AuthorizerState } from '../model.js';
import {
  type Answer,
  apiOf,
  authorizerOf,
  type Call,
  editableApiOf,
  type Handlers,
  membersOf,
  oneOf,
  page,
} from './call.js';

function authorizerBody(authorizer: V2AuthorizerState): JsonObject {
  const { other, acceptedTokens: _acceptedTokens, ...told } = authorizer;
  return { ...other, ...told };
}

function getAuthorizers(call: Call): Answer {
  const authorizers = [...apiOf(call).authorizers.values()];
  return {
    status: 200,
    body: page(call, authorizers, ({ authorizerId }) => authorizerId, authorizerBody),
  };
}

function getAuthorizer(call: Call): Answer {
  return { status: 200, body: authorizerBody(authorizerOf(call)) };
}

function createAuthorizer(call: Call): Answer {
  const api = editableApiOf(call);
  const { body, ids } = call;
  const authorizer: V2AuthorizerState = {
    authorizerId: ids.next(6),
    name: requiredText(body, 'name'),
    authorizerType:
      oneOf('authorizerType', requiredText(body, 'authorizerType'), ['REQUEST', 'JWT']) ??
      'REQUEST',
    other: {},
  };
  apply(call, api, authorizer);
  if (authorizer.identitySource === undefined)
    throw badRequest('IdentitySource must be given (text of the emulator)');
  api.authorizers.set(authorizer.authorizerId, authorizer);
  autoDeploy(api, call);
  return { status: 201, body: authorizerBody(authorizer) };
}

function updateAuthorizer(call: Call): Answer {
  const api = editableApiOf(call);
  const authorizer = structuredClone(authorizerOf(call));
  authorizer.name = text(call.body, 'name') ?? authorizer.name;
  apply(call, api, authorizer);
  api.authorizers.set(authorizer.authorizerId, authorizer);
  autoDeploy(api, call);
  return { status: 200, body: authorizerBody(authorizer) };
}

/** JWT is "supported only for HTTP APIs" and needs issuer and audience (service model). */
function apply({ body }: Call, api: V2ApiState, authorizer: V2AuthorizerState): void {
  const sources = textList(body, 'identitySource');
  if (sources !== undefined) authorizer.identitySource = sources;
  const uri = text(body, 'authorizerUri');
  if (uri !== undefined) authorizer.authorizerUri = uri;
  const jwt = object(body, 'jwtConfiguration');
  if (authorizer.authorizerType === 'JWT') {
    if (api.protocolType !== 'HTTP')
      throw badRequest('JWT authorizers are for HTTP APIs only (text of the emulator)');
    const issuer = jwt === undefined ? authorizer.jwtConfiguration?.issuer : text(jwt, 'issuer');
    const audience =
      jwt === undefined ? authorizer.jwtConfiguration?.audience : textList(jwt, 'audience');
    if (issuer === undefined)
      throw badRequest('A JWT authorizer needs an issuer (text of the emulator)');
    authorizer.jwtConfiguration = { issuer, ...(audience === undefined ? {} : { audience }) };
  }
  authorizer.other = {
    ...authorizer.other,
    ...membersOf(body, {
      authorizerCredentialsArn: text,
      authorizerPayloadFormatVersion: text,
      authorizerResultTtlInSeconds: number,
      enableSimpleResponses: flag,
      identityValidationExpression: text,
    }),
  };
}

function deleteAuthorizer(call: Call): Answer {
  const api = editableApiOf(call);
  const { authorizerId } = authorizerOf(call);
  if ([...api.routes.values()].some((route) => route.authorizerId === authorizerId))
    throw conflict('The authorizer is used by a route (text of the emulator)');
  api.authorizers.delete(authorizerId);
  autoDeploy(api, call);
  return { status: 204 };
}

export const authorizerHandlers: Handlers = {
  GetAuthorizers: getAuthorizers,
  GetAuthorizer: getAuthorizer,
  CreateAuthorizer: createAuthorizer,
  UpdateAuthorizer: updateAuthorizer,
  DeleteAuthorizer: deleteAuthorizer,
};
