import type { ApiState } from '../model.js';
import { type Answer, apiOf, type Call, type Handlers } from './call.js';
import { compressionSize } from './compression-size.js';
import { badRequest, ServiceError } from './errors.js';
import {
  invalidPath,
  type PatchOperation,
  patchedFlag,
  patchOperations,
  requireReplace,
  requireVerb,
} from './patch.js';
import { checkResourcePolicy, normalisePolicy } from './policy.js';
import { restApiBody } from './rest-apis.js';

function updateRestApi(call: Call): Answer {
  const api = apiOf(call);
  const operations = patchOperations(call.body, 'updateRestApiInput');
  // Tried on a copy first: an error in the third operation must not leave the first two behind.
  const trial = { ...api };
  for (const operation of operations) apply(call, trial, operation);
  for (const operation of operations) apply(call, api, operation);
  // The answer to an update has `tags` even where there are none (test_update_rest_api_behaviour, 2025-07-02).
  return { status: 200, body: { ...restApiBody(api), tags: api.tags ?? {} } };
}

function apply(call: Call, api: ApiState, operation: PatchOperation): void {
  const [first, second, third] = operation.parts;
  const { length } = operation.parts;
  if (first === 'binaryMediaTypes' && second !== undefined && length === 2) {
    binaryMediaType(api, operation, second);
    return;
  }
  if (first === 'endpointConfiguration') {
    endpoint(api, operation, second, third);
    return;
  }
  if (length !== 1) throw invalidPath(operation);
  switch (first) {
    case 'name':
      api.name = requireReplace(operation);
      return;
    case 'description':
      description(api, operation);
      return;
    case 'version':
      api.version = requireReplace(operation);
      return;
    case 'policy':
      policy(call, api, operation);
      return;
    case 'disableExecuteApiEndpoint':
      api.disableExecuteApiEndpoint = patchedFlag(requireReplace(operation));
      return;
    case 'apiKeySource':
      api.apiKeySource = requireReplace(operation) === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER';
      return;
    case 'minimumCompressionSize': {
      const value = requireReplace(operation);
      // No value, or an empty one, turns compression off (test_update_rest_api_compression).
      if (value === '') delete api.minimumCompressionSize;
      else api.minimumCompressionSize = compressionSize(value);
      return;
    }
    default:
      throw invalidPath(operation);
  }
}

/** May be removed, too (localstack snapshot test_update_rest_api_operation_add_remove, 2025-07-02). */
function description(api: ApiState, operation: PatchOperation): void {
  const value = requireVerb(operation, ['replace', 'remove']);
  if (operation.op === 'remove' || value === '') delete api.description;
  else api.description = value;
}

/**
 * Changing the policy takes a right of its own, apigateway:UpdateRestApiPolicy (Service
 * Authorization Reference, "Amazon API Gateway Management").
 */
function policy(call: Call, api: ApiState, operation: PatchOperation): void {
  const action = 'apigateway:UpdateRestApiPolicy';
  if (call.caller.notAllowed.includes(action))
    throw new ServiceError(
      403,
      'AccessDeniedException',
      `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: arn:${call.account.partition}:apigateway:${call.account.region}::/restapis/${api.id}`,
    );
  const value = requireReplace(operation);
  if (value === '') {
    delete api.policy;
    return;
  }
  checkResourcePolicy(value, call.account);
  api.policy = normalisePolicy(value, api.id, call.account);
}

/** add, replace and remove of one type; the bare path is refused (test_update_rest_api_behaviour, 2025-07-02). */
function binaryMediaType(api: ApiState, operation: PatchOperation, type: string): void {
  const types = (api.binaryMediaTypes ?? []).filter((known) => known !== type);
  if (operation.op === 'add') types.push(type);
  else if (operation.op === 'replace') types.push(operation.value ?? type);
  else if (operation.op !== 'remove') throw invalidPath(operation);
  if (types.length === 0) delete api.binaryMediaTypes;
  else api.binaryMediaTypes = types;
}

/** Texts: localstack snapshot test_update_rest_api_ip_address_type, 2025-07-07. */
function endpoint(
  api: ApiState,
  operation: PatchOperation,
  member: string | undefined,
  index: string | undefined,
): void {
  const value = operation.value ?? '';
  if (member === 'ipAddressType') {
    requireReplace(operation);
    if (value !== 'ipv4' && value !== 'dualstack')
      throw badRequest('ipAddressType must be either ipv4 or dualstack.');
    if (value === 'ipv4' && api.endpointTypes.includes('PRIVATE'))
      throw badRequest('Only dualstack ipAddressType is supported for Private APIs.');
    api.ipAddressType = value;
    return;
  }
  if (member !== 'types' || index === undefined) throw invalidPath(operation);
  if (!['add', 'remove', 'replace'].includes(operation.op))
    throw badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
  if (!['REGIONAL', 'EDGE', 'PRIVATE'].includes(value))
    throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE');
  api.endpointTypes = [value];
  if (value === 'PRIVATE') api.ipAddressType = 'dualstack';
}

export const restApiPatchHandlers: Handlers = { UpdateRestApi: updateRestApi };
