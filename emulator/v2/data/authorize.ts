import { evaluateInvocation } from '../../access/evaluate.js';
import { identityPoliciesOf } from '../../access/identity-policies.js';
import { masked } from '../../data-plane/authorize.js';
import { contextKeysOf, signerOf } from '../../data-plane/context-keys.js';
import { headerOf, type WireRequest } from '../../http.js';
import type { AccountState, CallerState } from '../../model.js';
import { type Authentication, authenticate, authenticateQuery } from '../../signature.js';
import type { V2AuthorizerState, V2RouteState, V2Snapshot } from '../model.js';
import { FORBIDDEN, UNAUTHORIZED, type V2Refusal } from './refusal.js';

/** What a request is authorised for. */
export interface V2Invocation {
  readonly request: WireRequest;
  readonly account: AccountState;
  readonly nowMs: number;
  readonly apiId: string;
  readonly stageName: string;
  /** The ARN's part behind the stage: `GET/pets/1`, `$connect`. */
  readonly resource: string;
  /** Whether the signature may be in the query, and whether the session token is part of it. */
  readonly querySignature: 'signed' | 'either' | 'ignored';
}

/** Whether a route lets a request in; there are no resource policies. */
export function authorizeV2(
  invocation: V2Invocation,
  route: V2RouteState,
  snapshot: V2Snapshot,
): V2Refusal | undefined {
  const authorizer = snapshot.authorizers.get(route.authorizerId ?? '');
  switch (route.authorizationType) {
    case 'NONE':
      return undefined;
    case 'AWS_IAM':
      return authorizeByIam(invocation, 'execute-api:Invoke');
    case 'JWT':
      return isAccepted(invocation.request, authorizer)
        ? undefined
        : { ...UNAUTHORIZED, headers: { 'www-authenticate': 'Bearer' } };
    case 'CUSTOM':
      return byFunction(invocation.request, authorizer);
  }
}

/** The caller's signature, then its identity policies: ARN `api/stage/METHOD/path` or `api/stage/$connect`. */
export function authorizeByIam(invocation: V2Invocation, action: string): V2Refusal | undefined {
  const { account, apiId, stageName, resource } = invocation;
  const identity = identify(invocation);
  if (!identity.ok) {
    const { status, message, errorType } = identity;
    return { ...FORBIDDEN, status, errorType, reason: message };
  }
  const { caller } = identity;
  const arnIn = (accountId: string) =>
    `arn:${account.partition}:execute-api:${account.region}:${accountId}:${apiId}/${stageName}/${resource}`;
  const { decision } = evaluateInvocation(
    {
      authorizationType: 'AWS_IAM',
      action,
      resource: arnIn(account.accountId),
      caller: signerOf(caller),
    },
    {
      identityPolicies: policiesOf(caller, account, action),
      keys: contextKeysOf({ ...invocation, path: '/' }, caller),
      arnWildcards: account.arnWildcards,
    },
  );
  if (decision === 'allow') return undefined;
  return {
    ...FORBIDDEN,
    errorType: 'AccessDeniedException',
    reason: `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arnIn(masked(account.accountId))}`,
  };
}

function policiesOf(caller: CallerState, account: AccountState, action: string): readonly string[] {
  return caller.notAllowed.includes(action) ? [] : identityPoliciesOf(caller, account);
}

function identify({ request, account, nowMs, querySignature }: V2Invocation): Authentication {
  const expected = {
    service: 'execute-api',
    region: account.region,
    nowMs,
    callers: account.callers,
  };
  const isInQuery =
    querySignature !== 'ignored' && new URLSearchParams(request.rawQuery).has('X-Amz-Algorithm');
  return isInQuery && headerOf(request, 'authorization') === undefined
    ? authenticateQuery(request, expected, querySignature)
    : authenticate(request, expected);
}

/** No issuer's keys are known here: fail closed, but for the tokens that a seed lists. */
function isAccepted(request: WireRequest, authorizer: V2AuthorizerState | undefined): boolean {
  const token = headerOf(request, 'authorization')?.replace(/^Bearer /, '');
  return token !== undefined && authorizer?.acceptedTokens?.includes(token) === true;
}

/**
 * A function cannot run here: without its identity sources 401, which API Gateway answers without
 * calling it (developer guide, "Control access to HTTP APIs with AWS Lambda authorizers"), else the
 * answer of a function that denies.
 */
function byFunction(request: WireRequest, authorizer: V2AuthorizerState | undefined): V2Refusal {
  const query = new URLSearchParams(request.rawQuery);
  const isAbsent = (authorizer?.identitySource ?? []).some((source) => {
    const [, place, name = ''] =
      /^(?:\$|route\.)request\.(header|querystring)\.(\S+)$/.exec(source) ?? [];
    if (place === undefined) return false;
    return place === 'header' ? !headerOf(request, name.toLowerCase()) : !query.get(name);
  });
  return isAbsent ? UNAUTHORIZED : FORBIDDEN;
}
