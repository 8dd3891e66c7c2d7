import type { ApiState } from '../emulator/model.js';
import type { LoggedRequest } from '../emulator/server.js';
import type { V2ApiState } from '../emulator/v2/model.js';

/** How often each operation is called. */
export type Calls = Readonly<Record<string, number>>;

/** The largest page that GetResources gives (API Gateway API reference, GetResources, `limit`). */
const RESOURCES_A_PAGE = 500;

/**
 * The fewest control-plane calls that read both layers of one API completely: nothing answers
 * GetStages and GetDeployment for several at once, and a stage whose deployment another one serves
 * needs no reading of its own. A deployment's summary leaves two questions open, which one export
 * answers: whether an OPTIONS method without IAM is a preflight, and whether a configured method that
 * it does not name is really not served. Of several stages, another list tells that none was moved before its
 * export. One call a run says whose credentials they are.
 */
export function minimumCalls(api: ApiState): Calls {
  const deployments = new Set(
    [...api.stages.values()].flatMap(({ deploymentId, canarySettings }) => [
      deploymentId,
      ...(canarySettings === undefined ? [] : [canarySettings.deploymentId]),
    ]),
  );
  const exported = [...deployments].filter((id) => leavesOpen(api, id));
  const isSplit = api.stages.size > 1 || deployments.size > 1;
  return {
    GetCallerIdentity: 1,
    GetRestApi: 1,
    GetResources: Math.ceil(api.resources.size / RESOURCES_A_PAGE),
    GetStages: exported.length > 0 && isSplit ? 2 : 1,
    GetDeployment: deployments.size,
    ...(exported.length === 0 ? {} : { GetExport: exported.length }),
  };
}

/**
 * The fewest calls that read HTTP and WebSocket APIs of a region completely: one list of both kinds, and of
 * each API its routes and stages. What a stage serves takes an export of an HTTP API; and one list of
 * deployments where a stage deploys by itself, since it decides what that stage serves, with another list of the
 * stages, since the routes are those that it serves where it was the same before and behind them. No test has a
 * list of several pages.
 */
export function minimumCallsV2(apis: Iterable<V2ApiState>): Calls {
  const all = [...apis];
  const stages = all.flatMap((api) => [...api.stages.values()].map((stage) => ({ api, stage })));
  const deployingThemselves = new Set(
    stages.flatMap(({ api, stage }) => (stage.autoDeploy === true ? [api.apiId] : [])),
  ).size;
  return {
    GetCallerIdentity: 1,
    GetApis: 1,
    GetRoutes: all.length,
    GetStages: all.length + deployingThemselves,
    ExportApi: stages.filter(({ api }) => api.protocolType === 'HTTP').length,
    GetDeployments: deployingThemselves,
  };
}

/** Whether more hangs on a deployment than its summary tells. */
function leavesOpen(api: ApiState, deploymentId: string): boolean {
  const paths = api.deployments.get(deploymentId)?.snapshot.paths;
  const hasOpenOptions = [...(paths?.values() ?? [])].some(
    (methods) => (methods.get('OPTIONS')?.authorizationType ?? 'AWS_IAM') !== 'AWS_IAM',
  );
  const lacksOne = [...api.resources.values()].some(({ path, methods }) =>
    [...methods.keys()].some((verb) => paths?.get(path)?.has(verb) !== true),
  );
  return hasOpenOptions || lacksOne;
}

/** The calls that were made to the control plane and to STS, by operation. */
export function callsMade(requests: readonly LoggedRequest[]): Calls {
  const calls: Record<string, number> = {};
  for (const { plane, operation } of requests) {
    if (plane !== 'data') calls[operation] = (calls[operation] ?? 0) + 1;
  }
  return calls;
}

/** All calls together. */
export function totalOf(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
