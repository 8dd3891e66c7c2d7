import type { GatewayResponse } from '@aws-sdk/client-api-gateway';
import type {
  ApiGateway,
  Deployment,
  Method,
  PatchOperation,
  Stage,
} from '../../../src/aws/api-gateway.js';
import { AwsFailure } from '../../../src/aws/failure.js';

/*
 * One REST API in memory, with the control plane's rules as far as enforcement meets them: a deployment
 * freezes what is configured, a stage points at one, the description is all that tells who made it. A
 * test may let anything happen right before a call, and lose the call or its answer.
 */

export const API_ID = 'a1b2c3';

export interface FakeMethod {
  authorizationType: string;
  authorizerId: string | null;
  scopes: string[];
  apiKeyRequired: boolean;
  uri: string;
  requestValidatorId?: string;
}

export interface FakeDeployment {
  readonly description: string;
  readonly methods: ReadonlyMap<string, Readonly<FakeMethod>>;
}

export interface FakeStage {
  deploymentId: string;
  canary: string | null;
  /** Of its canary; 10 where absent. */
  percentTraffic?: number;
}

export interface FakeApi {
  readonly methods: Map<string, FakeMethod>;
  readonly deployments: Map<string, FakeDeployment>;
  readonly stages: Map<string, FakeStage>;
  /** The resource policy. */
  policy?: string;
  /** What else a deployment ships; absent: nothing. */
  gatewayResponses?: GatewayResponse[];
  models?: { name: string; schema: string }[];
  requestValidators?: { id: string; validateRequestBody: boolean }[];
  authorizers?: { id: string; authorizerUri: string }[];
  binaryMediaTypes?: string[];
}

/** A call as a test sees it before it is carried out. */
export interface FakeCall {
  readonly operation: string;
  /** Counted over all calls, from 0. */
  readonly index: number;
  readonly isMutating: boolean;
}

/**
 * What becomes of a call: `lost` is not carried out and unanswered, `lost-answer` is carried out and
 * unanswered, the others are AWS's own refusals; `killed` and `killed-after` end the caller's process.
 */
export type Fate =
  | 'lost'
  | 'lost-answer'
  | 'denied'
  | 'refused'
  | 'unavailable'
  | 'killed'
  | 'killed-after';

/** The process that made the call is gone; not an error that a program could handle. */
export class Killed extends Error {}

export interface FakeControlPlane {
  readonly api: FakeApi;
  readonly calls: FakeCall[];
  /** Called before each call, with a chance to change the API, and to decide the call's fate. */
  onCall: (call: FakeCall) => Fate | undefined;
  /** Whether scopes outlive the authorizer that asked for them: not known of API Gateway. */
  keepsScopes: boolean;
  readonly apiGateway: ApiGateway;
}

const MUTATING = /^(Create|Update|Delete)/;

/** Splits `GET /pets`. */
function partsOf(key: string): { method: string; path: string } {
  const [method = '', path = ''] = key.split(' ');
  return { method, path };
}

export function failure(operation: string, fate: Exclude<Fate, 'killed' | 'killed-after'>) {
  return new AwsFailure(operation, causeOf(fate), 1);
}

function causeOf(fate: Exclude<Fate, 'killed' | 'killed-after'>): Error {
  switch (fate) {
    case 'lost':
    case 'lost-answer':
      return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    case 'denied':
      return answer('AccessDeniedException', 403, 'not authorized');
    case 'refused':
      return answer('BadRequestException', 400, 'refused');
    case 'unavailable':
      return answer('ServiceUnavailableException', 503, 'try later');
  }
}

