import { redact } from '../aws/redact.js';
import type { AnswerKind, ProbeAnswer } from './answer.js';
import {
  doubtAbout,
  type GatewayResponses,
  isAboutRequest,
  mayBeGatewayResponse,
} from './gateway-responses.js';

/** An HTTP answer as it came; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning. */
  readonly body: string;
  /** It did not end in the time that it was given. */
  readonly isCut?: boolean;
  /** By this machine's clock, in milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

/** Makes an endpoint's words fit to be shown, before they are cut. */
export type Hide = (text: string) => string;

/** What is known of the request that was answered. */
export interface Circumstances {
  readonly hide: Hide;
  /** With a signature that is right. */
  readonly isSigned: boolean;
}

/** Error types that API Gateway answers with, by their names in `x-amzn-ErrorType`. */
const BY_ERROR_TYPE: ReadonlyMap<string, AnswerKind> = new Map([
  ['MissingAuthenticationTokenException', 'missing-token'],
  ['AccessDeniedException', 'denied'],
  ['InvalidSignatureException', 'wrong-signature'],
  ['UnrecognizedClientException', 'unknown-key'],
  ['ExpiredTokenException', 'expired-token'],
  ['IncompleteSignatureException', 'incomplete-signature'],
  ['ForbiddenException', 'forbidden'],
  ['WafFilteredException', 'forbidden'],
  ['UnauthorizedException', 'unauthorized'],
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['RequestTooLargeException', 'request-too-large'],
  ['NotFoundException', 'no-such-method'],
  ['ResourceNotFoundException', 'no-such-method'],
  ['AuthorizerConfigurationException', 'authorizer-failure'],
  ['AuthorizerFailureException', 'authorizer-failure'],
  ['BadRequestException', 'invalid-request'],
  ['UnsupportedMediaTypeException', 'invalid-request'],
  ['InternalServerErrorException', 'integration-failure'],
  ['ApiConfigurationException', 'integration-failure'],
  ['IntegrationFailureException', 'integration-failure'],
  ['IntegrationTimeoutException', 'integration-failure'],
]);

/** "Signature expired: … is now earlier than … (… - 5 min.)": AWS takes signatures so far off. */
const SKEW_ALLOWED_MS = 5 * 60_000;
const MOST_DETAIL = 300;

/**
 * Classifies what an endpoint answered. Refusals are told by `x-amzn-ErrorType`, which stays when
 * gateway responses change an error's status or body, together with a status that the API's gateway
 * responses allow; a status alone tells nothing, since an integration can answer any of them. What is
 * not known is called unknown: never a refusal, never a success.
 *
 * An answer of a proxied backend can carry `x-amzn-ErrorType` as well, where that backend is an API
 * Gateway of its own. API Gateway renames some of the backend's headers to `x-amzn-Remapped-…`, which
 * its own answers never have, so that such an answer is known for the integration's.
 *
 * Sources: API Gateway Developer Guide, "Gateway response types" and "Amazon API Gateway important
 * notes" (remapped headers); AWS re:Post, "How do I troubleshoot HTTP 403 errors from API Gateway?".
 */
export function classify(
  answer: HttpAnswer,
  gatewayResponses: GatewayResponses,
  { hide, isSigned }: Circumstances = { hide: redact, isSigned: false },
): ProbeAnswer {
  const { status, headers, body } = answer;
  const isIdentified = headers['x-amzn-requestid'] !== undefined;
  const isOfRestApi = headers['x-amz-apigw-id'] !== undefined;
  if (!isIdentified && !isOfRestApi) return notApiGateway(answer, 'x-amzn-requestid', hide);

  // The header can carry a suffix: `AccessDeniedException:http://internal…`.
  const errorType = headers['x-amzn-errortype']?.split(':')[0]?.trim() ?? '';
  const isRemapped = Object.keys(headers).some((name) => name.startsWith('x-amzn-remapped-'));
  const message = messageOf(body);
  if (errorType !== '' && !isRemapped) {
    // Of a signed request it proves nothing all the same.
    return !isSigned && isOfNoGatewayResponse(answer, gatewayResponses)
      ? { kind: kindOfIntegration(status), status, detail: '' }
      : classifyError(answer, errorType, message, gatewayResponses, hide);
  }
  if (!isIdentified) return notApiGateway(answer, 'x-amzn-requestid', hide);
  if (!isOfRestApi) return notApiGateway(answer, 'x-amz-apigw-id', hide);
  if (!isRemapped && isAboutRequest(status, message)) {
    return { kind: 'invalid-request', status, detail: detailOf(message, hide) };
  }
  if (!isRemapped && mayBeGatewayResponse(answer, message, gatewayResponses, isSigned)) {
    return { kind: 'unlabelled-error', status, detail: detailOf(message, hide) };
  }
  // What a backend says is its own, and may hold anything: it is not repeated.
  return { kind: kindOfIntegration(status), status, detail: '' };
}

