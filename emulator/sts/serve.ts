import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState, RoleState } from '../model.js';
import { QueryError, signatureError } from '../query/error.js';
import { formOf } from '../query/form.js';
import { answered, element, refused } from '../query/xml.js';
import { authenticate } from '../signature.js';

/** What an STS request is served from. */
export interface StsContext {
  readonly account: AccountState;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Errors: STS API Reference, "Common Error Types" and each action's errors. */
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const DEFAULT_DURATION_SECONDS = 3600;
const MIN_DURATION_SECONDS = 900;
const MAX_DURATION_SECONDS = 43_200;

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
    case 'AssumeRole': {
      const caller = authenticated(request, context);
      return issued(context, form, roleOf(context, form, action, caller.arn));
    }
    case 'AssumeRoleWithWebIdentity': {
      // Not signed: the web identity token stands in for the signature. Its content is not looked at.
      if ((form.get('WebIdentityToken') ?? '') === '')
        throw new QueryError(400, 'ValidationError', 'WebIdentityToken must be given');
      return issued(context, form, roleOf(context, form, action, 'anonymous'));
    }
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

/** A role that is unknown is told as one that may not be assumed, so that nobody learns which exist. */
function roleOf(
  { account }: StsContext,
  form: URLSearchParams,
  action: string,
  caller: string,
): RoleState {
  const arn = form.get('RoleArn') ?? '';
  const role = account.roles.get(arn);
  if (role?.assumable) return role;
  throw new QueryError(
    403,
    'AccessDenied',
    `User: ${caller} is not authorized to perform: sts:${action} on resource: ${arn}`,
  );
}

/** Issues temporary keys and makes them known to every verifier of the emulator. */
function issued(
  { account, ids, nowMs }: StsContext,
  form: URLSearchParams,
  role: RoleState,
): string {
  const sessionName = form.get('RoleSessionName') ?? '';
  // API Reference, AssumeRole: RoleSessionName.
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw new QueryError(400, 'ValidationError', 'RoleSessionName must match [\\w+=,.@-]{2,64}');
  const seconds = durationOf(form);
  const roleName = role.arn.slice(role.arn.lastIndexOf('/') + 1);
  const expiresAtMs = nowMs + seconds * 1000;
  const caller: CallerState = {
    accessKeyId: `ASIA${ids.nextUpper(16)}`,
    secretAccessKey: ids.next(40),
    sessionToken: `IQoJ${ids.next(200)}`,
    expiresAtMs,
    accountId: account.accountId,
    arn: `arn:${account.partition}:sts::${account.accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    notAllowed: [...role.notAllowed],
    identity: { kind: 'role', roleArn: role.arn },
  };
  account.callers.set(caller.accessKeyId, caller);
  return (
    `<Credentials>${element('AccessKeyId', caller.accessKeyId)}${element('SecretAccessKey', caller.secretAccessKey)}` +
    `${element('SessionToken', caller.sessionToken ?? '')}${element('Expiration', new Date(expiresAtMs).toISOString())}</Credentials>` +
    `<AssumedRoleUser>${element('Arn', caller.arn)}${element('AssumedRoleId', caller.userId)}</AssumedRoleUser>`
  );
}

/** 900 seconds to 12 hours (STS API Reference, AssumeRole: DurationSeconds). */
function durationOf(form: URLSearchParams): number {
  const seconds = Number(form.get('DurationSeconds') ?? DEFAULT_DURATION_SECONDS);
  if (
    Number.isInteger(seconds) &&
    seconds >= MIN_DURATION_SECONDS &&
    seconds <= MAX_DURATION_SECONDS
  )
    return seconds;
  throw new QueryError(
    400,
    'ValidationError',
    `DurationSeconds must be between ${MIN_DURATION_SECONDS} and ${MAX_DURATION_SECONDS}`,
  );
}

/** An STS error on the wire. */
export function stsRefused(status: number, code: string, message: string, ids: Ids): WireResponse {
  return refused(NAMESPACE, { status, code, message }, ids);
}
