import type { Observation } from './observation.js';
import { proofOf, provesStage } from './proof.js';

/**
 * Whether the endpoint's answers decide how a method is served that no call of AWS tells about: they
 * contradict what is required, or show that a signature was wanted. A refusal that gives no reason shows
 * neither: it looks the same whoever refused, the backend of an open API too.
 */
export function decidesUntold(observation: Observation): boolean {
  return proofOf(observation) === 'refuted' || provesStage(observation);
}
