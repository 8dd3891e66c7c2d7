import type { ApiState, StageState } from '../model.js';
import { markPropagating } from '../stage-state.js';
import { type Answer, apiOf, type Call, type Handlers, nowSeconds, stageOf } from './call.js';
import { promote, replaceInCanary } from './canary.js';
import { badRequest } from './errors.js';
import { isMethodSetting, removeMethodSettings, replaceMethodSetting } from './method-settings.js';
import { type PatchOperation, patchedFlag, patchOperations } from './patch.js';
import { stageBody } from './stages.js';

/** The service's list, its missing commas included: localstack snapshot test_create_update_stages, 2024-03-05. */
const METHOD_SETTINGS = ['{resourcePath}/{httpMethod}', '*/*'].map((scope, index) => {
  const [afterBurst, afterRate] = index === 0 ? ['', ''] : [' ', ' '];
  return `/${scope}/metrics/enabled, /${scope}/logging/dataTrace, /${scope}/logging/loglevel, /${scope}/throttling/burstLimit${afterBurst}/${scope}/throttling/rateLimit${afterRate}/${scope}/caching/ttlInSeconds, /${scope}/caching/enabled, /${scope}/caching/dataEncrypted, /${scope}/caching/requireAuthorizationForCacheControl, /${scope}/caching/unauthorizedCacheControlHeaderStrategy`;
});
const VALID_PATHS = `[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ${METHOD_SETTINGS.join(', ')}, /variables/{variable_name}, /tracingEnabled]`;

function invalidSettingPath(operation: PatchOperation): Error {
  return badRequest(
    `Invalid method setting path: ${operation.path}. Must be one of: ${VALID_PATHS}`,
  );
}

/** UpdateStage: all operations, in order, or none. */
function updateStage(call: Call): Answer {
  const api = apiOf(call);
  const before = stageOf(call, api);
  const after = structuredClone(before);
  for (const operation of patchOperations(call.body, 'updateStageInput'))
    apply(api, after, operation);
  after.lastUpdatedDate = nowSeconds(call);
  markPropagating(before, after, call.account, call.nowMs);
  api.stages.set(after.stageName, after);
  return { status: 200, body: stageBody(after) };
}

function apply(api: ApiState, stage: StageState, operation: PatchOperation): void {
  switch (operation.op) {
    case 'copy':
      promote(stage, operation);
      return;
    case 'remove':
      remove(stage, operation);
      return;
    case 'add':
      add(stage, operation);
      return;
    case 'replace':
      replace(api, stage, operation);
      return;
    default:
      throw badRequest(`Invalid ${operation.op} operation with path: ${operation.path}`);
  }
}

/**
 * Everything that is not there to be removed is told as a missing method setting, whatever it is
 * (localstack snapshots test_update_stage_remove_wildcard, 2024-03-05,
 * test_update_stage_canary_deployment_validation, 2025-05-30, test_stage_access_log_settings_validation,
 * 2026-02-25).
 */
function remove(stage: StageState, operation: PatchOperation): void {
  const [first, second] = operation.parts;
  const { length } = operation.parts;
  if (length === 1 && first === 'canarySettings' && stage.canarySettings !== undefined) {
    delete stage.canarySettings;
    return;
  }
  if (length === 1 && first === 'accessLogSettings' && stage.accessLogSettings !== undefined) {
    delete stage.accessLogSettings;
    return;
  }
  if (length === 2 && first === 'variables' && second !== undefined) {
    const { [second]: removed, ...others } = stage.variables ?? {};
    if (removed !== undefined) {
      stage.variables = others;
      return;
    }
  }
  if (removeMethodSettings(stage, operation.parts)) return;
  throw badRequest(
    `Cannot remove method setting ${operation.path.slice(1)} because there is no method setting for this method `,
  );
}

/** `add` is for variables and log settings; "Invalid add operation": test_update_stage_canary_deployment_validation, 2025-05-30. */
function add(stage: StageState, operation: PatchOperation): void {
  const [first, second] = operation.parts;
  if (first === 'accessLogSettings') {
    accessLog(stage, operation);
    return;
  }
  if (first === 'variables' && second !== undefined && operation.parts.length === 2) {
    stage.variables = { ...stage.variables, [second]: operation.value ?? '' };
    return;
  }
  throw badRequest(`Invalid add operation with path: ${operation.path}`);
}

function replace(api: ApiState, stage: StageState, operation: PatchOperation): void {
  const { parts, value = '' } = operation;
  const [first, second] = parts;
  if (first === 'accessLogSettings') {
    accessLog(stage, operation);
    return;
  }
  if (first === 'canarySettings') {
    if (replaceInCanary(stage, operation, (id) => api.deployments.has(id))) return;
    throw invalidSettingPath(operation);
  }
  if (first === 'variables' && second !== undefined && parts.length === 2) {
    stage.variables = { ...stage.variables, [second]: value };
    return;
  }
  if (isMethodSetting(parts)) {
    replaceMethodSetting(stage, parts, value);
    return;
  }
  if (parts.length !== 1) throw invalidSettingPath(operation);
  switch (first) {
    case 'deploymentId':
      // Text: localstack snapshot test_update_stage_canary_deployment_validation, 2025-05-30.
      if (!api.deployments.has(value)) throw badRequest('Deployment id does not exist');
      stage.deploymentId = value;
      return;
    case 'description':
      stage.description = value;
      return;
    case 'tracingEnabled':
      stage.tracingEnabled = patchedFlag(value);
      return;
    case 'cacheClusterEnabled':
      stage.cacheClusterEnabled = patchedFlag(value);
      return;
    case 'cacheClusterSize':
      stage.cacheClusterSize = value;
      return;
    case 'clientCertificateId':
      stage.clientCertificateId = value;
      return;
    default:
      throw invalidSettingPath(operation);
  }
}

/** Texts: localstack snapshot test_stage_access_log_settings_validation, 2026-02-25. */
function accessLog(stage: StageState, operation: PatchOperation): void {
  const [, member] = operation.parts;
  if (operation.parts.length !== 2 || (member !== 'destinationArn' && member !== 'format'))
    throw badRequest(
      'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    );
  const value = operation.value ?? '';
  if (value === '') throw badRequest('Access Log value must not be empty');
  stage.accessLogSettings = { ...stage.accessLogSettings, [member]: value };
}

export const stagePatchHandlers: Handlers = { UpdateStage: updateStage };
