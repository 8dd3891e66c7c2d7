import { field } from './field.js';
import { describeForeignAnswer } from './foreign-answer.js';

/** Why a call to AWS failed, as far as the reader's next step depends on it. */
export type FailureKind =
  | 'no-credentials'
  | 'invalid-credentials'
  | 'not-subscribed'
  | 'malformed-credentials'
  | 'invalid-proxy'
  | 'proxy-login'
  | 'wrong-secret'
  | 'wrong-scope'
  | 'expired-credentials'
  | 'access-denied'
  | 'clock-skew'
  | 'not-found'
  | 'conflict'
  | 'throttled'
  | 'unavailable'
  | 'network'
  | 'untrusted-certificate'
  | 'not-aws'
  | 'refused'
  | 'unintelligible';

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

/** Whether a failure of this kind leaves open if AWS carried the call out: the answer was lost, cut short or a 5xx. */
export function isInDoubt(kind: FailureKind): boolean {
  return (
    kind === 'proxy-login' ||
    kind === 'network' ||
    kind === 'unavailable' ||
    kind === 'unintelligible' ||
    kind === 'not-aws'
  );
}

/** Milliseconds that AWS asked to wait (`Retry-After`), or `null`. */
export function retryAfterMs(error: unknown): number | null {
  const seconds = Number(field(error, 'retryAfterSeconds'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

/** Why a call failed, by what the SDK, the network or the other side said. */
export function kindOf(error: unknown): FailureKind {
  const name = codeOf(error);
  const status = statusOf(error);
  if (name === 'CredentialsProviderError' || isOfFile(error)) return 'no-credentials';
  if (name === 'InvalidProxy') return 'invalid-proxy';
  // Node.js, "ERR_INVALID_CHAR": only what signs a request is put into its headers as it was given.
  if (name === 'ERR_INVALID_CHAR' || /^IncompleteSignature/.test(name)) {
    return 'malformed-credentials';
  }
  // No answer of AWS is so large, and one without an end has none the next time.
  if (name === 'AnswerTooLarge') return 'not-aws';
  // Only a proxy answers so (RFC 9110, 15.5.8).
  if (httpStatusOf(error) === 407) return 'proxy-login';
  // A proxy's 502 may pass, as AWS's own does.
  if (describeForeignAnswer(error) !== null) {
    return (httpStatusOf(error) ?? 0) >= 500 ? 'unavailable' : 'not-aws';
  }
  if (/ExpiredToken/.test(name)) return 'expired-credentials';
  if (
    /^(UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken|InvalidAccessKeyId)/.test(
      name,
    )
  ) {
    return 'invalid-credentials';
  }
  if (/^(InvalidSignature|SignatureDoesNotMatch|RequestTimeTooSkewed|RequestExpired)/.test(name)) {
    const words = `${name} ${textOf(error)}`;
    if (/expired|not yet current|skew/i.test(words)) return 'clock-skew';
    // "Credential should be scoped to a valid region, not 'eu-west-1'."
    return /scoped to/i.test(words) ? 'wrong-scope' : 'wrong-secret';
  }
  if (/^OptInRequired/.test(name)) return 'not-subscribed';
  // Services that speak JSON refuse with 400 and this name (AWS Organizations API Reference, ListAccounts).
  if (/^AccessDenied/.test(name)) return 'access-denied';
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
  if (CERTIFICATE_CODES.test(name)) return 'untrusted-certificate';
  if (isNetworkError(error)) return 'network';
  return 'unintelligible';
}

/** A file that the credentials are read from, such as that of AWS_WEB_IDENTITY_TOKEN_FILE, cannot be. */
function isOfFile(error: unknown): boolean {
  return field(error, 'syscall') === 'open' && typeof field(error, 'path') === 'string';
}

/** Node.js, "TLS: X509 certificate error codes", and the code of a certificate for another host. */
const CERTIFICATE_CODES =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // What `https-proxy-agent` says, without a code, of a proxy that hangs up.
  if (error.message.startsWith('Proxy connection ended')) return true;
  return /^(E[A-Z_]+|HPE_.*|TimeoutError|AbortError|UND_ERR_.*|ERR_TLS.*|ERR_SSL.*)$/.test(
    codeOf(error),
  );
}

/** AWS's error code, or the network's. */
export function codeOf(error: unknown): string {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return (error instanceof Error && error.name) || 'Error';
}

/** What an error says. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'no further words' : text;
}

function statusOf(error: unknown): number | null {
  return error instanceof SyntaxError ? null : httpStatusOf(error);
}

function httpStatusOf(error: unknown): number | null {
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}
