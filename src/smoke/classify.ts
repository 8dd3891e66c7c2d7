import { redact } from '../aws/redact.js';
import type { AnswerKind, ProbeAnswer } from './answer.js';

/** An HTTP answer as it came; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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
  ['UnauthorizedException', 'unauthorized'],
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['InternalServerErrorException', 'integration-failure'],
]);

/**
 * Classifies what an endpoint answered. Refusals are told by `x-amzn-ErrorType`, which stays when
 * gateway responses change an error's status or body; a status alone tells nothing, since an
 * integration can answer any of them. What is not known is called unknown: never a refusal, never
 * a success.
 *
 * Sources: API Gateway Developer Guide, "Gateway response types"; AWS re:Post, "How do I troubleshoot
 * HTTP 403 errors from API Gateway?".
 */
export function classify(answer: HttpAnswer): ProbeAnswer {
  const { status, headers, body } = answer;
  const text = messageOf(body);
  const detail = redact(text).slice(0, 300);
  // API Gateway puts both on every answer; whoever sends neither is something else.
  if (headers['x-amzn-requestid'] === undefined && headers['x-amz-apigw-id'] === undefined) {
    const server = headers.server === undefined ? '' : `, server: ${headers.server.slice(0, 60)}`;
    return { kind: 'not-api-gateway', status, detail: `no x-amzn-requestid${server}` };
  }
  // The header can carry a suffix: `AccessDeniedException:http://internal…`.
  const errorType = headers['x-amzn-errortype']?.split(':')[0]?.trim();
  return { kind: kindOf(status, errorType, text), status, detail };
}

function kindOf(status: number, errorType: string | undefined, text: string): AnswerKind {
  if (errorType === undefined || errorType === '') {
    if (status >= 200 && status < 300) return 'accepted';
    if (status >= 300 && status < 400) return 'redirected';
    return 'unlabelled-error';
  }
  // Seen under two error types; the words are what both share.
  if (/security token included in the request is invalid/i.test(text)) return 'unknown-key';
  if (/credential should be scoped/i.test(text)) return 'wrong-scope';
  const kind = BY_ERROR_TYPE.get(errorType);
  if (kind === 'wrong-signature' && /^signature (expired|not yet current)/i.test(text)) {
    return 'clock-skew';
  }
  return kind ?? 'unknown-error';
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
