import type { ApiKind } from '../model/api-kind.js';
import { UNTOLD } from '../model/evidence.js';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
  isRefusal,
  isRefusalOfTampered,
  isRefusalOfUnsigned,
  type SettledAnswer,
  saysSomething,
} from './answer.js';
import { TIMED_OUT } from './classify/network.js';
import { eachVerb, type Observation } from './observation.js';
import { asksForApiKey, asksForSignature } from './select.js';

/**
 * What the answers of one method come to. `proven`: an unsigned and a tampered request were refused
 * for want of a good signature, and a signed one reached the integration. `consistent`: all that could be
 * asked is as it should be, and something could not be. `refuted`: an answer contradicts it, and a finding
 * says which. `inconclusive`: the answers tell neither.
 */
export type Proof = 'proven' | 'consistent' | 'inconclusive' | 'refuted';

/** From the one that counts most against a method to the one that counts for it. */
const WORST_FIRST: readonly Proof[] = ['refuted', 'inconclusive', 'consistent', 'proven'];

/**
 * What was proven of a method; `null` where none of it was asked, or no signature is asked for. `ANY` is
 * proven as far as the verb is that is proven least, of those that count.
 */
export function proofOf(observation: Observation): Proof | null {
  const proofs = verbsThatCount(observation).map(proofOfVerb);
  return WORST_FIRST.find((proof) => proofs.includes(proof)) ?? null;
}

function proofOfVerb(observation: Observation): Proof | null {
  const { row, unsigned, tampered, signed, atDefaultEndpoint } = observation;
  if (unsigned === null || !asksForSignature(row)) return null;
  const refusals = [unsigned, tampered, atDefaultEndpoint].filter((it) => it !== null);
  if (refusals.some(isLetIn) || isVerbRefused(observation)) return 'refuted';
  if (!isRefusing(observation) || (signed !== null && !isProvenSuccess(signed))) {
    return 'inconclusive';
  }
  return isWhole(observation) && isControlled(observation) ? 'proven' : 'consistent';
}

/** Whether a verb refused whatever it must refuse, for want of a good signature. */
function isRefusing({ row, unsigned, tampered }: Observation): boolean {
  return (
    unsigned !== null &&
    isProvenRefusal(unsigned, row.api.kind) &&
    (tampered === null || isProvenTamperRefusal(tampered, row.api.kind))
  );
}

/** Whether all three requests were sent. */
function isWhole({ tampered, signed, unproven }: Observation): boolean {
  return tampered !== null && signed !== null && unproven.length === 0;
}

/**
 * Whether a refusal that gives no reason is the route's own: what no route takes is answered otherwise at the
 * same address. Of REST APIs refusals say so themselves; and a handshake that was let in when it was signed
 * and refused when one bit of the signature was wrong needs nothing to be compared with.
 */
function isControlled({ row, control }: Observation): boolean {
  if (row.api.kind !== 'HTTP') return true;
  return control?.isAsked === true && isOfNoRoute(control.unsigned);
}

function isOfNoRoute(answer: SettledAnswer): boolean {
  return answer.settled && answer.kind === 'no-such-method';
}

/** Whether an unsigned request was let in to a path that no known route takes. */
export function isControlLetIn({ row, control }: Observation): boolean {
  return row.api.kind === 'HTTP' && control?.isAsked === true && isLetIn(control.unsigned);
}

/**
 * Whether what was observed of a method is enough for its stage: it is proven, or all is as it should be and
 * nothing is left that could be asked. That is so of an HTTP API each of whose paths has a route: a signed
 * request got through, and the same with one bit of its signature changed did not. And of a handshake that
 * nobody signed for want of permission: API Gateway itself asked for a token, and found the signature wrong,
 * which it says of no stage that is not there.
 */
export function provesStage(observation: Observation): boolean {
  const verbs = verbsThatCount(observation);
  return verbs.length > 0 && verbs.every(isProven);
}

/**
 * The verbs whose answers count for their method. Where it is known to be one method, one verb of it is as good as a
 * method of its own, and the others have only to refuse what they must: a backend that knows GET alone answers HEAD
 * with an error that nobody can tell from API Gateway's. Where no call tells what is served, they may be several.
 */
export function verbsThatCount(observation: Observation): readonly Observation[] {
  const verbs = eachVerb(observation);
  if (observation.row.deployed === UNTOLD || !verbs.some(isProven)) return verbs;
  return verbs.filter(
    (it) =>
      isProven(it) || !isRefusing(it) || isDoubtfulAtDefault(it) || proofOfVerb(it) === 'refuted',
  );
}

