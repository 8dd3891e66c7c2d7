import { describe, expect, test } from '@jest/globals';
import {
  type AnswerKind,
  isContradictory,
  isSameAnswer,
  isWithoutAnswer,
  saysSomething,
} from '../../../src/probe/answer.js';
import type { HttpAnswer } from '../../../src/probe/classify/classifier.js';
import { NO_GATEWAY_RESPONSES } from '../../../src/probe/classify/gateway-responses.js';
import { classifyNetworkError } from '../../../src/probe/classify/network.js';
import { classify } from '../../../src/probe/classify/rest.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');

/** An answer of API Gateway that names an error, in words that say nothing. */
function answer(errorType: string, parts: Partial<HttpAnswer> = {}): HttpAnswer {
  return {
    status: 403,
    body: '{"message":"no"}',
    receivedAtMs: NOW,
    ...parts,
    headers: {
      'x-amzn-requestid': '6f1c2d3e-aaaa',
      'x-amz-apigw-id': 'Ab1Cd2Ef3Gh4=',
      ...(errorType === '' ? {} : { 'x-amzn-errortype': errorType }),
      ...parts.headers,
    },
  };
}

function told(of: HttpAnswer) {
  return classify(of, NO_GATEWAY_RESPONSES);
}

describe('an error type, cell by cell', () => {
  test.each<[errorType: string, status: number, kind: AnswerKind]>([
    ['MissingAuthenticationTokenException', 403, 'missing-token'],
    ['AccessDeniedException', 403, 'denied'],
    ['InvalidSignatureException', 403, 'wrong-signature'],
    ['UnrecognizedClientException', 403, 'unknown-key'],
    ['ExpiredTokenException', 403, 'expired-token'],
    ['IncompleteSignatureException', 403, 'incomplete-signature'],
    ['ForbiddenException', 403, 'forbidden'],
    ['WafFilteredException', 403, 'forbidden'],
    ['UnauthorizedException', 401, 'unauthorized'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['LimitExceededException', 429, 'throttled'],
    ['RequestTooLargeException', 413, 'request-too-large'],
    ['NotFoundException', 404, 'no-such-method'],
    ['ResourceNotFoundException', 404, 'no-such-method'],
    ['AuthorizerConfigurationException', 500, 'authorizer-failure'],
    ['AuthorizerFailureException', 500, 'authorizer-failure'],
    ['BadRequestException', 400, 'invalid-request'],
    ['UnsupportedMediaTypeException', 415, 'invalid-request'],
    ['InternalServerErrorException', 500, 'integration-failure'],
    ['ApiConfigurationException', 500, 'integration-failure'],
    ['IntegrationFailureException', 504, 'integration-failure'],
    ['IntegrationTimeoutException', 504, 'integration-failure'],
    ['SomethingElseException', 403, 'unknown-error'],
  ])('%s with %s', (errorType, status, kind) => {
    expect(told(answer(errorType, { status })).kind).toBe(kind);
  });

  test('that nobody knows is told with its words', () => {
    expect(told(answer('NovelException')).detail).toBe('NovelException: no');
    expect(told(answer('NovelException', { body: '' })).detail).toBe('NovelException');
    const long = told(answer('N'.repeat(200), { body: '' }));
    expect(long.detail).toBe('N'.repeat(80));
  });

  test.each([
    [200, 'accepted'],
    [299, 'accepted'],
    [300, 'redirected'],
    [399, 'redirected'],
    [400, 'backend-error'],
    [599, 'backend-error'],
    [600, 'unknown-error'],
    [199, 'unknown-error'],
  ])('without one, %s is of the integration: %s', (status, kind) => {
    expect(told(answer('', { status, body: '{"own":1}' })).kind).toBe(kind);
  });

  test.each<[string, number, string, AnswerKind, string]>([
    ['InvalidSignatureException', 600, 'no', 'clock-skew', '10 min 0 s ahead of'],
    ['InvalidSignatureException', -601, 'no', 'clock-skew', '10 min 1 s behind'],
    ['InvalidSignatureException', 300, 'no', 'wrong-signature', 'no'],
    ['InvalidSignatureException', 301, 'no', 'clock-skew', '5 min 1 s ahead of'],
    ['InvalidSignatureException', 60, 'Signature expired: x', 'clock-skew', '1 min 0 s ahead of'],
    ['InvalidSignatureException', -60, 'Signature not yet current: x', 'clock-skew', 'behind'],
    ['InvalidSignatureException', 0, 'Signature expired: x', 'clock-skew', 'Signature expired: x'],
    ['InvalidSignatureException', 60, 'The Signature expired', 'wrong-signature', 'The Signature'],
    // Of an error that is no wrong signature a clock says nothing.
    ['AccessDeniedException', 600, 'no', 'denied', 'no'],
  ])('%s from a clock that is %s s off: %s', (errorType, seconds, words, kind, detail) => {
    const date = new Date(NOW - seconds * 1000).toUTCString();
    const found = told(
      answer(errorType, { headers: { date }, body: JSON.stringify({ message: words }) }),
    );
    expect(found.kind).toBe(kind);
    expect(found.detail).toContain(detail);
  });
});

describe('an answer that did not come', () => {
  test.each<[string, AnswerKind]>([
    ['ENOTFOUND', 'name-not-resolved'],
    ['EAI_AGAIN', 'name-not-resolved'],
    ['EAI_NODATA', 'name-not-resolved'],
    ['ECONNREFUSED', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'tls-failure'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failure'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failure'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failure'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failure'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failure'],
    ['EPROTO', 'tls-failure'],
    ['NOT_A_CERT_', 'unreachable'],
  ])('for %s', (code, kind) => {
    const error = Object.assign(new Error('words'), { code });
    expect(classifyNetworkError(error)).toEqual({ kind, status: null, detail: code });
  });

  test.each<[unknown, string]>([
    ['text', 'unknown network error'],
    [Object.assign(new Error('x'), { code: 'ABORT_ERR' }), 'TimeoutError'],
    [Object.assign(new Error('x'), { name: 'AbortError' }), 'TimeoutError'],
    [Object.assign(new Error('x'), { code: '' }), 'Error'],
    [Object.assign(new TypeError('x'), { code: 7 }), 'TypeError'],
  ])('for %p is told in a word', (error, detail) => {
    expect(classifyNetworkError(error)).toMatchObject({ kind: 'unreachable', detail });
  });
});

describe('what answers say', () => {
  const SILENT: readonly AnswerKind[] = [
    'name-not-resolved',
    'tls-failure',
    'unreachable',
    'throttled',
    'out-of-time',
  ];

  test.each(SILENT)('%s says nothing, and contradicts nothing', (kind) => {
    expect(saysSomething(kind)).toBe(false);
    const seen = (...kinds: AnswerKind[]) => new Map(kinds.map((it) => [it, 1]));
    expect(isContradictory(seen(kind, 'accepted'))).toBe(false);
    expect(isContradictory(seen(kind))).toBe(false);
    expect(isContradictory(seen(kind, 'accepted', 'denied'))).toBe(true);
  });

  test.each<[AnswerKind, boolean]>([
    ['name-not-resolved', true],
    ['tls-failure', true],
    ['unreachable', true],
    ['throttled', false],
    ['out-of-time', false],
    ['accepted', false],
  ])('%s comes from nobody: %s', (kind, expected) => {
    expect(isWithoutAnswer(kind)).toBe(expected);
  });

  test.each<[AnswerKind, AnswerKind, boolean]>([
    ['accepted', 'accepted', true],
    ['accepted', 'backend-error', true],
    ['redirected', 'invalid-request', true],
    ['accepted', 'integration-failure', false],
    ['integration-failure', 'accepted', false],
    ['denied', 'missing-token', false],
    ['denied', 'denied', true],
  ])('%s and %s say the same: %s', (a, b, expected) => {
    expect(isSameAnswer(a, b)).toBe(expected);
  });
});
