import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
  isRefusal,
} from '../../../../src/probe/answer.js';
import type { HttpAnswer } from '../../../../src/probe/classify/classifier.js';
import {
  GATEWAY_RESPONSE_TYPES,
  type GatewayResponse,
  type GatewayResponses,
  NO_GATEWAY_RESPONSES,
} from '../../../../src/probe/classify/gateway-responses.js';
import { classifyNetworkError } from '../../../../src/probe/classify/network.js';
import { classify } from '../../../../src/probe/classify/rest.js';
import { UNREAD } from '../../evidence-builder.js';

/** What API Gateway puts on every answer. */
const MARKS = { 'x-amzn-requestid': '6f1c2d3e-aaaa', 'x-amz-apigw-id': 'Ab1Cd2Ef3Gh4=' };
const RESOURCE = 'arn:aws:execute-api:eu-west-1:********1633:ehuzqavkg6/dev/GET/pets';
const ANONYMOUS = `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${RESOURCE}`;

interface Recorded {
  readonly what: string;
  readonly status: number;
  readonly errorType: string;
  readonly body: string;
  readonly kind: AnswerKind;
  readonly source: string;
}

/** Answers of real REST APIs, as public captures and AWS's documentation have them. */
const RECORDED: readonly Recorded[] = [
  {
    what: 'an unsigned request to an AWS_IAM method',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    body: '{"message":"Missing Authentication Token"}',
    kind: 'missing-token',
    source:
      'aws-samples/serverless-patterns, apigw-rest-api-iam-authorizer-sigv4a-sls-py/README.md',
  },
  {
    what: 'an unknown path of a deployed stage',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    body: '{"message":"Missing Authentication Token"}',
    kind: 'missing-token',
    source:
      'localstack, TestApigatewayRouting::test_routing_not_found (validated against AWS, 2024)',
  },
  {
    what: 'a known path and a method that is not declared',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    body: '{"message":"Missing Authentication Token"}',
    kind: 'missing-token',
    source: 'the same, wrong-method',
  },
  {
    what: 'a resource policy that does not allow an anonymous caller',
    status: 403,
    errorType: 'AccessDeniedException',
    body: JSON.stringify({ Message: ANONYMOUS }),
    kind: 'denied',
    source: 'pwnedlabs walkthrough, 2025',
  },
  {
    what: 'an IAM user whom no policy allows',
    status: 403,
    errorType: 'AccessDeniedException',
    body: `{"Message":"User: arn:aws:iam::*****:user/api-test-user is not authorized to perform: execute-api:Invoke on resource: ${RESOURCE}"}`,
    kind: 'denied',
    source: 'public capture',
  },
  {
    what: 'the same in newer words',
    status: 403,
    errorType: 'AccessDeniedException',
    body: JSON.stringify({
      Message: `${ANONYMOUS} because no resource-based policy allows the execute-api:Invoke action`,
    }),
    kind: 'denied',
    source: 'public capture',
  },
  {
    what: 'a resource policy that denies',
    status: 403,
    errorType: 'AccessDeniedException',
    body: JSON.stringify({
      Message: `${ANONYMOUS} with an explicit deny in a resource-based policy`,
    }),
    kind: 'denied',
    source: 'floci-io/floci, design document',
  },
  {
    what: 'a wrong signature',
    status: 403,
    errorType: 'InvalidSignatureException',
    body: JSON.stringify({
      message:
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'GET\n/dev/pets\n\nhost:x\nx-amz-security-token:FwoGSECRET\n'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n'\n",
    }),
    kind: 'wrong-signature',
    source: 'mhart/aws4 #33; rpgreen/apigateway-generic-java-sdk #11',
  },
  {
    what: 'a clock that is off',
    status: 403,
    errorType: 'InvalidSignatureException',
    body: '{"message":"Signature expired: 20201027T123008Z is now earlier than 20201027T125507Z (20201027T130007Z - 5 min.)"}',
    kind: 'clock-skew',
    source: 'mhart/aws4 #118; aws-amplify/aws-sdk-android #253',
  },
  {
    what: 'an unknown key, by its one error type',
    status: 403,
    errorType: 'UnrecognizedClientException',
    body: '{"message":"The security token included in the request is invalid."}',
    kind: 'unknown-key',
    source: 'aws-amplify/amplify-cli #5902',
  },
  {
    what: 'an unknown key, by its other error type',
    status: 403,
    errorType: 'AccessDeniedException',
    body: '{"message":"The security token included in the request is invalid."}',
    kind: 'unknown-key',
    source: 'AWS re:Post, api-gateway-troubleshoot-403-forbidden',
  },
  {
    what: 'an expired session token',
    status: 403,
    errorType: 'ExpiredTokenException',
    body: '{"message":"The security token included in the request is expired"}',
    kind: 'expired-token',
    source: 'aws-amplify/amplify-js #6181',
  },
  {
    what: 'an Authorization header that is no signature',
    status: 403,
    errorType: 'IncompleteSignatureException',
    body: '{"message":"\'xxx\' not a valid key=value pair (missing equal-sign) in Authorization header: \'Bearer xxx\'."}',
    kind: 'incomplete-signature',
    source: 'AWS re:Post, api-gateway-troubleshoot-403-forbidden',
  },
  {
    what: 'the same in newer words',
    status: 403,
    errorType: 'IncompleteSignatureException',
    body: '{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): \'abc=\'."}',
    kind: 'incomplete-signature',
    source: 'public capture',
  },
  {
    what: 'a signature for another region or service',
    status: 403,
    errorType: 'InvalidSignatureException',
    body: '{"message":"Credential should be scoped to a valid region. Credential should be scoped to correct service: \'execute-api\'. "}',
    kind: 'wrong-scope',
    source: 'ServiceNow documentation',
  },
  {
    what: 'a WAF, a missing API key, a private API, a disabled endpoint',
    status: 403,
    errorType: 'ForbiddenException',
    body: '{"message":"Forbidden"}',
    kind: 'forbidden',
    source: 'AWS re:Post, api-gateway-troubleshoot-403-forbidden',
  },
  {
    what: 'throttling',
    status: 429,
    errorType: 'TooManyRequestsException',
    body: '{"message":"Too Many Requests"}',
    kind: 'throttled',
    source: 'public captures',
  },
  {
    what: 'the quota of a usage plan',
    status: 429,
    errorType: 'LimitExceededException',
    body: '{"message":"Limit Exceeded"}',
    kind: 'throttled',
    source: 'API Gateway Developer Guide, "Gateway response types", QUOTA_EXCEEDED',
  },
  {
    what: 'a backend that failed',
    status: 502,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Internal server error"}',
    kind: 'integration-failure',
    source: 'localstack, test_apigateway_lambda.snapshot.json (validated against AWS)',
  },
  {
    what: 'a backend that failed otherwise',
    status: 500,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Internal server error"}',
    kind: 'integration-failure',
    source: 'the same',
  },
];

