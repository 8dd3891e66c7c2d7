import { redact } from '../../aws/redact.js';
import { type ApiEvidence, nameOf } from '../../model/evidence.js';
import type { AnswerKind, ProbeAnswer } from '../answer.js';
import type { Circumstances, Classifier, Hide, HttpAnswer, KnownAnswers } from './classifier.js';
import {
  doubtAbout,
  type GatewayResponses,
  type GatewayResponsesReader,
  isAboutRequest,
  mayBeGatewayResponse,
  readGatewayResponses,
} from './gateway-responses.js';
import { wafAction } from './waf.js';
import { detailOf, kindOfWords, messageOf, notApiGateway, skewOf } from './words.js';

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

/** The classifier of a REST API: reads its gateway responses, which decide how its errors look. */
export async function readRestAnswers(
  api: ApiEvidence,
  apiGateway: GatewayResponsesReader,
): Promise<KnownAnswers> {
  const responses = await readGatewayResponses(apiGateway, api.id);
  return {
    classifier: restClassifier(responses),
    notes: responses.readable
      ? []
      : [
          `The gateway responses of ${nameOf(api)} (${api.id}) could not be read, so that errors with a status of their own prove nothing: ${responses.call} ${responses.reason}. ${responses.remedy}`,
        ],
  };
}

/** The classifier of a REST API with these gateway responses. */
export function restClassifier(gatewayResponses: GatewayResponses): Classifier {
  return {
    classify: (answer, circumstances) => classify(answer, gatewayResponses, circumstances),
  };
}

/**
 * Classifies what an endpoint answered. Refusals are recognized by `x-amzn-ErrorType`, which stays when
 * gateway responses change an error's status or body, together with a status that the API's gateway
 * responses allow; a status alone proves nothing, since an integration can answer any of them. What is
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
  const byWaf = wafAction(answer, hide);
  if (byWaf !== null) return byWaf;
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

function classifyError(
  answer: HttpAnswer,
  errorType: string,
  message: string,
  gatewayResponses: GatewayResponses,
  hide: Hide,
): ProbeAnswer {
  const { status } = answer;
  const kind = kindOfErrorType(errorType, message);
  const doubt =
    doubtAbout(errorType, status, gatewayResponses) ??
    (gatewayResponses.readable || answer.body === '' ? null : doubtAboutWords(kind, message));
  if (kind === null || doubt !== null) {
    const detail =
      doubt ?? [hide(errorType).slice(0, 80), message].filter((it) => it !== '').join(': ');
    return { kind: 'unknown-error', status, detail: detailOf(detail, hide) };
  }
  const skew = kind === 'wrong-signature' ? skewOf(answer, message, hide) : null;
  if (skew !== null) return { kind: 'clock-skew', status, detail: skew };
  return { kind, status, detail: detailOf(message, hide) };
}

/** Errors that prove something, and what their own words are about. */
const PROVING: ReadonlySet<AnswerKind> = new Set(['missing-token', 'wrong-signature']);

/**
 * Why an error whose name would prove something cannot be taken for it where gateway responses could not be
 * read, `null` where it can: one of another error may write the name of this one, behind authorization too.
 * The built-in words then say which it is.
 */
function doubtAboutWords(kind: AnswerKind | null, message: string): string | null {
  if (kind === null || !PROVING.has(kind) || kindOfWords(message) === kind) return null;
  return "its words are not API Gateway's own, and the API's gateway responses could not be read";
}

/** What an error is by its name in `x-amzn-ErrorType` and its words; `null` where nobody knows it. */
export function kindOfErrorType(errorType: string, message: string): AnswerKind | null {
  const kind = BY_ERROR_TYPE.get(errorType) ?? null;
  // Seen under two error types, and the scope's under one that no capture shows: the words decide.
  if (/security token included in the request is invalid/i.test(message)) return 'unknown-key';
  if (/credential should be scoped/i.test(message)) return 'wrong-scope';
  return kind;
}
