import type { JoinedMethod } from '../evidence/join.js';
import type { Evidence } from '../model/evidence.js';
import type { Observation } from '../probe/observation.js';
import type { Surroundings } from '../probe/surroundings.js';

/** What is there now, what the endpoint answers, and where it was asked: what the verdict is about. */
export interface Present {
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  readonly surroundings: Pick<Surroundings, 'whereabouts' | 'notes'>;
}
