import type { JsonObject } from '../json.js';
import type { CanaryState, StageState } from '../model.js';
import { flag, number, textMap } from './body.js';
import { badRequest } from './errors.js';
import type { PatchOperation } from './patch.js';
import { patchedFlag } from './patch.js';

/**
 * Canary settings as CreateStage and CreateDeployment take them. Defaults: 0 %, no stage cache
 * (localstack snapshot test_create_canary_deployment_by_stage_update, 2025-05-30).
 *
 * @param deploymentId where the settings name none
 */
export function canaryOf(settings: JsonObject, deploymentId: string): CanaryState {
  const canary: CanaryState = {
    deploymentId,
    percentTraffic: percent(number(settings, 'percentTraffic') ?? 0),
    useStageCache: flag(settings, 'useStageCache') ?? false,
  };
  const overrides = textMap(settings, 'stageVariableOverrides');
  if (overrides !== undefined) canary.stageVariableOverrides = overrides;
  return canary;
}

/** The bounds are the service model's ("The percent (0-100) of traffic"); the text is the emulator's own. */
function percent(value: number): number {
  if (!(value >= 0 && value <= 100))
    throw badRequest(`Invalid percentTraffic specified: ${value}. Must be between 0 and 100`);
  return value;
}

/**
 * `replace` below /canarySettings, which begins a canary where there is none: on the stage's own
 * deployment, with 0 % (localstack snapshot test_create_canary_deployment_by_stage_update,
 * 2025-05-30).
 *
 * @returns false when the path is none of the canary's; the caller has the words for that
 */
export function replaceInCanary(
  stage: StageState,
  operation: PatchOperation,
  deploymentExists: (id: string) => boolean,
): boolean {
  const [, member, name] = operation.parts;
  const { length } = operation.parts;
  const value = operation.value ?? '';
  const canary: CanaryState = stage.canarySettings ?? {
    deploymentId: stage.deploymentId,
    percentTraffic: 0,
    useStageCache: false,
  };
  if (length === 2 && member === 'deploymentId') {
    if (!deploymentExists(value)) throw badRequest('Deployment id does not exist');
    canary.deploymentId = value;
  } else if (length === 2 && member === 'percentTraffic') {
    canary.percentTraffic = percent(Number(value));
  } else if (length === 2 && member === 'useStageCache') {
    canary.useStageCache = patchedFlag(value);
  } else if (length === 3 && member === 'stageVariableOverrides' && name !== undefined) {
    canary.stageVariableOverrides = { ...canary.stageVariableOverrides, [name]: value };
  } else {
    return false;
  }
  stage.canarySettings = canary;
  return true;
}

const COPY_PATHS = ['/deploymentId', '/variables'];
const COPY_SOURCES = ['/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides'];

/**
 * `copy` promotes the canary: its deployment, or its variables over the stage's. The canary itself
 * stays until it is removed (localstack snapshot test_update_stage_with_copy_ops, 2025-05-30).
 */
export function promote(stage: StageState, operation: PatchOperation): void {
  const { path, from = 'null' } = operation;
  if (!COPY_PATHS.includes(path) || !COPY_SOURCES.includes(from))
    throw badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${COPY_PATHS.join(', ')}] and valid copy:from are [${COPY_SOURCES.join(', ')}]`,
    );
  const canary = stage.canarySettings;
  if (canary === undefined) throw badRequest('Promotion not available. Canary does not exist.');
  if (path === '/deploymentId') stage.deploymentId = canary.deploymentId;
  else if (canary.stageVariableOverrides !== undefined)
    stage.variables = { ...stage.variables, ...canary.stageVariableOverrides };
}
