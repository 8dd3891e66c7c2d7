import { describe, expect, test } from '@jest/globals';
import {
  isAboutRequest,
  isWrittenBy,
  mayBeGatewayResponse,
  NO_GATEWAY_RESPONSES,
  readGatewayResponses,
} from '../../../../src/probe/classify/gateway-responses.js';
import { classifyHttp } from '../../../../src/probe/classify/http.js';
import {
  detailOf,
  isMessageAlone,
  kindOfWords,
  messageOf,
  notApiGateway,
  skewOf,
} from '../../../../src/probe/classify/words.js';

/* API Gateway's own words, and what only resembles them: a backend may quote them in a longer text. */

const same = (text: string): string => text;

describe('a whole message is known, and one that holds it is not', () => {
  const isOwn = (message: string, status = 403) =>
    mayBeGatewayResponse(
      { status, body: JSON.stringify({ message, code: 1 }) },
      message,
      NO_GATEWAY_RESPONSES,
      false,
    );

  test.each([
    'Missing Authentication Token',
    'Forbidden',
    'Unauthorized',
    'Too Many Requests',
    'Limit Exceeded',
    'Internal server error',
    'Network error communicating with endpoint',
    'Endpoint request timed out',
    'Request Too Long',
    'Request Entity Too Large',
  ])('%s', (words) => {
    expect(isOwn(words)).toBe(true);
    expect(isOwn(words, 400)).toBe(true);
    expect(isOwn(words, 399)).toBe(false);
    expect(isOwn(`${words} today`)).toBe(false);
    expect(isOwn(`It says ${words}`)).toBe(false);
  });

  test.each([
    'User: anonymous is not authorized to perform: x',
    'User is not authorized to access this resource',
    'The security token included in the request is invalid.',
    'The request signature we calculated does not match',
    'Signature expired: 1 is now earlier than 2',
    'Signature not yet current: 1',
    'Credential should be scoped to a valid region',
  ])('%s', (words) => {
    expect(isOwn(words)).toBe(true);
    expect(isOwn(`It says: ${words}`)).toBe(false);
  });

  test('a key=value pair is spoken of in the middle', () => {
    expect(isOwn("'x' not a valid key=value pair (missing equal-sign)")).toBe(true);
    expect(isOwn('a backend says no')).toBe(false);
  });
});

describe('words on a request that was let in', () => {
  test.each([
    ['Invalid request body', 400, true],
    ['Missing required request parameters: [x]', 499, true],
    ['Unsupported Media Type', 415, true],
    ['Invalid request body', 399, false],
    ['Invalid request body', 500, false],
    ['An Invalid request body', 400, false],
    ['Bad', 400, false],
  ])('%s with %i: %s', (message, status, expected) => {
    expect(isAboutRequest(status, message)).toBe(expected);
  });
});

describe('why a request was refused', () => {
  test.each([
    ['Missing Authentication Token', 'missing-token'],
    ['missing authentication token', 'missing-token'],
    ['Missing Authentication Token.', null],
    ['No Missing Authentication Token', null],
    ['The request signature we calculated', 'wrong-signature'],
    ['Signature expired: x', 'wrong-signature'],
    ['Signature not yet current: x', 'wrong-signature'],
    ['A Signature expired', null],
    ['The security token included in the request is invalid.', 'unknown-key'],
    ['The security token included in the request is expired', 'expired-token'],
    ['Credential should be scoped to a valid region.', 'wrong-scope'],
    ['not a valid key=value pair', 'incomplete-signature'],
    ['An incomplete signature', 'incomplete-signature'],
    ['User: a\nb is not authorized', 'denied'],
    ['The User: a is not authorized', null],
    ['Forbidden', null],
    ['', null],
  ])('%j: %s', (message, kind) => {
    expect(kindOfWords(message)).toBe(kind);
  });
});

describe('a body that is a message alone', () => {
  test.each([
    ['{"message":"x"}', true],
    ['{"Message":null}', true],
    ['{"message":"x","__type":"y","requestId":"z","connectionId":"c"}', true],
    ['{"message":"x","error":1}', false],
    ['{"__type":"y"}', false],
    ['{}', false],
    ['null', false],
    ['"message"', false],
    ['{', false],
    ['', false],
  ])('%s: %s', (body, expected) => {
    expect(isMessageAlone(body)).toBe(expected);
  });

  test.each([
    ['{"message":"x"}', 'x'],
    ['{"Message":"x"}', 'x'],
    ['{"message":null,"Message":"y"}', 'y'],
    ['{"message":1}', ''],
    ['{}', ''],
    ['null', ''],
    ['"x"', ''],
    ['{', ''],
  ])('of %s the message is %j', (body, expected) => {
    expect(messageOf(body)).toBe(expected);
  });
});

