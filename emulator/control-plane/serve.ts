import { refusalFor } from '../access/refusal.js';
import { headerOf, type WireRequest, type WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { AccountState, CallerState } from '../model.js';
import type { Quotas } from '../quotas.js';
import { authenticate } from '../signature.js';
import { isV2Path } from '../v2/control/operations.js';
import { v2HandlerOf } from '../v2/control/router.js';
import type { Answer } from './call.js';
import { ServiceError, serializationError, tooManyRequests } from './errors.js';
import type { MatchedOperation } from './operations.js';
import { handlerOf } from './router.js';

/** What a control-plane request is served from. */
export interface ControlContext {
  readonly account: AccountState;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Undefined where quotas are switched off. */
  readonly quotas: Quotas | undefined;
  /** True for a fault that makes GetResources forget `embed`. */
  readonly dropEmbed: boolean;
  /** Of a fault that lets deployments fail. */
  readonly deploymentFailure?: string | undefined;
}

/** Operations whose body is a definition file: their payload is a blob in the service model. */
const TAKES_A_FILE: ReadonlySet<string> = new Set(['ImportRestApi', 'PutRestApi']);

/**
 * Serves one control-plane request: signature, rights, quota, then the operation.
 *
 * @param operation what the path and method stand for; undefined where the service model has nothing
 */
export function serveControl(
  request: WireRequest,
  operation: MatchedOperation | undefined,
  context: ControlContext,
): WireResponse {
  try {
    const caller = authenticated(request, context);
    authorise(request, caller, context);
    const handler = modelled(request, operation);
    const wait = context.quotas?.take(handler.quota, context.nowMs);
    if (wait !== undefined) throw tooManyRequests(wait, operation?.service);
    requireJson(request);
    const query = new URLSearchParams(request.rawQuery);
    if (context.dropEmbed) query.delete('embed');
    const answer = handler.run({
      account: context.account,
      ids: context.ids,
      nowMs: context.nowMs,
      caller,
      path: handler.path,
      query,
      body: TAKES_A_FILE.has(handler.name) ? {} : bodyOf(request),
      text: Buffer.from(request.body).toString('utf8'),
      deploymentFailure: context.deploymentFailure,
    });
    return answered(answer, context.ids);
  } catch (error) {
    if (error instanceof ServiceError) return refused(error, context.ids);
    throw error;
  }
}

function authenticated(request: WireRequest, { account, nowMs }: ControlContext): CallerState {
  const authentication = authenticate(request, {
    service: 'apigateway',
    region: account.region,
    nowMs,
    callers: account.callers,
  });
  if (authentication.ok) return authentication.caller;
  const { status, errorType, message } = authentication;
  throw new ServiceError(status, errorType, message);
}

/**
 * The action is the HTTP verb, the resource the path (Service Authorization Reference, "Amazon API
 * Gateway Management").
 */
function authorise(
  request: WireRequest,
  caller: CallerState,
  { account, nowMs }: ControlContext,
): void {
  const action = `apigateway:${request.method}`;
  const path = isV2Path(request.rawPath) ? request.rawPath.slice('/v2'.length) : request.rawPath;
  const resource = `arn:${account.partition}:apigateway:${account.region}::${path}`;
  const refusal = refusalFor(caller, { action, resource }, { account, nowMs });
  if (refusal !== undefined) throw new ServiceError(403, 'AccessDeniedException', refusal);
}

/** Never a 200 for what is not modelled: a test that needs it must fail by its name. */
function modelled(request: WireRequest, operation: MatchedOperation | undefined) {
  const run =
    operation?.service === 'apigatewayv2'
      ? v2HandlerOf(operation.name)
      : operation && handlerOf(operation.name);
  if (operation === undefined || run === undefined)
    throw new ServiceError(
      404,
      'UnknownOperationException',
      `${operation?.name ?? 'No operation of API Gateway'} is not modelled by this emulator: ${request.method} ${request.rawPath}`,
    );
  const { name, path, service } = operation;
  // The total is shared by all kinds of APIs; quotas of single operations are those of REST APIs.
  return { name, path, run, quota: service === 'apigateway' ? name : `${service}:${name}` };
}

/** AWS answers HAL to a client that does not ask for JSON by name; the emulator has no HAL. */
function requireJson(request: WireRequest): void {
  // The second version of the API speaks JSON alone.
  if (isV2Path(request.rawPath)) return;
  if (headerOf(request, 'accept')?.includes('application/json')) return;
  throw new ServiceError(
    406,
    'HalNotModelledException',
    'Without "Accept: application/json" API Gateway answers HAL, which this emulator does not model',
  );
}

function bodyOf(request: WireRequest): JsonObject {
  const text = Buffer.from(request.body).toString('utf8');
  if (text === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw serializationError('The body is not JSON');
  }
  if (!isJsonObject(parsed)) throw serializationError('The body is not a JSON object');
  return parsed;
}

function answered(answer: Answer, ids: Ids): WireResponse {
  const headers: Record<string, string> = { 'x-amzn-requestid': ids.uuid() };
  const body = answer.text ?? (answer.body && JSON.stringify(answer.body));
  if (body === undefined) return { status: answer.status, headers, body: '' };
  headers['content-type'] = 'application/json';
  Object.assign(headers, answer.headers);
  return { status: answer.status, headers, body };
}

/**
 * An error on the wire: its type in a header, its text in `message` — in `Message`, with a capital,
 * where the caller lacks a right.
 */
export function refused(error: ServiceError, ids: Ids): WireResponse {
  const key = error.errorType === 'AccessDeniedException' ? 'Message' : 'message';
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': ids.uuid(),
      'x-amzn-ErrorType': error.errorType,
      ...(error.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(error.retryAfterSeconds) }),
    },
    body: JSON.stringify({ [key]: error.message, ...error.members }),
  };
}
