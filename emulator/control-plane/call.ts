import type { Ids } from '../ids.js';
import type { JsonObject } from '../json.js';
import type {
  AccountState,
  ApiState,
  CallerState,
  DeploymentState,
  MethodState,
  ResourceState,
  StageState,
} from '../model.js';
import { notFound } from './errors.js';

/** One authenticated request, taken apart. */
export interface Call {
  readonly account: AccountState;
  readonly ids: Ids;
  readonly nowMs: number;
  readonly caller: CallerState;
  /** Decoded values of the template's `{names}`, as the service model names them. */
  readonly path: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** The body as it was sent, for operations whose body is a file: JSON or YAML. */
  readonly text: string;
  /** A fault lets every deployment of an HTTP or WebSocket API fail that this call begins. */
  readonly deploymentFailure?: string | undefined;
}

/** What goes back; without a body the response is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  /** In place of a body that is JSON. */
  readonly text?: string;
  /** Headers beyond those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;

/** Handlers by the operation names of the service model. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A value of the path; the router has matched the template, so a missing one is our own mistake. */
export function pathValue(call: Call, name: string): string {
  const value = call.path.get(name);
  if (value === undefined) throw new Error(`no {${name}} in the path of this operation`);
  return value;
}

/** Now, in the seconds that the wire has. */
export function nowSeconds(call: Call): number {
  return Math.floor(call.nowMs / 1000);
}

/** 404 text: localstack snapshot test_update_rest_api_invalid_api_id, 2025-07-02; ids are case-sensitive (test_get_api_case_insensitive). */
export function apiOf(call: Call): ApiState {
  const id = pathValue(call, 'restapi_id');
  const api = call.account.apis.get(id);
  if (api === undefined)
    throw notFound(`Invalid API identifier specified ${call.account.accountId}:${id}`);
  return api;
}

/** A wrong API is told as a wrong resource: localstack snapshot test_update_method_validation, 2024-04-15. */
export function resourceOf(call: Call): { api: ApiState; resource: ResourceState } {
  const api = call.account.apis.get(pathValue(call, 'restapi_id'));
  const resource = api?.resources.get(pathValue(call, 'resource_id'));
  if (api === undefined || resource === undefined)
    throw notFound('Invalid Resource identifier specified');
  return { api, resource };
}

/** Texts: localstack snapshot test_update_method_validation, 2024-04-15. */
export function methodOf(call: Call): {
  api: ApiState;
  resource: ResourceState;
  method: MethodState;
} {
  const { api, resource } = resourceOf(call);
  const method = resource.methods.get(pathValue(call, 'http_method'));
  if (method === undefined) throw notFound('Invalid Method identifier specified');
  return { api, resource, method };
}

/** The 404 text is not recorded; moto and clients' reports have this one. */
export function deploymentOf(call: Call, api: ApiState): DeploymentState {
  const deployment = api.deployments.get(pathValue(call, 'deployment_id'));
  if (deployment === undefined) throw notFound('Invalid Deployment identifier specified');
  return deployment;
}

/** The 404 text is not recorded; moto and clients' reports have this one. */
export function stageOf(call: Call, api: ApiState): StageState {
  const stage = api.stages.get(pathValue(call, 'stage_name'));
  if (stage === undefined) throw notFound('Invalid stage identifier specified');
  return stage;
}
