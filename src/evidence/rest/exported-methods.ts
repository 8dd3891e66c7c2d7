import { type Methods, methodKey, type Preflight, UNREADABLE } from '../../model/evidence.js';
import { isRecord } from '../../model/json-data.js';
import { member, readOperations } from './exported.js';

/** What an export tells of a method that a deployment's summary does not. */
export interface ExportedMethod {
  readonly method: string;
  readonly path: string;
  /** The type as the summary would spell it, or {@link UNREADABLE} where the export's words are not known. */
  readonly authorizationType: string;
  readonly apiKeyRequired: boolean;
  readonly preflight: Preflight;
}

/**
 * The methods in an export, with authorization and whether each is a preflight.
 *
 * @throws AwsFailure where the text is no OpenAPI document in JSON.
 */
export function parseExportedMethods(text: string): Methods<ExportedMethod> {
  const { document, operations } = readOperations(text);
  const methods = new Map<string, ExportedMethod>();
  for (const { method, path, operation } of operations) {
    methods.set(methodKey(method, path), {
      method,
      path,
      authorizationType: exportedType(document, operation),
      apiKeyRequired: securityOf(document, operation).includes(API_KEY),
      preflight: preflightOf(method, operation),
    });
  }
  return methods;
}

/** The authorization type of an exported operation, or {@link UNREADABLE} where its words are not known. */
export function exportedType(document: unknown, operation: unknown): string {
  const type = authorizationTypeOf(securityOf(document, operation));
  // The other way to write a type (API Gateway Developer Guide, "x-amazon-apigateway-auth object").
  const auth = member(member(operation, 'x-amazon-apigateway-auth'), 'type');
  if (typeof auth !== 'string') return type;
  const said = auth.toUpperCase();
  return type === 'NONE' || type === said ? said : UNREADABLE;
}

const API_KEY = 'API_KEY';

/**
 * What `x-amazon-apigateway-authtype` says of a security scheme (API Gateway Developer Guide,
 * "x-amazon-apigateway-authtype property" and "x-amazon-apigateway-authorizer object"). An API key's
 * scheme has none: it is of type `apiKey`, in the header `x-api-key`.
 */
const AUTHORIZATION_TYPES: ReadonlyMap<string, string> = new Map([
  ['awssigv4', 'AWS_IAM'],
  ['custom', 'CUSTOM'],
  ['oauth2', 'CUSTOM'],
  ['cognito_user_pools', 'COGNITO_USER_POOLS'],
  ['jwt', 'JWT'],
]);

/** What its `type` says of an authorizer (API Gateway Developer Guide, "x-amazon-apigateway-authorizer object"). */
const AUTHORIZER_TYPES: ReadonlyMap<string, string> = new Map([
  ['token', 'CUSTOM'],
  ['request', 'CUSTOM'],
  ['cognito_user_pools', 'COGNITO_USER_POOLS'],
  ['jwt', 'JWT'],
]);

/** The authorization types of an operation's security, and {@link API_KEY}; empty where it has none. */
function securityOf(document: unknown, operation: unknown): string[] {
  const requirements = member(operation, 'security');
  if (requirements === undefined) return isOpenAtRoot(document) ? [] : [UNREADABLE];
  if (!Array.isArray(requirements)) return [UNREADABLE];
  const schemes =
    member(member(document, 'components'), 'securitySchemes') ??
    member(document, 'securityDefinitions');
  return requirements.flatMap((requirement: unknown) => {
    if (!isRecord(requirement)) return [UNREADABLE];
    const names = Object.keys(requirement);
    // "To make security optional, an empty security requirement ({}) can be included in the array" (OpenAPI 3.0).
    if (names.length === 0 && requirements.length > 1) return [UNREADABLE];
    return names.map((name) => typeOfScheme(name, member(schemes, name)));
  });
}

/**
 * Whether a document has nothing for operations that say nothing themselves. "API Gateway doesn't use root
 * level security" (API Gateway Developer Guide, "Amazon API Gateway important notes"), and imports of
 * OpenAPI 3 were seen to use it: what an export means by it nobody knows.
 */
function isOpenAtRoot(document: unknown): boolean {
  const requirements = member(document, 'security');
  return requirements === undefined || (Array.isArray(requirements) && requirements.length === 0);
}

function typeOfScheme(name: string, scheme: unknown): string {
  const authtype = member(scheme, 'x-amazon-apigateway-authtype');
  if (typeof authtype === 'string') {
    return AUTHORIZATION_TYPES.get(authtype.toLowerCase()) ?? UNREADABLE;
  }
  // Of an HTTP API, an authorizer names its type itself.
  const authorizer = member(member(scheme, 'x-amazon-apigateway-authorizer'), 'type');
  if (typeof authorizer === 'string') {
    return AUTHORIZER_TYPES.get(authorizer.toLowerCase()) ?? UNREADABLE;
  }
  const header = member(scheme, 'name');
  if (typeof header === 'string' && header.toLowerCase() === 'x-api-key') return API_KEY;
  // The service's own name for AWS_IAM; an authorizer of that name would come with its scheme.
  return scheme === undefined && name === 'sigv4' ? 'AWS_IAM' : UNREADABLE;
}

function authorizationTypeOf(security: readonly string[]): string {
  const [type = 'NONE', ...others] = new Set(security.filter((it) => it !== API_KEY));
  return others.length === 0 ? type : UNREADABLE;
}

/**
 * Whether an exported method is a preflight: an OPTIONS method with a MOCK integration whose 200 or 204
 * response carries CORS headers. A deployment holds no method without an integration, so one without
 * is unknown.
 */
function preflightOf(method: string, operation: unknown): Preflight {
  if (method !== 'OPTIONS') return 'no';
  const integration = member(operation, 'x-amazon-apigateway-integration');
  const type = member(integration, 'type');
  if (typeof type !== 'string') return 'unknown';
  if (type.toUpperCase() !== 'MOCK') return 'no';
  return declaresCors(operation) || mapsCors(integration) ? 'yes' : 'no';
}

const CORS_STATUSES: ReadonlySet<unknown> = new Set(['200', '204']);

function declaresCors(operation: unknown): boolean {
  const responses = member(operation, 'responses');
  if (!isRecord(responses)) return false;
  return Object.entries(responses).some(([status, response]) => {
    const headers = member(response, 'headers');
    return (
      CORS_STATUSES.has(status) &&
      isRecord(headers) &&
      Object.keys(headers).some((name) => /^access-control-allow-origin$/i.test(name))
    );
  });
}

/**
 * An integration response maps a header only where the method response declares it (API Gateway API
 * Reference, IntegrationResponse, `responseParameters`), so that a mapping tells as much.
 */
function mapsCors(integration: unknown): boolean {
  const responses = member(integration, 'responses');
  if (!isRecord(responses)) return false;
  return Object.values(responses).some((response) => {
    const parameters = member(response, 'responseParameters');
    return (
      CORS_STATUSES.has(String(member(response, 'statusCode'))) &&
      isRecord(parameters) &&
      Object.keys(parameters).some(isAllowOrigin)
    );
  });
}

/**
 * Whether a response parameter is the one header without which no browser takes the answer for a
 * preflight's (API Gateway Developer Guide, "CORS for REST APIs").
 */
export function isAllowOrigin(parameter: string): boolean {
  return /^method\.response\.header\.access-control-allow-origin$/i.test(parameter);
}
