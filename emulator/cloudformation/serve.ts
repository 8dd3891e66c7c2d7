import type { WireRequest, WireResponse } from '../http.js';
import type { Ids } from '../ids.js';
import type { AccountState, CallerState, StackResourceState, StackState } from '../model.js';
import { QueryError, signatureError } from '../query/error.js';
import { formOf } from '../query/form.js';
import { answered, element, list, refused } from '../query/xml.js';
import { authenticate } from '../signature.js';

/** What a request to CloudFormation is served from. */
export interface CloudFormationContext {
  readonly account: AccountState;
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
const VERSION = '2010-05-15';

/** Whether a form is for CloudFormation: by its version. */
export function isCloudFormationRequest(request: WireRequest): boolean {
  return formOf(request).get('Version') === VERSION;
}

/** Serves ListStackResources; anything else is refused by its name. */
export function serveCloudFormation(
  request: WireRequest,
  context: CloudFormationContext,
): WireResponse {
  const form = formOf(request);
  const action = form.get('Action') ?? '';
  try {
    const caller = authenticated(request, context);
    if (action !== 'ListStackResources')
      throw new QueryError(
        400,
        'InvalidAction',
        `Could not find operation ${action} for version ${VERSION}: not modelled by this emulator`,
      );
    return answered(NAMESPACE, action, listStackResources(form, caller, context), context.ids);
  } catch (error) {
    if (error instanceof QueryError) return refused(NAMESPACE, error, context.ids);
    throw error;
  }
}

/** An error of CloudFormation on the wire. */
export function cloudFormationRefused(
  status: number,
  code: string,
  message: string,
  ids: Ids,
): WireResponse {
  return refused(NAMESPACE, { status, code, message }, ids);
}

function authenticated(
  request: WireRequest,
  { account, nowMs }: CloudFormationContext,
): CallerState {
  const authentication = authenticate(request, {
    service: 'cloudformation',
    region: account.region,
    nowMs,
    callers: account.callers,
  });
  if (authentication.ok) return authentication.caller;
  throw signatureError(authentication);
}

/**
 * A page of a stack's resources. AWS ends a page at 1 MB ("If the output exceeds 1 MB", CloudFormation API
 * Reference, ListStackResources); here a seed says how many there are on one. A deleted stack, which is
 * known by its ARN alone, is not modelled. The text about a stack that is not there is that of AWS in
 * public reports.
 */
function listStackResources(
  form: URLSearchParams,
  caller: CallerState,
  { account }: CloudFormationContext,
): string {
  const name = form.get('StackName') ?? '';
  const stack = [...account.stacks.values()].find(
    (it) => it.name === name || stackArn(account, it.name) === name,
  );
  const action = 'cloudformation:ListStackResources';
  if (caller.notAllowed.includes(action))
    throw new QueryError(
      403,
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${stackArn(account, stack?.name ?? name)} because no identity-based policy allows the ${action} action`,
    );
  if (stack === undefined)
    throw new QueryError(400, 'ValidationError', `Stack with id ${name} does not exist`);
  return pageOf(stack, Number(form.get('NextToken') ?? 0), account);
}

function pageOf({ pageSize, resources }: StackState, start: number, account: AccountState): string {
  const end = start + pageSize;
  return (
    list(
      'StackResourceSummaries',
      resources.slice(start, end).map((resource) => summary(resource, account)),
    ) + (end < resources.length ? element('NextToken', String(end)) : '')
  );
}

function summary(
  { logicalId, type, id, nested, status }: StackResourceState,
  account: AccountState,
): string {
  const physicalId = nested === undefined ? id : stackArn(account, nested);
  return (
    element('ResourceStatus', status) +
    element('LogicalResourceId', logicalId) +
    element('LastUpdatedTimestamp', '2024-01-01T00:00:00.000Z') +
    (physicalId === undefined ? '' : element('PhysicalResourceId', physicalId)) +
    element('ResourceType', type)
  );
}

/** The ARN of a stack, which ends with a UUID; every one has the same here. */
function stackArn({ partition, region, accountId }: AccountState, name: string): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/5f3c1a20-0000-11ef-a000-0a0b0c0d0e0f`;
}
