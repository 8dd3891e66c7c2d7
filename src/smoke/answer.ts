/** What an endpoint's answer to a probe was classified as. */
export type AnswerKind =
  | 'accepted'
  | 'redirected'
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
  | 'unauthorized'
  | 'throttled'
  | 'unlabelled-error'
  | 'unknown-error'
  | 'not-api-gateway'
  | 'unreachable'
  | 'no-credentials';

/** One answer to one probe. */
export interface ProbeAnswer {
  readonly kind: AnswerKind;
  /** HTTP status; `null` where no answer came. */
  readonly status: number | null;
  /** What else is worth saying, redacted; `''` where nothing is. */
  readonly detail: string;
}

/** What a probe came to after asking more than once. */
export interface SettledAnswer extends ProbeAnswer {
  /** Three answers in a row agreed. Otherwise the endpoint never settled within the time given. */
  readonly settled: boolean;
  /** Each kind of answer that was seen and how often. */
  readonly seen: ReadonlyMap<AnswerKind, number>;
}

/** Answers that show that the request got past authorization. */
const PAST_AUTHORIZATION: ReadonlySet<AnswerKind> = new Set([
  'accepted',
  'redirected',
  'integration-failure',
]);

/** Answers by which API Gateway itself refused a request. */
const REFUSALS: ReadonlySet<AnswerKind> = new Set([
  'missing-token',
  'denied',
  'wrong-signature',
  'clock-skew',
  'unknown-key',
  'expired-token',
  'incomplete-signature',
  'wrong-scope',
  'forbidden',
  'unauthorized',
]);

export function isPastAuthorization(kind: AnswerKind): boolean {
  return PAST_AUTHORIZATION.has(kind);
}

export function isRefusal(kind: AnswerKind): boolean {
  return REFUSALS.has(kind);
}
