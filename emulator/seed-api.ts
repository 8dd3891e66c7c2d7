import { addResource, freeze, newApi, newIntegration } from './api-state.js';
import { newAuthorizer } from './control-plane/authorizers.js';
import { normalisePolicy } from './control-plane/policy.js';
import type { Ids } from './ids.js';
import type {
  AccountState,
  ApiState,
  AuthorizationType,
  DeploymentState,
  MethodState,
  ResourceState,
  Snapshot,
  StageState,
} from './model.js';
import { SeedError } from './seed-error.js';
import type { SeedApi, SeedMethod } from './seed-schema.js';
import { newStage } from './stage-state.js';

interface SeedContext {
  readonly ids: Ids;
  readonly nowMs: number;
}

/**
 * Builds an API from its seed. Names and paths are taken as they are, without the service's own
 * checks: what reads AWS's answers must bear any text in them.
 *
 * @throws SeedError when the seed refers to something that it does not hold
 */
export function apiFrom(seed: SeedApi, account: AccountState, context: SeedContext): ApiState {
  // A month ago: nobody would take what is seeded for a deployment that has not settled yet.
  const createdDate = Math.floor(context.nowMs / 1000) - 30 * 24 * 3600;
  const api = newApi({
    id: seed.id,
    name: seed.name,
    createdDate,
    rootResourceId: context.ids.next(10),
  });
  if (seed.description !== undefined) api.description = seed.description;
  api.endpointTypes = [seed.endpoint];
  if (seed.endpoint === 'PRIVATE') api.ipAddressType = 'dualstack';
  if (seed.vpcEndpointIds !== undefined) api.vpcEndpointIds = seed.vpcEndpointIds;
  api.disableExecuteApiEndpoint = seed.disableExecuteApiEndpoint;
  if (seed.tags !== undefined) api.tags = seed.tags;
  if (seed.policy !== undefined)
    api.policy = normalisePolicy(JSON.stringify(seed.policy), api.id, account);
  addAuthorizers(api, seed, context.ids);
  addGatewayResponses(api, seed);
  addMethods(api, seed, context.ids);
  addDeployments(api, seed, createdDate, deployedPolicyOf(api, seed, account), context.ids);
  addStages(api, seed, createdDate, account);
  return api;
}

function addAuthorizers(api: ApiState, seed: SeedApi, ids: Ids): void {
  for (const { name, type, authorizerUri, providerARNs, acceptedTokens } of seed.authorizers) {
    const authorizer = newAuthorizer(ids.next(6), name, type);
    if (authorizerUri !== undefined) authorizer.authorizerUri = authorizerUri;
    if (providerARNs !== undefined) authorizer.providerARNs = providerARNs;
    if (acceptedTokens !== undefined) authorizer.acceptedTokens = acceptedTokens;
    api.authorizers.set(authorizer.id, authorizer);
  }
}

function addGatewayResponses(api: ApiState, seed: SeedApi): void {
  for (const [responseType, response] of Object.entries(seed.gatewayResponses)) {
    const { statusCode, responseParameters, responseTemplates } = response;
    api.gatewayResponses.set(responseType, {
      responseType,
      ...(statusCode === undefined ? {} : { statusCode }),
      responseParameters,
      responseTemplates,
    });
  }
}

function addMethods(api: ApiState, seed: SeedApi, ids: Ids): void {
  const known = new Map([...api.resources.values()].map((resource) => [resource.path, resource]));
  for (const [key, method] of Object.entries(seed.methods)) addMethod(api, known, key, method, ids);
  for (const { count, key, method } of seed.repeat)
    for (let n = 1; n <= count; n += 1)
      addMethod(api, known, key.replaceAll('#', String(n)), method, ids);
}

