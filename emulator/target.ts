import { accountManagementOperation } from './account-management/serve.js';
import { isCloudFormationRequest } from './cloudformation/serve.js';
import {
  isControlPath,
  type MatchedOperation,
  matchOperation,
} from './control-plane/operations.js';
import type { LoggedRequest } from './faults.js';
import { headerOf, type WireRequest } from './http.js';
import { isIamRequest } from './iam/serve.js';
import type { AccountState } from './model.js';
import { organizationsOperation } from './organizations/serve.js';
import { actionOf } from './query/form.js';
import { isV2Path, matchV2Operation } from './v2/control/operations.js';
import { v2AddressOf } from './v2/data/address.js';
import { webSocketOperation } from './v2/data/serve-websocket.js';

/** Which plane a request is for, and its operation. */
export interface Target {
  readonly plane: LoggedRequest['plane'];
  readonly service: LoggedRequest['service'];
  readonly operation: string;
  readonly matched: MatchedOperation | undefined;
}

/** Services with one endpoint for all regions. */
export const GLOBAL_PLANES: ReadonlySet<Target['plane']> = new Set([
  'iam',
  'organizations',
  'account',
]);

/** What a request asks for, by its host, path and form. */
export function targetOf(request: WireRequest, { domainNames }: AccountState): Target {
  const host = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  const invokeHost = /^[a-z0-9-]+\.execute-api\./.test(host) || domainNames.has(host);
  const ofOrganizations = invokeHost ? undefined : organizationsOperation(request);
  if (ofOrganizations !== undefined) return oneService('organizations', ofOrganizations);
  const ofAccount = invokeHost ? undefined : accountManagementOperation(request);
  if (ofAccount !== undefined) return oneService('account', ofAccount);
  if (!invokeHost && isV2Path(request.rawPath)) {
    const matched = matchV2Operation(request.method, request.rawPath);
    const operation = matched?.name ?? 'Unknown';
    return { plane: 'control', service: 'apigatewayv2', operation, matched };
  }
  if (!invokeHost && isControlPath(request.rawPath)) {
    const query = new URLSearchParams(request.rawQuery);
    const matched = matchOperation(request.method, request.rawPath, query);
    const operation = matched?.name ?? 'Unknown';
    return { plane: 'control', service: 'apigateway', operation, matched };
  }
  const form = headerOf(request, 'content-type')?.startsWith('application/x-www-form-urlencoded');
  if (!invokeHost && form && request.method === 'POST' && request.rawPath === '/') {
    const plane = isIamRequest(request)
      ? 'iam'
      : isCloudFormationRequest(request)
        ? 'cloudformation'
        : 'sts';
    return oneService(plane, actionOf(request) || 'Unknown');
  }
  return { plane: 'data', service: 'execute-api', operation: 'Invoke', matched: undefined };
}

/** A service that has one name for all of its operations. */
function oneService(
  service: Exclude<Target['plane'], 'control' | 'data'>,
  operation: string,
): Target {
  return { plane: service, service, operation, matched: undefined };
}

/** What a request to an endpoint is called: a handshake is not an invocation like others. */
export function invocationName(request: WireRequest, account: AccountState): string {
  const address = v2AddressOf(request, account);
  const isWebSocket = typeof address === 'object' && address.api.protocolType === 'WEBSOCKET';
  return isWebSocket ? webSocketOperation(request) : 'Invoke';
}

/** Whether a request asks for a change; one of IAM that only reads begins with Get or List. */
export function isMutating({ plane, operation }: Target, request: WireRequest): boolean {
  if (plane === 'iam') return !/^(?:Get|List)/.test(operation);
  return plane === 'control' && request.method !== 'GET';
}
