import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnswerKind, isPastAuthorization } from '../../../../src/probe/answer.js';
import type { HttpAnswer } from '../../../../src/probe/classify/classifier.js';
import { classifyHandshake } from '../../../../src/probe/classify/websocket.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const said = (message: string): string =>
  JSON.stringify({ message, connectionId: 'Ab1=', requestId: 'Cd2=' });

function answer(
  status: number,
  body: string,
  headers: Record<string, string> = { 'x-amzn-requestid': '6f1c' },
  parts: Partial<HttpAnswer> = {},
): HttpAnswer {
  return { status, body, receivedAtMs: NOW, ...parts, headers };
}

function told(of: HttpAnswer, isSigned = false): AnswerKind {
  return classifyHandshake(of, { hide: (text) => text, isSigned }).kind;
}

describe('an error type that is no refusal', () => {
  test.each([
    ['TooManyRequestsException', 429, 'throttled'],
    ['TooManyRequestsException', 403, 'unknown-error'],
    ['MissingAuthenticationTokenException', 401, 'missing-token'],
    ['MissingAuthenticationTokenException', 403, 'missing-token'],
  ] as const)('%s has the status that it has: %s', (type, status, kind) => {
    const of = answer(status, said('x'));
    expect(told({ ...of, headers: { ...of.headers, 'x-amzn-errortype': type } })).toBe(kind);
  });
});

describe('a handshake, cell by cell', () => {
  test.each<[status: number, body: string, kind: AnswerKind]>([
    [101, '', 'accepted'],
    [200, '', 'unknown-error'],
    [302, '', 'unknown-error'],
    [400, said('Bad Request'), 'unlabelled-error'],
    [400, '', 'unlabelled-error'],
    [400, 'a backend refused', 'unlabelled-error'],
    [401, said('Unauthorized'), 'refused'],
    [401, '', 'refused'],
    [403, said('Forbidden'), 'refused'],
    [403, '', 'refused'],
    [403, said('Missing Authentication Token'), 'missing-token'],
    [403, said('The request signature we calculated does not match'), 'wrong-signature'],
    [401, said('Missing Authentication Token'), 'missing-token'],
    [403, said('The security token included in the request is invalid.'), 'unknown-key'],
    [403, 'no', 'unlabelled-error'],
    [404, said('Not Found'), 'no-such-method'],
    [410, '', 'unlabelled-error'],
    [429, said('Too Many Requests'), 'throttled'],
    [500, said('Internal server error'), 'unlabelled-error'],
    [502, '', 'unlabelled-error'],
    [600, '', 'unknown-error'],
  ])('%s %s without an error type: %s', (status, body, kind) => {
    expect(told(answer(status, body))).toBe(kind);
  });

  test.each<[errorType: string, status: number, message: string, kind: AnswerKind]>([
    ['MissingAuthenticationTokenException', 403, 'Missing Authentication Token', 'missing-token'],
    ['InvalidSignatureException', 403, 'The request signature', 'wrong-signature'],
    ['MissingAuthenticationTokenException', 401, 'Missing Authentication Token', 'missing-token'],
    ['InvalidSignatureException', 401, 'The request signature', 'wrong-signature'],
    ['InvalidSignatureException', 418, 'The request signature', 'unknown-error'],
    ['UnrecognizedClientException', 403, 'no', 'unknown-key'],
    ['ForbiddenException', 403, 'Forbidden', 'refused'],
    ['AccessDeniedException', 403, 'User is not authorized', 'refused'],
    ['UnauthorizedException', 401, 'Unauthorized', 'unauthorized'],
    ['InternalServerErrorException', 500, 'Internal server error', 'integration-failure'],
    ['AuthorizerConfigurationException', 500, '', 'authorizer-failure'],
    ['NovelException', 403, 'no', 'unknown-error'],
  ])('%s with %s: %s', (errorType, status, message, kind) => {
    const headers = { 'x-amzn-requestid': '6f1c', 'x-amzn-errortype': `${errorType}:http://x/` };
    expect(told(answer(status, said(message), headers))).toBe(kind);
  });

  test('a signed request may lack a right, an unsigned one has none', () => {
    const of = answer(403, said('User: arn:x is not authorized to perform: execute-api:Invoke'));
    expect([told(of, true), told(of, false)]).toEqual(['denied', 'refused']);
  });

  test('a clock that is off', () => {
    const date = new Date(NOW + 600_000).toUTCString();
    const of = answer(403, said('Signature expired: x'), { 'x-amzn-requestid': '1', date });
    expect(told(of, true)).toBe('clock-skew');
  });
});

describe('who answered', () => {
  test.each(['x-amzn-requestid', 'x-amz-apigw-id', 'apigw-requestid'])('is known by %s', (name) => {
    expect(told(answer(403, said('Forbidden'), { [name]: '1' }))).toBe('refused');
  });

  test.each<[status: number, body: string, kind: AnswerKind]>([
    [403, '', 'refused'],
    [401, '', 'refused'],
    // Its words are believed of API Gateway alone.
    [403, said('Missing Authentication Token'), 'refused'],
    [403, '<html>', 'not-api-gateway'],
    [404, '', 'not-api-gateway'],
    [500, '', 'not-api-gateway'],
  ])('is not known by none of them: %s %s', (status, body, kind) => {
    expect(told(answer(status, body, { server: 'x' }))).toBe(kind);
  });

  test('but whoever opens the connection has let it in', () => {
    expect(told(answer(101, '', {}))).toBe('accepted');
  });
});

test('no refusal counts as let in unless API Gateway says that its integration failed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 102, max: 999 }),
      fc.oneof(fc.string(), fc.string().map(said)),
      fc.boolean(),
      (status, body, isSigned) => {
        expect(isPastAuthorization(told(answer(status, body), isSigned))).toBe(false);
      },
    ),
  );
});
