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
 * @param isOldServer whether what answers has not learned yet of a change that is on its way.
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
  isOldServer = true,
): Served | undefined {
  const pointers =
    stage.propagating !== undefined && nowMs < stage.propagating.untilMs && isOldServer
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

/** The fraction of the golden ratio: its multiples are spread evenly over the unit interval. */
const GOLDEN = 0.618_033_988_75;

/**
 * Whether a connection leads to a server that has not learned of a change. Every request over it does then:
 * nothing says that requests of a kept connection go to different servers.
 *
 * @param share of the servers that have not.
 */
export function leadsToOldServer(connection: number | undefined, share: number): boolean {
  return connection === undefined || (connection * GOLDEN) % 1 < share;
}
