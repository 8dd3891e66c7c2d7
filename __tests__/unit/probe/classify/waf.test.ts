import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  hasReachedIntegration,
  isPastAuthorization,
  isRefusal,
  saysSomething,
} from '../../../../src/probe/answer.js';
import type { Classifier, HttpAnswer } from '../../../../src/probe/classify/classifier.js';
import { NO_GATEWAY_RESPONSES } from '../../../../src/probe/classify/gateway-responses.js';
import { HTTP_CLASSIFIER } from '../../../../src/probe/classify/http.js';
import { restClassifier } from '../../../../src/probe/classify/rest.js';
import { behindWebAcl } from '../../../../src/probe/classify/waf.js';
import { WEBSOCKET_CLASSIFIER } from '../../../../src/probe/classify/websocket.js';

const REST = restClassifier(NO_GATEWAY_RESPONSES);
const CLASSIFIERS: readonly (readonly [string, Classifier])[] = [
  ['REST', REST],
  ['HTTP', HTTP_CLASSIFIER],
  ['WEBSOCKET', WEBSOCKET_CLASSIFIER],
];

const hide = (text: string) => text.replaceAll('secret', '***');

function answer(status: number, headers: Record<string, string>, body = ''): HttpAnswer {
  return { status, headers, body, receivedAtMs: 0 };
}

const OF_REST = { 'x-amzn-requestid': 'r1', 'x-amz-apigw-id': 'i1=' };

describe.each(CLASSIFIERS)('an answer of AWS WAF to a request of a kind %s', (kind, classifier) => {
  const OWN = kind === 'HTTP' ? { 'apigw-requestid': 'r1=' } : OF_REST;

  test.each([
    [202, 'challenge'],
    [405, 'captcha'],
  ])('%s with %s is neither reached nor refused, signed or not', (status, action) => {
    for (const isSigned of [true, false]) {
      for (const ids of [OWN, {}]) {
        const given = answer(status, { ...ids, 'x-amzn-waf-action': action });
        expect(classifier.classify(given, { hide, isSigned })).toEqual({
          kind: 'maybe-waf',
          status,
          detail: `x-amzn-waf-action: ${action}`,
        });
      }
    }
  });

  test('shows nothing that a request was signed with', () => {
    const given = answer(202, { ...OWN, 'x-amzn-waf-action': `secret${'x'.repeat(100)}` });
    const { detail } = classifier.classify(given, { hide, isSigned: true });
    expect(detail).toMatch(/^x-amzn-waf-action: \*\*\*x{37}$/);
  });

  test('whatever else it says, proves nothing for or against the method', () => {
    const headers = fc.dictionary(
      fc.constantFrom(
        'x-amzn-requestid',
        'x-amz-apigw-id',
        'apigw-requestid',
        'x-amzn-errortype',
        'x-amzn-remapped-date',
      ),
      fc.constantFrom('MissingAuthenticationTokenException', 'InvalidSignatureException', 'x'),
    );
    const body = fc.constantFrom('', '{"message":"Forbidden"}', '{"own":1}', '<html>');
    fc.assert(
      fc.property(
        fc.integer({ min: 102, max: 599 }),
        headers,
        body,
        fc.string(),
        fc.boolean(),
        (status, others, text, action, isSigned) => {
          const given = answer(status, { ...others, 'x-amzn-waf-action': action }, text);
          const told = classifier.classify(given, { hide, isSigned }).kind;
          expect(hasReachedIntegration(told) || isPastAuthorization(told)).toBe(false);
          expect(isRefusal(told)).toBe(false);
          // In doubt, and not as one that was never answered.
          expect(saysSomething(told)).toBe(true);
        },
      ),
    );
  });
});

test('a connection that was opened is open, whatever its headers say', () => {
  const given = answer(101, { 'x-amzn-waf-action': 'challenge' });
  expect(WEBSOCKET_CLASSIFIER.classify(given, { hide, isSigned: false }).kind).toBe('accepted');
});

describe('a stage with a web ACL', () => {
  const stage = behindWebAcl(REST);
  const kindOf = (given: HttpAnswer, isSigned = false) =>
    stage.classify(given, { hide, isSigned }).kind;

  test.each([301, 302, 400, 401, 403, 404, 405, 429, 500, 503])(
    'may have blocked an unsigned request with %s, and what it let through signed was reached',
    (status) => {
      const given = answer(status, OF_REST, '<html>blocked</html>');
      expect(kindOf(given)).toBe('maybe-waf');
      expect(hasReachedIntegration(kindOf(given, true))).toBe(true);
    },
  );

  test('hides no success to a stranger', () => {
    for (const status of [200, 201, 204, 206]) {
      expect(kindOf(answer(status, OF_REST, '{}'))).toBe('accepted');
    }
  });

  test.each([
    ['MissingAuthenticationTokenException', 403, 'missing-token'],
    ['ForbiddenException', 403, 'forbidden'],
    ['BadRequestException', 400, 'invalid-request'],
    ['InternalServerErrorException', 504, 'integration-failure'],
  ])('leaves what API Gateway says of itself: %s', (errorType, status, kind) => {
    const given = answer(status, { ...OF_REST, 'x-amzn-errortype': errorType }, '{"message":"x"}');
    expect(kindOf(given)).toBe(kind);
  });
});