function answerOf(parts: Partial<HttpAnswer> & { errorType?: string | undefined }): HttpAnswer {
  const { errorType, headers, ...rest } = parts;
  const typed = errorType === undefined ? {} : { 'x-amzn-errortype': errorType };
  const all = { ...MARKS, ...typed, ...headers };
  return { status: 403, body: '', receivedAtMs: NOW, headers: all, ...rest };
}

/** When the answers of these tests come. */
const NOW = Date.parse('2026-01-02T03:04:05Z');

function kindOf(
  parts: Parameters<typeof answerOf>[0],
  gatewayResponses: GatewayResponses = NO_GATEWAY_RESPONSES,
): AnswerKind {
  return classify(answerOf(parts), gatewayResponses).kind;
}

function kindOfSigned(
  parts: Parameters<typeof answerOf>[0],
  gatewayResponses: GatewayResponses = NO_GATEWAY_RESPONSES,
): AnswerKind {
  return classify(answerOf(parts), gatewayResponses, { hide: (it) => it, isSigned: true }).kind;
}

/** Gateway responses of an API, customised as a test has it. */
function customised(types: Readonly<Record<string, Partial<GatewayResponse>>>): GatewayResponses {
  const value = new Map(
    Object.entries(types).map(([type, parts]) => [
      type,
      { status: null, templates: [], setsErrorType: false, ...parts },
    ]),
  );
  return { readable: true, value };
}