function answer(name: string, httpStatusCode: number, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

function notFound(operation: string, what: string): AwsFailure {
  const text = `Invalid ${what} identifier specified`;
  return new AwsFailure(operation, answer('NotFoundException', 404, text), 1);
}

function badRequest(operation: string, text: string): AwsFailure {
  return new AwsFailure(operation, answer('BadRequestException', 400, text), 1);
}

/** A method as it is configured by default: open, with a backend. */
export function fakeMethod(parts: Partial<FakeMethod> = {}): FakeMethod {
  return {
    authorizationType: 'NONE',
    authorizerId: null,
    scopes: [],
    apiKeyRequired: false,
    uri: 'https://backend.test/',
    ...parts,
  };
}

/** Freezes what is configured now. */
export function deployFake(api: FakeApi, id: string, description = ''): void {
  api.deployments.set(id, { description, methods: structuredClone(api.methods) });
}

/** An API whose stages serve deployments of what is configured at first. */
export function fakeApi(
  methods: Readonly<Record<string, Partial<FakeMethod>>>,
  stages: Readonly<Record<string, string>>,
): FakeApi {
  const api: FakeApi = {
    methods: new Map(Object.entries(methods).map(([key, parts]) => [key, fakeMethod(parts)])),
    deployments: new Map(),
    stages: new Map(
      Object.entries(stages).map(([name, deploymentId]) => [name, { deploymentId, canary: null }]),
    ),
  };
  for (const { deploymentId } of api.stages.values()) deployFake(api, deploymentId);
  return api;
}

/** A control plane over an API; several may share one, as processes do. */
export function fakeControlPlane(api: FakeApi): FakeControlPlane {
  let made = 0;
  let isDead = false;

  const run = async <T>(operation: string, carryOut: () => T): Promise<T> => {
    if (isDead) throw new Killed();
    const call = {
      operation,
      index: plane.calls.length,
      isMutating: MUTATING.test(operation),
    };
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

  const methodAt = (
    operation: string,
    resourceId: string,
    method: string,
  ): [string, FakeMethod] => {
    const key = `${method} ${resourceId.slice(1)}`;
    const found = api.methods.get(key);
    if (found === undefined) throw notFound(operation, 'Method');
    return [key, found];
  };
  const unused = (): never => {
    throw new Error('enforcement makes no such call');
  };

  const plane: FakeControlPlane = {
    api,
    calls: [],
    onCall: () => undefined,
    keepsScopes: false,
    apiGateway: {
      getRestApi: () =>
        run('GetRestApi', () => ({
          id: API_ID,
          name: 'orders',
          ...(api.policy === undefined ? {} : { policy: api.policy }),
          ...(api.binaryMediaTypes === undefined ? {} : { binaryMediaTypes: api.binaryMediaTypes }),
        })),
      getRestApisPage: unused,
      getResourcesPage: () =>
        run('GetResources', () => {
          const paths = new Set([...api.methods.keys()].map((key) => partsOf(key).path));
          const items = [...paths].map((path) => ({
            id: `r${path}`,
            path,
            resourceMethods: Object.fromEntries(
              [...api.methods]
                .filter(([key]) => partsOf(key).path === path)
                .map(([key, method]) => [partsOf(key).method, onWire(method)]),
            ),
          }));
          return { items, $metadata: {} };
        }),
      getMethod: (_, resourceId, method) =>
        run('GetMethod', () => onWire(methodAt('GetMethod', resourceId, method)[1])),
      getStages: () =>
        run('GetStages', () => [...api.stages].map(([name, stage]) => stageOnWire(name, stage))),
      getStage: (_, name) =>
        run('GetStage', () => {
          const stage = api.stages.get(name);
          if (stage === undefined) throw notFound('GetStage', 'stage');
          return stageOnWire(name, stage);
        }),
      getExport: unused,
      getDeployment: (_, id) =>
        run('GetDeployment', () => {
          const deployment = api.deployments.get(id);
          if (deployment === undefined) throw notFound('GetDeployment', 'deployment');
          return { id, description: deployment.description, apiSummary: summaryOf(deployment) };
        }),
      getDeploymentsPage: () =>
        run('GetDeployments', () => ({
          items: [...api.deployments].map(([id, { description }]) => ({ id, description })),
          $metadata: {},
        })),
      getGatewayResponses: () => run('GetGatewayResponses', () => api.gatewayResponses ?? []),
      getModelsPage: () => run('GetModels', () => ({ items: api.models ?? [], $metadata: {} })),
      getRequestValidatorsPage: () =>
        run('GetRequestValidators', () => ({ items: api.requestValidators ?? [], $metadata: {} })),
      getAuthorizersPage: () =>
        run('GetAuthorizers', () => ({ items: api.authorizers ?? [], $metadata: {} })),
      getDomainNamesPage: unused,
      getBasePathMappingsPage: unused,
      getRoutingRulesPage: unused,
      updateMethod: (_, resourceId, method, patch) =>
        run('UpdateMethod', () => {
          const [key, found] = methodAt('UpdateMethod', resourceId, method);
          const patched = patchedMethod(found, patch, plane.keepsScopes);
          api.methods.set(key, patched);
          return onWire(patched);
        }),
      createDeployment: (_, description) =>
        run('CreateDeployment', (): Deployment => {
          made += 1;
          const id = `new${made}-${api.deployments.size}`;
          deployFake(api, id, description);
          return { id };
        }),
      deleteDeployment: (_, id) =>
        run('DeleteDeployment', () => {
          if (!api.deployments.has(id)) throw notFound('DeleteDeployment', 'deployment');
          const isServed = [...api.stages.values()].some(
            ({ deploymentId, canary }) => deploymentId === id || canary === id,
          );
          if (isServed) {
            const text = 'Active stages pointing to this deployment must be moved or deleted';
            throw badRequest('DeleteDeployment', text);
          }
          api.deployments.delete(id);
        }),
      updateStage: (_, name, patch) =>
        run('UpdateStage', () => {
          const stage = api.stages.get(name);
          if (stage === undefined) throw notFound('UpdateStage', 'stage');
          const [{ value = '' } = {}] = patch;
          if (!api.deployments.has(value)) {
            throw badRequest('UpdateStage', 'Deployment id does not exist');
          }
          stage.deploymentId = value;
          return stageOnWire(name, stage);
        }),
    },
  };
  return plane;
}

/** As API Gateway answers; empty lists are left out. */
function onWire({
  authorizationType,
  authorizerId,
  scopes,
  apiKeyRequired,
  uri,
  requestValidatorId,
}: FakeMethod): Method {
  return {
    authorizationType,
    apiKeyRequired,
    ...(authorizerId === null ? {} : { authorizerId }),
    ...(scopes.length === 0 ? {} : { authorizationScopes: scopes }),
    ...(requestValidatorId === undefined ? {} : { requestValidatorId }),
    methodIntegration: { type: 'HTTP_PROXY', uri, httpMethod: 'GET' },
  };
}

function stageOnWire(
  stageName: string,
  { deploymentId, canary, percentTraffic = 10 }: FakeStage,
): Stage {
  return {
    stageName,
    deploymentId,
    ...(canary === null ? {} : { canarySettings: { deploymentId: canary, percentTraffic } }),
  };
}

function summaryOf({ methods }: FakeDeployment): NonNullable<Deployment['apiSummary']> {
  const summary: Record<
    string,
    Record<string, { authorizationType: string; apiKeyRequired: boolean }>
  > = {};
  for (const [key, { authorizationType, apiKeyRequired }] of methods) {
    const { method, path } = partsOf(key);
    summary[path] = { ...summary[path], [method]: { authorizationType, apiKeyRequired } };
  }
  return summary;
}

function patchedMethod(
  method: FakeMethod,
  patch: readonly PatchOperation[],
  keepsScopes: boolean,
): FakeMethod {
  const next = structuredClone(method);
  for (const { op, path, value = '' } of patch) {
    if (op === 'replace' && path === '/authorizationType') next.authorizationType = value;
    else if (op === 'replace' && path === '/authorizerId') next.authorizerId = value || null;
    else if (op === 'add' && path === '/authorizationScopes') next.scopes.push(value);
    else throw badRequest('UpdateMethod', `Invalid patch path ${path}`);
  }
  if (next.authorizerId === null && !keepsScopes) next.scopes = [];
  if (next.authorizationType === 'CUSTOM' && next.authorizerId === null) {
    throw badRequest('UpdateMethod', 'Invalid authorizer ID specified.');
  }
  return next;
}
