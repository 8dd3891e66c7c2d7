import { describe, expect, test } from '@jest/globals';
import type { EndpointVariable } from '../../../src/aws/endpoint-variable.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import {
  type FailureKind,
  isWorthRetrying,
  retryAfterMs,
  wasNotCarriedOut,
} from '../../../src/aws/failure-kind.js';
import { missingStatement } from '../../../src/aws/missing-right.js';
import { networkError, serviceError } from './sdk-error.js';

const SYNTAX_ERROR = Object.assign(new SyntaxError('Unexpected end of JSON input'), {
  $metadata: { httpStatusCode: 200 },
});
const TIMEOUT = Object.assign(new Error('Connection timed out after 30000 ms'), {
  name: 'TimeoutError',
});
const NO_CREDENTIALS = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
});

/** What the SDK throws for a body that does not begin as JSON, of a server that is not AWS. */
function foreign(status: number, type: string): Error {
  const words = `Unexpected token '<', "<!DOCTYPE "... is not valid JSON\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.`;
  return Object.assign(new SyntaxError(words), {
    $metadata: { httpStatusCode: status, attempts: 1 },
    $response: { statusCode: status, headers: { 'content-type': type } },
  });
}

/** Codes: API Gateway API Reference and STS API Reference, "Common errors"; Node.js error codes. */
const KINDS: readonly [error: Error, kind: FailureKind, retried: boolean][] = [
  [NO_CREDENTIALS, 'no-credentials', false],
  [serviceError('UnrecognizedClientException', 403), 'invalid-credentials', false],
  [serviceError('InvalidClientTokenId', 403), 'invalid-credentials', false],
  [serviceError('MissingAuthenticationTokenException', 403), 'invalid-credentials', false],
  [
    serviceError(
      'InvalidSignatureException',
      403,
      'The request signature we calculated does not match',
    ),
    'wrong-secret',
    false,
  ],
  [
    serviceError(
      'SignatureDoesNotMatch',
      403,
      "Credential should be scoped to a valid region, not 'eu-west-1'.",
    ),
    'wrong-scope',
    false,
  ],
  [
    serviceError('InvalidSignatureException', 403, 'Signature expired: 20201027T123008Z is now'),
    'clock-skew',
    false,
  ],
  [
    serviceError('SignatureDoesNotMatch', 403, 'Signature not yet current: 20201027T123008Z'),
    'clock-skew',
    false,
  ],
  [
    serviceError('RequestTimeTooSkewed', 403, 'The difference between the times is too large.'),
    'clock-skew',
    false,
  ],
  [serviceError('ExpiredTokenException', 403), 'expired-credentials', false],
  [serviceError('ExpiredToken', 400), 'expired-credentials', false],
  [serviceError('AccessDeniedException', 403), 'access-denied', false],
  [serviceError('UnauthorizedException', 401), 'access-denied', false],
  [serviceError('NotFoundException', 404), 'not-found', false],
  [serviceError('BadRequestException', 400), 'refused', false],
  [serviceError('ConflictException', 409), 'conflict', true],
  // IAM's; the last two pass by themselves.
  [serviceError('NoSuchEntityException', 404), 'not-found', false],
  [serviceError('EntityAlreadyExistsException', 409), 'refused', false],
  [serviceError('LimitExceededException', 409), 'refused', false],
  [serviceError('DeleteConflictException', 409), 'refused', false],
  [serviceError('Throttling', 400), 'throttled', true],
  [serviceError('ConcurrentModificationException', 409), 'conflict', true],
  [serviceError('TooManyRequestsException', 429), 'throttled', true],
  [serviceError('LimitExceededException', 429), 'throttled', true],
  [serviceError('Throttling', 400), 'throttled', true],
  [serviceError('ThrottlingException', 400), 'throttled', true],
  [serviceError('ServiceUnavailableException', 503), 'unavailable', true],
  [serviceError('InternalFailure', 500), 'unavailable', true],
  [networkError('ECONNRESET'), 'network', true],
  [networkError('ECONNREFUSED', ''), 'network', true],
  [networkError('ENOTFOUND'), 'network', true],
  [networkError('EAI_AGAIN'), 'network', true],
  [networkError('CERT_HAS_EXPIRED'), 'untrusted-certificate', false],
  [networkError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'untrusted-certificate', false],
  [networkError('SELF_SIGNED_CERT_IN_CHAIN'), 'untrusted-certificate', false],
  [networkError('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'untrusted-certificate', false],
  [networkError('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'untrusted-certificate', false],
  [networkError('ERR_TLS_CERT_ALTNAME_INVALID'), 'untrusted-certificate', false],
  [networkError('ERR_SSL_WRONG_VERSION_NUMBER'), 'network', true],
  [foreign(200, 'text/html'), 'not-aws', false],
  [foreign(404, 'text/html; charset=utf-8'), 'not-aws', false],
  [foreign(403, 'text/plain'), 'not-aws', false],
  [foreign(502, 'text/html'), 'unavailable', true],
  [serviceError('Unknown', 404, 'UnknownError'), 'not-aws', false],
  [serviceError('Unknown', 301, 'UnknownError'), 'not-aws', false],
  [TIMEOUT, 'network', true],
  [SYNTAX_ERROR, 'unintelligible', true],
  [new Error('who knows'), 'unintelligible', true],
];

describe.each(
  KINDS.map(([error, ...rest]) => [String(error).slice(0, 70), error, ...rest] as const),
)('%s', (_words, error, kind, retried) => {
  test(`is ${kind}`, () => {
    expect(new AwsFailure('GetStages', error, 1).kind).toBe(kind);
  });

  test(retried ? 'may pass' : 'does not pass by itself', () => {
    expect(isWorthRetrying(error)).toBe(retried);
  });

  test('has a remedy that ends as a sentence or a statement', () => {
    expect(new AwsFailure('GetStages', error, 1).remedy).toMatch(/[.}]$/);
  });
});

test('every kind is covered', () => {
  expect([...new Set(KINDS.map(([, kind]) => kind))].toSorted()).toEqual([
    'access-denied',
    'clock-skew',
    'conflict',
    'expired-credentials',
    'invalid-credentials',
    'network',
    'no-credentials',
    'not-aws',
    'not-found',
    'refused',
    'throttled',
    'unavailable',
    'unintelligible',
    'untrusted-certificate',
    'wrong-scope',
    'wrong-secret',
  ]);
});

describe('a call that may have been carried out', () => {
  test.each([
    ['a lost connection', networkError('ECONNRESET'), false],
    ['a time-out', TIMEOUT, false],
    ['a cut answer', SYNTAX_ERROR, false],
    ['a server error', serviceError('ServiceUnavailableException', 503), false],
    ['throttling', serviceError('TooManyRequestsException', 429), true],
    ['a conflict', serviceError('ConflictException', 409), true],
    ['a refusal', serviceError('BadRequestException', 400), true],
  ])('%s: certainly not carried out is %s', (_what, error, expected) => {
    expect(wasNotCarriedOut(error)).toBe(expected);
  });
});

describe('the words', () => {
  test('say the call, how often, why, the code and what AWS said', () => {
    const failure = new AwsFailure(
      'GetResources',
      serviceError('NotFoundException', 404, 'gone'),
      3,
    );
    expect(failure.message).toBe(
      'GetResources failed after 3 attempts: it does not exist (NotFoundException: gone)',
    );
    expect(failure).toMatchObject({ operation: 'GetResources', attempts: 3, detail: 'gone' });
  });

  test('hold no account id of the caller', () => {
    const words = 'User: arn:aws:iam::123456789012:user/alice is not authorized';
    const failure = new AwsFailure(
      'GetStages',
      serviceError('AccessDeniedException', 403, words),
      1,
    );
    expect(failure.message).not.toMatch(/123456789012|alice/);
  });

  test('are found where an error has none', () => {
    expect(new AwsFailure('GetStages', networkError('ECONNREFUSED', ''), 1).detail).toBe(
      'no further words',
    );
    expect(new AwsFailure('GetStages', 'just text', 1).detail).toBe('just text');
  });

  test.each([
    ['GetResources', 'apigateway:GET'],
    ['GetRestApis', 'apigateway:GET'],
    ['UpdateMethod', 'apigateway:PATCH'],
    ['UpdateStage', 'apigateway:PATCH'],
    ['CreateDeployment', 'apigateway:POST'],
    ['DeleteDeployment', 'apigateway:DELETE'],
    ['AssumeRole', 'sts:AssumeRole'],
  ])('name the statement that %s needs', (operation, action) => {
    const { remedy } = new AwsFailure(operation, serviceError('AccessDeniedException', 403), 1);
    expect(missingStatement(operation)).toMatchObject({ Effect: 'Allow', Action: action });
    expect(remedy).toContain(JSON.stringify(missingStatement(operation)));
  });
});

test('a missing right is named in its region, for what was called and nothing else', () => {
  const denied = serviceError('AccessDeniedException', 403);
  const { remedy } = new AwsFailure('GetStages', denied, 1, {
    partition: 'aws-cn',
    region: 'cn-north-1',
    subject: 'a1b2c3d4e5',
  });
  expect(remedy).toContain('"arn:aws-cn:apigateway:cn-north-1::/restapis/a1b2c3d4e5/stages"');
});

test('IAM has no part in the quota of API Gateway', () => {
  const throttled = new AwsFailure('GetGroup', serviceError('Throttling', 400), 8);
  expect(throttled.remedy).not.toContain('API Gateway');
});

describe('what is wrong with where AWS is called', () => {
  const of = (error: Error, ...endpointVariables: EndpointVariable[]) =>
    new AwsFailure('GetStages', error, 1, { endpointVariables });

  test('a certificate that is not trusted comes with one thing to change', () => {
    const words = 'unable to verify the first certificate';
    const advice =
      '; if the root CA is installed locally, try running Node.js with --use-system-ca';
    const error = Object.assign(new Error(`${words}${advice}`), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    expect(of(error).detail).toBe(words);
    expect(of(error).inFull).not.toContain('--use-system-ca');
    expect(of(error).remedy).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('an answer that is not AWS is shown by its status and type, never by its text', () => {
    const { message, detail } = of(foreign(404, 'text/html; charset=utf-8'));
    expect(detail).toBe('HTTP 404, text/html');
    expect(message).toContain('something that is not AWS answered (HTTP 404, text/html)');
  });

  test.each([
    [foreign(404, 'text/html'), 'Point AWS_ENDPOINT_URL to an endpoint of AWS'],
    [networkError('ECONNREFUSED'), 'Check AWS_ENDPOINT_URL, which says where AWS is called'],
    [networkError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'NODE_EXTRA_CA_CERTS'],
    [
      networkError('ERR_TLS_CERT_ALTNAME_INVALID'),
      'a host name that it covers into AWS_ENDPOINT_URL',
    ],
    [networkError('CERT_HAS_EXPIRED'), 'Renew the certificate of the endpoint in AWS_ENDPOINT_URL'],
    [
      serviceError(
        'InvalidSignatureException',
        403,
        'Credential should be scoped to a valid region. ',
      ),
      'Point AWS_ENDPOINT_URL to the endpoint of the region',
    ],
  ])('%s names the variable that is set', (error, words) => {
    expect(of(error, 'AWS_ENDPOINT_URL').remedy).toContain(words);
    expect(of(error).remedy).not.toContain('AWS_ENDPOINT_URL');
  });

  test('the variable of the service goes before the common one, and one of another does not count', () => {
    const error = networkError('ECONNREFUSED');
    const remedyOf = (operation: string, ...endpointVariables: EndpointVariable[]) =>
      new AwsFailure(operation, error, 1, { endpointVariables }).remedy;
    expect(remedyOf('GetStages', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_API_GATEWAY')).toContain(
      'AWS_ENDPOINT_URL_API_GATEWAY',
    );
    expect(remedyOf('GetGroup', 'AWS_ENDPOINT_URL_IAM')).toContain('AWS_ENDPOINT_URL_IAM');
    expect(remedyOf('AssumeRole', 'AWS_ENDPOINT_URL_STS')).toContain('AWS_ENDPOINT_URL_STS');
    expect(remedyOf('GetStages', 'AWS_ENDPOINT_URL_STS')).not.toContain('AWS_ENDPOINT_URL');
  });
});

/** IAM User Guide, "Troubleshoot access denied error messages". */
test.each([
  ['with an explicit deny in a service control policy', /deny out of the service control policy/],
  [
    'with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/x',
    /identity-based policy that/,
  ],
  ['with an explicit deny in a permissions boundary.', /deny out of the permissions boundary/],
  ['with an explicit deny', /deny out of the policy/],
  ['because no session policy allows the apigateway:GET action', /Have the session policy of/],
  ['because no permissions boundary allows the x:Y action', /Have the permissions boundary of/],
  ['because no identity-based policy allows the apigateway:GET action', /^Allow it with this/],
  ['', /^Allow it with this/],
])('a call that is refused %j names the policy to change', (words, advice) => {
  const refused = `User: x is not authorized to perform: apigateway:GET on resource: y ${words}`;
  const error = serviceError('AccessDeniedException', 403, refused);
  expect(new AwsFailure('GetStages', error, 1).remedy).toMatch(advice);
});

describe('what answers or breaks off on the way to AWS', () => {
  const of = (error: Error, ...endpointVariables: EndpointVariable[]) =>
    new AwsFailure('GetStages', error, 2, { endpointVariables });

  test('a proxy that asks for a password is said, whatever it answers with, once', () => {
    const error = foreign(407, 'text/html');
    expect(of(error, 'AWS_ENDPOINT_URL').inFull).toMatch(
      /the proxy asks for a user and password \(HTTP 407, text\/html\)\. Put the user and password/,
    );
    expect(of(serviceError('UnknownError', 407)).kind).toBe('proxy-login');
    expect([isWorthRetrying(error), of(error).isInDoubt]).toEqual([false, true]);
  });

  test("a proxy's own error page is tried again, and never blamed on AWS", () => {
    const error = foreign(503, 'text/html');
    expect(isWorthRetrying(error)).toBe(true);
    expect(of(error).remedy).toContain('check the proxy of the runner (HTTPS_PROXY)');
    expect(of(error, 'AWS_ENDPOINT_URL').remedy).toContain('check AWS_ENDPOINT_URL');
    expect(of(serviceError('ServiceUnavailable', 503)).remedy).toContain('AWS Health Dashboard');
  });

  test.each([
    new Error('Proxy connection ended before receiving CONNECT response'),
    networkError('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/'),
  ])('%s is a failed connection, and no bug of the gate', (error) => {
    expect(of(error).kind).toBe('network');
    expect(of(error).remedy).toContain('the proxy (HTTPS_PROXY');
    expect([isWorthRetrying(error), of(error).isInDoubt]).toEqual([true, true]);
  });

  test("TLS's reason is said without OpenSSL's own line", () => {
    const line =
      'write EPROTO 400D4CB4727F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/openssl/ssl/record/tlsany_meth.c:77:\n';
    expect(of(networkError('EPROTO', line)).detail).toBe('TLS: wrong version number');
  });

  test('an account without the region is told so, and gets no statement to allow', () => {
    const { kind, remedy } = of(serviceError('OptInRequired', 403));
    expect(kind).toBe('not-subscribed');
    expect(remedy).toContain('Enable the region');
  });

  test('an error without a name has a word in its place', () => {
    expect(of(serviceError('', 403)).message).toContain('(Error: ');
  });
});

test('a wrong secret is said without the canonical request that AWS answers with', () => {
  const words =
    "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'GET\n/restapis\n\nhost:x'\n\nThe String-to-Sign should have been\n'AWS4'";
  const failure = new AwsFailure(
    'GetStages',
    serviceError('InvalidSignatureException', 403, words),
    1,
  );
  expect(failure.inFull).toContain('does not belong to the access key id');
  expect(failure.inFull).toContain('AWS_SECRET_ACCESS_KEY');
  expect(failure.inFull).not.toMatch(/Canonical|String-to-Sign|restapis/);
});

describe('Retry-After', () => {
  test.each([
    ['7', 7000],
    ['0.5', 500],
    ['0', null],
    ['-3', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
  ])('%j is %j ms', (retryAfterSeconds, expected) => {
    expect(retryAfterMs(serviceError('X', 429, '', { retryAfterSeconds }))).toBe(expected);
  });

  test('is not known of what is no object', () => {
    expect(retryAfterMs(null)).toBeNull();
    expect(retryAfterMs('7')).toBeNull();
  });
});
