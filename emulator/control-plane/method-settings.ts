import type { StageState } from '../model.js';
import { patchedFlag } from './patch.js';

/** Values of a new setting: localstack snapshot test_update_stage_remove_wildcard, 2024-03-05. */
const DEFAULTS = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
} as const;

type SettingValue = string | number | boolean;

/** Patch paths and the members that they set (API Gateway API Reference, "Patch Operations": UpdateStage). */
const SETTINGS: ReadonlyMap<
  string,
  readonly [member: string, read: (value: string) => SettingValue]
> = new Map<string, readonly [string, (value: string) => SettingValue]>([
  ['metrics/enabled', ['metricsEnabled', patchedFlag]],
  ['logging/dataTrace', ['dataTraceEnabled', patchedFlag]],
  ['logging/loglevel', ['loggingLevel', String]],
  ['throttling/burstLimit', ['throttlingBurstLimit', Number]],
  ['throttling/rateLimit', ['throttlingRateLimit', Number]],
  ['caching/enabled', ['cachingEnabled', patchedFlag]],
  ['caching/ttlInSeconds', ['cacheTtlInSeconds', Number]],
  ['caching/dataEncrypted', ['cacheDataEncrypted', patchedFlag]],
  [
    'caching/requireAuthorizationForCacheControl',
    ['requireAuthorizationForCacheControl', patchedFlag],
  ],
  [
    'caching/unauthorizedCacheControlHeaderStrategy',
    ['unauthorizedCacheControlHeaderStrategy', String],
  ],
]);

/** Whether a patch path names a setting, as in `/{resourcePath}/{httpMethod}/caching/enabled`. */
export function isMethodSetting(parts: readonly string[]): boolean {
  return parts.length >= 4 && SETTINGS.has(parts.slice(-2).join('/'));
}

/** "test/GET" for both /test/GET/… and /~1test/GET/…. */
function keyOf(scope: readonly string[]): string {
  return scope.join('/').replace(/^\/(?=.)/, '');
}

/**
 * Sets one setting. A new scope begins with what holds for every method; changing that afterwards
 * does not reach into the scopes that are there (localstack snapshot test_create_update_stages,
 * 2024-03-05).
 */
export function replaceMethodSetting(
  stage: StageState,
  parts: readonly string[],
  value: string,
): void {
  const key = keyOf(parts.slice(0, -2));
  const setting = SETTINGS.get(parts.slice(-2).join('/'));
  if (setting === undefined) return;
  const [member, read] = setting;
  const base = stage.methodSettings[key] ?? stage.methodSettings['*/*'] ?? DEFAULTS;
  stage.methodSettings = {
    ...stage.methodSettings,
    [key]: { ...base, [member]: read(value) },
  };
}

/** Removes a scope; false where there is none. */
export function removeMethodSettings(stage: StageState, parts: readonly string[]): boolean {
  const key = keyOf(parts);
  if (!(key in stage.methodSettings)) return false;
  const { [key]: _removed, ...others } = stage.methodSettings;
  stage.methodSettings = others;
  return true;
}
