import type {
  ApiGatewayV2,
  Deployment,
  Route,
  RouteChange,
  Stage,
} from '../../../src/aws/api-gateway-v2.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import { type FakeCall, type Fate, failure, Killed } from './fake-control-plane.js';

/*
 * One HTTP or WebSocket API in memory, with the control plane's rules as far as enforcement meets them:
 * deployments freeze the routes, stages with AutoDeploy make one with every change, after a while or never.
 * Whatever AWS has not written down is a switch.
 */

export const API_V2_ID = 'h1t2t3p4';

export interface FakeRoute {
  authorizationType: string;
  authorizerId: string | null;
  scopes: string[];
  apiKeyRequired: boolean;
  target: string;
  isManaged: boolean;
  /** It answers over the connection. */
  isTwoWay?: boolean;
}

export interface FakeV2Deployment {
  readonly description: string;
  readonly routes: ReadonlyMap<string, Readonly<FakeRoute>>;
  status: 'PENDING' | 'FAILED' | 'DEPLOYED';
  /** Looks until it is no longer PENDING. */
  looks: number;
  readonly stage: string | null;
}

export interface FakeV2Stage {
  deploymentId: string;
  autoDeploy: boolean;
  message: string | null;
}

export interface FakeV2Api {
  readonly kind: 'HTTP' | 'WEBSOCKET';
  /** By route key. */
  readonly routes: Map<string, FakeRoute>;
  readonly deployments: Map<string, FakeV2Deployment>;
  readonly stages: Map<string, FakeV2Stage>;
  /** What else a deployment ships; absent: nothing. */
  cors?: { AllowOrigins: string[] };
  integrations?: {
    IntegrationId?: string;
    IntegrationType: 'HTTP_PROXY' | 'HTTP' | 'MOCK';
    IntegrationUri: string;
  }[];
  authorizers?: { AuthorizerId: string; Name: string }[];
  models?: { Name: string; Schema: string }[];
  /** Keys of responses, by the id of the route or integration. */
  responses?: Record<string, string[]>;
}

/** What AWS has not written down. */
export interface Unwritten {
  /** The export of a stage shows what is configured, not what it serves. */
  exportShowsNewest: boolean;
  /** A route keeps its scopes when its authorizer is taken off. */
  keepsScopes: boolean;
  /** How many looks a deployment stays PENDING. */
  pendingLooks: number;
  /** Deployments that fail: of the next ones, in order. */
  failing: boolean[];
  /** The deployment that failed is listed, and not only said by the stage. */
  listsFailed: boolean;
}

export interface FakeV2Plane {
  readonly api: FakeV2Api;
  readonly calls: FakeCall[];
  readonly unwritten: Unwritten;
  onCall: (call: FakeCall) => Fate | undefined;
  readonly apiGatewayV2: ApiGatewayV2;
}

/** The second version where nothing of it is called: any call is a mistake. */
export const NO_V2: ApiGatewayV2 = new Proxy(Object.create(null), {
  get: (_, name) => () => {
    throw new Error(`nothing calls ${String(name)} here`);
  },
});

export function fakeRoute(parts: Partial<FakeRoute> = {}): FakeRoute {
  return {
    authorizationType: 'NONE',
    authorizerId: null,
    scopes: [],
    apiKeyRequired: false,
    target: 'integrations/i1',
    isManaged: false,
    ...parts,
  };
}

/** Freezes what is configured now. */
export function deployV2(
  api: FakeV2Api,
  id: string,
  parts: Partial<FakeV2Deployment> = {},
): FakeV2Deployment {
  const deployment: FakeV2Deployment = {
    description: '',
    routes: structuredClone(api.routes),
    status: 'DEPLOYED',
    looks: 0,
    stage: null,
    ...parts,
  };
  api.deployments.set(id, deployment);
  return deployment;
}

