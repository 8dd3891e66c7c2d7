import type { Ids } from '../ids.js';
import { SeedError } from '../seed-error.js';
import { newV2Api, newV2Stage } from './api-state.js';
import { deployedMessage, freezeV2, undeployable } from './deploy.js';
import type {
  V2ApiState,
  V2DeploymentState,
  V2IntegrationState,
  V2RouteState,
  V2Snapshot,
  V2Switches,
} from './model.js';
import type { SeedHttpApi, SeedV2Api, SeedV2Route } from './seed-schema.js';

interface SeedContext {
  readonly ids: Ids;
  readonly nowMs: number;
}

/**
 * Builds an API from its seed. Names and paths are taken as they are, without the service's checks.
 *
 * @throws SeedError when the seed refers to something that it does not hold
 */
export function v2ApiFrom(
  seed: SeedV2Api,
  switches: V2Switches,
  { ids, nowMs }: SeedContext,
): V2ApiState {
  // A month ago, as REST APIs of a seed.
  const createdMs = (Math.floor(nowMs / 1000) - 30 * 24 * 3600) * 1000;
  const api = newV2Api({
    apiId: seed.id,
    name: seed.name,
    protocolType: 'routeSelectionExpression' in seed ? 'WEBSOCKET' : 'HTTP',
    createdMs,
  });
  if ('routeSelectionExpression' in seed)
    api.routeSelectionExpression = seed.routeSelectionExpression;
  else if (seed.cors !== undefined) api.cors = seed.cors;
  if (seed.description !== undefined) api.description = seed.description;
  if (seed.managed) api.apiGatewayManaged = true;
  api.tags = seed.tags;
  api.disableExecuteApiEndpoint = seed.disableExecuteApiEndpoint;
  addAuthorizers(api, seed, ids);
  for (const [key, route] of Object.entries(seed.routes)) addRoute(api, key, route, ids);
  for (const { count, key, route } of seed.repeat)
    for (let n = 1; n <= count; n += 1) addRoute(api, key.replaceAll('#', String(n)), route, ids);
  addDeployments(api, seed, createdMs, ids);
  addStages(api, seed, switches, createdMs, ids);
  return api;
}

function addAuthorizers(api: V2ApiState, seed: SeedV2Api, ids: Ids): void {
  for (const given of seed.authorizers) {
    const authorizerId = ids.next(6);
    const { name, type, identitySource, authorizerUri, issuer, audience, acceptedTokens } = given;
    api.authorizers.set(authorizerId, {
      authorizerId,
      name,
      authorizerType: type,
      identitySource: identitySource ?? ['$request.header.Authorization'],
      ...(authorizerUri === undefined ? {} : { authorizerUri }),
      ...(type === 'JWT'
        ? {
            jwtConfiguration: {
              issuer: issuer ?? 'https://issuer.example.com',
              audience: audience ?? ['audience'],
            },
          }
        : {}),
      other: {},
      ...(acceptedTokens === undefined ? {} : { acceptedTokens }),
    });
  }
}

function addRoute(api: V2ApiState, key: string, seed: SeedV2Route, ids: Ids): V2RouteState {
  const route = routeFrom(api, key, seed, ids);
  api.routes.set(route.routeId, route);
  return route;
}

/** A route, its integration put into the API. */
function routeFrom(api: V2ApiState, key: string, seed: SeedV2Route, ids: Ids): V2RouteState {
  const route: V2RouteState = {
    routeId: ids.next(7),
    routeKey: key,
    authorizationType: seed.auth,
    apiKeyRequired: seed.apiKey,
    other: seed.operationName === undefined ? {} : { operationName: seed.operationName },
  };
  if (seed.scopes !== undefined) route.authorizationScopes = seed.scopes;
  if (seed.managed) route.apiGatewayManaged = true;
  if (seed.authorizer !== undefined) {
    const found = [...api.authorizers.values()].find(({ name }) => name === seed.authorizer);
    if (found === undefined)
      throw new SeedError(
        `${api.apiId}: "${key}" names the authorizer "${seed.authorizer}", which is not listed`,
      );
    route.authorizerId = found.authorizerId;
  }
  const integration = integrationFrom(api, seed, ids);
  if (integration !== undefined) route.target = `integrations/${integration.integrationId}`;
  return route;
}

/** An integration that is written out. */
type SeedIntegration = Exclude<SeedV2Route['integration'], string>;

