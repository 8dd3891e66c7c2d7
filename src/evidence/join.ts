import {
  type ApiEvidence,
  type Authorization,
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  type Preflight,
  type Reading,
  type StageEvidence,
  UNREADABLE,
} from '../model/evidence.js';

/** The layers that name an authorization type. */
export type Layer = 'configured' | 'deployed' | 'canary';

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
  /** Whether each layer's method is a preflight; `no` where the layer has no such method. */
  readonly preflights: Readonly<Record<Layer, Preflight>>;
  /** Whether it is exempt: wherever it has no allowed type it is a preflight, and it is one somewhere. */
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
  return [...names].map(([key, { method, path }]) => {
    const types: Readonly<Record<Layer, Authorization>> = {
      configured: authorizationIn(api.configured, key),
      deployed: stagesUnreadable
        ? UNREADABLE
        : stage === null
          ? null
          : authorizationIn(stage.deployed, key),
      canary: canary === null ? null : authorizationIn(canary.deployed, key),
    };
    const preflights = {
      configured: configuredPreflight(api.configured, method, key),
      deployed: servedPreflight(stage?.deployed ?? null, types.deployed, method, key),
      canary: servedPreflight(canary?.deployed ?? null, types.canary, method, key),
    };
    const allowedTypes = allowedTypesOf(method, path);
    const preflight = exemptionOf(types, preflights, allowedTypes);
    return { api, stage, method, path, ...types, preflights, preflight, allowedTypes };
  });
}

function authorizationIn(
  layer: Reading<Methods<ConfiguredMethod | DeployedMethod>>,
  key: string,
): Authorization {
  if (!layer.readable) return UNREADABLE;
  return layer.value.get(key)?.authorizationType ?? null;
}

/**
 * A preflight is an OPTIONS method with a MOCK integration whose method responses carry CORS headers,
 * in the layer that it is judged in: what is configured says nothing of what is served.
 */
function configuredPreflight(
  configured: Reading<Methods<ConfiguredMethod>>,
  method: string,
  key: string,
): Preflight {
  if (method !== 'OPTIONS') return 'no';
  if (!configured.readable) return 'unknown';
  const details = configured.value.get(key);
  if (details === undefined) return 'no';
  // A method that was listed without its details tells no integration either.
  if (details.authorizationType === UNREADABLE) return 'unknown';
  return isPreflight(details) ? 'yes' : 'no';
}

function servedPreflight(
  layer: Reading<Methods<DeployedMethod>> | null,
  authorization: Authorization,
  method: string,
  key: string,
): Preflight {
  if (method !== 'OPTIONS' || authorization === null) return 'no';
  if (layer === null || !layer.readable) return 'unknown';
  return layer.value.get(key)?.preflight ?? 'unknown';
}

function exemptionOf(
  types: Readonly<Record<Layer, Authorization>>,
  preflights: Readonly<Record<Layer, Preflight>>,
  allowedTypes: readonly string[],
): Preflight {
  const layers: readonly Layer[] = ['configured', 'deployed', 'canary'];
  const open = layers.filter((layer) => {
    const type = types[layer];
    return type !== null && !allowedTypes.includes(type);
  });
  if (open.length === 0 || open.some((layer) => preflights[layer] === 'no')) return 'no';
  return open.every((layer) => preflights[layer] === 'yes') ? 'yes' : 'unknown';
}

/** Whether a configured method answers CORS preflights by itself and reaches no backend. */
export function isPreflight(method: ConfiguredMethod): boolean {
  return method.method === 'OPTIONS' && method.integrationType === 'MOCK' && method.answersCors;
}
