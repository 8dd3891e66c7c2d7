import type { Observation } from './observation.js';
import { eachVerb } from './observation.js';
import { isProvenSuccess, proofOf } from './proof.js';

/**
 * Whether the endpoint's answers decide how a method is served that no call of AWS tells about: they
 * contradict what is required, or show that a signature was wanted. Of an HTTP API a refusal looks the same
 * whoever refused, so that a signed request must have got through as well.
 */
export function decidesUntold(observation: Observation): boolean {
  const proof = proofOf(observation);
  if (proof !== 'consistent') return proof === 'proven' || proof === 'refuted';
  if (observation.row.api.kind === 'WEBSOCKET') return true;
  return eachVerb(observation).every(({ signed }) => signed !== null && isProvenSuccess(signed));
}
