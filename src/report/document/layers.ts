import type { ReportedMethod } from '../report.js';

/** A layer of evidence, as the report shows it. */
export interface ShownLayer {
  readonly name: string;
  readonly typeOf: (method: ReportedMethod) => string | null;
  /** Whether a method of a stage has it at all: shown as absent otherwise. */
  readonly isExpected: (method: ReportedMethod) => boolean;
}

/** The layers that a report has for a method, in the order in which they are shown. */
const LAYERS: readonly ShownLayer[] = [
  { name: 'configured', typeOf: ({ configured }) => configured, isExpected: () => true },
  {
    name: 'deployed',
    typeOf: ({ deployed }) => deployed,
    isExpected: ({ stage }) => stage !== null,
  },
  { name: 'canary', typeOf: ({ canary }) => canary, isExpected: () => false },
];

/** The layers of which at least one of the methods has something to show. */
export function layersOf(methods: readonly ReportedMethod[]): ShownLayer[] {
  return LAYERS.filter(({ typeOf, isExpected }) =>
    methods.some((method) => isExpected(method) || typeOf(method) !== null),
  );
}
