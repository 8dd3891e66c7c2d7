import { withoutAdvice } from './certificate-words.js';
import { remedyOfRefusal } from './denied.js';
import type { EndpointVariable } from './endpoint-variable.js';
import { field } from './field.js';
import { describeForeignAnswer } from './foreign-answer.js';
import { isIamCall, listingServiceOf, missingStatement } from './missing-right.js';
import { SENT } from './secrets.js';

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

/** What is known of the run besides the call; the remedy depends on it. */
export interface Circumstances {
  /** What to do about missing credentials, where the event that started the run is why they miss. */
  readonly onMissingCredentials?: string | null;
  /** The region's partition, such as `aws-cn`; without it, `aws`. */
  readonly partition?: string;
  /** The SDK's variables that say where AWS is called, as far as they are set. */
  readonly endpointVariables?: readonly EndpointVariable[];
  readonly region?: string;
  /** Where the call is one of API Gateway's second version: some calls of the two have one name. */
  readonly service?: 'apigatewayv2';
  /** What the call was about, as its log has it, such as `a1b2c3d4e5 prod`. */
  readonly subject?: string;
}

/** A call to AWS that failed for good, labelled with what was called and why it most likely failed. */
export class AwsFailure extends Error {
  readonly kind: FailureKind;
  /** The call, such as `GetResources`. */
  readonly operation: string;
  /** AWS's error code, such as `TooManyRequestsException`, or the network's; redacted. */
  readonly code: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** AWS's own words, redacted. */
  readonly detail: string;

  /** The message without the operation: `failed after 3 attempts: …`. */
  readonly why: string;

  readonly #circumstances: Circumstances;
  readonly #isForeign: boolean;

  constructor(
    operation: string,
    cause: unknown,
    attempts: number,
    circumstances: Circumstances = {},
  ) {
    const kind = kindOf(cause);
    const code = SENT.hide(codeOf(cause)).slice(0, LONGEST_CODE);
    const foreign = describeForeignAnswer(cause);
    const detail = foreign ?? detailOf(cause);
    const often =
      attempts > 1 ? ` after ${attempts} attempts` : attempts === 0 ? ' without being made' : '';
    const why = `failed${often}: ${SENTENCES[kind]} (${foreign ?? `${code}: ${detail}`})`;
    super(`${operation} ${why}`, { cause });
    this.name = 'AwsFailure';
    this.kind = kind;
    this.operation = operation;
    this.code = code;
    this.attempts = attempts;
    this.detail = detail;
    this.why = why;
    this.#circumstances = circumstances;
    this.#isForeign = foreign !== null;
  }

  /** Whether it is not known if AWS carried the call out: the answer was lost, cut short or a 5xx. */
  get isInDoubt(): boolean {
    return isInDoubt(this.kind);
  }

  /** What happened and what to change. */
  get inFull(): string {
    return `${this.message}. ${this.remedy}`;
  }

  /** What to change so that the call succeeds, in one sentence. */
  get remedy(): string {
    return remedyOf(this, this.#isForeign, this.#circumstances);
  }
}

/** Codes are words of AWS's documentation; what is longer is none. */
const LONGEST_CODE = 80;
const LONGEST_DETAIL = 500;

/** OpenSSL's line of an error: the reason stands between the name of a function and that of a file. */
const OPENSSL_WORDS = /:error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):/i;

const SENTENCES: Readonly<Record<FailureKind, string>> = {
  'no-credentials': 'no AWS credentials were found',
  'invalid-credentials': 'AWS does not know these credentials',
  'not-subscribed': 'the account is not signed up for the service, or has not enabled the region',
  'malformed-credentials': 'the AWS credentials hold a character that they cannot have',
  'invalid-proxy': 'the proxy that the environment names cannot be used',
  'proxy-login': 'the proxy asks for a user and password',
  'wrong-secret': 'the secret access key does not belong to the access key id',
  'wrong-scope':
    'the endpoint belongs to another region or service than the one that was asked for',
  'expired-credentials': 'the AWS credentials have expired',
  'access-denied': 'the credentials may not make this call',
  'clock-skew': "this machine's clock is wrong",
  'not-found': 'it does not exist',
  conflict: 'something else kept changing the API at the same time',
  throttled: 'AWS kept throttling the call',
  unavailable: 'AWS kept answering with a server error',
  network: 'the connection to AWS failed',
  'untrusted-certificate': "the endpoint's TLS certificate is not trusted",
  'not-aws': 'something that is not AWS answered',
  refused: 'AWS refused the request',
  unintelligible: "AWS's answer could not be understood",
};

/** The variable that decides where a call goes; `null` where AWS's own endpoint is called. */
function variableOf(
  operation: string,
  { service, endpointVariables: set = [] }: Circumstances,
): EndpointVariable | null {
  const listing = listingServiceOf(operation);
  const own =
    listing !== null
      ? (`AWS_ENDPOINT_URL_${listing}` as const)
      : operation.startsWith('AssumeRole') || operation === 'GetCallerIdentity'
        ? 'AWS_ENDPOINT_URL_STS'
        : isIamCall(operation)
          ? 'AWS_ENDPOINT_URL_IAM'
          : service === 'apigatewayv2'
            ? 'AWS_ENDPOINT_URL_APIGATEWAYV2'
            : operation === 'ListStackResources'
              ? 'AWS_ENDPOINT_URL_CLOUDFORMATION'
              : 'AWS_ENDPOINT_URL_API_GATEWAY';
  if (set.includes(own)) return own;
  return set.includes('AWS_ENDPOINT_URL') ? 'AWS_ENDPOINT_URL' : null;
}

