import { randomBytes, randomUUID } from 'node:crypto';
import type { WireRequest, WireResponse } from '../http.js';
import type { AccountState } from '../model.js';
import { type Address, addressOf } from './address.js';
import { checkApiKey } from './api-key.js';
import { authorize, type Invocation, refuseUnrouted, type UnroutedAnswer } from './authorize.js';
import { type Fault, FORBIDDEN, isFault, MISCONFIGURED } from './fault.js';
import { type FaultContext, renderFault } from './gateway-response.js';
import { integrate } from './integrate.js';
import { findRoute } from './route.js';
import { seededFault } from './seeded-fault.js';
import { leadsToOldServer, servedSnapshot } from './served-snapshot.js';
import { validate } from './validate.js';
import { answerOfWebAcl } from './web-acl.js';

/** What a request is served with. */
export interface DataPlaneContext {
  readonly account: AccountState;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** `0 <= n < 1`, decides canary routing. */
  readonly random: () => number;
  /** The VPC endpoint that requests come through; see `addressOf`. */
  readonly sourceVpce?: string | undefined;
  /** The share of the servers that a change on its way has not reached; 1 where absent. */
  readonly oldServers?: number | undefined;
  /** What a signed request gets that no method matches; `not-found` where absent. */
  readonly unrouted?: UnroutedAnswer | undefined;
}

/**
 * Answers a request to an API's endpoint as `execute-api` does: stage, web ACL, route, authorization, API key,
 * request validator, integration, in this order, each able to end it.
 *
 * @returns The answer, and the name of the operation for the log.
 */
export async function serveInvocation(
  request: WireRequest,
  context: DataPlaneContext,
): Promise<{ response: WireResponse; operation: string }> {
  const address = addressOf(request, context.account, context.sourceVpce);
  const response =
    address === undefined ? noSuchHost() : await serve(request, address, context, randomUUID());
  return {
    response: request.method === 'HEAD' ? withoutBody(response) : response,
    operation: 'Invoke',
  };
}

function withoutBody({ status, headers, stream }: WireResponse): WireResponse {
  stream?.destroy();
  return { status, headers, body: '' };
}

async function serve(
  request: WireRequest,
  address: Address,
  context: DataPlaneContext,
  requestId: string,
): Promise<WireResponse> {
  const { response, faultContext } = await answer(request, address, context, requestId);
  const onTheWire = isFault(response) ? renderFault(response, faultContext) : response;
  return {
    ...onTheWire,
    headers: {
      ...onTheWire.headers,
      'x-amzn-requestid': requestId,
      // By the clock that judges signatures: clients learn from it how far theirs is off.
      date: new Date(context.nowMs).toUTCString(),
      // Eleven octets give the sixteen characters, `=` last, that captures of AWS show.
      'x-amz-apigw-id': randomBytes(11).toString('base64'),
    },
  };
}

async function answer(
  request: WireRequest,
  { api, stageName, path, sourceVpce, isCustomDomain }: Address,
  { account, nowMs, random, oldServers = 1, unrouted = 'not-found' }: DataPlaneContext,
  requestId: string,
): Promise<{ response: WireResponse | Fault; faultContext: FaultContext }> {
  let faultContext: FaultContext = { request, requestId, stageName };
  const ended = (response: WireResponse | Fault) => ({ response, faultContext });

  const stage = api.stages.get(stageName);
  // A private API has no public name; its custom domain names are not modelled either.
  const privateApi = api.endpointTypes.includes('PRIVATE');
  const closed =
    (api.disableExecuteApiEndpoint && !isCustomDomain) || (privateApi && sourceVpce === undefined);
  if (closed || stage === undefined) return ended(FORBIDDEN);
  const isOld = leadsToOldServer(request.connection, oldServers);
  const served = servedSnapshot(api, stage, nowMs, random, isOld);
  if (served === undefined) return ended(MISCONFIGURED);
  const { snapshot, variables } = served;
  faultContext = { ...faultContext, snapshot, variables };
  const byWebAcl = answerOfWebAcl(request, stage.webAcl);
  if (byWebAcl !== undefined) return ended(byWebAcl);

  const invocation: Invocation = {
    request,
    account,
    nowMs,
    apiId: api.id,
    stageName,
    path,
    ...(privateApi && sourceVpce !== undefined ? { sourceVpce } : {}),
  };
  const route = findRoute(snapshot, request.method, path);
  if (route === undefined) return ended(refuseUnrouted(invocation, unrouted));
  const { method, resourcePath, pathParameters } = route;
  faultContext = { ...faultContext, resourcePath, pathParameters };

  const refusal =
    seededFault(method, 'before') ??
    authorize(invocation, method, snapshot) ??
    seededFault(method, 'at') ??
    checkApiKey(request, method, api, account) ??
    seededFault(method, 'after') ??
    validate(request, method);
  if (refusal !== undefined) return ended(refusal);
  if (method.integration === undefined) return ended(MISCONFIGURED);
  return ended(await integrate(method.integration, { request, path, pathParameters, variables }));
}

/**
 * The name of an API that does not exist does not resolve on AWS: no answer at all. Over loopback the
 * connection stands, so the answer is one that nobody can take for API Gateway's: no
 * `x-amzn-requestid`, no `x-amz-apigw-id`, and neither a pass nor a refusal.
 */
function noSuchHost(): WireResponse {
  return {
    status: 404,
    headers: { 'content-type': 'text/plain' },
    body: 'No API of this account and region has that id. On AWS its host name would not resolve.\n',
  };
}
