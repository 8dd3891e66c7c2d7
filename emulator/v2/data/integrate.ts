import { newIntegration } from '../../api-state.js';
import { isFault } from '../../data-plane/fault.js';
import { passThroughHttp } from '../../data-plane/http-integration.js';
import type { WireRequest, WireResponse } from '../../http.js';
import type { V2IntegrationState, V2RouteState, V2Snapshot, V2State } from '../model.js';
import { INTERNAL, UNAVAILABLE, type V2Refusal } from './refusal.js';

/** A request that a route's backend gets. */
export interface V2BackendRequest {
  readonly request: WireRequest;
  readonly apiId: string;
  readonly stageName: string;
  readonly path: string;
  readonly pathParameters: ReadonlyMap<string, string>;
  readonly variables: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/** The backend of a route. */
export function targetOf(
  { target }: V2RouteState,
  { integrations }: V2Snapshot,
): V2IntegrationState | undefined {
  return integrations.get(target?.replace(/^integrations\//, '') ?? '');
}

/**
 * Answers with a route's backend, and notes the call. Lambda functions and AWS services do not run here:
 * they answer what the seed says, or 200 with a JSON echo of method and path.
 */
export async function integrateV2(
  route: V2RouteState,
  integration: V2IntegrationState,
  backend: V2BackendRequest,
  { integrationCalls }: V2State,
): Promise<WireResponse | V2Refusal> {
  if (integration.isForbidden === true) return INTERNAL;
  const { apiId, stageName, nowMs } = backend;
  integrationCalls.push({
    atMs: nowMs,
    apiId,
    stageName,
    routeKey: route.routeKey,
    integrationId: integration.integrationId,
  });
  const { integrationType } = integration;
  if (integrationType !== 'HTTP_PROXY' && integrationType !== 'HTTP')
    return lambda(integration, backend);
  const { integrationUri, integrationMethod, timeoutInMillis } = integration;
  const answer = await passThroughHttp(
    {
      ...newIntegration('HTTP_PROXY', ''),
      timeoutInMillis,
      ...(integrationUri === undefined ? {} : { uri: integrationUri }),
      ...(integrationMethod === undefined ? {} : { httpMethod: integrationMethod }),
    },
    backend,
  );
  return isFault(answer) ? UNAVAILABLE : answer;
}

function lambda({ answer }: V2IntegrationState, { request, path }: V2BackendRequest): WireResponse {
  return {
    status: answer?.status ?? 200,
    headers: { 'content-type': 'application/json' },
    body: answer?.body ?? JSON.stringify({ emulated: true, httpMethod: request.method, path }),
  };
}