describe.each(RECORDED)('$what ($source)', ({ status, errorType, body, kind }) => {
  test(`is ${kind}`, () => {
    expect(classify(answerOf({ status, errorType, body }), NO_GATEWAY_RESPONSES)).toMatchObject({
      kind,
      status,
    });
  });

  test('is known by its error type with a suffix as well', () => {
    const suffixed = `${errorType}:http://internal.amazon.com/coral/com.amazon.coral.service/`;
    expect(kindOf({ status, errorType: suffixed, body })).toBe(kind);
  });

  test.each([200, 302, 404, 418])(
    'with status %i is it where a gateway response says so',
    (other) => {
      const answer = { status: other, errorType, body };
      const types = customised({ DEFAULT_4XX: { status: other }, DEFAULT_5XX: { status: other } });
      expect(kindOf(answer, types)).toBe(kind);
      // An integration may write the header, too: nothing else says that API Gateway would do so.
      expect(kindOf(answer)).toBe(
        other === 200 ? 'accepted' : other === 302 ? 'redirected' : 'unknown-error',
      );
      expect(kindOfSigned(answer)).toBe('unknown-error');
      expect(kindOf(answer, UNREAD)).toBe('unknown-error');
    },
  );

  test('is it with its own status where gateway responses are unread', () => {
    expect(kindOf({ status, errorType, body }, UNREAD)).toBe(kind);
  });

  test('is an answer of the backend where API Gateway renamed headers of it', () => {
    const headers = { 'x-amzn-remapped-x-amzn-requestid': '01b698dd' };
    expect(kindOf({ status, errorType, body, headers })).toBe('backend-error');
  });

  test('is nothing of API Gateway without its marks', () => {
    const headers = { 'x-amzn-errortype': errorType };
    const bare = { status, headers, body, receivedAtMs: NOW };
    expect(classify(bare, NO_GATEWAY_RESPONSES).kind).toBe('not-api-gateway');
  });
});

describe('a body that a gateway response changed', () => {
  // What only the words tell apart is told apart no more; the error type still says that it refused.
  test.each<[errorType: string, kind: AnswerKind]>([
    ['MissingAuthenticationTokenException', 'missing-token'],
    ['AccessDeniedException', 'denied'],
    ['InvalidSignatureException', 'wrong-signature'],
    ['UnrecognizedClientException', 'unknown-key'],
    ['ExpiredTokenException', 'expired-token'],
    ['IncompleteSignatureException', 'incomplete-signature'],
    ['ForbiddenException', 'forbidden'],
    ['UnauthorizedException', 'unauthorized'],
    ['TooManyRequestsException', 'throttled'],
    ['InternalServerErrorException', 'integration-failure'],
  ])('does not hide %s', (errorType, kind) => {
    for (const body of ['', 'no', '<html>', 'null', '[]', '{"message":7}', '{"error":{"no":1}}']) {
      const types = customised({ DEFAULT_4XX: { status: 404 }, DEFAULT_5XX: { status: 404 } });
      expect(kindOf({ status: 404, errorType, body }, types)).toBe(kind);
    }
  });
});