function isProven(observation: Observation): boolean {
  return isProof(observation, proofOfVerb(observation));
}

function isProof(observation: Observation, proof: Proof | null): boolean {
  if (proof !== 'consistent') return proof === 'proven';
  const { control } = observation;
  if (control === undefined) return false;
  if (!control.isAsked) return control.isExcused && isWhole(observation);
  const { unsigned, tampered } = observation;
  return (
    observation.row.api.kind === 'WEBSOCKET' &&
    unsigned?.kind === 'missing-token' &&
    tampered?.kind === 'wrong-signature' &&
    isOtherThan(control.unsigned, unsigned, control.tampered, tampered)
  );
}

/** Whether a control was answered, and otherwise than what it is the control of. */
function isOtherThan(
  unsignedControl: SettledAnswer,
  unsigned: SettledAnswer,
  tamperedControl: SettledAnswer | null,
  tampered: SettledAnswer,
): boolean {
  if (tamperedControl === null) return false;
  const controls = [unsignedControl, tamperedControl];
  return (
    controls.every((it) => (it.settled && isRefusal(it.kind)) || isOfNoRoute(it)) &&
    (unsignedControl.kind !== unsigned.kind || tamperedControl.kind !== tampered.kind)
  );
}

/** What keeps a method from being proven, each to be read after "Not proven:". */
export function gapsIn(observation: Observation): string[] {
  const { control, unproven } = observation;
  if (control === undefined || observation.row.api.kind !== 'HTTP') return [...unproven];
  if (!control.isAsked) return [...unproven, control.why];
  if (isOfNoRoute(control.unsigned)) return [...unproven];
  const { settled, status, kind } = control.unsigned;
  const answer = settled ? `${status === null ? '' : `${status} `}${kind}` : 'answers that differ';
  return [
    ...unproven,
    `the control request, to a path that no known route takes, must be answered with 404 Not Found, and got ${answer}`,
  ];
}

/**
 * Whether a request that must be refused was let in. One answer is enough where the endpoint did not
 * settle: what lets some unsigned requests through is open. A single failure among refusals is not: API
 * Gateway may have failed itself, before it looked at who asks. It leaves a doubt.
 */
export function isLetIn({ settled, kind, seen }: SettledAnswer): boolean {
  // What says nothing, such as lost requests, takes nothing back: what came before it counts.
  if (settled && saysSomething(kind)) return isPastAuthorization(kind);
  const kinds = [...seen.keys()];
  const isHiccup = seen.get('integration-failure') === 1 && kinds.some(isRefusal);
  return kinds.some(isHiccup ? hasReachedIntegration : isPastAuthorization);
}

/**
 * Only the missing-token answer says that a signature was wanted; a WAF's 403 says nothing of IAM. Of HTTP and
 * WebSocket APIs a refusal without a reason is the one that is expected: the signed request and the control
 * tell what it means.
 */
export function isProvenRefusal(unsigned: SettledAnswer, kind: ApiKind): boolean {
  return unsigned.settled && isRefusalOfUnsigned(unsigned.kind) && isReasonEnough(unsigned, kind);
}

/** The signature itself was checked, and found wrong; or it was refused without a reason, as above. */
export function isProvenTamperRefusal(tampered: SettledAnswer, kind: ApiKind): boolean {
  return tampered.settled && isRefusalOfTampered(tampered.kind) && isReasonEnough(tampered, kind);
}

