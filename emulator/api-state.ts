import type { Ids } from './ids.js';
import type { ApiState, IntegrationState, MethodState, ResourceState, Snapshot } from './model.js';

/** A new API with nothing but its root resource. */
export function newApi(fields: {
  readonly id: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly createdDate: number;
  readonly rootResourceId: string;
}): ApiState {
  return {
    id: fields.id,
    name: fields.name,
    createdDate: fields.createdDate,
    apiKeySource: 'HEADER',
    // Defaults of CreateRestApi: localstack snapshot test_create_rest_api_verify_defaults, 2025-07-04.
    endpointTypes: ['EDGE'],
    ipAddressType: 'ipv4',
    disableExecuteApiEndpoint: false,
    rootResourceId: fields.rootResourceId,
    resources: new Map([
      [fields.rootResourceId, { id: fields.rootResourceId, path: '/', methods: new Map() }],
    ]),
    authorizers: new Map(),
    gatewayResponses: new Map(),
    deployments: new Map(),
    stages: new Map(),
  };
}

/** The path of a child: the root's own path must not lead to two slashes. */
export function childPath(parent: ResourceState, pathPart: string): string {
  return parent.path === '/' ? `/${pathPart}` : `${parent.path}/${pathPart}`;
}

/** Adds a resource below another; what may be added is for the caller to check. */
export function addResource(
  api: ApiState,
  parent: ResourceState,
  pathPart: string,
  ids: Ids,
): ResourceState {
  const resource: ResourceState = {
    id: ids.next(10),
    parentId: parent.id,
    pathPart,
    path: childPath(parent, pathPart),
    methods: new Map(),
  };
  api.resources.set(resource.id, resource);
  return resource;
}

/**
 * Defaults of PutIntegration: localstack snapshot test_lifecycle_integration_response, 2025-06-11.
 * The cache namespace is the resource's id where none is given (API Gateway API Reference:
 * Integration).
 */
export function newIntegration(
  type: IntegrationState['type'],
  cacheNamespace: string,
): IntegrationState {
  return {
    type,
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29000,
    cacheNamespace,
    cacheKeyParameters: [],
    responses: new Map(),
  };
}

/**
 * The frozen copy that a deployment keeps. It is a copy in depth: what happens to the API afterwards
 * must not show on any stage (API Gateway developer guide, "Deploy REST APIs in API Gateway").
 */
export function freeze(api: ApiState): Snapshot {
  const paths = new Map<string, Map<string, MethodState>>();
  for (const resource of api.resources.values()) {
    if (resource.methods.size === 0) continue;
    const methods = structuredClone(resource.methods);
    for (const method of methods.values()) {
      const validator = api.requestValidators?.get(method.requestValidatorId ?? '');
      if (validator === undefined) continue;
      const { validateRequestBody: body, validateRequestParameters: parameters } = validator;
      method.validator = { parameters, body };
    }
    paths.set(resource.path, methods);
  }
  return {
    paths,
    authorizers: structuredClone(api.authorizers),
    gatewayResponses: structuredClone(api.gatewayResponses),
    ...(api.policy === undefined ? {} : { policy: api.policy }),
  };
}
