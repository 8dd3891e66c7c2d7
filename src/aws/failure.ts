import { isIamCall, missingStatement } from './missing-right.js';
import { redact } from './redact.js';

/** Why a call to AWS failed, as far as the reader's next step depends on it. */
export type FailureKind =
  | 'no-credentials'
  | 'invalid-credentials'
  | 'expired-credentials'
  | 'access-denied'
  | 'clock-skew'
  | 'not-found'
  | 'conflict'
  | 'throttled'
  | 'unavailable'
  | 'network'
  | 'refused'
  | 'unintelligible';

/** What is known of the run beside the call, and decides what is to be done. */
export interface Circumstances {
  /** What to do about missing credentials, where the event that started the run is why they miss. */
  readonly onMissingCredentials?: string | null;
  /** The region's partition, such as `aws-cn`; without it, `aws`. */
  readonly partition?: string;
  readonly region?: string;
  /** What the call was about, as its log has it, such as `a1b2c3d4e5 prod`. */
  readonly subject?: string;
}

/** A call to AWS that failed for good, labelled with what was called and why it most likely failed. */
export class AwsFailure extends Error {
  readonly kind: FailureKind;
  /** The call, such as `GetResources`. */
  readonly operation: string;
  /** AWS's error code, such as `TooManyRequestsException`, or the network's. */
  readonly code: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** AWS's own words, redacted. */
  readonly detail: string;

  /** The message without the operation: `failed after 3 attempts: …`. */
  readonly why: string;

  readonly #circumstances: Circumstances;

  constructor(
    operation: string,
    cause: unknown,
    attempts: number,
    circumstances: Circumstances = {},
  ) {
    const kind = kindOf(cause);
    const code = codeOf(cause);
    const detail = redact(textOf(cause)).slice(0, 500);
    const often =
      attempts > 1 ? ` after ${attempts} attempts` : attempts === 0 ? ' without being made' : '';
    const why = `failed${often}: ${SENTENCES[kind]} (${code}: ${detail})`;
    super(`${operation} ${why}`, { cause });
    this.name = 'AwsFailure';
    this.kind = kind;
    this.operation = operation;
    this.code = code;
    this.attempts = attempts;
    this.detail = detail;
    this.why = why;
    this.#circumstances = circumstances;
  }

  /** Whether nobody knows if AWS carried the call out: the answer was lost, cut short or a 5xx. */
  get isInDoubt(): boolean {
    return isInDoubt(this.kind);
  }

  /** What happened and what to change. */
  get inFull(): string {
    return `${this.message}. ${this.remedy}`;
  }