describe('what is shown', () => {
  test.each([
    ['one\ntwo', 'one'],
    ['one\rtwo', 'one'],
    ['one\\ntwo', 'one'],
    ['one  The Canonical String for', 'one'],
    ['one. The String-to-Sign is', 'one.'],
    ['\nx', ''],
    [' x', ' x'],
    ['x'.repeat(300), 'x'.repeat(300)],
    [`${'x'.repeat(400)}${'y'.repeat(120)}`, `${'x'.repeat(177)} … ${'y'.repeat(120)}`],
  ])('of %j', (text, expected) => {
    expect(detailOf(text, same)).toBe(expected);
    expect(detailOf(text, () => 'hidden')).toBe('hidden');
  });

  test('of something that is not API Gateway: what it lacks, and its name', () => {
    const answer = { status: 404, headers: {}, body: '', receivedAtMs: 0 };
    expect(notApiGateway(answer, 'x-id', same)).toEqual({
      kind: 'not-api-gateway',
      status: 404,
      detail: 'no x-id',
    });
    const named = { ...answer, headers: { server: `nginx${'x'.repeat(90)}` } };
    expect(notApiGateway(named, 'x-id', same).detail).toBe(
      `no x-id, server: nginx${'x'.repeat(55)}`,
    );
    expect(notApiGateway(named, 'x-id', () => 'h').detail).toBe('no x-id, server: h');
  });
});

describe("this machine's clock", () => {
  const NOW = Date.parse('2026-01-02T03:04:05Z');
  const at = (
    offMs: number,
    message = '',
    date: string | undefined = new Date(NOW).toUTCString(),
  ) =>
    skewOf(
      {
        status: 403,
        headers: date === undefined ? {} : { date },
        body: '',
        receivedAtMs: NOW + offMs,
      },
      message,
      same,
    );

  test.each([
    [0, null],
    [300_000, null],
    [-300_000, null],
    [301_000, "this machine is 5 min 1 s ahead of API Gateway's clock"],
    [-301_000, "this machine is 5 min 1 s behind API Gateway's clock"],
    [3_600_000, "this machine is 60 min 0 s ahead of API Gateway's clock"],
  ])('%i ms off', (off, expected) => {
    expect(at(off)).toBe(expected);
  });

  test('is told of a signature that expired, however far it is off', () => {
    expect(at(1_000, 'Signature expired: x')).toBe(
      "this machine is 0 min 1 s ahead of API Gateway's clock",
    );
    expect(at(999, 'Signature not yet current: x')).toBe('Signature not yet current: x');
    expect(at(999, 'The Signature expired')).toBeNull();
    expect(skewOf({ status: 403, headers: {}, body: '', receivedAtMs: NOW }, '', same)).toBeNull();
    expect(at(999_999, '', 'no date')).toBeNull();
  });
});

test.each([
  ['Not Found', 'no-such-method'],
  ['not found', 'no-such-method'],
  ['Not Found here', 'unlabelled-error'],
  ['It is Not Found', 'unlabelled-error'],
])('an HTTP API without such a route says "Not Found" alone: %s', (message, kind) => {
  const answer = {
    status: 404,
    headers: { 'apigw-requestid': 'a' },
    body: JSON.stringify({ message }),
    receivedAtMs: 0,
  };
  expect(classifyHttp(answer, { hide: same, isSigned: true }).kind).toBe(kind);
});

describe('gateway responses', () => {
  test('are read with their status, their own templates, and whether they write the error type', async () => {
    const read = await readGatewayResponses(
      {
        getGatewayResponses: async () => [
          { responseType: 'THROTTLED', statusCode: '418' },
          {
            responseType: 'ACCESS_DENIED',
            statusCode: '0',
            responseTemplates: {
              'application/json': '{"message":$context.error.messageString}',
              'text/plain': 'no',
            },
            responseParameters: { 'gatewayresponse.header.x-amzn-ErrorType': "'x'" },
          },
          {
            responseType: 'UNAUTHORIZED',
            responseParameters: {
              'gatewayresponse.header.x-amzn-ErrorType-2': "'x'",
              'a.gatewayresponse.header.x-amzn-ErrorType': "'x'",
            },
          },
          { statusCode: '500' },
        ],
      },
      'a1b2c3',
    );
    expect(read).toEqual({
      readable: true,
      value: new Map([
        ['THROTTLED', { status: 418, templates: [], setsErrorType: false }],
        ['ACCESS_DENIED', { status: null, templates: ['no'], setsErrorType: true }],
        ['UNAUTHORIZED', { status: null, templates: [], setsErrorType: false }],
      ]),
    });
  });

  test.each([
    ['no', 'no', true],
    ['no', 'no!', false],
    ['a$context.requestId', 'a', true],
    ['a$context.requestId', 'axyz', true],
    ['a$context.requestId', 'b', false],
    ['$context.requestId-z', '1-z', true],
    ['a|$context.x|a', 'a|a', false],
    ['a$context.x|b$util.y|c', 'a1|b2|c', true],
    ['a$context.x |b$util.y |c', 'a1 |c', false],
    ['a$input.x |$method.y |c', 'a1 |c', false],
    ['a$stageVariables.x |$util.y |c', 'a | |c', true],
    ['a$requestId |c', 'a1 |c', false],
  ])('the template %j writes %j: %s', (template, body, expected) => {
    expect(isWrittenBy(template, body)).toBe(expected);
  });

  // Whether API Gateway knows braces, nobody has written down: a variable in them may stay as it is.
  test.each([
    ['a<context.x> |<stageVariables.y> |c', 'a1 |2 |c', true],
    ['a<context.x> |c', 'a<context.x> |c', true],
    ['a<context.x> |c', 'a1|c', false],
  ])('the template %j, its variables in braces, writes %j: %s', (template, body, expected) => {
    const braced = (text: string) => text.replaceAll('<', '${').replaceAll('>', '}');
    expect(isWrittenBy(braced(template), braced(body))).toBe(expected);
  });
});