function addMethod(
  api: ApiState,
  known: Map<string, ResourceState>,
  key: string,
  seed: SeedMethod,
  ids: Ids,
): void {
  const [httpMethod, path] = splitKey(key);
  const resource = resourceAt(api, known, path, ids);
  resource.methods.set(httpMethod, methodFrom(api, key, seed, resource.id));
}

function methodFrom(api: ApiState, key: string, seed: SeedMethod, resourceId: string): MethodState {
  const [httpMethod] = splitKey(key);
  const method: MethodState = {
    httpMethod,
    authorizationType: seed.auth,
    apiKeyRequired: seed.apiKey,
    responses: new Map(),
  };
  if (seed.operationName !== undefined) method.operationName = seed.operationName;
  if (seed.scopes !== undefined) method.authorizationScopes = seed.scopes;
  if (seed.authorizer !== undefined) method.authorizerId = authorizerId(api, key, seed.authorizer);
  if (seed.parameters !== undefined) method.requestParameters = seed.parameters;
  if (seed.validate !== undefined)
    method.validator = {
      parameters: seed.validate !== 'body',
      body: seed.validate !== 'parameters',
    };
  if (seed.gatewayResponse !== undefined) method.gatewayResponse = seed.gatewayResponse;
  addIntegration(method, seed, resourceId);
  return method;
}