/** @param isForeign whether something answered in the place of AWS. */
function remedyOf(
  { kind, operation, code, detail }: AwsFailure,
  isForeign: boolean,
  circumstances: Circumstances,
): string {
  const variable = variableOf(operation, circumstances);
  switch (kind) {
    case 'no-credentials':
      if (circumstances.onMissingCredentials) return circumstances.onMissingCredentials;
      return 'Add a step with aws-actions/configure-aws-credentials before this one, and `permissions: id-token: write` to the job. A pull request from a fork gets no credentials at all.';
    case 'invalid-credentials':
      return 'Check the access key and session token of the step, that they belong to the partition of the region, and that the account has the region enabled.';
    case 'not-subscribed':
      return 'Enable the region for the account, or finish the sign-up of the account, then run the job again.';
    case 'malformed-credentials':
      return 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN again, without blanks or line breaks that were copied with them.';
    case 'invalid-proxy':
      return 'Correct HTTPS_PROXY or HTTP_PROXY: a URL such as http://proxy.example.com:3128, in which other characters than letters and digits of a user and password are percent-encoded.';
    case 'proxy-login':
      return 'Put the user and password of the proxy into HTTPS_PROXY and HTTP_PROXY, percent-encoded, as in http://USER:PASSWORD@proxy.example.com:3128, or correct those that are there.';
    case 'wrong-secret':
      return 'Set AWS_SECRET_ACCESS_KEY to the secret that was issued with AWS_ACCESS_KEY_ID, without blanks or line breaks around it.';
    case 'wrong-scope':
      return variable === null
        ? 'Set region to the region of the endpoint that is called.'
        : `Point ${variable} to the endpoint of the region, or leave it out: AWS's own endpoint is the default.`;
    case 'expired-credentials':
      return 'Run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds.';
    case 'access-denied':
      return (
        remedyOfRefusal(detail) ??
        `Allow it with this statement: ${JSON.stringify(missingStatement(operation, circumstances))}`
      );
    case 'clock-skew':
      return "Set the runner's clock (NTP): AWS refuses signatures more than five minutes off.";
    case 'not-found':
      return 'Check the id and the region.';
    case 'conflict':
      return 'Run the job again when no other deployment is under way.';
    case 'throttled':
      if (isIamCall(operation)) return 'Run the job again when less is asked of IAM.';
      if (operation === 'ListStackResources') {
        return 'Run the job again when less is asked of CloudFormation.';
      }
      if (listingServiceOf(operation) !== null || operation.startsWith('AssumeRole')) {
        return 'Run the job again in a few minutes.';
      }
      return "The account's API Gateway quota (10 requests a second) is shared by everything in the region: run the audit at another time, or audit fewer APIs a job.";
    case 'unavailable':
      return isForeign
        ? `Run the job again; if it stays, check ${variable ?? 'the proxy of the runner (HTTPS_PROXY)'}: the answer did not come from AWS.`
        : 'Run the job again; if it stays, see the AWS Health Dashboard.';
    case 'untrusted-certificate':
      return certificateRemedy(variable, code);
    case 'not-aws':
      return variable === null
        ? 'Let the proxy of the runner (HTTPS_PROXY) pass requests to AWS on, or name AWS in NO_PROXY.'
        : `Point ${variable} to an endpoint of AWS, or leave it out: AWS's own endpoint is the default.`;
    case 'network':
      if (variable !== null) {
        return `Check ${variable}, which says where AWS is called, and that the runner can reach that address.`;
      }
      return 'Check the region, the proxy (HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured) and that the runner can reach AWS.';
    case 'refused':
    case 'unintelligible':
      // AWS's own words name the quota.
      if (isIamCall(operation) && code.startsWith('LimitExceeded')) {
        return 'Delete policies, versions or attachments that nobody needs, or have the quota raised in Service Quotas where IAM allows that.';
      }
      return 'Run the job again; if it stays, open an issue with this message.';
  }
}

function certificateRemedy(variable: EndpointVariable | null, code: string): string {
  const whose = variable === null ? 'the endpoint or the proxy' : `the endpoint in ${variable}`;
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return variable === null
      ? 'Its certificate is for another host: check the proxy of the runner.'
      : `Its certificate is for another host: put a host name that it covers into ${variable}.`;
  }
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return `Renew the certificate of ${whose}, or set the runner's clock if that is wrong.`;
  }
  return `Set NODE_EXTRA_CA_CERTS in the step's env to a file with the certificate authority of ${whose}.`;
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

function kindOf(error: unknown): FailureKind {
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

function codeOf(error: unknown): string {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return (error instanceof Error && error.name) || 'Error';
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'no further words' : text;
}

/**
 * AWS's own words as far as they say what happened: the first line, since a signature error goes on with
 * the whole canonical request, and the SDK's of an answer that it cannot read with a hint for developers.
 */
function detailOf(error: unknown): string {
  const [line = ''] = textOf(error).split(/\r?\n/);
  const tls = OPENSSL_WORDS.exec(line)?.[1];
  return SENT.hide(tls === undefined ? withoutAdvice(line.trim()) : `TLS: ${tls}`).slice(
    0,
    LONGEST_DETAIL,
  );
}

function statusOf(error: unknown): number | null {
  return error instanceof SyntaxError ? null : httpStatusOf(error);
}

function httpStatusOf(error: unknown): number | null {
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}
