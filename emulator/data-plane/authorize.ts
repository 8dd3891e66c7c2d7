import { evaluateInvocation, type Outcome, PolicyDocumentError } from '../access/evaluate.js';
import { identityPoliciesOf } from '../access/identity-policies.js';
import { headerOf, type WireRequest } from '../http.js';
import type {
  AccountState,
  AuthorizerState,
  CallerState,
  MethodState,
  Snapshot,
} from '../model.js';
import { authenticate } from '../signature.js';
import { contextKeysOf, signerOf } from './context-keys.js';
import {
  accessDenied,
  type Fault,
  MISSING_TOKEN,
  NOT_FOUND,
  notModelled,
  UNAUTHORIZED,
} from './fault.js';

/** What a request is authorised for. */
export interface Invocation {
  readonly request: WireRequest;
  readonly account: AccountState;
  readonly nowMs: number;
  readonly apiId: string;
  readonly stageName: string;
  /** The path below the stage, as sent. */
  readonly path: string;
  /** The VPC endpoint that a request to a private API came through; absent from public ones. */
  readonly sourceVpce?: string;
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
  const authorizer =
    method.authorizerId === undefined ? undefined : snapshot.authorizers.get(method.authorizerId);
  switch (method.authorizationType) {
    case 'NONE':
      return byPolicies('NONE', invocation, snapshot, undefined);
    case 'AWS_IAM': {
      const identity = identify(invocation);
      return 'status' in identity
        ? identity
        : byPolicies('AWS_IAM', invocation, snapshot, identity.caller);
    }
    case 'COGNITO_USER_POOLS':
    case 'JWT':
      return isAccepted(invocation.request, authorizer)
        ? byPolicies(method.authorizationType, invocation, snapshot, undefined)
        : UNAUTHORIZED;
    case 'CUSTOM':
      return (
        byPolicies('CUSTOM', invocation, snapshot, undefined) ??
        authorizeByFunction(invocation.request, authorizer)
      );
  }
}

/**
 * No user pool's and no issuer's keys are known here, so no token can be shown to be valid: fail closed, but for the
 * tokens that a seed lists.
 */
function isAccepted(request: WireRequest, authorizer: AuthorizerState | undefined): boolean {
  const token = headerOf(request, 'authorization')?.replace(/^Bearer /, '');
  return token !== undefined && authorizer?.acceptedTokens?.includes(token) === true;
}

/** Resource policy and identity policies together; a policy that cannot be read opens nothing. */
function byPolicies(
  authorizationType: MethodState['authorizationType'],
  invocation: Invocation,
  snapshot: Snapshot,
  caller: CallerState | undefined,
): Fault | undefined {
  const { account, apiId, stageName, path, request, sourceVpce } = invocation;
  const resourceOf = (accountId: string) =>
    `arn:${account.partition}:execute-api:${account.region}:${accountId}:${apiId}/${stageName}/${request.method}${path}`;
  const signer = caller === undefined ? undefined : signerOf(caller);
  let outcome: Outcome;
  try {
    outcome = evaluateInvocation(
      {
        authorizationType,
        resource: resourceOf(account.accountId),
        ...(signer === undefined ? {} : { caller: signer }),
      },
      {
        identityPolicies: caller === undefined ? [] : invocationPoliciesOf(caller, account),
        ...(caller?.sessionPolicies === undefined
          ? {}
          : { sessionPolicies: caller.sessionPolicies }),
        ...(snapshot.policy === undefined ? {} : { resourcePolicy: snapshot.policy }),
        privateApi: sourceVpce !== undefined,
        keys: contextKeysOf(invocation, caller),
        arnWildcards: account.arnWildcards,
      },
    );
  } catch (error) {
    if (error instanceof PolicyDocumentError) return notModelled(`this policy: ${error.message}`);
    throw error;
  }
  if (outcome.decision === 'allow') return undefined;
  return accessDenied(
    `User: ${caller?.arn ?? 'anonymous'} is not authorized to perform: execute-api:Invoke on resource: ${resourceOf(masked(account.accountId))}${tailOf(outcome)}`,
  );
}

/** `notAllowed` is silence of the identity policies, whatever they say otherwise. */
function invocationPoliciesOf(caller: CallerState, account: AccountState): readonly string[] {
  return caller.notAllowed.includes('execute-api:Invoke')
    ? []
    : identityPoliciesOf(caller, account);
}

/**
 * Newer answers say why. Source: endings of answers in public captures (floci-io/floci for the
 * resource policy's deny); the identity policy's as IAM's user guide has it, "Troubleshoot access denied
 * error messages". Where an identity policy is silent the recorded answers end with the resource.
 */
function tailOf({ decision, missing }: Outcome): string {
  if (decision === 'explicit-deny')
    return ` with an explicit deny in ${POLICIES[missing ?? 'identity']}`;
  if (missing === 'session')
    return ' because no session policy allows the execute-api:Invoke action';
  return missing === 'resource'
    ? ' because no resource-based policy allows the execute-api:Invoke action'
    : '';
}

const POLICIES = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  session: 'a session policy',
};

/** What a signed request gets that no method matches; see {@link refuseUnrouted}. */
export type UnroutedAnswer = 'missing-token' | 'not-found' | 'not-found-unlabelled';

/**
 * The answer to a request that no method matches. An `Authorization` header is judged even there: a
 * Bearer token on an unknown path gets IncompleteSignatureException (re:Post, "Rest API in API
 * Gateway returns 403 when resource or method is incorrect"). With a good signature it is 404, by public
 * tests that ran on AWS (aws/serverless-application-model, pull request 3963) and by the documentation
 * of RESOURCE_NOT_FOUND; its headers and words nobody recorded, so that all of them can be had.
 */
export function refuseUnrouted(invocation: Invocation, signed: UnroutedAnswer): Fault {
  const identity = identify(invocation);
  if ('status' in identity) return identity;
  if (signed === 'missing-token') return MISSING_TOKEN;
  return signed === 'not-found' ? NOT_FOUND : { ...NOT_FOUND, isUnlabelled: true };
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

/** The account as denials name it in the resource: all but the last four digits hidden (recorded). */
export function masked(accountId: string): string {
  return accountId.slice(-4).padStart(accountId.length, '*');
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
