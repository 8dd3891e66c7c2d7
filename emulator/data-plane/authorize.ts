import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, AuthorizerState, MethodState, Snapshot } from '../model.js';
import { authenticate } from '../signature.js';
import { accessDenied, type Fault, MISSING_TOKEN, notModelled, UNAUTHORIZED } from './fault.js';

/** What a request is authorised for. */
export interface Invocation {
  readonly request: WireRequest;
  readonly account: AccountState;
  readonly nowMs: number;
  readonly apiId: string;
  readonly stageName: string;
  /** The path below the stage, as sent. */
  readonly path: string;
}

/**
 * Whether a method lets a request in.
 *
 * @returns `undefined` where it does, the refusal otherwise.
 */
export function authorize(
  invocation: Invocation,
  method: MethodState,
  snapshot: Snapshot,
): Fault | undefined {
  switch (method.authorizationType) {
    case 'NONE':
      return undefined;
    case 'AWS_IAM':
      return authorizeByIam(invocation);
    case 'COGNITO_USER_POOLS':
      // No user pool's keys are known here, so no token can be shown to be valid: fail closed.
      return UNAUTHORIZED;
    case 'CUSTOM':
      return authorizeByFunction(
        invocation.request,
        method.authorizerId === undefined
          ? undefined
          : snapshot.authorizers.get(method.authorizerId),
      );
  }
}

/**
 * The answer to a request that no method matches. An `Authorization` header is judged even there: a
 * Bearer token on an unknown path gets IncompleteSignatureException (re:Post, "Rest API in API
 * Gateway returns 403 when resource or method is incorrect"). A good signature changes nothing.
 */
export function refuseUnrouted(invocation: Invocation): Fault {
  const identity = identify(invocation);
  return 'status' in identity ? identity : MISSING_TOKEN;
}

function authorizeByIam(invocation: Invocation): Fault | undefined {
  const identity = identify(invocation);
  if ('status' in identity) return identity;
  const { caller } = identity;
  if (!caller.notAllowed.includes('execute-api:Invoke')) return undefined;
  return accessDenied(
    `User: ${caller.arn} is not authorized to perform: execute-api:Invoke on resource: ${maskedArn(invocation)}`,
  );
}

function identify({ request, account, nowMs }: Invocation) {
  const outcome = authenticate(request, {
    service: 'execute-api',
    region: account.region,
    nowMs,
    callers: account.callers,
  });
  if (outcome.ok) return outcome;
  const { status, errorType, message } = outcome;
  const fault: Fault = { responseType: RESPONSE_TYPES.get(errorType), status, errorType, message };
  return fault;
}

/**
 * Source: AWS docs, "Gateway response types". It names none for IncompleteSignatureException, which
 * logs of real APIs show as DEFAULT_4XX (DataBiosphere/azul issue 7470), nor for
 * UnrecognizedClientException.
 */
const RESPONSE_TYPES: ReadonlyMap<string, string> = new Map([
  ['MissingAuthenticationTokenException', 'MISSING_AUTHENTICATION_TOKEN'],
  ['InvalidSignatureException', 'INVALID_SIGNATURE'],
  ['ExpiredTokenException', 'EXPIRED_TOKEN'],
]);

/** The resource as denials name it: all but the last four digits of the account hidden (recorded). */
function maskedArn({ request, account, apiId, stageName, path }: Invocation): string {
  const masked = account.accountId.slice(-4).padStart(account.accountId.length, '*');
  const resource = `${apiId}/${stageName}/${request.method}${path}`;
  return `arn:${account.partition}:execute-api:${account.region}:${masked}:${resource}`;
}

/**
 * A Lambda authorizer's function cannot run here. What API Gateway does before it calls the function
 * is done; after that the answer is the one of a function that denies, so that no test passes on an
 * authorizer that nobody ran.
 *
 * Source: AWS docs, "Configure an API Gateway Lambda authorizer": a missing identity source is
 * answered with 401 Unauthorized without calling the function; the denial's text from re:Post, "How
 * do I troubleshoot HTTP 403 errors from API Gateway?".
 */
function authorizeByFunction(request: WireRequest, authorizer: AuthorizerState | undefined): Fault {
  if (authorizer === undefined) return notModelled('a CUSTOM method without its authorizer');
  const sources = (authorizer.identitySource ?? 'method.request.header.Authorization').split(',');
  const query = new URLSearchParams(request.rawQuery);
  const absent = sources.some((source) => {
    const [, place, name] =
      /^\s*method\.request\.(header|querystring)\.(\S+)\s*$/.exec(source) ?? [];
    if (name === undefined) return false;
    return place === 'header' ? !headerOf(request, name.toLowerCase()) : !query.get(name);
  });
  return absent
    ? UNAUTHORIZED
    : accessDenied('User is not authorized to access this resource with an explicit deny');
}
