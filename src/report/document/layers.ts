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
  isExpected: ({ stage }) => !isOptional && (of === 'api' || stage !== null),
}));

function typeIn(method: ReportedMethod, name: LayerName): string | null {
  return method[name];
}

/** The layers of which at least one of the methods has something to show. */
export function layersOf(methods: readonly ReportedMethod[]): ShownLayer[] {
  return SHOWN.filter(({ typeOf, isExpected }) =>
    methods.some((method) => isExpected(method) || typeOf(method) !== null),
  );
}
