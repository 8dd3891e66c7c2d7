import { redact } from '../../aws/redact.js';
import { type AnswerKind, isRefusal, type ProbeAnswer } from '../answer.js';
import type { Circumstances, Classifier, Hide, HttpAnswer } from './classifier.js';
import { doubtAbout, NO_GATEWAY_RESPONSES } from './gateway-responses.js';
import { kindOfErrorType } from './rest.js';
import { wafAction } from './waf.js';
import {
  detailOf,
  isMessageAlone,
  kindOfWords,
  messageOf,
  notApiGateway,
  skewOf,
} from './words.js';

/** Whichever of them a refused handshake has, if any: AWS documents none. */
const IDENTIFIED_BY = ['x-amzn-requestid', 'x-amz-apigw-id', 'apigw-requestid'] as const;

/** The classifier of a WebSocket API's handshakes. */
export const WEBSOCKET_CLASSIFIER: Classifier = {
  classify: (answer, circumstances) => classifyHandshake(answer, circumstances),
};

/**
 * Classifies the answer to a handshake. 101 opens the connection, for whoever asked. A refusal has a
 * status of 401 or 403 (API Gateway Developer Guide, "Manage connected users and client apps: $connect
 * and $disconnect routes"), in words that nobody recorded: they may be those of REST APIs, which say why,
 * or "Forbidden" alone. The status of a `$connect` integration that refuses becomes the handshake's, so
 * that a refusal without a reason may be the backend's of an open API: it is `refused`, which proves
 * nothing by itself. No error counts as having been let in unless API Gateway says so.
 */
export function classifyHandshake(
  answer: HttpAnswer,
  { hide, isSigned }: Circumstances = { hide: redact, isSigned: false },
): ProbeAnswer {
  const { status, headers, body, isCut = false } = answer;
  if (status === 101) return { kind: 'accepted', status, detail: '' };
  const byWaf = wafAction(answer, hide);
  if (byWaf !== null) return byWaf;
  const isPlain = !isCut && (body === '' || isMessageAlone(body));
  if (!IDENTIFIED_BY.some((name) => headers[name] !== undefined)) {
    // It may be API Gateway's, whose handshakes nobody recorded. Whoever refused, it gives no reason.
    if ((status === 401 || status === 403) && isPlain)
      return { kind: 'refused', status, detail: '' };
    return notApiGateway(answer, IDENTIFIED_BY.join(', '), hide);
  }
  if (status < 400 || status > 599) return { kind: 'unknown-error', status, detail: '' };
  const message = messageOf(body);
  const errorType = headers['x-amzn-errortype']?.split(':')[0]?.trim() ?? '';
  if (errorType !== '') {
    const kind = kindOfErrorType(errorType, message);
    // A refusal may have either status, whatever REST APIs have in its place.
    const isRefusing = kind !== null && isRefusal(kind) && (status === 401 || status === 403);
    const doubt = isRefusing ? null : doubtAbout(errorType, status, NO_GATEWAY_RESPONSES);
    if (kind === null || doubt !== null) {
      const detail = doubt ?? `${hide(errorType).slice(0, 80)}: ${message}`;
      return { kind: 'unknown-error', status, detail: detailOf(detail, hide) };
    }
    return told(kind, answer, message, isSigned, hide);
  }
  if (!isPlain) return { kind: 'unlabelled-error', status, detail: '' };
  return told(kindOfStatus(status, message), answer, message, isSigned, hide);
}

/** An error that names its kind in no header. */
function kindOfStatus(status: number, message: string): AnswerKind {
  switch (status) {
    case 401:
    case 403:
      return kindOfWords(message) ?? 'refused';
    case 404:
      return 'no-such-method';
    case 429:
      return 'throttled';
    default:
      return 'unlabelled-error';
  }
}

function told(
  kind: AnswerKind,
  answer: HttpAnswer,
  message: string,
  isSigned: boolean,
  hide: Hide,
): ProbeAnswer {
  const { status } = answer;
  const skew = kind === 'wrong-signature' ? skewOf(answer, message, hide) : null;
  if (skew !== null) return { kind: 'clock-skew', status, detail: skew };
  // "Forbidden" gives no reason, and to deny a request that nobody signed says nothing of signatures.
  const isVague = kind === 'forbidden' || (kind === 'denied' && !isSigned);
  return { kind: isVague ? 'refused' : kind, status, detail: detailOf(message, hide) };
}
