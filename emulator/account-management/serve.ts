import { refusalFor } from '../access/refusal.js';
import { ServiceError } from '../control-plane/errors.js';
import { refused } from '../control-plane/serve.js';
import type { MemberState, OrganizationState } from '../estate/model.js';
import { REGION_STATUSES, type RegionStatus, regionsWith } from '../estate/regions.js';
import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { AccountState, CallerState } from '../model.js';
import { authenticateGlobal } from '../sigv4/global.js';

/** What a request to Account Management is served from. */
export interface AccountManagementContext {
  /** The caller's. */
  readonly account: AccountState;
  readonly organization: OrganizationState | undefined;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

const PATHS: ReadonlyMap<string, string> = new Map([
  ['/listRegions', 'ListRegions'],
  ['/getRegionOptStatus', 'GetRegionOptStatus'],
]);
const SERVICE = 'account.amazonaws.com';
/** Service model: ListRegionsRequestMaxResultsInteger. */
const MOST_RESULTS = 50;

/** The operation of a request to Account Management; undefined of every other request. */
export function accountManagementOperation(request: WireRequest): string | undefined {
  return request.method === 'POST' ? PATHS.get(request.rawPath) : undefined;
}

/** Serves ListRegions and GetRegionOptStatus (service model of Account, 2021-02-01). */
export function serveAccountManagement(
  request: WireRequest,
  name: string,
  context: AccountManagementContext,
): WireResponse {
  try {
    const { account, organization, nowMs, ids } = context;
    const authentication = authenticateGlobal(request, 'account', account, nowMs);
    if (!authentication.ok) {
      const { status, errorType, message } = authentication;
      throw new ServiceError(status, errorType, message);
    }
    const body = bodyOf(request);
    const asked = { name, caller: authentication.caller, body, account, organization, nowMs };
    const regions = regionsFor(asked);
    const answer =
      name === 'ListRegions'
        ? listRegions(body, regions, organization?.forms.regionsAPage ?? MOST_RESULTS)
        : regionStatus(body, regions);
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': ids.uuid() },
      body: JSON.stringify(answer),
    };
  } catch (error) {
    if (error instanceof ServiceError) return refused(error, context.ids);
    throw error;
  }
}

interface Asked {
  readonly name: string;
  readonly caller: CallerState;
  readonly body: JsonObject;
  readonly account: AccountState;
  readonly organization: OrganizationState | undefined;
  readonly nowMs: number;
}

/**
 * The regions of the account that a request is about: the caller's own, or a member's for the
 * management account and the service's delegated administrator, with trusted access. "The management
 * account can't specify its own AccountId" (API Reference, ListRegions).
 *
 * Source of the sentences in brackets: aws-samples/data-perimeter-helper issue 8 and
 * awslabs/aws-deployment-framework issue 764; of a caller that is neither, nobody has recorded it.
 */
function regionsFor(asked: Asked): ReadonlyMap<string, RegionStatus> {
  const { name, caller, body, account, organization, nowMs } = asked;
  const action = `account:${name}`;
  const resource = `arn:${account.partition}:account::${account.accountId}:account`;
  const refusal = refusalFor(caller, { action, resource }, { account, nowMs });
  if (refusal !== undefined) throw new ServiceError(403, 'AccessDeniedException', refusal);

  const accountId = textOf(body, 'AccountId');
  if (accountId !== undefined && !/^\d{12}$/.test(accountId))
    throw invalid('AccountId must be 12 digits');
  if (accountId === undefined)
    return organization?.members.get(account.accountId)?.regions ?? regionsWith({});
  const denied = (why: string) =>
    new ServiceError(
      403,
      'AccessDeniedException',
      `User: ${caller.arn} is not authorized to perform: ${action} (${why})`,
    );
  const member = managed(organization, account.accountId, accountId, denied);
  return member.regions;
}

function managed(
  organization: OrganizationState | undefined,
  callerId: string,
  accountId: string,
  denied: (why: string) => ServiceError,
): MemberState {
  const stranger = 'Your account must be the management account or a delegated administrator';
  if (organization === undefined) throw denied(stranger);
  const isManagement = callerId === organization.managementId;
  if (isManagement && accountId === callerId)
    throw denied(
      'The management account can only be managed using the standalone context from the management account',
    );
  if (!isManagement && organization.delegated.get(callerId)?.has(SERVICE) !== true)
    throw denied(stranger);
  if (!organization.trustedAccess.has(SERVICE))
    throw denied('Your organization must first enable trusted access with AWS Account Management.');
  const member = organization.members.get(accountId);
  if (member === undefined) throw denied('The account is not a member of your organization');
  // A delegate manages members; the management account is none of them.
  if (accountId === organization.managementId)
    throw denied(
      'The management account can only be managed using the standalone context from the management account',
    );
  return member;
}

function listRegions(
  body: JsonObject,
  regions: ReadonlyMap<string, RegionStatus>,
  pageSize: number,
): JsonObject {
  const { MaxResults: size = pageSize, RegionOptStatusContains: wanted } = body;
  if (typeof size !== 'number' || size < 1 || size > MOST_RESULTS)
    throw invalid(`MaxResults must be from 1 to ${MOST_RESULTS}`);
  const statuses = wanted === undefined || wanted === null ? [...REGION_STATUSES] : wanted;
  if (!Array.isArray(statuses) || statuses.some((it) => !REGION_STATUSES.includes(it)))
    throw invalid('RegionOptStatusContains holds a status that does not exist');
  const fitting = [...regions].filter(([, status]) => statuses.includes(status));
  const start = Number(textOf(body, 'NextToken') ?? 0);
  if (!Number.isInteger(start) || start < 0 || start > fitting.length)
    throw invalid('NextToken is not valid');
  const next = start + Math.min(size, pageSize);
  return {
    Regions: fitting
      .slice(start, next)
      .map(([RegionName, RegionOptStatus]) => ({ RegionName, RegionOptStatus })),
    ...(next < fitting.length ? { NextToken: String(next) } : {}),
  };
}

function regionStatus(body: JsonObject, regions: ReadonlyMap<string, RegionStatus>): JsonObject {
  const RegionName = textOf(body, 'RegionName') ?? '';
  const RegionOptStatus = regions.get(RegionName);
  if (RegionOptStatus === undefined) throw invalid('RegionName is not a region');
  return { RegionName, RegionOptStatus };
}

function textOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(`${name} must be a string`);
}

function bodyOf(request: WireRequest): JsonObject {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(request.body).toString('utf8') || '{}');
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Said below, as of everything else that is no object.
  }
  throw invalid('The body is not a JSON object');
}

/** Sentences are the emulator's own. */
function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}
