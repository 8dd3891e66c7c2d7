import { randomUUID } from 'node:crypto';
import {
  headerOf,
  type WebSocketConnection,
  type WireRequest,
  type WireResponse,
} from '../../http.js';
import { isJsonObject, type JsonValue } from '../../json.js';
import { settle } from '../deploy.js';
import type { V2ApiState, V2RouteState, V2Snapshot, V2StageState, V2Switches } from '../model.js';
import type { V2Address } from './address.js';
import { authorizeByIam, authorizeV2, type V2Invocation } from './authorize.js';
import { integrateV2, targetOf } from './integrate.js';
import {
  FORBIDDEN,
  gatewayId,
  INTERNAL,
  isV2Refusal,
  NOT_FOUND,
  THROTTLED,
  type V2Refusal,
} from './refusal.js';
import { isThrottled, snapshotOf, type V2Context } from './serve-http.js';

/** Whether a request asks for a WebSocket. */
export function isHandshake(request: WireRequest): boolean {
  return headerOf(request, 'upgrade')?.toLowerCase() === 'websocket';
}

/** What a request to a WebSocket API is called in the log. */
export function webSocketOperation(request: WireRequest): string {
  if (isHandshake(request)) return 'Connect';
  if (!decoded(request.rawPath).includes('/@connections/')) return 'Invoke';
  return (
    { POST: 'PostToConnection', GET: 'GetConnection', DELETE: 'DeleteConnection' }[
      request.method
    ] ?? 'Invoke'
  );
}

/**
 * Answers a request to a WebSocket API: a handshake on `/{stage}`, or the backend's `@connections`. A
 * handshake is authorised by `$connect` alone, and by nothing where the API has no such route; then the
 * route's integration runs, and its answer decides.
 *
 * Source: API Gateway developer guide, "Manage connected users and client apps: $connect and $disconnect
 * routes" ("you can configure authorization on the $connect route only"; "$connect" is optional; "If the
 * request fails to be authorized, a connection is not made"; the integration's error ends it, too).
 */
export async function serveWebSocketApi(
  request: WireRequest,
  address: V2Address,
  context: V2Context,
): Promise<WireResponse> {
  const answer = isHandshake(request)
    ? await handshake(request, address, context)
    : await manage(request, address, context);
  const response = isV2Refusal(answer) ? rendered(answer, context.account.v2.switches) : answer;
  const date = new Date(context.nowMs).toUTCString();
  return { ...response, headers: { ...response.headers, date } };
}

/**
 * Body and headers of refusals nobody recorded. Errors of REST APIs are likely, as `@connections` and
 * IAM authorization are like theirs.
 */
function rendered(
  { status, message, reason = message, errorType, headers }: V2Refusal,
  { webSocketRefusals }: V2Switches,
): WireResponse {
  if (webSocketRefusals === 'bare') return { status, headers: {}, body: '' };
  const json = { 'content-type': 'application/json', ...headers };
  if (webSocketRefusals === 'ids')
    return { status, headers: json, body: withIds(message, gatewayId()) };
  if (webSocketRefusals === 'http')
    return {
      status,
      headers: { ...json, 'apigw-requestid': gatewayId() },
      body: JSON.stringify({ message }),
    };
  const key = errorType === 'AccessDeniedException' ? 'Message' : 'message';
  return {
    status,
    headers: {
      ...json,
      'x-amzn-requestid': randomUUID(),
      'x-amzn-ErrorType': errorType,
      'x-amz-apigw-id': gatewayId(),
    },
    body: JSON.stringify({ [key]: reason }),
  };
}

/** What a client is told over an open connection; the spaces are the service's (many public captures). */
function withIds(message: string, connectionId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${gatewayId()}"}`;
}

/** One stage of an API, and what it serves. */
interface Served {
  readonly api: V2ApiState;
  readonly stage: V2StageState;
  readonly snapshot: V2Snapshot;
}

function served(
  { api, stageName, isCustomDomain }: V2Address,
  { account, nowMs }: V2Context,
): Served | V2Refusal {
  settle(api, { nowMs, account });
  const stage = stageName === undefined ? undefined : api.stages.get(stageName);
  const snapshot = stage && snapshotOf(api, stage, nowMs);
  if (stage === undefined || snapshot === undefined)
    return account.v2.switches.webSocketNoStage === 403 ? FORBIDDEN : NOT_FOUND;
  if (snapshot.disableExecuteApiEndpoint && !isCustomDomain)
    return account.v2.switches.webSocketEndpointOff === 403 ? FORBIDDEN : NOT_FOUND;
  return { api, stage, snapshot };
}

function invocationOf(
  request: WireRequest,
  { api, stage }: Served,
  { account, nowMs }: V2Context,
  resource: string,
): V2Invocation {
  const { webSocketToken: querySignature } = account.v2.switches;
  const { apiId } = api;
  const { stageName } = stage;
  return { request, account, nowMs, apiId, stageName, resource, querySignature };
}

