import { refusalFor } from '../access/refusal.js';
import type { OrganizationState } from '../estate/model.js';
import { headerOf, type WireRequest, type WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { AccountState, CallerState } from '../model.js';
import { authenticateGlobal } from '../sigv4/global.js';
import { OrganizationsError } from './error.js';
import { OPERATIONS } from './operations.js';

/** What a request to Organizations is served from. */
export interface OrganizationsContext {
  /** The caller's. */
  readonly account: AccountState;
  /** The one that the caller's account belongs to; undefined of an account that stands alone. */
  readonly organization: OrganizationState | undefined;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

const TARGET = 'AWSOrganizationsV20161128.';

/** The operation of a request to Organizations; undefined of every other request. */
export function organizationsOperation(request: WireRequest): string | undefined {
  const target = headerOf(request, 'x-amz-target');
  return target?.startsWith(TARGET) === true ? target.slice(TARGET.length) : undefined;
}

/** Serves the operations of Organizations that are modelled; anything else is refused by its name. */
export function serveOrganizations(
  request: WireRequest,
  name: string,
  context: OrganizationsContext,
): WireResponse {
  try {
    const caller = authenticated(request, context);
    const { account, organization, nowMs } = context;
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (operation === undefined)
      throw new OrganizationsError(
        'UnknownOperationException',
        `${name} is not modelled by this emulator`,
      );
    authorise(caller, name, context);
    if (organization === undefined || !organization.members.has(account.accountId))
      throw new OrganizationsError(
        'AWSOrganizationsNotInUseException',
        'Your account is not a member of an organization.',
      );
    const isDelegate = (organization.delegated.get(account.accountId)?.size ?? 0) > 0;
    const mayList = account.accountId === organization.managementId || isDelegate;
    if (operation.isOpenToAll !== true && !mayList) throw noPermission();
    const body = operation.run({
      organization,
      partition: account.partition,
      nowMs,
      body: bodyOf(request),
    });
    return answered(200, body, context.ids);
  } catch (error) {
    if (error instanceof OrganizationsError)
      return organizationsRefused(
        error.status,
        error.errorType,
        error.message,
        context.ids,
        error.reason,
      );
    throw error;
  }
}

/**
 * Whoever is neither the management account nor a delegated administrator (aws-samples/
 * aws-iam-access-key-auto-rotation issue 10 and awslabs/aws-innovation-sandbox issue 6).
 */
function noPermission(): OrganizationsError {
  return new OrganizationsError(
    'AccessDeniedException',
    "You don't have permissions to access this resource.",
  );
}

/** The resource is told as `*` for lists; the least that any policy can name. */
function authorise(
  caller: CallerState,
  name: string,
  { account, nowMs }: OrganizationsContext,
): void {
  const request = { action: `organizations:${name}`, resource: '*' };
  const refusal = refusalFor(caller, request, { account, nowMs });
  if (refusal !== undefined) throw new OrganizationsError('AccessDeniedException', refusal);
}

function authenticated(
  request: WireRequest,
  { account, nowMs }: OrganizationsContext,
): CallerState {
  const authentication = authenticateGlobal(request, 'organizations', account, nowMs);
  if (authentication.ok) return authentication.caller;
  const { errorType, message } = authentication;
  throw new OrganizationsError(errorType, message);
}

function bodyOf(request: WireRequest): JsonObject {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(request.body).toString('utf8') || '{}');
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Said below, as of everything else that is no object.
  }
  throw new OrganizationsError('SerializationException', 'The body is not a JSON object');
}

/** An error of the protocol JSON 1.1 on the wire: its type is in the body. */
export function organizationsRefused(
  status: number,
  errorType: string,
  message: string,
  ids: Ids,
  reason?: string,
): WireResponse {
  return answered(status, { __type: errorType, Message: message, Reason: reason }, ids);
}

function answered(status: number, body: JsonObject, ids: Ids): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': ids.uuid() },
    body: JSON.stringify(body),
  };
}
