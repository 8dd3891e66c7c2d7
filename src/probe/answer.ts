/** What an endpoint's answer to a probe was classified as. */
export type AnswerKind =
  | 'accepted'
  | 'redirected'
  | 'backend-error'
  | 'invalid-request'
  | 'integration-failure'
  | 'missing-token'
  | 'denied'
  | 'wrong-signature'
  | 'clock-skew'
  | 'unknown-key'
  | 'expired-token'
  | 'incomplete-signature'
  | 'wrong-scope'
  | 'forbidden'
  | 'maybe-waf'
  | 'refused'
  | 'unauthorized'
  | 'authorizer-failure'
  | 'no-such-method'
  | 'request-too-large'
  | 'throttled'
  | 'unlabelled-error'
  | 'unknown-error'
  | 'not-api-gateway'
  | 'name-not-resolved'
  | 'tls-failure'
  | 'unreachable'
  | 'out-of-time'
  | 'no-credentials';

/** One answer to one probe. */
export interface ProbeAnswer {
  readonly kind: AnswerKind;
  /** HTTP status; `null` where no answer came. */
  readonly status: number | null;
  /** What else is worth saying, redacted; `''` where nothing is. */
  readonly detail: string;
  /** What to change, where whoever failed knows it better than the kind of answer does. */
  readonly remedy?: string;
}

/** What a probe came to after asking more than once. */
export interface SettledAnswer extends ProbeAnswer {
  /** The HTTP method that was sent, which `ANY` is not. */
  readonly sentAs: string;
  /** So many answers in a row agreed as `settle` asks for. Otherwise the endpoint never settled within the time given. */
  readonly settled: boolean;
  /** Each kind of answer that was seen and how often. */
  readonly seen: ReadonlyMap<AnswerKind, number>;
}

/**
 * Answers that only a request that was let in can get: the integration's, and API Gateway's own to a
 * request that fits the method badly, which it looks at only after authorization.
 */
const OF_THE_INTEGRATION: ReadonlySet<AnswerKind> = new Set([
  'accepted',
  'redirected',
  'backend-error',
  'invalid-request',
]);

/** Answers that API Gateway gives to a signature. */
const TO_A_SIGNATURE: ReadonlySet<AnswerKind> = new Set([
  'wrong-signature',
  'clock-skew',
  'unknown-key',
  'expired-token',
  'incomplete-signature',
  'wrong-scope',
]);

/** Answers by which API Gateway itself refused a request. */
const REFUSALS: ReadonlySet<AnswerKind> = new Set([
  ...TO_A_SIGNATURE,
  'missing-token',
  'denied',
  'forbidden',
  'refused',
  'unauthorized',
]);

/** Nothing that could have judged a request ever got it. */
const WITHOUT_ANSWER: ReadonlySet<AnswerKind> = new Set([
  'name-not-resolved',
  'tls-failure',
  'unreachable',
]);

/** What comes before authorization, or instead of it: it says nothing of who is let in. */
const SAYS_NOTHING: ReadonlySet<AnswerKind> = new Set([
  ...WITHOUT_ANSWER,
  'throttled',
  'out-of-time',
  'no-credentials',
]);

/** Whether authorization let the request in, and nothing failed behind it. */
export function hasReachedIntegration(kind: AnswerKind): boolean {
  return OF_THE_INTEGRATION.has(kind);
}

/** Whether the request got past authorization, also where the integration then failed to answer. */
export function isPastAuthorization(kind: AnswerKind): boolean {
  return OF_THE_INTEGRATION.has(kind) || kind === 'integration-failure';
}

/** Whether a kind of answer is one to the signature of a request. */
export function isToSignature(kind: AnswerKind): boolean {
  return TO_A_SIGNATURE.has(kind);
}

export function isRefusal(kind: AnswerKind): boolean {
  return REFUSALS.has(kind);
}

/** Whether a kind of answer is the one to an unsigned request where a signature is wanted. */
export function isRefusalOfUnsigned(kind: AnswerKind): boolean {
  return kind === 'missing-token' || kind === 'refused';
}

/** Whether a kind of answer is the one to a request whose signature is wrong. */
export function isRefusalOfTampered(kind: AnswerKind): boolean {
  return kind === 'wrong-signature' || kind === 'refused';
}

export function isWithoutAnswer(kind: AnswerKind): boolean {
  return WITHOUT_ANSWER.has(kind);
}

/** Whether two answers say the same of authorization: which answer of the backend it is makes no difference. */
export function isSameAnswer(a: AnswerKind, b: AnswerKind): boolean {
  return a === b || (OF_THE_INTEGRATION.has(a) && OF_THE_INTEGRATION.has(b));
}

/** Whether answers contradict each other; a throttled or lost request contradicts nothing. */
export function isContradictory(seen: ReadonlyMap<AnswerKind, number>): boolean {
  const said = [...seen.keys()].filter((kind) => saysSomething(kind));
  const [first] = said;
  return first !== undefined && said.some((kind) => !isSameAnswer(first, kind));
}

/** Whether an answer says anything about who is let in. */
export function saysSomething(kind: AnswerKind): boolean {
  return !SAYS_NOTHING.has(kind);
}
