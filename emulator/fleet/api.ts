import { newApi, newIntegration } from '../api-state.js';
import type {
  ApiState,
  AuthorizationType,
  DeploymentState,
  MethodState,
  ResourceState,
  Snapshot,
  StageState,
} from '../model.js';
import { newStage } from '../stage-state.js';
import { chanceOf } from './chance.js';
import type { Fleet } from './schema.js';
import type { FleetTarget } from './world.js';

/** The one stage of every API of a fleet. */
export const STAGE = 'prod';
const MAIN = 'dmain1';
const CANARY = 'dcanar';
const VERBS = ['GET', 'POST'] as const;

/** A method of an API of a fleet, and where it is open. */
export interface FleetMethod {
  readonly verb: string;
  readonly path: string;
  readonly configured: AuthorizationType;
  readonly deployed: AuthorizationType;
  /** What the canary serves; undefined where there is none. */
  readonly canary: AuthorizationType | undefined;
}

/** Ten characters, from which target and number can be read again. */
export function apiId(target: FleetTarget, number: number): string {
  return `f${(target.index * 10_000 + number).toString(36).padStart(9, '0')}`;
}

/** What {@link apiId} was made of; undefined of an id that it never makes. */
export function placeOfId(id: string): { target: number; number: number } | undefined {
  if (!/^f[0-9a-z]{9}$/.test(id)) return undefined;
  const value = Number.parseInt(id.slice(1), 36);
  return { target: Math.floor(value / 10_000), number: value % 10_000 };
}

export function apiName(target: FleetTarget, number: number): string {
  return `${target.account.name}-${number + 1}`;
}

/** The methods of an API. Who reads them twice gets the same twice: they hang on the numbers alone. */
export function methodsOf(fleet: Fleet, target: FleetTarget, number: number): FleetMethod[] {
  const { seed, methods, open, openInSnapshotOnly } = fleet;
  const hasCanary = target.canaries.has(number);
  let canaryIsToOpen = hasCanary;
  return Array.from({ length: methods }, (_, index): FleetMethod => {
    const place = [target.index, number, index] as const;
    const isOpen = chanceOf(seed, 'open', ...place) < open;
    const onlyDeployed = isOpen && chanceOf(seed, 'only', ...place) < openInSnapshotOnly;
    const opensInCanary = canaryIsToOpen && !isOpen;
    if (opensInCanary) canaryIsToOpen = false;
    return {
      verb: VERBS[index % VERBS.length] ?? 'GET',
      path: `/things-${Math.floor(index / VERBS.length) + 1}`,
      configured: isOpen && !onlyDeployed ? 'NONE' : 'AWS_IAM',
      deployed: isOpen ? 'NONE' : 'AWS_IAM',
      canary: hasCanary ? (opensInCanary ? 'NONE' : 'AWS_IAM') : undefined,
    };
  });
}

/** What an API is made of. */
export interface FleetApiContext {
  readonly fleet: Fleet;
  readonly target: FleetTarget;
  readonly nowMs: number;
}

/**
 * An API that is made anew for each request that asks for it, and each part of it only when it is looked
 * at: nothing of it stays in memory.
 */
export function fleetApi(context: FleetApiContext, number: number): ApiState {
  const { target, nowMs } = context;
  const createdDate = Math.floor(nowMs / 1000) - 30 * 24 * 3600;
  const api = newApi({
    id: apiId(target, number),
    name: apiName(target, number),
    createdDate,
    rootResourceId: 'root000000',
  });
  const { resources: _resources, deployments: _deployments, stages: _stages, ...head } = api;
  return {
    ...head,
    endpointTypes: ['REGIONAL'],
    get resources() {
      return resourcesOf(context, number, api);
    },
    get deployments() {
      return deploymentsOf(context, number, createdDate);
    },
    get stages() {
      return stagesOf(context, number, createdDate);
    },
  };
}

function resourcesOf(
  { fleet, target }: FleetApiContext,
  number: number,
  { rootResourceId, resources }: ApiState,
): Map<string, ResourceState> {
  const found = new Map(resources);
  const byPath = new Map<string, ResourceState>();
  for (const { verb, path, configured } of methodsOf(fleet, target, number)) {
    let resource = byPath.get(path);
    if (resource === undefined) {
      const id = `res${String(byPath.size).padStart(7, '0')}`;
      const pathPart = path.slice(1);
      resource = { id, parentId: rootResourceId, pathPart, path, methods: new Map() };
      byPath.set(path, resource);
      found.set(id, resource);
    }
    resource.methods.set(verb, methodState(target, verb, configured));
  }
  return found;
}

function deploymentsOf(
  { fleet, target }: FleetApiContext,
  number: number,
  createdDate: number,
): Map<string, DeploymentState> {
  const methods = methodsOf(fleet, target, number);
  const made = (id: string, typeOf: (method: FleetMethod) => AuthorizationType) =>
    [id, { id, createdDate, snapshot: snapshotOf(target, methods, typeOf) }] as const;
  return new Map([
    made(MAIN, ({ deployed }) => deployed),
    ...(target.canaries.has(number)
      ? [made(CANARY, ({ canary, deployed }) => canary ?? deployed)]
      : []),
  ]);
}

function snapshotOf(
  target: FleetTarget,
  methods: readonly FleetMethod[],
  typeOf: (method: FleetMethod) => AuthorizationType,
): Snapshot {
  const paths = new Map<string, Map<string, MethodState>>();
  for (const method of methods) {
    const { verb, path } = method;
    const known = paths.get(path) ?? new Map<string, MethodState>();
    paths.set(path, known.set(verb, methodState(target, verb, typeOf(method))));
  }
  return { paths, authorizers: new Map(), gatewayResponses: new Map() };
}

function stagesOf(
  { target }: FleetApiContext,
  number: number,
  createdDate: number,
): Map<string, StageState> {
  const stage = newStage(STAGE, MAIN, createdDate);
  if (target.canaries.has(number))
    stage.canarySettings = { deploymentId: CANARY, percentTraffic: 10, useStageCache: false };
  return new Map([[STAGE, stage]]);
}

function methodState(
  { account, region }: FleetTarget,
  httpMethod: string,
  authorizationType: AuthorizationType,
): MethodState {
  const integration = newIntegration('AWS_PROXY', 'things');
  integration.httpMethod = 'POST';
  integration.uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${account.id}:function:things/invocations`;
  return {
    httpMethod,
    authorizationType,
    apiKeyRequired: false,
    responses: new Map(),
    integration,
  };
}
