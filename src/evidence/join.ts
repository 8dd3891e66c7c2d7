import {
  type ApiEvidence,
  type Authorization,
  methodKey,
  type Preflight,
  type StageEvidence,
} from '../model/evidence.js';
import { authorizationIn, byLayer, LAYERS, type LayerName } from './layers.js';

/** One method of one stage, with its authorization in every layer, by the layer's name. */
export interface JoinedMethod extends Readonly<Record<LayerName, Authorization>> {
  readonly api: ApiEvidence;
  /** `null`: the API has no stage in scope, or its stages could not be read. */
  readonly stage: StageEvidence | null;
  readonly method: string;
  readonly path: string;
  /** Whether each layer's method is a preflight; `no` where the layer has no such method. */
  readonly preflights: Readonly<Record<LayerName, Preflight>>;
  /** Whether it is exempt: wherever it has no allowed type it is a preflight, and it is one somewhere. */
  readonly preflight: Preflight;
  /** The authorization types that the policy lets this method have. */
  readonly allowedTypes: readonly string[];
}

/**
 * Joins the layers of every API: a row for each method and stage that any layer knows, and one without
 * a stage for a method that files alone have.
 *
 * @param allowedTypesOf what the policy requires of a method.
 */
export function joinLayers(
  apis: readonly ApiEvidence[],
  allowedTypesOf: (method: string, path: string) => readonly string[],
): JoinedMethod[] {
  return apis.flatMap((api) => {
    const stages = api.stages.readable ? api.stages.value : [];
    if (stages.length === 0) return joinStage(api, null, allowedTypesOf);
    const rows = stages.flatMap((stage) => joinStage(api, stage, allowedTypesOf));
    const isTold = new Map<string, JoinedMethod>();
    for (const row of rows) {
      const key = methodKey(row.method, row.path);
      if (isOnlyDeclared(row) && !isTold.has(key)) isTold.set(key, { ...row, stage: null });
    }
    return [...rows.filter((row) => !isOnlyDeclared(row)), ...isTold.values()];
  });
}

/** Whether files alone have a method: it is neither configured nor deployed. */
export function isOnlyDeclared(row: Readonly<Record<LayerName, Authorization>>): boolean {
  return LAYERS.every(({ name }) => (row[name] !== null) === (name === 'declared'));
}

function joinStage(
  api: ApiEvidence,
  stage: StageEvidence | null,
  allowedTypesOf: (method: string, path: string) => readonly string[],
): JoinedMethod[] {
  const always = api.alwaysJudged ?? [];
  const names = new Map(always.map((it) => [methodKey(it.method, it.path), it]));
  for (const layer of LAYERS) {
    const methods = layer.methodsOf(api, stage);
    if (methods?.readable !== true) continue;
    for (const { method, path } of methods.value.values()) {
      names.set(methodKey(method, path), { method, path });
    }
  }
  return [...names].map(([key, { method, path }]) => {
    const types = byLayer((layer) => authorizationIn(layer, api, stage, key));
    const preflights = byLayer((layer) => layer.preflightOf(api, stage, key));
    const allowedTypes = allowedTypesOf(method, path);
    const preflight = exemptionOf(types, preflights, allowedTypes);
    return { api, stage, method, path, ...types, preflights, preflight, allowedTypes };
  });
}

/**
 * A preflight is judged in the layer that it is in: what is configured says nothing of what is served.
 */
function exemptionOf(
  types: Readonly<Record<LayerName, Authorization>>,
  preflights: Readonly<Record<LayerName, Preflight>>,
  allowedTypes: readonly string[],
): Preflight {
  const open = LAYERS.filter(({ name }) => {
    const type = types[name];
    return type !== null && !allowedTypes.includes(type);
  });
  if (open.length === 0 || open.some(({ name }) => preflights[name] === 'no')) return 'no';
  return open.every(({ name }) => preflights[name] === 'yes') ? 'yes' : 'unknown';
}
