import { callerKeys } from '../data-plane/context-keys.js';
import type { AccountState, CallerState } from '../model.js';
import { type ContextKeys, evaluateIdentity, type Outcome } from './evaluate.js';
import { EVERYTHING, identityPoliciesOf } from './identity-policies.js';
import { isLike } from './pattern.js';

/**
 * Why a caller may not do something with a service that has no policy of its own; `undefined` where it
 * may. `notAllowed` is silence of the identity policies, whatever they say otherwise. These themselves
 * decide only of a caller that is policed; session policies always do.
 *
 * Source of the sentences: IAM user guide, "Troubleshoot access denied error messages".
 *
 */
export function refusalFor(
  caller: CallerState,
  request: ServiceRequest,
  context: CallContext,
): string | undefined {
  const outcome = outcomeFor(caller, request, context);
  return outcome.decision === 'allow'
    ? undefined
    : `User: ${caller.arn} is not authorized to perform: ${request.action} on resource: ${request.resource} ${wordsOf(outcome, request.action)}`;
}

/** What is asked of a service. */
export interface ServiceRequest {
  readonly action: string;
  readonly resource: string;
}

/** Where and when it is asked. */
export interface CallContext {
  /** The caller's own. */
  readonly account: AccountState;
  readonly nowMs: number;
}

/** `apigateway:GET` is about every resource, `apigateway:GET /apis*` about those alone. */
function isSilentOn({ notAllowed }: CallerState, { action, resource }: ServiceRequest): boolean {
  return notAllowed.some((entry) => {
    const [named, pattern] = entry.split(' ');
    if (named !== action) return false;
    return pattern === undefined || isLike(resource, `*:${pattern}`, undefined);
  });
}

/** What the caller's own policies say of a request; see {@link refusalFor}. */
export function outcomeFor(
  caller: CallerState,
  request: ServiceRequest,
  { account, nowMs }: CallContext,
): Outcome {
  if (isSilentOn(caller, request)) return { decision: 'implicit-deny', missing: 'identity' };
  const policed = caller.isPoliced === true;
  if (!policed && caller.sessionPolicies === undefined) return { decision: 'allow' };
  return evaluateIdentity(request, {
    identityPolicies: policed ? identityPoliciesOf(caller, account) : [EVERYTHING],
    sessionPolicies: caller.sessionPolicies ?? [],
    keys: serviceKeys(caller, { 'aws:requestedregion': account.region }, nowMs),
    arnWildcards: account.arnWildcards,
  });
}

/**
 * What is known of a request to a service, by condition key in lower case.
 *
 * @param own keys that the service adds; a key without a value is absent
 */
export function serviceKeys(
  caller: CallerState | undefined,
  own: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): ContextKeys {
  const keys = {
    ...(caller === undefined ? {} : callerKeys(caller)),
    'aws:currenttime': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    'aws:securetransport': 'true',
    ...own,
  };
  return new Map(
    Object.entries(keys).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, [value]] as const],
    ),
  );
}

function wordsOf({ decision, missing }: Outcome, action: string): string {
  const side = missing === 'session' ? 'session' : 'identity-based';
  return decision === 'explicit-deny'
    ? `with an explicit deny in ${side === 'session' ? 'a' : 'an'} ${side} policy`
    : `because no ${side} policy allows the ${action} action`;
}
