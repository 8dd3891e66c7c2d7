import { LAYERS, type LayerName } from '../../evidence/layers.js';
import type { ReportedMethod } from '../report.js';

/** A layer of evidence, as the report shows it. */
export interface ShownLayer {
  readonly title: string;
  readonly typeOf: (method: ReportedMethod) => string | null;
  /** Whether a method must be in it, so that its absence is said. */
  readonly isExpected: (method: ReportedMethod) => boolean;
}

const SHOWN: readonly ShownLayer[] = LAYERS.map(({ name, title, of, isOptional }) => ({
  title,
  typeOf: (method) => typeIn(method, name),
  isExpected: (method) =>
    !isOptional && (method.stage !== null || (of === 'api' && !isOnlyInFiles(method))),
}));

function typeIn(method: ReportedMethod, name: LayerName): string | null {
  // Older reports know fewer layers.
  return method[name] ?? null;
}

/** Nothing was asked of AWS, or nothing is there yet: what is absent there is not said. */
function isOnlyInFiles(method: ReportedMethod): boolean {
  return LAYERS.every(({ name }) => name === 'declared' || typeIn(method, name) === null);
}

/** The layers of which at least one of the methods has something to show. */
export function layersOf(methods: readonly ReportedMethod[]): ShownLayer[] {
  return SHOWN.filter(({ typeOf, isExpected }) =>
    methods.some((method) => isExpected(method) || typeOf(method) !== null),
  );
}