function integrationFrom(
  api: V2ApiState,
  { integration: given, managed }: SeedV2Route,
  ids: Ids,
): V2IntegrationState | undefined {
  if (given === 'none') return undefined;
  const written: Partial<SeedIntegration> & Pick<SeedIntegration, 'type'> =
    typeof given === 'string' ? { type: given } : given;
  const { type, status, body, forbidden } = written;
  const isLambda = type === 'AWS_PROXY';
  const { uri = isLambda ? FUNCTION : undefined, httpMethod = isLambda ? 'POST' : 'ANY' } = written;
  const integration: V2IntegrationState = {
    integrationId: ids.next(7),
    integrationType: type,
    integrationMethod: httpMethod,
    timeoutInMillis: api.protocolType === 'HTTP' ? 30_000 : 29_000,
    other: { connectionType: 'INTERNET' },
  };
  if (uri !== undefined) integration.integrationUri = uri;
  if (api.protocolType === 'HTTP') integration.payloadFormatVersion = isLambda ? '2.0' : '1.0';
  if (managed) integration.apiGatewayManaged = true;
  if (forbidden === true) integration.isForbidden = true;
  if (status !== undefined || body !== undefined)
    integration.answer = { status: status ?? 200, body: body ?? '{"ok":true}' };
  api.integrations.set(integration.integrationId, integration);
  return integration;
}

/** The backend that a seed does not name. */
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:backend';

function addDeployments(api: V2ApiState, seed: SeedV2Api, createdMs: number, ids: Ids): void {
  for (const given of seed.deployments) {
    const others = Object.entries(given.routes).map(([key, route]) =>
      routeFrom(api, key, route, ids),
    );
    const deployment: V2DeploymentState = {
      deploymentId: given.id,
      createdMs,
      autoDeployed: given.autoDeployed,
      status: given.status,
      snapshot: overridden(freezeV2(api), others, given),
    };
    if (given.description !== undefined) deployment.description = given.description;
    if (given.statusMessage !== undefined) deployment.statusMessage = given.statusMessage;
    api.deployments.set(given.id, deployment);
  }
}

/** A frozen copy as it would have been when some routes were different, or not there. */
function overridden(
  snapshot: V2Snapshot,
  others: readonly V2RouteState[],
  { auth, without }: Pick<SeedHttpApi['deployments'][number], 'auth' | 'without'>,
): V2Snapshot {
  const routes = new Map(
    [...snapshot.routes, ...others].map((route) => [route.routeKey, structuredClone(route)]),
  );
  for (const [key, type] of Object.entries(auth)) {
    const route = routes.get(key);
    if (route === undefined)
      throw new SeedError(`A deployment overrides "${key}", which is no route of the API`);
    route.authorizationType = type;
  }
  for (const key of without) routes.delete(key);
  return { ...snapshot, routes: [...routes.values()] };
}

function addStages(
  api: V2ApiState,
  seed: SeedV2Api,
  { pendingDeploymentId }: V2Switches,
  createdMs: number,
  ids: Ids,
): void {
  for (const [name, given] of Object.entries(seed.stages)) {
    const stage = newV2Stage(name, createdMs);
    stage.autoDeploy = given.autoDeploy;
    stage.stageVariables = given.variables;
    stage.tags = given.tags;
    if (given.description !== undefined) stage.description = given.description;
    if (given.managed) stage.apiGatewayManaged = true;
    if (given.throttled)
      stage.defaultRouteSettings = { throttlingBurstLimit: 0, throttlingRateLimit: 0 };
    const deployment = deploymentOf(api, name, given, createdMs, ids);
    if (deployment !== undefined) {
      stage.deploymentId = deployment.deploymentId;
      if (deployment.status === 'DEPLOYED') stage.servedId = deployment.deploymentId;
      if (given.autoDeploy) stage.lastDeploymentStatusMessage = deployedMessage(deployment);
    }
    if (given.failed !== undefined) {
      if (!given.autoDeploy)
        throw new SeedError(`${api.apiId}: stage "${name}" has "failed" without autoDeploy`);
      const failed = autoDeployed(api, createdMs, ids);
      failed.status = 'FAILED';
      failed.statusMessage = given.failed;
      if (pendingDeploymentId === 'new') stage.deploymentId = failed.deploymentId;
      stage.lastDeploymentStatusMessage = `Deployment attempt failed: ${given.failed}`;
    }
    api.stages.set(name, stage);
  }
}

function deploymentOf(
  api: V2ApiState,
  stageName: string,
  given: SeedHttpApi['stages'][string],
  createdMs: number,
  ids: Ids,
): V2DeploymentState | undefined {
  if (given.deployment === undefined)
    return given.autoDeploy && undeployable(api) === undefined
      ? autoDeployed(api, createdMs, ids)
      : undefined;
  const deployment = api.deployments.get(given.deployment);
  if (deployment === undefined)
    throw new SeedError(
      `${api.apiId}: stage "${stageName}" names the deployment "${given.deployment}", which is not listed`,
    );
  return deployment;
}

function autoDeployed(api: V2ApiState, createdMs: number, ids: Ids): V2DeploymentState {
  const deployment: V2DeploymentState = {
    deploymentId: ids.next(6),
    description: 'Automatic deployment triggered by changes to the Api configuration',
    createdMs,
    autoDeployed: true,
    status: 'DEPLOYED',
    snapshot: freezeV2(api),
  };
  api.deployments.set(deployment.deploymentId, deployment);
  return deployment;
}