function splitKey(key: string): [httpMethod: string, path: string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

/** The resource of a path, with those above it that are not there yet. */
function resourceAt(
  api: ApiState,
  known: Map<string, ResourceState>,
  path: string,
  ids: Ids,
): ResourceState {
  const found = known.get(path);
  if (found !== undefined) return found;
  const slash = path.lastIndexOf('/');
  const parent = resourceAt(api, known, slash <= 0 ? '/' : path.slice(0, slash), ids);
  const resource = addResource(api, parent, path.slice(slash + 1), ids);
  known.set(path, resource);
  return resource;
}

function authorizerId(api: ApiState, key: string, name: string): string {
  const authorizer = [...api.authorizers.values()].find((candidate) => candidate.name === name);
  if (authorizer === undefined)
    throw new SeedError(`${api.id}: "${key}" names the authorizer "${name}", which is not listed`);
  return authorizer.id;
}

/** Headers of a preflight's answer (API Gateway developer guide, "CORS for REST APIs"). */
const CORS_HEADERS = {
  'method.response.header.Access-Control-Allow-Headers': "'Content-Type,Authorization,X-Amz-Date'",
  'method.response.header.Access-Control-Allow-Methods': "'GET,POST,OPTIONS'",
  'method.response.header.Access-Control-Allow-Origin': "'*'",
};

function addIntegration(method: MethodState, seed: SeedMethod, resourceId: string): void {
  if (seed.integration === 'none') return;
  const given = seed.integration === 'MOCK' ? { type: 'MOCK' as const } : { ...seed.integration };
  const integration = newIntegration(given.type, resourceId);
  if (given.uri !== undefined) integration.uri = given.uri;
  if (given.httpMethod !== undefined) integration.httpMethod = given.httpMethod;
  if (given.stream === true) integration.responseTransferMode = 'STREAM';
  method.integration = integration;
  if (given.type.endsWith('_PROXY')) return;
  const status = given.status ?? 200;
  const statusCode = String(status);
  const response = { statusCode, selectionPattern: '' };
  if (given.type === 'MOCK')
    integration.requestTemplates = { 'application/json': JSON.stringify({ statusCode: status }) };
  integration.responses.set(statusCode, {
    ...response,
    ...(seed.cors ? { responseParameters: CORS_HEADERS } : {}),
    responseTemplates: { 'application/json': given.body ?? '{"ok":true}' },
  });
  method.responses.set(statusCode, {
    statusCode,
    ...(seed.cors
      ? {
          responseParameters: Object.fromEntries(
            Object.keys(CORS_HEADERS).map((name) => [name, false]),
          ),
        }
      : {}),
    responseModels: { 'application/json': 'Empty' },
  });
}

/** The policy that is deployed: the API's own unless the seed says that it has been changed since. */
function deployedPolicyOf(api: ApiState, seed: SeedApi, account: AccountState): string | undefined {
  if (seed.deployedPolicy === undefined) return api.policy;
  if (seed.deployedPolicy === null) return undefined;
  return normalisePolicy(JSON.stringify(seed.deployedPolicy), api.id, account);
}

function addDeployments(
  api: ApiState,
  seed: SeedApi,
  createdDate: number,
  policy: string | undefined,
  ids: Ids,
): void {
  const { policy: _configured, ...deployed } = api;
  const source = policy === undefined ? deployed : { ...deployed, policy };

  for (const { id, description, auth, without, methods, summaryWithout } of seed.deployments) {
    const other = Object.entries(methods).map(
      ([key, method]) => [key, methodFrom(api, key, method, ids.next(6))] as const,
    );
    const deployment: DeploymentState = {
      id,
      createdDate,
      snapshot: overridden(freeze(source), new Map(other), auth, without),
    };
    if (summaryWithout !== undefined) deployment.summaryWithout = summaryWithout;
    if (description !== undefined) deployment.description = description;
    api.deployments.set(id, deployment);
  }
}

/** A frozen copy as it would have been when some methods were different, or not there. */
function overridden(
  snapshot: Snapshot,
  others: ReadonlyMap<string, MethodState>,
  auth: Readonly<Record<string, AuthorizationType>>,
  without: readonly string[],
): Snapshot {
  const paths = new Map([...snapshot.paths].map(([path, methods]) => [path, new Map(methods)]));
  for (const [key, method] of others) {
    const [httpMethod, path] = splitKey(key);
    const methods = paths.get(path) ?? new Map<string, MethodState>();
    paths.set(path, methods.set(httpMethod, method));
  }
  for (const [key, type] of Object.entries(auth)) {
    const [httpMethod, path] = splitKey(key);
    const method = paths.get(path)?.get(httpMethod);
    if (method === undefined)
      throw new SeedError(`A deployment overrides "${key}", which is no method of the API`);
    method.authorizationType = type;
  }
  for (const key of without) {
    const [httpMethod, path] = splitKey(key);
    const methods = paths.get(path);
    methods?.delete(httpMethod);
    if (methods?.size === 0) paths.delete(path);
  }
  return { ...snapshot, paths };
}

function addStages(api: ApiState, seed: SeedApi, createdDate: number, account: AccountState): void {
  for (const [name, given] of Object.entries(seed.stages)) {
    const stage = newStage(name, deploymentId(api, name, given.deployment), createdDate);
    if (given.description !== undefined) stage.description = given.description;
    if (given.variables !== undefined) stage.variables = given.variables;
    if (given.tags !== undefined) stage.tags = given.tags;
    if (given.webAcl !== undefined) addWebAcl(stage, given.webAcl, account);
    if (given.canary !== undefined) {
      const { deployment, percentTraffic, variables } = given.canary;
      stage.canarySettings = {
        deploymentId: deploymentId(api, name, deployment),
        percentTraffic,
        useStageCache: false,
        ...(variables === undefined ? {} : { stageVariableOverrides: variables }),
      };
    }
    api.stages.set(name, stage);
  }
}

function addWebAcl(
  stage: StageState,
  { action, header }: NonNullable<SeedApi['stages'][string]['webAcl']>,
  { accountId, region }: AccountState,
): void {
  stage.webAcl = { action, ...(header === undefined ? {} : { header }) };
  stage.webAclArn = `arn:aws:wafv2:${region}:${accountId}:regional/webacl/seeded/${stage.stageName}`;
}

function deploymentId(api: ApiState, stageName: string, id: string): string {
  if (!api.deployments.has(id))
    throw new SeedError(
      `${api.id}: stage "${stageName}" names the deployment "${id}", which is not listed`,
    );
  return id;
}