describe('an answer without an error type', () => {
  test.each<[status: number, kind: AnswerKind]>([
    [200, 'accepted'],
    [204, 'accepted'],
    [299, 'accepted'],
    [301, 'redirected'],
    [304, 'redirected'],
    [400, 'unlabelled-error'],
    [403, 'unlabelled-error'],
    [404, 'unlabelled-error'],
    [500, 'unlabelled-error'],
    [101, 'unknown-error'],
  ])('of status %i in words of API Gateway is %s', (status, kind) => {
    const body = '{"message":"Missing Authentication Token"}';
    expect(kindOf({ status, body })).toBe(kind);
    expect(kindOf({ status, body, errorType: '' })).toBe(kind);
  });

  test.each([400, 403, 404, 422, 500, 503])(
    'of status %i in other words is the backend’s',
    (status) => {
      const body = '{"message":"no such pet"}';
      expect(kindOf({ status, body })).toBe('backend-error');
      expect(kindOf({ status, body }, UNREAD)).toBe('unlabelled-error');
    },
  );

  test('that a gateway response of the API may have written is nobody’s', () => {
    const template = '{"error":$context.error.messageString,"id":"$context.requestId"}';
    const types = customised({
      MISSING_AUTHENTICATION_TOKEN: { status: 404, templates: [template] },
    });
    const body = '{"error":"Missing Authentication Token","id":"6f1c"}';
    expect(kindOf({ status: 404, body }, types)).toBe('unlabelled-error');
    expect(kindOf({ status: 403, body }, types)).toBe('backend-error');
    expect(kindOf({ status: 404, body: '{"error":"x"}' }, types)).toBe('backend-error');
    expect(kindOf({ status: 404, body: '' }, types)).toBe('unlabelled-error');
    const asSuccess = customised({ ACCESS_DENIED: { status: 200, templates: ['{"ok":false}'] } });
    expect(kindOf({ status: 200, body: '{"ok":false}' }, asSuccess)).toBe('unlabelled-error');
    expect(kindOf({ status: 200, body: '{"ok":true}' }, asSuccess)).toBe('accepted');
  });

  test.each(['x-amzn-requestid', 'x-amz-apigw-id'])(
    'and without %s is not API Gateway’s',
    (name) => {
      const { [name]: _left, ...headers }: Record<string, string> = MARKS;
      const answer = { status: 200, body: '', headers, receivedAtMs: NOW };
      expect(classify(answer, NO_GATEWAY_RESPONSES)).toMatchObject({
        kind: 'not-api-gateway',
        detail: `no ${name}`,
      });
    },
  );

  test('does not repeat what a backend says', () => {
    const body = '{"message":"Authorization: AWS4-HMAC-SHA256 Credential=AKIA"}';
    expect(classify(answerOf({ status: 500, body }), NO_GATEWAY_RESPONSES).detail).toBe('');
  });
});

describe('a gateway response whose template fits the body', () => {
  const anything = { templates: ['$context.error.message'] };

  test.each([200, 201, 302])('is no %i where it has no status of its own', (status) => {
    for (const body of ['{"items":[]}', 'no', '{}']) {
      const types = customised({ DEFAULT_4XX: anything, DEFAULT_5XX: { templates: ['{}'] } });
      const expected = status < 300 ? 'accepted' : 'redirected';
      expect(kindOf({ status, body }, types)).toBe(expected);
      expect(kindOfSigned({ status, body }, types)).toBe(expected);
    }
  });

  test('may be what it has the status of', () => {
    const types = customised({ DEFAULT_4XX: { ...anything, status: 200 } });
    expect(kindOf({ status: 200, body: 'no' }, types)).toBe('unlabelled-error');
    expect(kindOf({ status: 201, body: 'no' }, types)).toBe('accepted');
    expect(kindOf({ status: 404, body: 'no' }, customised({ DEFAULT_4XX: anything }))).toBe(
      'unlabelled-error',
    );
  });

  test('may be a success in the words of an error, where it has that status', () => {
    const types = customised({ ACCESS_DENIED: { status: 200 } });
    const body = '{"Message":"User: x is not authorized to perform: execute-api:Invoke"}';
    expect(kindOfSigned({ status: 200, body }, types)).toBe('unlabelled-error');
    expect(kindOfSigned({ status: 200, body: '' }, types)).toBe('accepted');
    expect(kindOfSigned({ status: 201, body }, types)).toBe('accepted');
  });
});

describe('an error whose gateway responses could not be read', () => {
  test.each([
    ['MissingAuthenticationTokenException', 'Missing Authentication Token', 'missing-token'],
    ['InvalidSignatureException', 'Signature expired: x', 'wrong-signature'],
  ] as const)('%s proves something in its own words alone', (errorType, own, kind) => {
    const told = (body: string) =>
      kindOf({ errorType, headers: { date: new Date(NOW).toUTCString() }, body }, UNREAD);
    const inWords = (message: string) => told(JSON.stringify({ message }));
    expect(told(JSON.stringify({ message: own, hint: 'sign it' }))).toBe(
      kind === 'wrong-signature' ? 'clock-skew' : kind,
    );
    // Any error's own words but these, and words that are nobody's.
    for (const other of ['Forbidden', 'Limit Exceeded', 'no', '', `Not: ${own}`]) {
      expect(inWords(other)).toBe('unknown-error');
      expect(kindOf({ errorType, body: JSON.stringify({ message: other }) })).toBe(kind);
    }
    expect(told('<h1>no</h1>')).toBe('unknown-error');
    // Each answer to HEAD has no words.
    expect(told('')).toBe(kind);
  });
});

