import type { ApiState } from '../emulator/model.js';
import type { LoggedRequest } from '../emulator/server.js';

/** How often each operation is called. */
export type Calls = Readonly<Record<string, number>>;

/** The largest page that GetResources gives (API Gateway API reference, GetResources, `limit`). */
const RESOURCES_A_PAGE = 500;

/**
 * The fewest control-plane calls that read both layers of one API completely: nothing answers
 * GetStages and GetDeployment for several at once, and a stage whose deployment another one serves
 * needs no reading of its own.
 */
export function minimumCalls(api: ApiState): Calls {
  const deployments = new Set(
    [...api.stages.values()].flatMap(({ deploymentId, canarySettings }) => [
      deploymentId,
      ...(canarySettings === undefined ? [] : [canarySettings.deploymentId]),
    ]),
  );
  return {
    GetRestApi: 1,
    GetResources: Math.ceil(api.resources.size / RESOURCES_A_PAGE),
    GetStages: 1,
    GetDeployment: deployments.size,
  };
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
