import {
  type ApiEvidence,
  type Authorization,
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  methodKey,
  type Reading,
  type StageEvidence,
  UNREADABLE,
} from './model.js';

/**
 * Whether a method is a preflight: an OPTIONS method that answers CORS by itself. Only the
 * configured layer tells an integration, so where that layer is unreadable nobody knows.
 */
export type Preflight = 'yes' | 'no' | 'unknown';

/** One method of one stage, with what every layer says of it. */
export interface JoinedMethod {
  readonly api: ApiEvidence;
  /** `null`: the API has no stage in scope, or its stages could not be read. */
  readonly stage: StageEvidence | null;
  readonly method: string;
  readonly path: string;
  readonly configured: Authorization;
  readonly deployed: Authorization;
  readonly canary: Authorization;
  readonly preflight: Preflight;
  /** The authorization types that the policy lets this method have. */
  readonly allowedTypes: readonly string[];
}

/**
 * Joins the layers of every API: a row for each method and stage that any layer knows.
 *
 * @param allowedTypesOf what the policy requires of a method.
 */
export function joinLayers(
  apis: readonly ApiEvidence[],
  allowedTypesOf: (method: string, path: string) => readonly string[],
): JoinedMethod[] {
  return apis.flatMap((api) => {
    const stages = api.stages.readable ? api.stages.value : [];
    const rows = stages.length === 0 ? [null] : stages;
    return rows.flatMap((stage) => joinStage(api, stage, allowedTypesOf));
  });
}

function joinStage(
  api: ApiEvidence,
  stage: StageEvidence | null,
  allowedTypesOf: (method: string, path: string) => readonly string[],
): JoinedMethod[] {
  const canary = stage?.canary ?? null;
  const stagesUnreadable = stage === null && !api.stages.readable;
  const names = new Map<string, { method: string; path: string }>();
  for (const layer of [api.configured, stage?.deployed, canary?.deployed]) {
    if (layer === undefined || !layer.readable) continue;
    for (const [key, { method, path }] of layer.value) names.set(key, { method, path });
  }
  return [...names].map(([key, { method, path }]) => ({
    api,
    stage,
    method,
    path,
    configured: authorizationIn(api.configured, key),
    deployed: stagesUnreadable
      ? UNREADABLE
      : stage === null
        ? null
        : authorizationIn(stage.deployed, key),
    canary: canary === null ? null : authorizationIn(canary.deployed, key),
    preflight: preflightOf(api.configured, method, path),
    allowedTypes: allowedTypesOf(method, path),
  }));
}

function authorizationIn(
  layer: Reading<Methods<ConfiguredMethod | DeployedMethod>>,
  key: string,
): Authorization {
  if (!layer.readable) return UNREADABLE;
  return layer.value.get(key)?.authorizationType ?? null;
}

/**
 * A preflight is an OPTIONS method with a MOCK integration whose method responses carry CORS
 * headers. A snapshot tells no integration, so a deployed OPTIONS method is taken for a preflight
 * only where its configured counterpart is one.
 */
function preflightOf(
  configured: Reading<Methods<ConfiguredMethod>>,
  method: string,
  path: string,
): Preflight {
  if (method !== 'OPTIONS') return 'no';
  if (!configured.readable) return 'unknown';
  const details = configured.value.get(methodKey(method, path));
  if (details === undefined) return 'no';
  // A method that was listed without its details tells no integration either.
  if (details.authorizationType === UNREADABLE) return 'unknown';
  return isPreflight(details) ? 'yes' : 'no';
}

/** Whether a configured method answers CORS preflights by itself and reaches no backend. */
export function isPreflight(method: ConfiguredMethod): boolean {
  return method.method === 'OPTIONS' && method.integrationType === 'MOCK' && method.answersCors;
}