describe('a refusal without a body', () => {
  test.each([401, 403, 413, 429])('and without its name proves no signed request: %s', (status) => {
    expect(kindOfSigned({ status, body: '' })).toBe('unlabelled-error');
    expect(kindOfSigned({ status, body: '{"own":1}' })).toBe('backend-error');
    // A stranger gets no benefit of that doubt.
    expect(kindOf({ status, body: '' })).toBe('backend-error');
  });

  test.each([400, 405, 409, 500])('is none with another status: %s', (status) => {
    expect(kindOfSigned({ status, body: '' })).toBe('backend-error');
  });
});

describe('a gateway response that writes x-amzn-ErrorType', () => {
  test.each(['DEFAULT_4XX', 'WAF_FILTERED', 'QUOTA_EXCEEDED'])(
    'makes the header worthless: %s',
    (type) => {
      const types = customised({ [type]: { setsErrorType: true } });
      const errorType = 'MissingAuthenticationTokenException';
      expect(kindOf({ errorType, body: '{"message":"Missing Authentication Token"}' }, types)).toBe(
        'unknown-error',
      );
    },
  );
});

describe('a gateway response with a status of its own', () => {
  const errorType = 'AccessDeniedException';

  test('leaves a success of another status to the integration, whatever error that claims to be', () => {
    const types = customised({ ACCESS_DENIED: { status: 418 } });
    expect(kindOf({ status: 200, errorType }, types)).toBe('accepted');
    expect(kindOf({ status: 302, errorType }, types)).toBe('redirected');
  });

  test('makes a success of its status no sure one', () => {
    const types = customised({ ACCESS_DENIED: { status: 200 } });
    expect(kindOf({ status: 200, errorType }, types)).not.toBe('accepted');
  });

  test('of INVALID_SIGNATURE is that of an incomplete signature, too', () => {
    const answer = { status: 418, errorType: 'IncompleteSignatureException' };
    const types = customised({ INVALID_SIGNATURE: { status: 418 } });
    expect(kindOf(answer, types)).toBe('incomplete-signature');
    expect(kindOf(answer)).toBe('unknown-error');
  });
});

describe('a clock that is off', () => {
  const errorType = 'InvalidSignatureException';
  const dateAt = (skewMs: number) => ({ date: new Date(NOW - skewMs).toUTCString() });

  test.each<[skewMs: number, words: string]>([
    [6 * 60_000, 'this machine is 6 min 0 s ahead of'],
    [-(10 * 60_000 + 3_000), 'this machine is 10 min 3 s behind'],
  ])('by %i ms is told by the Date header, whatever the body says', (skewMs, words) => {
    const headers = dateAt(skewMs);
    const answer = classify(answerOf({ errorType, headers, body: 'no' }), NO_GATEWAY_RESPONSES);
    expect(answer.kind).toBe('clock-skew');
    expect(answer.detail).toContain(words);
  });

  test('by less than AWS allows is not why a signature is wrong', () => {
    expect(kindOf({ errorType, headers: dateAt(4 * 60_000) })).toBe('wrong-signature');
    expect(kindOf({ errorType, headers: { date: 'soon' } })).toBe('wrong-signature');
  });
});

