import { isJsonObject, type JsonObject } from '../json.js';
import type { AuthorizationType } from '../model.js';
import { type Definition, isList, type Operation, objectAt, textAt } from './document.js';

/** What an operation's method is imported with. */
export interface ImportedAuthorization {
  readonly type: AuthorizationType;
  readonly apiKeyRequired: boolean;
  /** Name of the scheme that becomes the method's authorizer. */
  readonly scheme?: string;
  readonly scopes?: readonly string[];
}

/** How a scheme of the definition is understood. */
export type SchemeKind =
  | 'sigv4'
  | 'token'
  | 'request'
  | 'cognito_user_pools'
  | 'api-key'
  /** An authorization type of its own without an authorizer: its methods are not created. */
  | 'broken'
  | 'none';

/**
 * What a scheme becomes (API Gateway Developer Guide, "x-amazon-apigateway-authtype property" and
 * "x-amazon-apigateway-authorizer object"). A scheme with an authorizer and no `authtype` is no
 * authorizer (pulumi-aws-apigateway issue 10); with an `authtype` and no authorizer "Any methods with
 * security: 'X' will not be created" (aws-apigateway-importer issue 187).
 */
export function schemeKind(scheme: JsonObject): SchemeKind {
  const authtype = textAt(scheme, 'x-amazon-apigateway-authtype');
  const authorizer = scheme['x-amazon-apigateway-authorizer'];
  if (authtype?.toLowerCase() === 'awssigv4') return 'sigv4';
  if (authtype === undefined) {
    const isKey =
      textAt(scheme, 'type') === 'apiKey' && textAt(scheme, 'name')?.toLowerCase() === 'x-api-key';
    return isKey && authorizer === undefined ? 'api-key' : 'none';
  }
  if (!isJsonObject(authorizer)) return 'broken';
  const type = textAt(authorizer, 'type')?.toLowerCase();
  if (type === 'token' || type === 'request' || type === 'cognito_user_pools') return type;
  return 'broken';
}

/**
 * Decides what an operation is imported with; `undefined` where the import leaves it out, with a
 * warning. The operation's own `security` comes first, then that of the document's root (in OpenAPI 3
 * alone), then `x-amazon-apigateway-auth`. An unknown scheme is no authorization: recorded by the SAM
 * team's integration tests (`NONE: []`). Of several authorizers the first counts, and a key is asked for
 * beside each of them.
 */
export function authorizationOf(
  operation: Operation,
  definition: Definition,
): ImportedAuthorization | undefined {
  const requirements = requirementsOf(operation, definition);
  const named = requirements.flatMap((requirement) =>
    Object.entries(requirement).map(([name, scopes]) => ({
      name,
      kind: schemeKind(objectAt(definition.schemes, name)),
      scopes: isList(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
    })),
  );
  if (named.some(({ kind }) => kind === 'broken')) return undefined;
  const apiKeyRequired = named.some(({ kind }) => kind === 'api-key');
  for (const { name, kind, scopes } of named) {
    if (kind === 'sigv4') return { type: 'AWS_IAM', apiKeyRequired };
    if (kind === 'token' || kind === 'request') {
      return { type: 'CUSTOM', apiKeyRequired, scheme: name };
    }
    if (kind === 'cognito_user_pools') {
      const type = 'COGNITO_USER_POOLS';
      return { type, apiKeyRequired, scheme: name, ...(scopes.length === 0 ? {} : { scopes }) };
    }
  }
  const auth = textAt(objectAt(operation.body, 'x-amazon-apigateway-auth'), 'type');
  const isIam = named.length === 0 && auth?.toUpperCase() === 'AWS_IAM';
  return { type: isIam ? 'AWS_IAM' : 'NONE', apiKeyRequired };
}

function requirementsOf(operation: Operation, { openapi, root }: Definition): JsonObject[] {
  const { security } = operation.body;
  if (security !== undefined) return isList(security) ? security.filter(isJsonObject) : [];
  const auth = operation.body['x-amazon-apigateway-auth'];
  // localstack snapshot test_import_with_cognito_auth_identity_source, 2025-07-02, for OpenAPI 3; AWS
  // staff say of OpenAPI 2 that it is not used (aws-apigateway-importer issue 204).
  const inherited = openapi === 3 && auth === undefined ? root.security : undefined;
  return isList(inherited) ? inherited.filter(isJsonObject) : [];
}