async function handshake(
  request: WireRequest,
  address: V2Address,
  context: V2Context,
): Promise<WireResponse | V2Refusal> {
  const place = served(address, context);
  if (isV2Refusal(place)) return place;
  if (address.path !== '/') return FORBIDDEN;
  if (
    headerOf(request, 'sec-websocket-version') !== '13' ||
    headerOf(request, 'sec-websocket-key') === undefined
  )
    return { status: 400, message: 'Bad Request', errorType: 'BadRequestException' };
  const { account } = context;
  const connect = routeOf(place, '$connect');
  if (connect !== undefined) {
    if (isThrottled(place.stage, connect)) return THROTTLED;
    const refusal =
      authorizeV2(invocationOf(request, place, context, '$connect'), connect, place.snapshot) ??
      apiKeyRefusal(request, connect, context);
    if (refusal !== undefined) {
      const isIam = connect.authorizationType === 'AWS_IAM';
      return isIam ? { ...refusal, status: account.v2.switches.webSocketRefusalStatus } : refusal;
    }
  }
  const { status, headers, body } = (await run(connect, request, place, context)) ?? {
    status: 200,
    headers: {},
    body: '',
  };
  if (status >= 300) return { status, headers, body };
  return {
    status: 101,
    headers: {},
    body: '',
    connected: (connection) => connected(connection, request, place, context),
  };
}

function routeOf({ snapshot }: Served, key: string): V2RouteState | undefined {
  return snapshot.routes.find(({ routeKey }) => routeKey === key);
}

/** WebSocket APIs know keys, on `$connect`; every enabled one of the account is good. */
function apiKeyRefusal(
  request: WireRequest,
  { apiKeyRequired }: V2RouteState,
  { account }: V2Context,
): V2Refusal | undefined {
  const key = headerOf(request, 'x-api-key');
  const isKnown = [...account.apiKeys.values()].some((it) => it.enabled && it.value === key);
  return apiKeyRequired && !isKnown ? FORBIDDEN : undefined;
}

/** The answer of a route's backend; a route that is not there, or has none, answers nothing. */
async function run(
  route: V2RouteState | undefined,
  request: WireRequest,
  { api, stage, snapshot }: Served,
  { account, nowMs }: V2Context,
): Promise<WireResponse | undefined> {
  const integration = route && targetOf(route, snapshot);
  if (route === undefined || integration === undefined) return undefined;
  const answer = await integrateV2(
    route,
    integration,
    {
      request,
      apiId: api.apiId,
      stageName: stage.stageName,
      path: '/',
      pathParameters: new Map(),
      variables: stage.stageVariables,
      nowMs,
    },
    account.v2,
  );
  return isV2Refusal(answer) ? rendered(INTERNAL, account.v2.switches) : answer;
}

/**
 * An open connection: text goes to the route that `routeSelectionExpression` names, else to `$default`;
 * where neither is there, the client is told so ("Forbidden", with the ids). Binary frames are not
 * supported and close it (developer guide, "Binary media types for WebSocket APIs").
 */
function connected(
  connection: WebSocketConnection,
  handshakeRequest: WireRequest,
  place: Served,
  context: V2Context,
): void {
  const id = gatewayId();
  const { api, stage } = place;
  const { connections } = context.account.v2;
  connections.set(id, { apiId: api.apiId, stageName: stage.stageName, connection });
  connection.onMessage((text) => {
    if (text === undefined) {
      connection.close(1003);
      return;
    }
    const key = selectedKey(api.routeSelectionExpression, text);
    const route = routeOf(place, key) ?? routeOf(place, '$default');
    if (route === undefined) {
      connection.send(withIds('Forbidden', id));
      return;
    }
    const body = Buffer.from(text, 'utf8');
    later(run(route, { ...handshakeRequest, body }, place, context));
  });
  connection.onClose(() => {
    connections.delete(id);
    later(run(routeOf(place, '$disconnect'), handshakeRequest, place, context));
  });
}

/** A backend that fails ends nothing on a connection that is open. */
function later(running: Promise<unknown>): void {
  running.catch((error: unknown) => console.error('emulator failure:', error));
}

/** `$request.body.action` of a message that is JSON. */
function selectedKey(expression: string, text: string): string {
  const path = /^\$request\.body\.(.+)$/.exec(expression)?.[1]?.split('.') ?? [];
  let value: JsonValue | undefined;
  try {
    value = JSON.parse(text);
  } catch {
    return '$default';
  }
  for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
  return typeof value === 'string' ? value : '$default';
}

/**
 * `@connections`, which always wants a signature and `execute-api:ManageConnections` (developer guide,
 * "Use @connections commands in your backend service"). Whatever else comes without a handshake gets what
 * nobody recorded; here it is refused.
 */
async function manage(
  request: WireRequest,
  address: V2Address,
  context: V2Context,
): Promise<WireResponse | V2Refusal> {
  const place = served(address, context);
  if (isV2Refusal(place)) return place;
  const id = /^\/@connections\/(.+)$/.exec(decoded(address.path))?.[1];
  if (id === undefined) return FORBIDDEN;
  const resource = `${request.method}/@connections`;
  const refusal = authorizeByIam(
    invocationOf(request, place, context, resource),
    'execute-api:ManageConnections',
  );
  if (refusal !== undefined) return refusal;
  const found = context.account.v2.connections.get(id);
  if (found?.apiId !== place.api.apiId || found.stageName !== place.stage.stageName)
    return { status: 410, message: 'Gone', errorType: 'GoneException' };
  if (request.method === 'POST') found.connection.send(Buffer.from(request.body).toString('utf8'));
  if (request.method === 'DELETE') found.connection.close(1000);
  return { status: request.method === 'DELETE' ? 204 : 200, headers: {}, body: '' };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
