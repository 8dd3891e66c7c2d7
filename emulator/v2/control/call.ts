import type { Call } from '../../control-plane/call.js';
import { badRequest, ServiceError } from '../../control-plane/errors.js';
import type { JsonObject, JsonValue } from '../../json.js';
import { settle } from '../deploy.js';
import type {
  V2ApiState,
  V2AuthorizerState,
  V2DeploymentState,
  V2IntegrationState,
  V2ResponseState,
  V2RouteState,
  V2StageState,
} from '../model.js';

export { type Answer, type Call, type Handlers, pathValue } from '../../control-plane/call.js';

/** 404 with the kind of what is missing (service model apigatewayv2, NotFoundException). */
function notFound(message: string, resourceType: string): ServiceError {
  return new ServiceError(404, 'NotFoundException', message, undefined, { resourceType });
}

/**
 * An API, its deployments as far as they are by now. The sentence is the one that REST APIs have and
 * users of this version report, too.
 */
export function apiOf(call: Call): V2ApiState {
  const id = call.path.get('apiId') ?? '';
  const api = call.account.v2.apis.get(id);
  if (api === undefined)
    throw notFound(`Invalid API identifier specified ${call.account.accountId}:${id}`, 'Api');
  settle(api, call);
  return api;
}

/** One of an API's parts by its id. That all sentences are alike is not recorded. */
function partOf<T>(parts: ReadonlyMap<string, T>, call: Call, name: string, kind: string): T {
  const part = parts.get(call.path.get(name) ?? '');
  if (part === undefined) throw notFound(`Invalid ${kind} identifier specified`, kind);
  return part;
}

export function routeOf(call: Call): V2RouteState {
  return partOf(apiOf(call).routes, call, 'routeId', 'Route');
}

export function integrationOf(call: Call): V2IntegrationState {
  return partOf(apiOf(call).integrations, call, 'integrationId', 'Integration');
}

export function authorizerOf(call: Call): V2AuthorizerState {
  return partOf(apiOf(call).authorizers, call, 'authorizerId', 'Authorizer');
}

export function deploymentOf(call: Call): V2DeploymentState {
  return partOf(apiOf(call).deployments, call, 'deploymentId', 'Deployment');
}

/** A response of a route or integration. */
export function responseOf(
  call: Call,
  owner: string,
  idName: string,
  kind: string,
): V2ResponseState {
  const own = [...apiOf(call).responses].filter(([, response]) => response.owner === owner);
  return partOf(new Map(own), call, idName, kind);
}

export function stageOf(call: Call): V2StageState {
  return partOf(apiOf(call).stages, call, 'stageName', 'Stage');
}

export function domainOf(call: Call) {
  return partOf(call.account.domainNames, call, 'domainName', 'DomainName');
}

/** ISO 8601, without the milliseconds that the service has not either. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * One page of a list. `maxResults` travels as a string; its bounds are not told, so that switches
 * set them. `nextToken` is there only where there is more.
 */
export function page<T>(
  call: Call,
  items: readonly T[],
  idOf: (item: T) => string,
  render: (item: T) => JsonValue,
): JsonObject {
  const { maxPage, defaultPage, largePage } = call.account.v2.switches;
  const given = call.query.get('maxResults');
  const wanted = given === null || given === '' ? defaultPage : Number(given);
  if (!Number.isInteger(wanted) || wanted < 1 || (wanted > maxPage && largePage === 'refused'))
    throw badRequest(`Invalid maxResults specified: ${given} (text of the emulator)`);
  const start = startOf(call, items, idOf);
  const shown = items.slice(start, start + Math.min(wanted, maxPage));
  const last = shown.at(-1);
  const more = start + shown.length < items.length && last !== undefined;
  return {
    items: shown.map(render),
    nextToken: more ? Buffer.from(idOf(last)).toString('base64url') : undefined,
  };
}

function startOf<T>(call: Call, items: readonly T[], idOf: (item: T) => string): number {
  const token = call.query.get('nextToken');
  if (token === null || token === '') return 0;
  const id = Buffer.from(token, 'base64url').toString();
  const index = items.findIndex((item) => idOf(item) === id);
  if (index < 0) throw badRequest(`Invalid nextToken specified: ${token} (text of the emulator)`);
  return index + 1;
}

/** The members of a body that only have to be kept, each read by its kind. */
export function membersOf(
  body: JsonObject,
  readers: Readonly<Record<string, (body: JsonObject, name: string) => JsonValue | undefined>>,
): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const [name, read] of Object.entries(readers)) {
    const value = read(body, name);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

/** A member that is one of an enumeration's values. The sentence is the emulator's own. */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((known) => known === value);
  if (found === undefined)
    throw badRequest(`Invalid ${name}: ${value}. Must be one of: [${allowed.join(', ')}]`);
  return found;
}

/**
 * An API that is to be changed. Of one that another service made: "You can't update or delete a managed
 * API by using API Gateway" (service model, Api.ApiGatewayManaged); that its parts are refused, too, is
 * the emulator's reading.
 */
export function editableApiOf(call: Call): V2ApiState {
  const api = apiOf(call);
  if (api.apiGatewayManaged === true)
    throw badRequest(
      `The API ${api.apiId} is managed by API Gateway and can't be updated or deleted`,
    );
  return api;
}