/**
 * A success or a redirect that no gateway response of the API could be is the integration's, whatever
 * error it claims to be: to take it for a riddle would let an open method by.
 */
function isOfNoGatewayResponse(
  { status }: HttpAnswer,
  gatewayResponses: GatewayResponses,
): boolean {
  if (status < 200 || status >= 400 || !gatewayResponses.readable) return false;
  const all = [...gatewayResponses.value.values()];
  return !all.some((response) => response.status === status || response.setsErrorType);
}

function kindOfIntegration(status: number): AnswerKind {
  if (status >= 200 && status < 300) return 'accepted';
  if (status >= 300 && status < 400) return 'redirected';
  return status >= 400 && status < 600 ? 'backend-error' : 'unknown-error';
}

function notApiGateway({ status, headers }: HttpAnswer, missing: string, hide: Hide): ProbeAnswer {
  const server =
    headers.server === undefined ? '' : `, server: ${hide(headers.server).slice(0, 60)}`;
  return { kind: 'not-api-gateway', status, detail: `no ${missing}${server}` };
}

function classifyError(
  answer: HttpAnswer,
  errorType: string,
  message: string,
  gatewayResponses: GatewayResponses,
  hide: Hide,
): ProbeAnswer {
  const { status } = answer;
  const kind = kindOfError(errorType, message);
  const doubt = doubtAbout(errorType, status, gatewayResponses);
  if (kind === null || doubt !== null) {
    const detail =
      doubt ?? [hide(errorType).slice(0, 80), message].filter((it) => it !== '').join(': ');
    return { kind: 'unknown-error', status, detail: detailOf(detail, hide) };
  }
  const skew = kind === 'wrong-signature' ? skewOf(answer, message, hide) : null;
  if (skew !== null) return { kind: 'clock-skew', status, detail: skew };
  return { kind, status, detail: detailOf(message, hide) };
}

function kindOfError(errorType: string, message: string): AnswerKind | null {
  const kind = BY_ERROR_TYPE.get(errorType) ?? null;
  // Seen under two error types, and the scope's under one that no capture shows: the words decide.
  if (/security token included in the request is invalid/i.test(message)) return 'unknown-key';
  if (/credential should be scoped/i.test(message)) return 'wrong-scope';
  return kind;
}

/**
 * How far this machine's clock is off, in words; `null` where that is not why the signature was
 * refused. The Date header tells it even where a gateway response hides AWS's own words.
 */
function skewOf({ headers, receivedAtMs }: HttpAnswer, message: string, hide: Hide): string | null {
  const theirMs = Date.parse(headers.date ?? '');
  const skewMs = Number.isNaN(theirMs) ? 0 : receivedAtMs - theirMs;
  const isNamed = /^signature (expired|not yet current)/i.test(message);
  if (Math.abs(skewMs) <= SKEW_ALLOWED_MS && !isNamed) return null;
  // The header has whole seconds: what is below one is not this machine's clock.
  if (Math.abs(skewMs) < 1_000) return detailOf(message, hide);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const amount = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `this machine is ${amount} ${skewMs > 0 ? 'ahead of' : 'behind'} API Gateway's clock`;
}

/** Names that do not resolve (Node.js, "Common system errors", and getaddrinfo's own). */
const NAME_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA']);

/** Codes of a failed TLS handshake or certificate (Node.js, "TLS: X509 certificate error codes"). */
const TLS_CODE =
  /^(CERT_|CRL_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERROR_IN_CERT|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH|EPROTO)/;

/** Classifies why no answer came. */
export function classifyNetworkError(error: unknown): ProbeAnswer {
  const detail = networkWords(error);
  if (NAME_CODES.has(detail)) return { kind: 'name-not-resolved', status: null, detail };
  const kind = TLS_CODE.test(detail) ? 'tls-failure' : 'unreachable';
  return { kind, status: null, detail };
}

function networkWords(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown network error';
  const code: unknown = Reflect.get(error, 'code');
  // What took too long is given up by a signal, whose name says nothing to a reader.
  if (code === 'ABORT_ERR' || error.name === 'AbortError') return 'TimeoutError';
  return typeof code === 'string' && code !== '' ? code : error.name;
}

/**
 * What is worth repeating of an endpoint's words: their first line. To a wrong signature API Gateway
 * adds the whole canonical request and the string that was to be signed.
 */
function detailOf(text: string, hide: Hide): string {
  const shown = hide(text).split(/\r|\n|\\n|The Canonical String|The String-to-Sign/)[0] ?? '';
  return shown.trimEnd().slice(0, MOST_DETAIL);
}

/** The message of an error body: `message`, or `Message` where a policy denied. */
function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return '';
    const message: unknown = Reflect.get(parsed, 'message') ?? Reflect.get(parsed, 'Message');
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}
