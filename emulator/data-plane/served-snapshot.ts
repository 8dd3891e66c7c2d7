import type { ApiState, Snapshot, StageState } from '../model.js';

/** What one request to a stage is answered from. */
export interface Served {
  readonly snapshot: Snapshot;
  /** The stage's variables, with the canary's overrides where the canary answers. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The snapshot that answers one request: the stage's deployment, or the canary's for its share of the
 * traffic; both as they were before a change that is still on its way.
 *
 * @param random `0 <= n < 1`; below the canary's share of 100, the canary answers.
 * @returns `undefined` where the stage points at a deployment that does not exist.
 *
 * Source: AWS docs, "Set up an API Gateway canary release deployment": "total API traffic is separated
 * at random into a production release and a canary release with a pre-configured ratio".
 */
export function servedSnapshot(
  api: ApiState,
  stage: StageState,
  nowMs: number,
  random: () => number,
): Served | undefined {
  const pointers =
    stage.propagating !== undefined && nowMs < stage.propagating.untilMs
      ? stage.propagating
      : stage;
  const canary = pointers.canarySettings;
  const toCanary = canary !== undefined && random() * 100 < canary.percentTraffic;
  const deploymentId = toCanary ? canary.deploymentId : pointers.deploymentId;
  const deployment = api.deployments.get(deploymentId);
  if (deployment === undefined) return undefined;
  const overrides = toCanary ? canary.stageVariableOverrides : undefined;
  return { snapshot: deployment.snapshot, variables: { ...stage.variables, ...overrides } };
}
