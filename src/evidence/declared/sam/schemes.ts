import type { Place } from '../../../model/declared.js';
import { entry, get, isList, isMap, map, type Node, scalar, scalarText } from '../node.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';

const AUTHTYPE = 'x-amazon-apigateway-authtype';
const AUTHORIZER = 'x-amazon-apigateway-authorizer';

function texts(pairs: Readonly<Record<string, string>>, at: Place): Node {
  return map(
    Object.entries(pairs).map(([key, value]) => entry(key, scalar(value, at))),
    at,
  );
}

export function iamScheme(at: Place): Node {
  return texts({ type: 'apiKey', name: 'Authorization', in: 'header', [AUTHTYPE]: 'awsSigv4' }, at);
}

export function apiKeyScheme(at: Place): Node {
  return texts({ type: 'apiKey', name: 'x-api-key', in: 'header' }, at);
}

/** A scheme whose type is known at the deployment alone. */
export function unknownScheme(type: Node): Node {
  return map([entry(AUTHTYPE, type)], type.at);
}

export interface Authorizer {
  readonly name: string;
  readonly scheme: Node;
}

/** The authorizers of an `AWS::Serverless::Api`, refused as `ApiGatewayAuthorizer` refuses them. */
export function restAuthorizers(config: Node | undefined): readonly Authorizer[] {
  return authorizersIn(config, (name, authorizer, at) => {
    const payload = get(authorizer, 'FunctionPayloadType');
    const payloadType = scalarText(payload);
    if (truthy(payload) && payloadType !== 'TOKEN' && payloadType !== 'REQUEST') {
      throw new Refusal(`${name} Authorizer has invalid 'FunctionPayloadType'.`, payload.at);
    }
    const identity = get(authorizer, 'Identity');
    if (truthy(identity) && !isMap(identity)) {
      throw new Refusal('Auth.Authorizers.<Authorizer>.Identity must be a dict', identity.at);
    }
    if (payloadType === 'REQUEST' && isMissingIdentity(identity)) {
      throw new Refusal(
        `${name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context.`,
        at,
      );
    }
    expectScopes(authorizer, `Authorizers.${name}.AuthorizationScopes`);
    const isCognito = truthy(get(authorizer, 'UserPoolArn'));
    const type = isCognito ? 'cognito_user_pools' : payloadType === 'REQUEST' ? 'request' : 'token';
    return map(
      [
        entry(AUTHTYPE, scalar(isCognito ? 'cognito_user_pools' : 'custom', at)),
        entry(AUTHORIZER, texts({ type }, at)),
      ],
      at,
    );
  });
}

function isMissingIdentity(identity: Node | undefined): boolean {
  if (!truthy(identity)) return true;
  const isNamed = ['Headers', 'QueryStrings', 'StageVariables', 'Context'].some((key) =>
    truthy(get(identity, key)),
  );
  const every = Number(scalarText(get(identity, 'ReauthorizeEvery')) ?? Number.NaN);
  return !isNamed && !(every <= 0);
}

/** The authorizers of an `AWS::Serverless::HttpApi`, refused as `ApiGatewayV2Authorizer` refuses them. */
export function httpAuthorizers(config: Node | undefined): readonly Authorizer[] {
  return authorizersIn(config, (name, authorizer, at) => {
    const old = get(authorizer, 'OpenIdConnectUrl');
    if (old !== undefined) {
      throw new Refusal(
        `'OpenIdConnectUrl' is no longer a supported property for authorizer '${name}'.`,
        old.at,
      );
    }
    const jwt = get(authorizer, 'JwtConfiguration');
    if (truthy(jwt)) expectMap(jwt, "Property 'JwtConfiguration'");
    expectScopes(authorizer, 'AuthorizationScopes');
    const isJwt = truthy(jwt);
    const only = isJwt ? HTTP_LAMBDA_ONLY : HTTP_JWT_ONLY;
    for (const key of only) {
      const value = get(authorizer, key);
      if (value !== undefined && !(value.kind === 'scalar' && value.value === null)) {
        const kind = isJwt ? 'Lambda Authorizer' : 'OAuth2 Authorizer';
        throw new Refusal(`${key} is only supported for ${kind}.`, value.at);
      }
    }
    const required = isJwt ? ['IdentitySource'] : ['FunctionArn', 'AuthorizerPayloadFormatVersion'];
    for (const key of required) {
      if (!truthy(get(authorizer, key))) {
        const kind = isJwt ? 'OAuth2 Authorizer' : 'Lambda Authorizer';
        throw new Refusal(`${name} ${kind} must define '${key}'.`, at);
      }
    }
    return map([entry(AUTHORIZER, texts({ type: isJwt ? 'jwt' : 'request' }, at))], at);
  });
}

const HTTP_JWT_ONLY = ['AuthorizationScopes', 'JwtConfiguration', 'IdentitySource'];
const HTTP_LAMBDA_ONLY = [
  ...['FunctionArn', 'FunctionInvokeRole', 'Identity', 'AuthorizerPayloadFormatVersion'],
  ...['EnableSimpleResponses', 'EnableFunctionDefaultPermissions'],
];

function authorizersIn(
  config: Node | undefined,
  schemeOf: (name: string, authorizer: Node, at: Place) => Node,
): readonly Authorizer[] {
  if (!truthy(config)) return [];
  return expectMap(config, "Property 'Auth.Authorizers'").entries.map(({ key, value, at }) => {
    const authorizer = expectMap(value, `Property 'Auth.Authorizers.${key}'`);
    return { name: key, scheme: schemeOf(key, authorizer, at) };
  });
}

function expectScopes(authorizer: Node, what: string): void {
  const scopes = get(authorizer, 'AuthorizationScopes');
  if (scopes === undefined || isList(scopes)) return;
  if (scopes.kind === 'scalar' && scopes.value === null) return;
  throw new Refusal(`Property '${what}' should be a list.`, scopes.at);
}
