import { refusalFor } from '../access/refusal.js';
import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState } from '../model.js';
import { QueryError, signatureError } from '../query/error.js';
import { formOf } from '../query/form.js';
import { answered, refused } from '../query/xml.js';
import { authenticateGlobal } from '../sigv4/global.js';
import { scopeOf } from '../sigv4/scope.js';
import { attachmentActions } from './attachments.js';
import type { IamActions } from './call.js';
import { groupActions } from './groups.js';
import { inlinePolicyActions } from './inline-policies.js';
import { policyActions } from './policies.js';
import { policyVersionActions } from './policy-versions.js';
import { roleActions } from './roles.js';
import { userActions } from './users.js';

/** What a request to IAM is served from. */
export interface IamContext {
  readonly account: AccountState;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';
const VERSION = '2010-05-08';

const ACTIONS: IamActions = {
  ...groupActions,
  ...userActions,
  ...roleActions,
  ...inlinePolicyActions,
  ...policyActions,
  ...policyVersionActions,
  ...attachmentActions,
};

/** Whether a form is for IAM: by its version, and without one by the service that it is signed for. */
export function isIamRequest(request: WireRequest): boolean {
  const version = formOf(request).get('Version');
  if (version !== null) return version === VERSION;
  return scopeOf(request)?.service === 'iam';
}

/** Serves the actions of IAM that are modelled; anything else is refused by its name. */
export function serveIam(request: WireRequest, context: IamContext): WireResponse {
  const form = formOf(request);
  const name = form.get('Action') ?? '';
  try {
    const caller = authenticated(request, context);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined)
      throw new QueryError(
        400,
        'InvalidAction',
        `Could not find operation ${name} for version ${form.get('Version') ?? '(none)'}: not modelled by this emulator`,
      );
    authorise(caller, name, action.resource(form, context.account), context);
    const result = action.run({ ...context, caller, form });
    return answered(NAMESPACE, name, result, context.ids);
  } catch (error) {
    if (error instanceof QueryError) return refused(NAMESPACE, error, context.ids);
    throw error;
  }
}

/** An error of IAM on the wire. */
export function iamRefused(status: number, code: string, message: string, ids: Ids): WireResponse {
  return refused(NAMESPACE, { status, code, message }, ids);
}

function authenticated(request: WireRequest, { account, nowMs }: IamContext): CallerState {
  const authentication = authenticateGlobal(request, 'iam', account, nowMs);
  if (authentication.ok) return authentication.caller;
  throw signatureError(authentication);
}

/**
 * Source of the sentence: answers of IAM in public reports, "… is not authorized to perform:
 * iam:GetGroup on resource: group deploy-group because no identity-based policy allows the
 * iam:GetGroup action".
 */
function authorise(
  caller: CallerState,
  name: string,
  resource: string,
  { account, nowMs }: IamContext,
): void {
  const refusal = refusalFor(caller, { action: `iam:${name}`, resource }, { account, nowMs });
  if (refusal !== undefined) throw new QueryError(403, 'AccessDenied', refusal);
}
