import { headerOf, type WireRequest, type WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState } from '../model.js';
import { QueryError, signatureError } from '../query/error.js';
import { formOf } from '../query/form.js';
import { answered, refused } from '../query/xml.js';
import { authenticate } from '../signature.js';
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
    authorise(caller, name, action.resource(form, context.account));
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

/**
 * IAM is global: a signature names one region of the partition, whatever region the caller works in.
 * An SDK that is led elsewhere by an endpoint of its own forgets that and signs for its own region
 * (seen of @aws-sdk/client-iam), so that the account's region is taken, too; AWS would refuse it.
 */
function authenticated(request: WireRequest, { account, nowMs }: IamContext): CallerState {
  const global = globalRegion(account.partition);
  const signed = scopeOf(request)?.region;
  const authentication = authenticate(request, {
    service: 'iam',
    region: signed === account.region ? account.region : global,
    nowMs,
    callers: account.callers,
  });
  if (authentication.ok) return authentication.caller;
  throw signatureError(authentication);
}

/**
 * Source: the endpoint rules of IAM that ship with the AWS SDKs (`signingRegion` by partition).
 *
 * @returns The region that a signature for IAM names.
 */
export function globalRegion(partition: string): string {
  if (partition === 'aws-cn') return 'cn-north-1';
  if (partition === 'aws-eusc') return 'eusc-de-east-1';
  return partition === 'aws-us-gov' ? 'us-gov-west-1' : 'us-east-1';
}

/** Region and service of the credential scope, unverified. */
function scopeOf(request: WireRequest): { region: string; service: string } | undefined {
  const header = headerOf(request, 'authorization') ?? '';
  const [, region, service] =
    /Credential=[^/,\s]+\/[^/,\s]+\/([^/,\s]+)\/([^/,\s]+)\//.exec(header) ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}

/**
 * Source of the sentence: answers of IAM in public reports, "… is not authorized to perform:
 * iam:GetGroup on resource: group deploy-group because no identity-based policy allows the
 * iam:GetGroup action".
 */
function authorise(caller: CallerState, name: string, resource: string): void {
  const action = `iam:${name}`;
  if (!caller.notAllowed.includes(action)) return;
  throw new QueryError(
    403,
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
}
