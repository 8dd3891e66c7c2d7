import type {
  ApiEvidence,
  Authorization,
  ConfiguredMethod,
  Methods,
  Preflight,
  Reading,
  StageEvidence,
  Unreadable,
} from '../model/evidence.js';
import { isUntold, UNREADABLE, UNTOLD } from '../model/evidence.js';

/** A method as any layer has it. */
export interface LayerMethod {
  readonly method: string;
  readonly path: string;
  readonly authorizationType: string;
  /** Why something about it is not known, where the layer as a whole was read. */
  readonly unread?: Unreadable | null;
}

/** One of the places that say what authorization a method has. */
export interface Layer<N extends string = string> {
  /** Its key in `report.json`. */
  readonly name: N;
  /** The heading of its column. */
  readonly title: string;
  /** `api`: the same for every stage, and said once. `stage`: callers of a stage meet it now. */
  readonly of: 'api' | 'stage';
  /** Most methods are in no such layer, and a table without one in it has no such column. */
  readonly isOptional: boolean;
  /** What could not be read where the layer could not, after "could not read". */
  readonly what: string;
  /** Who has such methods, before "serves". */
  readonly whose: string;
  /** The call that names the methods. */
  readonly call: string;
  /** Its methods as they were read; `null` where the API, or the stage, has no such layer. */
  readonly methodsOf: (
    api: ApiEvidence,
    stage: StageEvidence | null,
  ) => Reading<Methods<LayerMethod>> | null;
  /** Whether its method of this key is a preflight; `no` where it has no such method. */
  readonly preflightOf: (api: ApiEvidence, stage: StageEvidence | null, key: string) => Preflight;
}

function makeLayer<const N extends string, M extends LayerMethod>(
  parts: Omit<Layer<N>, 'preflightOf' | 'methodsOf'>,
  methodsOf: (api: ApiEvidence, stage: StageEvidence | null) => Reading<Methods<M>> | null,
  preflightOf: (method: M) => Preflight,
): Layer<N> {
  return {
    ...parts,
    methodsOf,
    preflightOf(api, stage, key) {
      const methods = methodsOf(api, stage);
      if (methods === null || !key.startsWith('OPTIONS ')) return 'no';
      if (!methods.readable) return 'unknown';
      const method = methods.value.get(key);
      return method === undefined ? 'no' : preflightOf(method);
    },
  };
}

/**
 * Every layer of evidence. Rules, the verdict, the report's columns and its schema go over this list; a
 * layer that is added is a folder that reads it and an entry here.
 */
export const LAYERS = [
  makeLayer(
    {
      name: 'declared',
      title: 'Declared',
      of: 'api',
      isOptional: true,
      what: 'its declared methods',
      whose: 'the file',
      call: 'the file',
    },
    // A file that cannot be read names no API; that it could not is said of the file.
    ({ declared }) => (declared === undefined ? null : { readable: true, value: declared.methods }),
    ({ preflight }) => preflight,
  ),
  makeLayer(
    {
      name: 'configured',
      title: 'Configured',
      of: 'api',
      isOptional: false,
      what: 'its configured methods',
      whose: 'the API',
      call: 'GetResources',
    },
    (api) => api.configured,
    // A method that was listed without its details names no integration either.
    (method) =>
      method.authorizationType === UNREADABLE ? 'unknown' : yesOrNo(isPreflight(method)),
  ),
  makeLayer(
    {
      name: 'deployed',
      title: 'Deployed',
      of: 'stage',
      isOptional: false,
      what: 'the snapshot of the stage',
      whose: 'the stage',
      call: 'GetDeployment',
    },
    (api, stage) => stage?.deployed ?? (api.stages.readable ? null : api.stages),
    ({ preflight }) => preflight,
  ),
  makeLayer(
    {
      name: 'canary',
      title: 'Canary',
      of: 'stage',
      isOptional: true,
      what: "the snapshot of the stage's canary",
      whose: "the stage's canary",
      call: "GetDeployment of the canary's snapshot",
    },
    (_, stage) => stage?.canary?.deployed ?? null,
    ({ preflight }) => preflight,
  ),
] as const;

export type LayerName = (typeof LAYERS)[number]['name'];

/** A value for each layer, by its name. */
export function byLayer<T>(
  of: (layer: (typeof LAYERS)[number]) => T,
): Readonly<Record<LayerName, T>> {
  const values = Object.fromEntries(LAYERS.map((layer) => [layer.name, of(layer)]));
  // Every name of the list is a key now, which the type of fromEntries does not say.
  return values as Record<LayerName, T>;
}

/** Whether everything of a layer is known; also where there is no such layer. */
export function isReadInFull(layer: ReturnType<Layer['methodsOf']>): boolean {
  if (layer === null) return true;
  return layer.readable && [...layer.value.values()].every(({ unread = null }) => unread === null);
}

/** A method's authorization in a layer. */
export function authorizationIn(
  layer: Layer,
  api: ApiEvidence,
  stage: StageEvidence | null,
  key: string,
): Authorization {
  const methods = layer.methodsOf(api, stage);
  if (methods === null) return null;
  if (!methods.readable) return isUntold(methods) ? UNTOLD : UNREADABLE;
  return methods.value.get(key)?.authorizationType ?? null;
}

/** Whether a configured method answers CORS preflights by itself and reaches no backend. */
export function isPreflight(method: ConfiguredMethod): boolean {
  return method.method === 'OPTIONS' && method.integrationType === 'MOCK' && method.answersCors;
}

function yesOrNo(isTrue: boolean): Preflight {
  return isTrue ? 'yes' : 'no';
}
