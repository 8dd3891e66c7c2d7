import type { WireRequest, WireResponse } from '../../http.js';
import { isJsonObject } from '../../json.js';
import type { AccountState } from '../../model.js';
import { servedAt, settle } from '../deploy.js';
import type { V2ApiState, V2RouteState, V2Snapshot, V2StageState } from '../model.js';
import type { V2Address } from './address.js';
import { authorizeV2 } from './authorize.js';
import { corsHeaders, isPreflight } from './cors.js';
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
import { findV2Route } from './route.js';

/** What a request is served with. */
export interface V2Context {
  readonly account: AccountState;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Answers a request to an HTTP API: stage, preflight, route, throttling, authorization, integration, in
 * this order. Every answer has `apigw-requestid`, and none of the headers that REST APIs have.
 */
export async function serveHttpApi(
  request: WireRequest,
  address: V2Address,
  context: V2Context,
): Promise<WireResponse> {
  const { answer, cors } = await answerOf(request, address, context);
  const response = isV2Refusal(answer) ? rendered(answer, context.account) : answer;
  return {
    ...response,
    headers: {
      // With CorsConfiguration, headers of CORS are API Gateway's own (developer guide, "Configure
      // CORS for HTTP APIs": it "ignores CORS headers returned from your backend integration").
      ...(cors === undefined ? response.headers : withoutCors(response.headers)),
      ...cors,
      // By the clock that judges signatures.
      date: new Date(context.nowMs).toUTCString(),
      'apigw-requestid': gatewayId(),
    },
  };
}

/** The answer to a path of a domain name that leads nowhere. */
export function unmapped({ account, nowMs }: V2Context): WireResponse {
  const refusal = account.v2.switches.unmappedDomain === 403 ? FORBIDDEN : NOT_FOUND;
  const { status, headers, body } = rendered(refusal, account);
  const date = new Date(nowMs).toUTCString();
  return { status, headers: { ...headers, date, 'apigw-requestid': gatewayId() }, body };
}

function rendered(refusal: V2Refusal, { v2 }: AccountState): WireResponse {
  const { status, message, reason, headers } = refusal;
  if (refusal === THROTTLED && v2.switches.httpThrottled === 'bare')
    return { status, headers: {}, body: '' };
  const words = v2.switches.httpRefusals === 'told' ? (reason ?? message) : message;
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message: words }),
  };
}

function withoutCors(headers: WireResponse['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('access-control-')),
  );
}

async function answerOf(
  request: WireRequest,
  { api, stageName, path, isCustomDomain }: V2Address,
  { account, nowMs }: V2Context,
): Promise<{ answer: WireResponse | V2Refusal; cors?: Record<string, string> }> {
  settle(api, { nowMs, account });
  const { switches } = account.v2;
  const stage = stageName === undefined ? undefined : api.stages.get(stageName);
  const snapshot = stage && snapshotOf(api, stage, nowMs);
  if (stage === undefined || snapshot === undefined) return { answer: NOT_FOUND };
  if (snapshot.disableExecuteApiEndpoint && !isCustomDomain)
    return { answer: switches.httpEndpointOff === 403 ? FORBIDDEN : NOT_FOUND };

  const found = findV2Route(snapshot, request.method, path);
  const cors = snapshot.cors && corsHeaders(snapshot.cors, request);
  if (
    cors !== undefined &&
    isPreflight(request) &&
    isAnsweredBefore(found?.route, switches.preflight)
  )
    return { answer: { status: 204, headers: {}, body: '' }, cors };
  const ended = (answer: WireResponse | V2Refusal) => ({
    answer,
    ...(cors === undefined ? {} : { cors }),
  });
  if (found === undefined) return ended(NOT_FOUND);
  const { route, pathParameters } = found;
  if (isThrottled(stage, route)) return ended(THROTTLED);
  const isNamed = route.routeKey === '$default' && switches.defaultRouteResource === 'route-key';
  const refusal = authorizeV2(
    {
      request,
      account,
      nowMs,
      apiId: api.apiId,
      stageName: stage.stageName,
      resource: isNamed ? '$default' : `${request.method}${path}`,
      querySignature: switches.httpQuerySignature === 'taken' ? 'signed' : 'ignored',
    },
    route,
    snapshot,
  );
  if (refusal !== undefined) return ended(refusal);
  const integration = targetOf(route, snapshot);
  if (integration === undefined) return ended(INTERNAL);
  const backend = {
    request,
    apiId: api.apiId,
    stageName: stage.stageName,
    path,
    pathParameters,
    variables: stage.stageVariables,
    nowMs,
  };
  return ended(await integrateV2(route, integration, backend, account.v2));
}

/** What the wire serves of a stage. */
export function snapshotOf(
  api: V2ApiState,
  stage: V2StageState,
  nowMs: number,
): V2Snapshot | undefined {
  return api.deployments.get(servedAt(stage, nowMs) ?? '')?.snapshot;
}

/** Whether `CorsConfiguration` answers a preflight that this route would take. */
function isAnsweredBefore(
  route: V2RouteState | undefined,
  preflight: 'after-routes' | 'before-default' | 'before-routes',
): boolean {
  if (route === undefined || preflight === 'before-routes') return true;
  return preflight === 'before-default' && route.routeKey === '$default';
}

/** A rate of zero lets nobody in. */
export function isThrottled(
  { defaultRouteSettings, routeSettings }: V2StageState,
  { routeKey }: V2RouteState,
): boolean {
  const own = routeSettings[routeKey];
  const { throttlingRateLimit } = isJsonObject(own)
    ? { ...defaultRouteSettings, ...own }
    : defaultRouteSettings;
  return throttlingRateLimit === 0;
}
