import type { AccountState, CanaryState, StageState } from './model.js';

/** A stage with the defaults that CreateStage answers (localstack snapshot test_create_update_stages, 2024-03-05). */
export function newStage(stageName: string, deploymentId: string, createdDate: number): StageState {
  return {
    stageName,
    deploymentId,
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    tracingEnabled: false,
    createdDate,
    lastUpdatedDate: createdDate,
  };
}

/**
 * Remembers what the wire has to go on serving while a change of the stage is on its way. Call it
 * with the stage as it was and as it is; without a propagation delay it does nothing.
 */
export function markPropagating(
  before: StageState,
  after: StageState,
  account: AccountState,
  nowMs: number,
): void {
  if (account.propagationDelayMs <= 0) return;
  if (
    before.deploymentId === after.deploymentId &&
    sameCanary(before.canarySettings, after.canarySettings)
  )
    return;
  const pending = before.propagating;
  // A second change before the first has arrived: the wire is still where it was before the first.
  const served =
    pending !== undefined && pending.untilMs > nowMs
      ? { deploymentId: pending.deploymentId, canarySettings: pending.canarySettings }
      : { deploymentId: before.deploymentId, canarySettings: before.canarySettings };
  after.propagating = {
    untilMs: nowMs + account.propagationDelayMs,
    deploymentId: served.deploymentId,
    ...(served.canarySettings === undefined
      ? {}
      : { canarySettings: structuredClone(served.canarySettings) }),
  };
}

function sameCanary(one: CanaryState | undefined, other: CanaryState | undefined): boolean {
  return one?.deploymentId === other?.deploymentId && one?.percentTraffic === other?.percentTraffic;
}
