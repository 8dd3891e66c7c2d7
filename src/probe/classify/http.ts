import { redact } from '../../aws/redact.js';
import type { AnswerKind, ProbeAnswer } from '../answer.js';
import type { Circumstances, Classifier, HttpAnswer } from './classifier.js';
import { wafAction } from './waf.js';
import {
  detailOf,
  isMessageAlone,
  kindOfWords,
  messageOf,
  notApiGateway,
  skewOf,
} from './words.js';

/** On every answer of an HTTP API, also of its integrations; no other kind of API sends it. */
const IDENTIFIED_BY = 'apigw-requestid';

/** What answers of REST APIs have, and those of HTTP APIs have not: behind one, it is a backend's. */
const OF_REST_APIS = ['x-amz-apigw-id', 'x-amzn-requestid', 'x-amzn-errortype'] as const;

/** The classifier of an HTTP API. It has no gateway responses: nobody can change its own errors. */
export const HTTP_CLASSIFIER: Classifier = {
  classify: (answer, circumstances) => classifyHttp(answer, circumstances),
};

/**
 * Classifies what the endpoint of an HTTP API answered. It names itself by `apigw-requestid` and its
 * errors not at all: a 403 says `{"message":"Forbidden"}` whatever the reason, which stands in the access
 * log alone (API Gateway Developer Guide, "Troubleshooting issues with HTTP API Lambda integrations" and
 * "Working with routes for HTTP APIs"). So an error is API Gateway's own as far as it can be: where it
 * holds a message alone, or could not be read. What its integration alone can have written is taken for
 * that: to take it for a riddle would let an open route by. Of a signed request it is the other way
 * round, since that is taken for proof: no 401 and no 403 counts as the integration's.
 */
export function classifyHttp(
  answer: HttpAnswer,
  { hide, isSigned }: Circumstances = { hide: redact, isSigned: false },
): ProbeAnswer {
  const { status, headers, body, isCut = false } = answer;
  // Of the CDN before it: an HTTP API has no web ACL of its own.
  const byWaf = wafAction(answer, hide);
  if (byWaf !== null) return byWaf;
  if (headers[IDENTIFIED_BY] === undefined) return notApiGateway(answer, IDENTIFIED_BY, hide);
  if (status >= 200 && status < 300) return { kind: 'accepted', status, detail: '' };
  if (status >= 300 && status < 400) return { kind: 'redirected', status, detail: '' };
  if (status < 400 || status > 599) return { kind: 'unknown-error', status, detail: '' };

  const foreign = OF_REST_APIS.find((name) => headers[name] !== undefined);
  if (foreign !== undefined) {
    const detail = `with ${foreign}, which no HTTP API sends`;
    return { kind: 'unlabelled-error', status, detail };
  }
  if (body !== '' && !isCut && !isMessageAlone(body)) {
    const isRefusing = status === 401 || status === 403;
    // What a backend says is its own, and may hold anything: it is not repeated.
    return {
      kind: isSigned && isRefusing ? 'unlabelled-error' : 'backend-error',
      status,
      detail: '',
    };
  }
  const message = messageOf(body);
  const kind = isCut && status < 500 ? 'unlabelled-error' : kindOfError(status, message, isSigned);
  const skew = isSigned && isAboutSignature(kind) ? skewOf(answer, message, hide) : null;
  if (skew !== null && skew !== detailOf(message, hide)) {
    return { kind: 'clock-skew', status, detail: skew };
  }
  return { kind, status, detail: detailOf(message, hide) };
}

/** An error with a message alone, or without a body, as each answer to HEAD is. */
function kindOfError(status: number, message: string, isSigned: boolean): AnswerKind {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403: {
      const kind = kindOfWords(message) ?? 'refused';
      // An unsigned request has no rights that it could lack.
      return kind === 'denied' && !isSigned ? 'refused' : kind;
    }
    case 404:
      // The words that the Developer Guide has, "Working with routes for HTTP APIs".
      return /^not found$/i.test(message) ? 'no-such-method' : 'unlabelled-error';
    case 413:
    case 414:
    case 431:
      return 'request-too-large';
    case 429:
      return 'throttled';
    default:
      // No authorizer of another kind stands before a route with IAM: what fails there, fails behind it.
      return status >= 500 ? 'integration-failure' : 'unlabelled-error';
  }
}

function isAboutSignature(kind: AnswerKind): boolean {
  return kind === 'refused' || kind === 'wrong-signature';
}
