import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState, RoleState } from '../model.js';
import { authenticate } from '../signature.js';

/** What an STS request is served from. */
export interface StsContext {
  readonly account: AccountState;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** An error answer of STS. Names and statuses: STS API Reference, "Common Error Types" and each action's errors. */
class StsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The query protocol has error codes of its own for what the JSON protocols call …Exception. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['UnrecognizedClientException', 'InvalidClientTokenId'],
  ['ExpiredTokenException', 'ExpiredToken'],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  ['IncompleteSignatureException', 'IncompleteSignature'],
]);

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const DEFAULT_DURATION_SECONDS = 3600;
const MIN_DURATION_SECONDS = 900;
const MAX_DURATION_SECONDS = 43_200;

/** The action that a form names; the empty string where it names none. */
export function stsAction(request: WireRequest): string {
  return formOf(request).get('Action') ?? '';
}

function formOf(request: WireRequest): URLSearchParams {
  return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** Serves GetCallerIdentity, AssumeRole and AssumeRoleWithWebIdentity; anything else is refused by its name. */
export function serveSts(request: WireRequest, context: StsContext): WireResponse {
  const form = formOf(request);
  const action = form.get('Action') ?? '';
  try {
    return answered(action, result(action, form, request, context), context.ids);
  } catch (error) {
    if (error instanceof StsError)
      return stsRefused(error.status, error.code, error.message, context.ids);
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
        throw new StsError(400, 'ValidationError', 'WebIdentityToken must be given');
      return issued(context, form, roleOf(context, form, action, 'anonymous'));
    }
    default:
      throw new StsError(
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
  const { status, errorType, message } = authentication;
  throw new StsError(status, CODES.get(errorType) ?? errorType, message);
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
  throw new StsError(
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
    throw new StsError(400, 'ValidationError', 'RoleSessionName must match [\\w+=,.@-]{2,64}');
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
  throw new StsError(
    400,
    'ValidationError',
    `DurationSeconds must be between ${MIN_DURATION_SECONDS} and ${MAX_DURATION_SECONDS}`,
  );
}

function answered(action: string, result: string, ids: Ids): WireResponse {
  const requestId = ids.uuid();
  return xml(
    200,
    requestId,
    `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${action}Response>`,
  );
}

/** An STS error on the wire. */
export function stsRefused(status: number, code: string, message: string, ids: Ids): WireResponse {
  const requestId = ids.uuid();
  const type = status < 500 ? 'Sender' : 'Receiver';
  return xml(
    status,
    requestId,
    `<ErrorResponse xmlns="${NAMESPACE}"><Error>${element('Type', type)}${element('Code', code)}` +
      `${element('Message', message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
  );
}

function xml(status: number, requestId: string, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body,
  };
}

function element(name: string, value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