describe('no answer at all', () => {
  test.each<[code: string, kind: AnswerKind]>([
    ['ENOTFOUND', 'name-not-resolved'],
    ['EAI_AGAIN', 'name-not-resolved'],
    ['CERT_HAS_EXPIRED', 'tls-failure'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failure'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failure'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failure'],
    ['EPROTO', 'tls-failure'],
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['', 'unreachable'],
  ])('for %s is %s', (code, kind) => {
    const answer = classifyNetworkError(Object.assign(new Error('no'), { code }));
    expect(answer).toEqual({ kind, status: null, detail: code || 'Error' });
  });

  test('through a proxy that hangs up says so', () => {
    const words = 'Proxy connection ended before receiving CONNECT response';
    expect(classifyNetworkError(new Error(words))).toEqual({
      kind: 'unreachable',
      status: null,
      detail: 'the proxy hung up',
    });
  });

  test('in time says that time was up', () => {
    const aborted = Object.assign(new Error('aborted'), { code: 'ABORT_ERR' });
    expect(classifyNetworkError(aborted).detail).toBe('TimeoutError');
    expect(classifyNetworkError('no error').kind).toBe('unreachable');
  });
});

describe('an error type that nobody knows', () => {
  test.each(['BadRequestException', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%s is unknown',
    (errorType) => {
      expect(kindOf({ errorType })).toBe('unknown-error');
      expect(kindOfSigned({ errorType, status: 200 })).toBe('unknown-error');
      // No gateway response of the API has this status: strangers were served.
      expect(kindOf({ errorType, status: 200 })).toBe('accepted');
    },
  );

  test('is neither a refusal nor a success', () => {
    const known = new Set([...RECORDED.map(({ errorType }) => errorType), 'UnauthorizedException']);
    const errorType = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('constructor', '__proto__', 'missingauthenticationtokenexception', 'Missing'),
    );
    fc.assert(
      fc.property(
        errorType,
        fc.integer({ min: 100, max: 599 }),
        fc.string(),
        (type, status, body) => {
          const name = type.split(':')[0]?.trim() ?? '';
          fc.pre(name !== '' && !known.has(name));
          const kind = kindOfSigned({ errorType: type, status, body });
          expect(kind).toBe('unknown-error');
          expect(isRefusal(kind) || isPastAuthorization(kind)).toBe(false);
        },
      ),
    );
  });
});

describe('something that is not API Gateway', () => {
  test('is neither a refusal nor a success, whatever it says', () => {
    const recorded = fc.constantFrom(...RECORDED);
    const status = fc.integer({ min: 100, max: 599 });
    fc.assert(
      fc.property(recorded, status, fc.option(fc.string()), ({ errorType, body }, code, server) => {
        const named = server === null ? {} : { server };
        const headers = { 'x-amzn-errortype': errorType, ...named };
        const bare = { status: code, headers, body, receivedAtMs: NOW };
        const { kind } = classify(bare, NO_GATEWAY_RESPONSES);
        expect(kind).toBe('not-api-gateway');
        expect(isRefusal(kind) || isPastAuthorization(kind)).toBe(false);
      }),
    );
  });

  test('is named by its server header, clipped', () => {
    const headers = { server: `nginx${'x'.repeat(100)}` };
    const bare = { status: 200, headers, body: '', receivedAtMs: NOW };
    const { detail } = classify(bare, NO_GATEWAY_RESPONSES);
    expect(detail).toMatch(/server: nginxx+$/);
    expect(detail.length).toBeLessThan(100);
  });
});

describe('what is kept of the words', () => {
  test('holds no token, no account id and no name of the caller', () => {
    for (const { errorType, body } of RECORDED) {
      expect(classify(answerOf({ errorType, body }), NO_GATEWAY_RESPONSES).detail).not.toMatch(
        /SECRET|api-test-user/,
      );
    }
    const message = 'User: arn:aws:sts::123456789012:assumed-role/Deploy/alice is not authorized';
    const { detail } = classify(
      answerOf({ errorType: 'AccessDeniedException', body: JSON.stringify({ message }) }),
      NO_GATEWAY_RESPONSES,
    );
    expect(detail).toBe('User: arn:aws:sts::********9012:assumed-role/*** is not authorized');
  });

  test('is short', () => {
    const body = JSON.stringify({ message: 'x'.repeat(10_000) });
    const errorType = 'ForbiddenException';
    const answer = classify(answerOf({ body, errorType }), NO_GATEWAY_RESPONSES);
    expect(answer.detail).toHaveLength(300);
  });
});

describe('whatever an API Gateway and its backend answer', () => {
  const status = fc.integer({ min: 100, max: 599 });
  const errorType = fc.constantFrom(...RECORDED.map((it) => it.errorType));
  const types = fc
    .dictionary(
      fc.constantFrom(
        'DEFAULT_4XX',
        'DEFAULT_5XX',
        'MISSING_AUTHENTICATION_TOKEN',
        'ACCESS_DENIED',
      ),
      fc.record({
        status: fc.option(status),
        templates: fc.array(fc.string()),
        setsErrorType: fc.boolean(),
      }),
    )
    .map(customised);
  const readings = fc.oneof(types, fc.constant(UNREAD));

  test('an error type is never a success of a caller, and no error type never a refusal', () => {
    fc.assert(
      fc.property(status, errorType, fc.string(), readings, (code, type, body, responses) => {
        const labelled = kindOfSigned({ status: code, errorType: type, body }, responses);
        expect(['accepted', 'redirected', 'backend-error']).not.toContain(labelled);
        expect(isRefusal(kindOf({ status: code, body }, responses))).toBe(false);
      }),
    );
  });

  test('a refusal comes with a status that the service or the API gives it', () => {
    fc.assert(
      fc.property(status, errorType, readings, (code, type, responses) => {
        if (!isRefusal(kindOf({ status: code, errorType: type }, responses))) return;
        const own = responses.readable
          ? [...responses.value.values()].map((response) => response.status)
          : [];
        expect([400, 401, 403, ...own]).toContain(code);
      }),
    );
  });
});

/**
 * Every gateway response type (service model, GatewayResponseType) but the two defaults: how it looks
 * by itself, and on which side of authorization whoever gets it is. `let in` and `refused` are what an
 * unsigned request must never, and must, get; nothing follows from the others.
 */
const TYPES: readonly (readonly [
  type: string,
  status: number,
  errorType: string,
  message: string,
  side: 'let in' | 'refused' | 'neither',
])[] = [
  ['RESOURCE_NOT_FOUND', 404, 'NotFoundException', 'Not Found', 'neither'],
  ['UNAUTHORIZED', 401, 'UnauthorizedException', 'Unauthorized', 'refused'],
  ['INVALID_API_KEY', 403, 'ForbiddenException', 'Forbidden', 'refused'],
  ['ACCESS_DENIED', 403, 'AccessDeniedException', 'User is not authorized', 'refused'],
  ['AUTHORIZER_FAILURE', 500, 'AuthorizerFailureException', '', 'neither'],
  ['AUTHORIZER_CONFIGURATION_ERROR', 500, 'AuthorizerConfigurationException', '', 'neither'],
  [
    'INVALID_SIGNATURE',
    403,
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
    'refused',
  ],
  ['EXPIRED_TOKEN', 403, 'ExpiredTokenException', 'The security token', 'refused'],
  [
    'MISSING_AUTHENTICATION_TOKEN',
    403,
    'MissingAuthenticationTokenException',
    'Missing Authentication Token',
    'refused',
  ],
  ['INTEGRATION_FAILURE', 504, 'InternalServerErrorException', 'Network error', 'let in'],
  ['INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException', 'Endpoint request', 'let in'],
  ['API_CONFIGURATION_ERROR', 500, 'InternalServerErrorException', 'Internal server', 'let in'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'BadRequestException', 'Unsupported Media Type', 'let in'],
  [
    'BAD_REQUEST_PARAMETERS',
    400,
    'BadRequestException',
    'Missing required request parameters: [a]',
    'let in',
  ],
  ['BAD_REQUEST_BODY', 400, 'BadRequestException', 'Invalid request body', 'let in'],
  ['REQUEST_TOO_LARGE', 413, 'RequestTooLargeException', 'Request Too Long', 'neither'],
  ['THROTTLED', 429, 'TooManyRequestsException', 'Too Many Requests', 'neither'],
  ['QUOTA_EXCEEDED', 429, 'LimitExceededException', 'Limit Exceeded', 'neither'],
  ['WAF_FILTERED', 403, 'ForbiddenException', 'Forbidden', 'refused'],
];

describe('each gateway response type', () => {
  const sideOf = (kind: AnswerKind): string =>
    isPastAuthorization(kind) ? 'let in' : isRefusal(kind) ? 'refused' : 'neither';

  test('is in the table of the gate, and nothing else is', () => {
    expect(Object.keys(GATEWAY_RESPONSE_TYPES).sort()).toEqual(TYPES.map(([type]) => type).sort());
  });

  describe.each(TYPES)('%s', (type, status, errorType, message, side) => {
    const body = JSON.stringify({ message });

    test(`is ${side} with its own status`, () => {
      expect(sideOf(kindOf({ status, errorType, body }))).toBe(side);
      expect(sideOf(kindOf({ status, errorType, body }, UNREAD))).toBe(side);
      expect(GATEWAY_RESPONSE_TYPES[type]?.statuses).toContain(status);
      expect(GATEWAY_RESPONSE_TYPES[type]?.errorTypes).toContain(errorType);
    });

    test.each([200, 302, 400, 404, 418, 500])(
      'is so with status %i where the API gives it',
      (other) => {
        const own = customised({ [type]: { status: other } });
        expect(sideOf(kindOf({ status: other, errorType, body }, own))).toBe(side);
        const fallback = status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
        const byDefault = customised({ [fallback]: { status: other } });
        expect(sideOf(kindOf({ status: other, errorType, body }, byDefault))).toBe(side);
      },
    );

    test('agrees with what the gate says of its side', () => {
      const known = GATEWAY_RESPONSE_TYPES[type]?.side;
      if (side === 'let in') expect(known).toBe('after');
      else expect(known).not.toBe('after');
    });

    test('proves no success of a signed request but where a request validator stopped it', () => {
      for (const labelled of [errorType, undefined]) {
        const answer = answerOf({ status, body, ...(labelled ? { errorType: labelled } : {}) });
        const { kind } = classify(answer, NO_GATEWAY_RESPONSES, {
          hide: (it) => it,
          isSigned: true,
        });
        if (side === 'let in' && status < 500) expect(kind).toBe('invalid-request');
        else if (labelled !== undefined) expect(hasReachedIntegration(kind)).toBe(false);
      }
    });
  });
});

describe('a signed request to a method that may not be there', () => {
  const signed = (parts: Partial<HttpAnswer>, responses = NO_GATEWAY_RESPONSES): AnswerKind =>
    classify(answerOf(parts), responses, { hide: (it) => it, isSigned: true }).kind;

  test.each([
    '{"message":"Not Found"}',
    '{"message":"Resource not found"}',
    '{"message":null}',
    '{"Message":"No method found matching route x for http method GET"}',
    '{"__type":"NotFoundException","message":"Not Found"}',
    '{"message":"Not Found","requestId":"6f1c2d3e"}',
    '',
  ])('proves nothing by a 404 with %j', (body) => {
    expect(signed({ status: 404, body })).toBe('unlabelled-error');
    // Strangers get "Missing Authentication Token" there: to them this is the backend's.
    expect(kindOf({ status: 404, body })).toBe('backend-error');
  });

  test.each(['{"error":"no such pet"}', '{"message":"no","id":7}', 'gone', '<html>', '[]', 'null'])(
    'is let in where the 404 is the backend’s, by %j',
    (body) => {
      expect(signed({ status: 404, body })).toBe('backend-error');
    },
  );

  test('proves nothing where the body did not come in time', () => {
    expect(signed({ status: 404, body: '{"err', isCut: true })).toBe('unlabelled-error');
    expect(signed({ status: 500, body: '', isCut: true })).toBe('unlabelled-error');
    expect(signed({ status: 200, body: 'data: 1', isCut: true })).toBe('accepted');
    expect(kindOf({ status: 500, body: '', isCut: true })).toBe('backend-error');
  });

  test.each(['RESOURCE_NOT_FOUND', 'DEFAULT_4XX'])(
    'proves nothing by another status that %s has',
    (type) => {
      const types = customised({ [type]: { status: 200 } });
      expect(signed({ status: 200, body: '{"message":"Not Found"}' }, types)).toBe(
        'unlabelled-error',
      );
      expect(signed({ status: 200, body: '{"pets":[]}' }, types)).toBe('accepted');
    },
  );
});

describe('an answer without an error type in the words of a request validator', () => {
  test.each([
    'Invalid request body',
    'Missing required request parameters: [page]',
    'Unsupported Media Type',
  ])('%s says that the request was let in, whoever wrote it', (message) => {
    const body = JSON.stringify({ message });
    expect(kindOf({ status: 400, body })).toBe('invalid-request');
    expect(kindOf({ status: 400, body }, UNREAD)).toBe('invalid-request');
    expect(kindOf({ status: 200, body })).toBe('accepted');
  });
});
