import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
} from '../../../../src/probe/answer.js';
import type { HttpAnswer } from '../../../../src/probe/classify/classifier.js';
import { classifyHttp } from '../../../../src/probe/classify/http.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');

function answer(status: number, body: string, parts: Partial<HttpAnswer> = {}): HttpAnswer {
  return {
    status,
    body,
    receivedAtMs: NOW,
    ...parts,
    headers: { 'apigw-requestid': 'Ab1Cd2Ef3Gh4=', ...parts.headers },
  };
}

function unsigned(of: HttpAnswer): AnswerKind {
  return classifyHttp(of, { hide: (text) => text, isSigned: false }).kind;
}

function signed(of: HttpAnswer): AnswerKind {
  return classifyHttp(of, { hide: (text) => text, isSigned: true }).kind;
}

const ITS_OWN = '{"error":"no such order"}';
const said = (message: string): string => JSON.stringify({ message });

describe('what an HTTP API answers, cell by cell', () => {
  test.each<[status: number, body: string, unsigned: AnswerKind, signed: AnswerKind]>([
    [200, ITS_OWN, 'accepted', 'accepted'],
    [204, '', 'accepted', 'accepted'],
    [299, said('Forbidden'), 'accepted', 'accepted'],
    [302, '', 'redirected', 'redirected'],
    [399, '', 'redirected', 'redirected'],
    [400, said('Bad Request'), 'unlabelled-error', 'unlabelled-error'],
    [400, '', 'unlabelled-error', 'unlabelled-error'],
    [400, ITS_OWN, 'backend-error', 'backend-error'],
    [401, said('Unauthorized'), 'unauthorized', 'unauthorized'],
    [401, '', 'unauthorized', 'unauthorized'],
    [401, ITS_OWN, 'backend-error', 'unlabelled-error'],
    [403, said('Forbidden'), 'refused', 'refused'],
    [403, '{"Message":"Forbidden"}', 'refused', 'refused'],
    [403, '', 'refused', 'refused'],
    [403, said('Missing Authentication Token'), 'missing-token', 'missing-token'],
    [
      403,
      said('The request signature we calculated does not'),
      'wrong-signature',
      'wrong-signature',
    ],
    [
      403,
      said('The security token included in the request is invalid.'),
      'unknown-key',
      'unknown-key',
    ],
    [
      403,
      said('The security token included in the request is expired'),
      'expired-token',
      'expired-token',
    ],
    [403, said('Credential should be scoped to a valid region'), 'wrong-scope', 'wrong-scope'],
    [
      403,
      said("Authorization header requires 'Signature': not a valid key=value pair"),
      'incomplete-signature',
      'incomplete-signature',
    ],
    [403, said('User: anonymous is not authorized to perform: x'), 'refused', 'denied'],
    [403, said('anything else'), 'refused', 'refused'],
    [403, ITS_OWN, 'backend-error', 'unlabelled-error'],
    [403, '<html>', 'backend-error', 'unlabelled-error'],
    [404, said('Not Found'), 'no-such-method', 'no-such-method'],
    [404, said('not found'), 'no-such-method', 'no-such-method'],
    [404, said('no such pet'), 'unlabelled-error', 'unlabelled-error'],
    [404, '', 'unlabelled-error', 'unlabelled-error'],
    [404, ITS_OWN, 'backend-error', 'backend-error'],
    [413, said('Request Entity Too Large'), 'request-too-large', 'request-too-large'],
    [414, said('URI Too Long'), 'request-too-large', 'request-too-large'],
    [431, '', 'request-too-large', 'request-too-large'],
    [413, ITS_OWN, 'backend-error', 'backend-error'],
    [429, said('Too Many Requests'), 'throttled', 'throttled'],
    [429, said('Rate exceeded'), 'throttled', 'throttled'],
    [429, '', 'throttled', 'throttled'],
    [429, ITS_OWN, 'backend-error', 'backend-error'],
    [418, said('teapot'), 'unlabelled-error', 'unlabelled-error'],
    [500, said('Internal Server Error'), 'integration-failure', 'integration-failure'],
    [500, said('Internal server error'), 'integration-failure', 'integration-failure'],
    [500, '', 'integration-failure', 'integration-failure'],
    [500, ITS_OWN, 'backend-error', 'backend-error'],
    [503, said('Service Unavailable'), 'integration-failure', 'integration-failure'],
    [504, said('Gateway Timeout'), 'integration-failure', 'integration-failure'],
    [199, '', 'unknown-error', 'unknown-error'],
    [600, '', 'unknown-error', 'unknown-error'],
  ])('%s %s', (status, body, whenUnsigned, whenSigned) => {
    expect([unsigned(answer(status, body)), signed(answer(status, body))]).toEqual([
      whenUnsigned,
      whenSigned,
    ]);
  });

  test.each([401, 403, 404, 429])('a body that did not end says nothing with %s', (status) => {
    expect(unsigned(answer(status, '{"mess', { isCut: true }))).toBe('unlabelled-error');
    expect(signed(answer(status, '{"mess', { isCut: true }))).toBe('unlabelled-error');
  });

  test('a failure whose body did not end is one all the same', () => {
    expect(unsigned(answer(500, '{"mess', { isCut: true }))).toBe('integration-failure');
  });
});