/** An API whose stages serve deployments of what is configured at first. */
export function fakeV2Api(
  kind: FakeV2Api['kind'],
  routes: Readonly<Record<string, Partial<FakeRoute>>>,
  stages: Readonly<Record<string, { deploymentId: string; autoDeploy?: boolean }>>,
): FakeV2Api {
  const api: FakeV2Api = {
    kind,
    routes: new Map(Object.entries(routes).map(([key, parts]) => [key, fakeRoute(parts)])),
    deployments: new Map(),
    stages: new Map(
      Object.entries(stages).map(([name, { deploymentId, autoDeploy = false }]) => [
        name,
        { deploymentId, autoDeploy, message: autoDeploy ? successOf(deploymentId) : null },
      ]),
    ),
  };
  for (const { deploymentId } of api.stages.values()) deployV2(api, deploymentId);
  return api;
}

function successOf(id: string): string {
  return `Successfully deployed stage with deployment ID '${id}'`;
}

const MUTATING = /^(Create|Update|Delete)/;

function answer(operation: string, name: string, status: number, message: string): AwsFailure {
  const cause = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  return new AwsFailure(operation, cause, 1);
}

/** A control plane over an API; several may share one, as processes do. */
export function fakeV2Plane(api: FakeV2Api, unwritten: Partial<Unwritten> = {}): FakeV2Plane {
  let made = 0;
  let isDead = false;

  const run = async <T>(operation: string, carryOut: () => T): Promise<T> => {
    if (isDead) throw new Killed();
    const call = { operation, index: plane.calls.length, isMutating: MUTATING.test(operation) };
    plane.calls.push(call);
    const fate = plane.onCall(call);
    if (fate === 'killed' || fate === 'killed-after') {
      isDead = true;
      if (fate === 'killed-after') carryOut();
      throw new Killed();
    }
    if (fate !== undefined && fate !== 'lost-answer') throw failure(operation, fate);
    const result = carryOut();
    if (fate === 'lost-answer') throw failure(operation, fate);
    return result;
  };
  const unused = (): never => {
    throw new Error('enforcement makes no such call');
  };
  const notFound = (operation: string, what: string) =>
    answer(operation, 'NotFoundException', 404, `Invalid ${what} identifier specified`);
  const routeAt = (operation: string, id: string): [string, FakeRoute] => {
    const key = id.slice('route:'.length);
    const route = api.routes.get(key);
    if (route === undefined) throw notFound(operation, 'Route');
    return [key, route];
  };
  /** Time passes with each look. */
  const look = (): void => {
    for (const [id, deployment] of api.deployments) {
      if (deployment.status !== 'PENDING') continue;
      if (deployment.looks > 0) {
        deployment.looks -= 1;
        continue;
      }
      const fails = plane.unwritten.failing.shift() ?? false;
      deployment.status = fails ? 'FAILED' : 'DEPLOYED';
      const stage = deployment.stage === null ? undefined : api.stages.get(deployment.stage);
      if (stage === undefined) continue;
      if (fails) {
        stage.message = 'Deployment attempt failed: out of luck';
        if (!plane.unwritten.listsFailed) api.deployments.delete(id);
      } else {
        stage.message = successOf(id);
        stage.deploymentId = id;
      }
    }
  };
  const autoDeploy = (): void => {
    for (const [name, stage] of api.stages) {
      if (!stage.autoDeploy) continue;
      made += 1;
      deployV2(api, `auto${made}-${api.deployments.size}`, {
        status: 'PENDING',
        looks: plane.unwritten.pendingLooks,
        stage: name,
      });
    }
  };
  const onWire = (key: string, route: Readonly<FakeRoute>): Route => ({
    RouteId: `route:${key}`,
    RouteKey: key,
    AuthorizationType: typeOf(route.authorizationType),
    AuthorizerId: route.authorizerId ?? undefined,
    AuthorizationScopes: route.scopes.length === 0 ? undefined : [...route.scopes],
    ApiKeyRequired: route.apiKeyRequired,
    Target: route.target,
    ApiGatewayManaged: route.isManaged ? true : undefined,
    RouteResponseSelectionExpression: route.isTwoWay === true ? '$default' : undefined,
  });
  const stageOnWire = (name: string, stage: FakeV2Stage): Stage => ({
    StageName: name,
    AutoDeploy: stage.autoDeploy,
    DeploymentId: stage.deploymentId,
    LastDeploymentStatusMessage: stage.message ?? undefined,
  });
  const deploymentOnWire = (id: string, deployment: FakeV2Deployment): Deployment => ({
    DeploymentId: id,
    Description: deployment.description,
    DeploymentStatus: deployment.status,
    DeploymentStatusMessage: deployment.status === 'FAILED' ? 'out of luck' : undefined,
    AutoDeployed: deployment.stage !== null,
  });

  const plane: FakeV2Plane = {
    api,
    calls: [],
    unwritten: {
      exportShowsNewest: false,
      keepsScopes: false,
      pendingLooks: 1,
      failing: [],
      listsFailed: true,
      ...unwritten,
    },
    onCall: () => undefined,
    apiGatewayV2: {
      getApisPage: unused,
      getApi: () =>
        run('GetApi', () => ({
          ApiId: API_V2_ID,
          Name: 'pets',
          ProtocolType: api.kind,
          RouteSelectionExpression: '$request.method $request.path',
          ...(api.cors === undefined ? {} : { CorsConfiguration: api.cors }),
        })),
      getRoutesPage: () =>
        run('GetRoutes', () => ({
          items: [...api.routes].map(([key, route]) => onWire(key, route)),
          nextToken: undefined,
        })),
      getRoute: (_, id) => run('GetRoute', () => onWire(...routeAt('GetRoute', id))),
      getStagesPage: () =>
        run('GetStages', () => {
          look();
          const items = [...api.stages].map(([name, stage]) => stageOnWire(name, stage));
          return { items, nextToken: undefined };
        }),
      getStage: (_, name) =>
        run('GetStage', () => {
          const stage = api.stages.get(name);
          if (stage === undefined) throw notFound('GetStage', 'Stage');
          return stageOnWire(name, stage);
        }),
      getDeployment: (_, id) =>
        run('GetDeployment', () => {
          look();
          const deployment = api.deployments.get(id);
          if (deployment === undefined) throw notFound('GetDeployment', 'Deployment');
          return deploymentOnWire(id, deployment);
        }),
      getDeploymentsPage: () =>
        run('GetDeployments', () => ({
          items: [...api.deployments].map(([id, it]) => deploymentOnWire(id, it)),
          nextToken: undefined,
        })),
      getIntegrationsPage: () =>
        run('GetIntegrations', () => ({ items: api.integrations ?? [], nextToken: undefined })),
      getAuthorizersPage: () =>
        run('GetAuthorizers', () => ({ items: api.authorizers ?? [], nextToken: undefined })),
      getModelsPage: () =>
        run('GetModels', () => ({ items: api.models ?? [], nextToken: undefined })),
      getRouteResponsesPage: (_, id) =>
        run('GetRouteResponses', () => ({
          items: (api.responses?.[id] ?? []).map((key) => ({ RouteResponseKey: key })),
          nextToken: undefined,
        })),
      getIntegrationResponsesPage: (_, id) =>
        run('GetIntegrationResponses', () => ({
          items: (api.responses?.[id] ?? []).map((key) => ({ IntegrationResponseKey: key })),
          nextToken: undefined,
        })),
      exportApi: (_, name) =>
        run('ExportApi', () => {
          if (api.kind === 'WEBSOCKET') {
            throw answer('ExportApi', 'BadRequestException', 400, 'not for WebSocket APIs');
          }
          const stage = name === null ? undefined : api.stages.get(name);
          const served =
            stage === undefined || plane.unwritten.exportShowsNewest
              ? api.routes
              : api.deployments.get(stage.deploymentId)?.routes;
          return exportOf(served ?? new Map());
        }),
      getApiMappingsPage: unused,
      updateRoute: (_, id, change) =>
        run('UpdateRoute', () => {
          const [key, route] = routeAt('UpdateRoute', id);
          const next = changedRoute(route, change, plane.unwritten.keepsScopes);
          api.routes.set(key, next);
          autoDeploy();
          return onWire(key, next);
        }),
      createDeployment: (_, description) =>
        run('CreateDeployment', () => {
          made += 1;
          const id = `new${made}-${api.deployments.size}`;
          const looks = plane.unwritten.pendingLooks;
          return deploymentOnWire(id, deployV2(api, id, { description, status: 'PENDING', looks }));
        }),
      deleteDeployment: (_, id) =>
        run('DeleteDeployment', () => {
          if (!api.deployments.has(id)) throw notFound('DeleteDeployment', 'Deployment');
          if ([...api.stages.values()].some(({ deploymentId }) => deploymentId === id)) {
            const text = 'Active stages pointing to this deployment must be moved or deleted';
            throw answer('DeleteDeployment', 'BadRequestException', 400, text);
          }
          api.deployments.delete(id);
        }),
      updateStage: (_, name, deploymentId) =>
        run('UpdateStage', () => {
          const stage = api.stages.get(name);
          if (stage === undefined) throw notFound('UpdateStage', 'Stage');
          if (stage.autoDeploy) {
            const text = 'Deployment ID cannot be set on this stage because AutoDeploy is enabled';
            throw answer('UpdateStage', 'BadRequestException', 400, text);
          }
          if (api.deployments.get(deploymentId)?.status !== 'DEPLOYED') {
            throw answer('UpdateStage', 'NotFoundException', 404, 'Invalid deployment');
          }
          stage.deploymentId = deploymentId;
          return stageOnWire(name, stage);
        }),
    },
  };
  return plane;
}

const TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'JWT'] as const;

function typeOf(text: string): (typeof TYPES)[number] {
  const type = TYPES.find((it) => it === text);
  if (type === undefined) throw new Error(`${text} is no type of a route`);
  return type;
}

/** UpdateRoute: an authorizer is named together with its type, and AWS_IAM and NONE take none. */
function changedRoute(
  route: Readonly<FakeRoute>,
  change: RouteChange,
  keepsScopes: boolean,
): FakeRoute {
  const type = change.AuthorizationType ?? route.authorizationType;
  const takesAuthorizer = type === 'CUSTOM' || type === 'JWT';
  const named = change.AuthorizerId ?? (change.AuthorizationType ? '' : (route.authorizerId ?? ''));
  if (takesAuthorizer && named === '') {
    throw answer('UpdateRoute', 'BadRequestException', 400, 'Authorizer type is invalid or null');
  }
  if (!takesAuthorizer && named !== '') {
    throw answer('UpdateRoute', 'BadRequestException', 400, 'takes no authorizer');
  }
  const scopes = change.AuthorizationScopes ?? (type === 'JWT' || keepsScopes ? route.scopes : []);
  return {
    ...route,
    authorizationType: type,
    authorizerId: takesAuthorizer ? named : null,
    scopes: [...scopes],
    apiKeyRequired: change.ApiKeyRequired ?? route.apiKeyRequired,
  };
}

function exportOf(routes: ReadonlyMap<string, Readonly<FakeRoute>>): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, route] of routes) {
    const [method = '', path = '/$default'] = key.split(' ');
    const isAny = method === 'ANY' || method === '$default';
    const scheme = { AWS_IAM: 'sigv4', JWT: 'jwt', CUSTOM: 'lambda' }[route.authorizationType];
    paths[path] = {
      ...paths[path],
      [isAny ? 'x-amazon-apigateway-any-method' : method.toLowerCase()]: {
        responses: { default: { description: '' } },
        ...(scheme === undefined ? {} : { security: [{ [scheme]: route.scopes }] }),
        'x-amazon-apigateway-integration': { type: 'http_proxy', uri: route.target },
      },
    };
  }
  const securitySchemes = {
    sigv4: {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    },
    jwt: { type: 'oauth2', 'x-amazon-apigateway-authorizer': { type: 'jwt' } },
    lambda: {
      type: 'apiKey',
      name: 'x',
      in: 'header',
      'x-amazon-apigateway-authorizer': { type: 'request' },
    },
  };
  return JSON.stringify({ openapi: '3.0.1', info: {}, paths, components: { securitySchemes } });
}