function isReasonEnough(answer: SettledAnswer, kind: ApiKind): boolean {
  return kind !== 'REST' || answer.kind !== 'refused';
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
function isVerbRefused(observation: Observation): boolean {
  const { unsigned, signed } = observation;
  if (signed === null || !signed.settled || !isRefusal(signed.kind)) return false;
  // Where what no route takes is answered otherwise, the address leads to the API, and the route refused.
  if (signed.kind === 'refused' && unsigned?.kind === 'refused') {
    return observation.row.api.kind === 'HTTP' && isControlled(observation);
  }
  if (isUnauthorizedBehindIam(observation)) return false;
  return !(signed.kind === 'forbidden' && unsigned?.kind === 'forbidden');
}

/**
 * Whether an HTTP API refused the unsigned request with 403, as IAM does, and a signed one got 401. No authorizer
 * answers so: a JWT or Lambda authorizer gives 401 to whoever brings no token, the unsigned request before all
 * (API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers in API Gateway", "Control access
 * to HTTP APIs with AWS Lambda authorizers"). So the 401 is most likely the backend's, which asks for a login of its own.
 */
export function isUnauthorizedBehindIam({ row, unsigned, signed }: Observation): boolean {
  return (
    row.api.kind === 'HTTP' &&
    signed?.kind === 'unauthorized' &&
    unsigned?.settled === true &&
    unsigned.kind === 'refused'
  );
}

/** Whether the time of the smoke test was over before the method was asked all that it is asked. */
export function isOutOfTime(observation: Observation): boolean {
  return eachVerb(observation).some(({ unsigned, tampered, signed, atDefaultEndpoint }) =>
    [unsigned, tampered, signed, atDefaultEndpoint].some((it) => it?.seen.has('out-of-time')),
  );
}

/**
 * Whether a request that must be refused got no answer in its time, as whatever verb. API Gateway refuses
 * without asking a backend. Where the address answers others, the request may have been let in, and wait
 * for a backend that is slow.
 */
export function isLeftHanging(observation: Observation): boolean {
  if (proofOf(observation) === null) return false;
  return eachVerb(observation).some(({ unsigned, tampered }) =>
    [unsigned, tampered].some((it) => it !== null && isHanging(it)),
  );
}

/** Whether no request of several got an answer in its time. */
export function isHanging({ kind, detail, seen }: SettledAnswer): boolean {
  return kind === 'unreachable' && detail === TIMED_OUT && seen.size === 1;
}

/**
 * Whether a request that must be refused may have been let in for all that its answer says, as whatever verb.
 * What another method of the stage proves does not explain such an answer away.
 */
export function isLeftInDoubt(observation: Observation): boolean {
  if (proofOf(observation) === null) return isUnnamedInDoubt(observation);
  return eachVerb(observation).some((it) => {
    const isOfKeyed = asksForApiKey(it.row);
    return (
      mayHideEntry(it.unsigned, isOfKeyed, isOfIam) ||
      isDoubtfulAtDefault(it) ||
      mayHideEntry(it.tampered, isOfKeyed, isRefusal)
    );
  });
}

/**
 * Whether a method that the snapshot does not name may be served to strangers all the same. What is not there
 * is refused as what wants a signature is, or is not found.
 */
export function isUnnamedInDoubt(observation: Observation): boolean {
  return (
    observation.row.deployed === null &&
    !eachVerb(observation).some(({ unsigned }) => unsigned !== null && isLetIn(unsigned)) &&
    eachVerb(observation).some(({ unsigned }) =>
      mayHideEntry(unsigned, false, (kind) => isRefusal(kind) || kind === 'no-such-method'),
    )
  );
}

/** Whether an unsigned request at the default endpoint may have been let in. */
export function isDoubtfulAtDefault({ row, atDefaultEndpoint }: Observation): boolean {
  return mayHideEntry(atDefaultEndpoint, asksForApiKey(row), isOfIam);
}

function mayHideEntry(
  answer: SettledAnswer | null,
  isOfKeyed: boolean,
  isRefused: (kind: AnswerKind) => boolean,
): boolean {
  if (answer === null) return false;
  const isWhole = answer.settled && saysSomething(answer.kind);
  const kinds = isWhole ? [answer.kind] : [...answer.seen.keys()];
  return kinds.some(
    (kind) =>
      isInOtherWords(kind, answer.detail) ||
      (saysSomething(kind) &&
        // The key is looked at behind authorization: where one is asked for, "Forbidden" may come from there.
        (!isRefused(kind) || (kind === 'forbidden' && isOfKeyed))),
  );
}

/** API Gateway's own words for what says nothing of who is let in; none where it has no body. */
const OWN_WORDS: Partial<Record<AnswerKind, RegExp>> = {
  forbidden: /^(forbidden)?$/i,
  throttled: /^((too many requests|limit exceeded|rate exceeded)\.?)?$/i,
};

/** A backend that names its errors as AWS does sends these errors, too, in words of its own. */
function isInOtherWords(kind: AnswerKind, words: string): boolean {
  return OWN_WORDS[kind]?.test(words) === false;
}

/**
 * Whether an answer to an unsigned request is IAM's, or comes before anybody looks at who asks, as a WAF's
 * does. Any other may be given to a request that was let in: nobody knows who wrote it, so that it may be the
 * backend's; or API Gateway did, for a reason that it has where another authorizer decides, or none.
 */
function isOfIam(kind: AnswerKind): boolean {
  return isRefusalOfUnsigned(kind) || kind === 'forbidden';
}

/** Whether a method was to be asked, and could not be for want of a value or of an address of its own. */
export function isLeftUnasked({ notProbed, unproven }: Observation): boolean {
  return notProbed !== null && unproven.length > 0;
}
