import { isRequiredType } from '../config/requirement.js';
import { UNTOLD } from '../model/evidence.js';
import {
  hasReachedIntegration,
  isPastAuthorization,
  isRefusal,
  type SettledAnswer,
} from './answer.js';
import { eachVerb, type Observation } from './observation.js';

/**
 * What the answers of one method come to. `proven`: an unsigned and a tampered request were refused
 * for want of a good signature, and a signed one reached the integration. `consistent`: only refusals
 * could be seen, and they are as they should be. `refuted`: an answer contradicts it, and a finding
 * says which. `inconclusive`: the answers tell neither.
 */
export type Proof = 'proven' | 'consistent' | 'inconclusive' | 'refuted';

/** From the one that counts most against a method to the one that counts for it. */
const WORST_FIRST: readonly Proof[] = ['refuted', 'inconclusive', 'consistent', 'proven'];

/**
 * What was proven of a method; `null` where none of it was asked, or no signature is asked for. `ANY` is
 * proven as far as the verb is that is proven least.
 */
export function proofOf(observation: Observation): Proof | null {
  const proofs = eachVerb(observation).map(proofOfVerb);
  return WORST_FIRST.find((proof) => proofs.includes(proof)) ?? null;
}

/** Whether a method is served with IAM, or may be: where no call tells how, the answers do. */
function mayAskForSignature({ deployed }: Observation['row']): boolean {
  return deployed === UNTOLD || (deployed !== null && isRequiredType(deployed));
}

function proofOfVerb(observation: Observation): Proof | null {
  const { row, unsigned, tampered, signed, atDefaultEndpoint } = observation;
  if (unsigned === null || !mayAskForSignature(row)) return null;
  const refusals = [unsigned, tampered, atDefaultEndpoint].filter((it) => it !== null);
  if (refusals.some(isLetIn) || isVerbRefused(observation)) return 'refuted';
  const isRefused =
    isProvenRefusal(unsigned) && (tampered === null || isProvenTamperRefusal(tampered));
  if (!isRefused || (signed !== null && !isProvenSuccess(signed))) return 'inconclusive';
  const isWhole = tampered !== null && signed !== null && observation.unproven.length === 0;
  return isWhole ? 'proven' : 'consistent';
}

/**
 * Whether a request that must be refused was let in. One answer is enough where the endpoint did not
 * settle: what lets some unsigned requests through is open.
 */
export function isLetIn(answer: SettledAnswer): boolean {
  if (answer.settled) return isPastAuthorization(answer.kind);
  return [...answer.seen.keys()].some(isPastAuthorization);
}

/** Only the missing-token answer says that a signature was wanted; a WAF's 403 says nothing of IAM. */
export function isProvenRefusal(unsigned: SettledAnswer): boolean {
  return unsigned.settled && unsigned.kind === 'missing-token';
}

/** The signature itself was checked, and found wrong. */
export function isProvenTamperRefusal(tampered: SettledAnswer): boolean {
  return tampered.settled && tampered.kind === 'wrong-signature';
}

/** The integration answered a signed request: a failure after that is the backend's. */
export function isProvenSuccess(signed: SettledAnswer): boolean {
  return signed.settled && hasReachedIntegration(signed.kind);
}

/** Whether a signed request was refused for what it was, as whatever verb. */
export function isSignedRefused(observation: Observation): boolean {
  return eachVerb(observation).some(isVerbRefused);
}

/**
 * Whether a signed request was refused for what it was. "Forbidden" to the unsigned and the signed
 * alike comes before anybody looks at a signature (a WAF, a private API, an endpoint that is off), so
 * that it says nothing of the caller.
 */
function isVerbRefused({ unsigned, signed }: Observation): boolean {
  if (signed === null || !signed.settled || !isRefusal(signed.kind)) return false;
  return !(signed.kind === 'forbidden' && unsigned?.kind === 'forbidden');
}

/** Whether the time of the smoke test was over before the method was asked all that it is asked. */
export function isOutOfTime(observation: Observation): boolean {
  return eachVerb(observation).some(({ unsigned, tampered, signed, atDefaultEndpoint }) =>
    [unsigned, tampered, signed, atDefaultEndpoint].some((it) => it?.seen.has('out-of-time')),
  );
}

/** Whether a method was to be asked, and could not be for want of a value or of an address of its own. */
export function isLeftUnasked({ notProbed, unproven }: Observation): boolean {
  return notProbed !== null && unproven.length > 0;
}
