import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnswerKind, isPastAuthorization, isRefusal } from '../../../src/smoke/answer.js';
import { classify, type HttpAnswer } from '../../../src/smoke/classify.js';

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
  return { status: 403, body: '', headers: { ...MARKS, ...typed, ...headers }, ...rest };
}

function kindOf(parts: Parameters<typeof answerOf>[0]): AnswerKind {
  return classify(answerOf(parts)).kind;
}

describe.each(RECORDED)('$what ($source)', ({ status, errorType, body, kind }) => {
  test(`is ${kind}`, () => {
    expect(classify(answerOf({ status, errorType, body }))).toMatchObject({ kind, status });
  });

  test('is known by its error type with a suffix as well', () => {
    const suffixed = `${errorType}:http://internal.amazon.com/coral/com.amazon.coral.service/`;
    expect(kindOf({ status, errorType: suffixed, body })).toBe(kind);
  });

  test.each([200, 302, 404, 500])(
    'keeps its meaning where a gateway response makes it %i',
    (other) => {
      expect(kindOf({ status: other, errorType, body })).toBe(kind);
    },
  );

  test('is nothing of API Gateway without its marks', () => {
    const headers = { 'x-amzn-errortype': errorType };
    expect(classify({ status, headers, body }).kind).toBe('not-api-gateway');
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
      expect(kindOf({ status: 404, errorType, body })).toBe(kind);
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
    [101, 'unlabelled-error'],
  ])('of status %i is %s', (status, kind) => {
    expect(kindOf({ status, body: '{"message":"Missing Authentication Token"}' })).toBe(kind);
    expect(kindOf({ status, errorType: '' })).toBe(kind);
  });
});

describe('an error type that nobody knows', () => {
  test.each(['BadRequestException', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%s is unknown',
    (errorType) => {
      expect(kindOf({ errorType })).toBe('unknown-error');
      expect(kindOf({ errorType, status: 200 })).toBe('unknown-error');
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
          const kind = kindOf({ errorType: type, status, body });
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
        const { kind } = classify({ status: code, headers, body });
        expect(kind).toBe('not-api-gateway');
        expect(isRefusal(kind) || isPastAuthorization(kind)).toBe(false);
      }),
    );
  });

  test('is named by its server header, clipped', () => {
    const headers = { server: `nginx${'x'.repeat(100)}` };
    const { detail } = classify({ status: 200, headers, body: '' });
    expect(detail).toMatch(/server: nginxx+$/);
    expect(detail.length).toBeLessThan(100);
  });
});

describe('what is kept of the words', () => {
  test('holds no token, no account id and no name of the caller', () => {
    for (const { errorType, body } of RECORDED) {
      expect(classify(answerOf({ errorType, body })).detail).not.toMatch(/SECRET|api-test-user/);
    }
    const message = 'User: arn:aws:sts::123456789012:assumed-role/Deploy/alice is not authorized';
    const { detail } = classify(
      answerOf({ errorType: 'AccessDeniedException', body: JSON.stringify({ message }) }),
    );
    expect(detail).toBe('User: arn:aws:sts::********9012:assumed-role/*** is not authorized');
  });

  test('is short', () => {
    const body = JSON.stringify({ message: 'x'.repeat(10_000) });
    expect(classify(answerOf({ body })).detail).toHaveLength(300);
  });
});