  /** What to change so that the call succeeds, in one sentence. */
  get remedy(): string {
    const { onMissingCredentials } = this.#circumstances;
    if (this.kind === 'no-credentials' && onMissingCredentials) return onMissingCredentials;
    return remedyOf(this.kind, this.operation, this.#circumstances);
  }
}

const SENTENCES: Readonly<Record<FailureKind, string>> = {
  'no-credentials': 'no AWS credentials were found',
  'invalid-credentials': 'AWS does not know these credentials',
  'expired-credentials': 'the AWS credentials have expired',
  'access-denied': 'the credentials may not make this call',
  'clock-skew': "this machine's clock is wrong",
  'not-found': 'it does not exist',
  conflict: 'something else kept changing the API at the same time',
  throttled: 'AWS kept throttling the call',
  unavailable: 'AWS kept answering with a server error',
  network: 'the connection to AWS failed',
  refused: 'AWS refused the request',
  unintelligible: "AWS's answer could not be understood",
};

function remedyOf(kind: FailureKind, operation: string, circumstances: Circumstances): string {
  switch (kind) {
    case 'no-credentials':
      return 'Add a step with aws-actions/configure-aws-credentials before this one, and `permissions: id-token: write` to the job. A pull request from a fork gets no credentials at all.';
    case 'invalid-credentials':
      return 'Check the access key and session token of the step, and that they belong to the partition of the region.';
    case 'expired-credentials':
      return 'Run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds.';
    case 'access-denied':
      return `Allow it with this statement: ${JSON.stringify(missingStatement(operation, circumstances))}`;
    case 'clock-skew':
      return "Set the runner's clock (NTP): AWS refuses signatures more than five minutes off.";
    case 'not-found':
      return 'Check the id and the region.';
    case 'conflict':
      return 'Run the job again when no other deployment is under way.';
    case 'throttled':
      if (isIamCall(operation)) return 'Run the job again when less is asked of IAM.';
      return "The account's API Gateway quota (10 requests a second) is shared by everything in the region: run the audit at another time, or audit fewer APIs a job.";
    case 'unavailable':
      return 'Run the job again; if it stays, see the AWS Health Dashboard.';
    case 'network':
      return 'Check the region, the proxy (HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured) and that the runner can reach AWS.';
    case 'refused':
    case 'unintelligible':
      return 'Run the job again; if it stays, open an issue with this message.';
  }
}

/** Whether the same call may succeed when it is simply made again. */
export function isWorthRetrying(error: unknown): boolean {
  const kind = kindOf(error);
  return (
    kind === 'throttled' ||
    kind === 'unavailable' ||
    kind === 'conflict' ||
    kind === 'network' ||
    kind === 'unintelligible'
  );
}

/** Whether AWS refused a call because too many were made, by us or by somebody else. */
export function isThrottled(error: unknown): boolean {
  return kindOf(error) === 'throttled';
}

/** Whether AWS certainly did not carry the call out: it said so itself. */
export function wasNotCarriedOut(error: unknown): boolean {
  return !isInDoubt(kindOf(error));
}

function isInDoubt(kind: FailureKind): boolean {
  return kind === 'network' || kind === 'unavailable' || kind === 'unintelligible';
}

/** Milliseconds that AWS asked to wait (`Retry-After`), or `null`. */
export function retryAfterMs(error: unknown): number | null {
  const seconds = Number(field(error, 'retryAfterSeconds'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

function kindOf(error: unknown): FailureKind {
  const name = codeOf(error);
  const status = statusOf(error);
  if (name === 'CredentialsProviderError') return 'no-credentials';
  if (/ExpiredToken/.test(name)) return 'expired-credentials';
  if (
    /^(UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken|InvalidAccessKeyId)/.test(
      name,
    )
  ) {
    return 'invalid-credentials';
  }
  if (/^(InvalidSignature|SignatureDoesNotMatch|RequestTimeTooSkewed|RequestExpired)/.test(name)) {
    return /expired|not yet current|skew/i.test(`${name} ${textOf(error)}`)
      ? 'clock-skew'
      : 'invalid-credentials';
  }
  // IAM answers 409 also where no other attempt can help (IAM API Reference, "Common errors" and the
  // errors of CreatePolicy, AttachGroupPolicy and DeletePolicy).
  if (/^(LimitExceeded|EntityAlreadyExists|DeleteConflict)/.test(name) && status === 409) {
    return 'refused';
  }
  // 409: API Gateway's "Unable to complete operation due to concurrent modification."
  if (status === 409) return 'conflict';
  if (status === 429 || /^(Throttl|TooManyRequests)/.test(name)) return 'throttled';
  if (status === 403 || status === 401) return 'access-denied';
  if (status === 404) return 'not-found';
  if (status !== null && status >= 500) return 'unavailable';
  // The SDK could not parse the body: it was cut short, or something else answered.
  if (error instanceof SyntaxError) return 'unintelligible';
  if (status !== null && status >= 400) return 'refused';
  if (isNetworkError(error)) return 'network';
  return 'unintelligible';
}

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^(E[A-Z_]+|TimeoutError|AbortError|UND_ERR_.*|CERT_.*|ERR_TLS.*|ERR_SSL.*|SELF_SIGNED.*|DEPTH_ZERO.*)$/.test(
    codeOf(error),
  );
}

function codeOf(error: unknown): string {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return error instanceof Error ? error.name : 'Error';
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'no further words' : text;
}

function statusOf(error: unknown): number | null {
  if (error instanceof SyntaxError) return null;
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
