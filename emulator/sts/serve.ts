import type { Estate } from '../estate/estate.js';
import { isLive } from '../estate/estate.js';
import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState, RoleState } from '../model.js';
import { QueryError, signatureError } from '../query/error.js';
import { formOf } from '../query/form.js';
import { answered, element, refused } from '../query/xml.js';
import { authenticate } from '../signature.js';
import { durationOf, packedSize, sessionPolicyOf, wantedBy } from './parameters.js';
import { checkAssume, checkWebIdentity } from './permission.js';
import { type TokenIssuer, webIdentityOf } from './web-identity.js';

/** What an STS request is served from. */
export interface StsContext {
  /** The caller's, in the region of the request. */
  readonly account: AccountState;
  /** All accounts, where there are several. */
  readonly estate: Estate | undefined;
  /** Whose tokens can be verified; where there are none, nobody looks at what a token says. */
  readonly issuers: readonly TokenIssuer[];
  /** The longest that any session lasts, whatever was asked. */
  readonly sessionMs: number | undefined;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Errors: STS API Reference, "Common Error Types" and each action's errors. */
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Serves GetCallerIdentity, AssumeRole and AssumeRoleWithWebIdentity; anything else is refused by its name. */
export function serveSts(request: WireRequest, context: StsContext): WireResponse {
  const form = formOf(request);
  const action = form.get('Action') ?? '';
  try {
    return answered(NAMESPACE, action, result(action, form, request, context), context.ids);
  } catch (error) {
    if (error instanceof QueryError) return refused(NAMESPACE, error, context.ids);
    throw error;
  }
}

function result(
  action: string,
  form: URLSearchParams,
  request: WireRequest,
  context: StsContext,
): string {
  switch (action) {
    case 'GetCallerIdentity': {
      const caller = authenticated(request, context);
      return (
        element('Arn', caller.arn) +
        element('UserId', caller.userId) +
        element('Account', caller.accountId)
      );
    }
    case 'AssumeRole':
      return assumed(form, authenticated(request, context), context);
    case 'AssumeRoleWithWebIdentity':
      return assumedWithToken(form, context);
    default:
      throw new QueryError(
        400,
        'InvalidAction',
        `Could not find operation ${action} for version ${form.get('Version') ?? '(none)'}: not modelled by this emulator`,
      );
  }
}

function authenticated(request: WireRequest, { account, nowMs }: StsContext): CallerState {
  const authentication = authenticate(request, {
    service: 'sts',
    region: account.region,
    nowMs,
    callers: account.callers,
  });
  if (authentication.ok) return authentication.caller;
  throw signatureError(authentication);
}

function assumed(form: URLSearchParams, caller: CallerState, context: StsContext): string {
  const role = roleOf(context, form, 'AssumeRole', caller.arn);
  const wanted = wantedBy(form);
  checkAssume(caller, role, wanted, context);
  return issued(context, form, role, caller);
}

/** Not signed: the web identity token stands in for the signature. */
function assumedWithToken(form: URLSearchParams, context: StsContext): string {
  const token = form.get('WebIdentityToken') ?? '';
  if (token === '') throw new QueryError(400, 'ValidationError', 'WebIdentityToken must be given');
  if (context.issuers.length === 0) {
    const role = roleOf(context, form, 'AssumeRoleWithWebIdentity', 'anonymous');
    return issued(context, form, role, undefined);
  }
  const arn = form.get('RoleArn') ?? '';
  const member = context.estate?.member(arn.split(':')[4] ?? '');
  const { sessionName } = wantedBy(form);
  const identity = webIdentityOf(token, member, context.issuers, context.nowMs);
  const role = knownRole(context, arn);
  if (role === undefined)
    throw new QueryError(
      403,
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    );
  checkWebIdentity(identity, role, sessionName, context.nowMs);
  return (
    issued(context, form, role, undefined) +
    element('SubjectFromWebIdentityToken', identity.subject) +
    element('Audience', identity.audience) +
    element('Provider', `${role.arn.split(':role/')[0]}:oidc-provider/${identity.issuer}`)
  );
}

/** A role that is unknown is told as one that may not be assumed, so that nobody learns which exist. */
function roleOf(
  context: StsContext,
  form: URLSearchParams,
  action: string,
  caller: string,
): RoleState {
  const arn = form.get('RoleArn') ?? '';
  const role = knownRole(context, arn);
  if (role !== undefined) return role;
  throw new QueryError(
    403,
    'AccessDenied',
    `User: ${caller} is not authorized to perform: sts:${action} on resource: ${arn}`,
  );
}

/** Roles of accounts that are suspended or closed cannot be assumed. */
function knownRole({ account, estate }: StsContext, arn: string): RoleState | undefined {
  const role = estate === undefined ? account.roles.get(arn) : estate.role(arn);
  const member = estate?.member(arn.split(':')[4] ?? '');
  const isOpen = member === undefined || isLive(member);
  return role?.assumable === true && isOpen ? role : undefined;
}

/** Issues temporary keys and makes them known to every verifier of the emulator. */
function issued(
  { account, estate, ids, nowMs, sessionMs }: StsContext,
  form: URLSearchParams,
  role: RoleState,
  chainedFrom: CallerState | undefined,
): string {
  const { sessionName, sourceIdentity } = wantedBy(form);
  const seconds = durationOf(form, role, chainedFrom);
  const policy = sessionPolicyOf(form);
  const [, partition = '', , , accountId = ''] = role.arn.split(':');
  const roleName = role.arn.slice(role.arn.lastIndexOf('/') + 1);
  const expiresAtMs = nowMs + Math.min(seconds * 1000, sessionMs ?? Number.POSITIVE_INFINITY);
  const caller: CallerState = {
    accessKeyId: `ASIA${ids.nextUpper(16)}`,
    secretAccessKey: ids.next(40),
    sessionToken: `IQoJ${ids.next(200)}`,
    expiresAtMs,
    accountId,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    notAllowed: [...role.notAllowed],
    identity: { kind: 'role', roleArn: role.arn, ...(estate === undefined ? {} : { role }) },
  };
  if (policy !== undefined) caller.sessionPolicies = [policy];
  const kept = sourceIdentity ?? chainedFrom?.sourceIdentity;
  if (kept !== undefined) caller.sourceIdentity = kept;
  if (estate !== undefined) {
    caller.isPoliced = role.identityPolicies !== undefined;
    caller.organizationId = estate.organization.id;
  }
  account.callers.set(caller.accessKeyId, caller);
  return (
    `<Credentials>${element('AccessKeyId', caller.accessKeyId)}${element('SecretAccessKey', caller.secretAccessKey)}` +
    `${element('SessionToken', caller.sessionToken ?? '')}${element('Expiration', new Date(expiresAtMs).toISOString())}</Credentials>` +
    `<AssumedRoleUser>${element('Arn', caller.arn)}${element('AssumedRoleId', caller.userId)}</AssumedRoleUser>` +
    (policy === undefined ? '' : element('PackedPolicySize', String(packedSize(policy)))) +
    (kept === undefined ? '' : element('SourceIdentity', kept))
  );
}

/** An STS error on the wire. */
export function stsRefused(status: number, code: string, message: string, ids: Ids): WireResponse {
  return refused(NAMESPACE, { status, code, message }, ids);
}
