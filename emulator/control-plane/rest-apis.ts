import { newApi } from '../api-state.js';
import type { JsonObject } from '../json.js';
import type { ApiState } from '../model.js';
import { flag, number, object, text, textList, textMap } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, nowSeconds } from './call.js';
import { compressionSize } from './compression-size.js';
import { badRequest, notInEnum, validationError } from './errors.js';
import { page } from './page.js';
import { checkResourcePolicy, escapePolicy, normalisePolicy } from './policy.js';

const ENDPOINT_TYPES = ['PRIVATE', 'EDGE', 'REGIONAL'];
const IP_ADDRESS_TYPES = ['ipv4', 'dualstack'];

/** An API on the wire: localstack snapshot test_list_and_delete_apis, 2025-07-02. */
export function restApiBody(api: ApiState): JsonObject {
  return {
    id: api.id,
    name: api.name,
    description: api.description,
    createdDate: api.createdDate,
    version: api.version,
    binaryMediaTypes: api.binaryMediaTypes,
    minimumCompressionSize: api.minimumCompressionSize,
    apiKeySource: api.apiKeySource,
    endpointConfiguration: {
      types: api.endpointTypes,
      ipAddressType: api.ipAddressType,
      vpcEndpointIds: api.vpcEndpointIds,
    },
    policy: api.policy === undefined ? undefined : escapePolicy(api.policy),
    tags: api.tags,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    rootResourceId: api.rootResourceId,
    apiStatus: api.apiStatus,
    apiStatusMessage: api.apiStatusMessage,
  };
}

function createRestApi(call: Call): Answer {
  const { body } = call;
  const endpoint = object(body, 'endpointConfiguration') ?? {};
  const types = textList(endpoint, 'types');
  // An empty one is as good as none: localstack snapshot test_create_rest_api_verify_defaults, 2025-07-04.
  const ipAddressType = text(endpoint, 'ipAddressType') || undefined;
  checkEndpointValues(types, ipAddressType);
  const name = text(body, 'name') ?? '';
  if (name === '') throw badRequest('REST API name cannot be empty (text of the emulator)');
  // Order and texts: localstack snapshots test_create_rest_api_with_optional_params, 2025-07-02, and
  // test_create_rest_api_private_type, 2025-07-03 (the description is looked at first).
  if (text(body, 'description') === '') throw badRequest('Description cannot be an empty string');
  if (types !== undefined && types.length === 0)
    throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  if (types !== undefined && types.length > 1)
    throw badRequest('Cannot create an api with multiple Endpoint Types.');
  const isPrivate = types?.[0] === 'PRIVATE';
  if (isPrivate && ipAddressType === 'ipv4')
    throw badRequest('Only dualstack ipAddressType is supported for Private APIs.');

  const api = newApi({
    id: call.ids.next(10),
    name,
    createdDate: nowSeconds(call),
    rootResourceId: call.ids.next(10),
  });
  api.endpointTypes = types ?? ['EDGE'];
  api.ipAddressType = ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4');
  applyOptional(call, api, endpoint);
  call.account.apis.set(api.id, api);
  return { status: 201, body: restApiBody(api) };
}

function checkEndpointValues(types: string[] | undefined, ipAddressType: string | undefined): void {
  const findings: string[] = [];
  if (types?.some((type) => !ENDPOINT_TYPES.includes(type)))
    findings.push(
      `Value '[${types.join(', ')}]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [${ENDPOINT_TYPES.join(', ')}]]`,
    );
  if (ipAddressType !== undefined && !IP_ADDRESS_TYPES.includes(ipAddressType))
    findings.push(
      notInEnum(
        ipAddressType,
        'createRestApiInput.endpointConfiguration.ipAddressType',
        IP_ADDRESS_TYPES,
      ),
    );
  if (findings.length > 0) throw validationError(findings);
}

function applyOptional(call: Call, api: ApiState, endpoint: JsonObject): void {
  const { body } = call;
  const description = text(body, 'description');
  if (description !== undefined) api.description = description;
  const version = text(body, 'version');
  if (version !== undefined) api.version = version;
  const binaryMediaTypes = textList(body, 'binaryMediaTypes');
  if (binaryMediaTypes !== undefined && binaryMediaTypes.length > 0)
    api.binaryMediaTypes = binaryMediaTypes;
  const size = body.minimumCompressionSize;
  if (size !== undefined && size !== null)
    api.minimumCompressionSize = compressionSize(String(number(body, 'minimumCompressionSize')));
  const tags = textMap(body, 'tags');
  if (tags !== undefined) api.tags = tags;
  const vpcEndpointIds = textList(endpoint, 'vpcEndpointIds');
  if (vpcEndpointIds !== undefined) api.vpcEndpointIds = vpcEndpointIds;
  if (text(body, 'apiKeySource') === 'AUTHORIZER') api.apiKeySource = 'AUTHORIZER';
  api.disableExecuteApiEndpoint = flag(body, 'disableExecuteApiEndpoint') ?? false;
  const policy = text(body, 'policy');
  if (policy !== undefined) {
    checkResourcePolicy(policy, call.account);
    api.policy = normalisePolicy(policy, api.id, call.account);
  }
}

function getRestApis(call: Call): Answer {
  const apis = [...call.account.apis.values()];
  return { status: 200, body: page(call, apis, (api) => api.id, restApiBody) };
}

function getRestApi(call: Call): Answer {
  return { status: 200, body: restApiBody(apiOf(call)) };
}

function deleteRestApi(call: Call): Answer {
  call.account.apis.delete(apiOf(call).id);
  return { status: 202 };
}

export const restApiHandlers: Handlers = {
  CreateRestApi: createRestApi,
  GetRestApis: getRestApis,
  GetRestApi: getRestApi,
  DeleteRestApi: deleteRestApi,
};