describe('who answered', () => {
  test.each<[what: string, headers: Record<string, string>, detail: string]>([
    ['nobody known', {}, 'no apigw-requestid'],
    ['a CDN', { server: 'CloudFront' }, 'no apigw-requestid, server: CloudFront'],
    ['a REST API', { 'x-amzn-requestid': '1', 'x-amz-apigw-id': '2' }, 'no apigw-requestid'],
  ])('%s is not the HTTP API', (_what, headers, detail) => {
    for (const status of [200, 403, 404, 500]) {
      const of = { status, headers, body: said('Forbidden'), receivedAtMs: NOW };
      expect(classifyHttp(of)).toEqual({ kind: 'not-api-gateway', status, detail });
    }
  });

  test.each(['x-amz-apigw-id', 'x-amzn-requestid', 'x-amzn-errortype'])(
    'an error with %s is nobody’s for certain',
    (name) => {
      const of = (status: number) =>
        answer(status, said('Forbidden'), { headers: { [name]: 'x' } });
      expect(unsigned(of(403))).toBe('unlabelled-error');
      expect(signed(of(403))).toBe('unlabelled-error');
      expect(signed(of(404))).toBe('unlabelled-error');
      expect(unsigned(of(200))).toBe('accepted');
    },
  );

  test('what a backend says is not repeated', () => {
    expect(classifyHttp(answer(500, ITS_OWN)).detail).toBe('');
    expect(classifyHttp(answer(403, said('Forbidden'))).detail).toBe('Forbidden');
  });
});

describe('a clock that is off', () => {
  const late = { date: new Date(NOW - 600_000).toUTCString() };
  test('explains the refusal of a signed request', () => {
    const of = answer(403, said('Forbidden'), { headers: late });
    expect(classifyHttp(of, { hide: (text) => text, isSigned: true })).toMatchObject({
      kind: 'clock-skew',
      detail: expect.stringContaining('10 min 0 s ahead'),
    });
  });

  test('explains nothing of an unsigned one, nor of a success', () => {
    expect(unsigned(answer(403, said('Forbidden'), { headers: late }))).toBe('refused');
    expect(signed(answer(200, '', { headers: late }))).toBe('accepted');
  });
});

test('a signed request that got a 401 or 403, whatever with it, never counts as let in', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(401, 403),
      fc.oneof(fc.string(), fc.json(), fc.string().map(said)),
      fc.boolean(),
      fc.dictionary(fc.constantFrom('server', 'x-amzn-errortype', 'via'), fc.string()),
      (status, body, isCut, headers) => {
        const kind = signed(answer(status, body, { isCut, headers }));
        expect(hasReachedIntegration(kind)).toBe(false);
        expect(isPastAuthorization(kind)).toBe(false);
      },
    ),
  );
});

test('an unsigned request that got a success is let in, whatever else came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 399 }), fc.string(), (status, body) => {
      expect(isPastAuthorization(unsigned(answer(status, body)))).toBe(true);
    }),
  );
});
