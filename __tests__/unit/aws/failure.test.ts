import { describe, expect, test } from '@jest/globals';
import {
  AwsFailure,
  type FailureKind,
  isWorthRetrying,
  retryAfterMs,
  wasNotCarriedOut,
} from '../../../src/aws/failure.js';
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
    'invalid-credentials',
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
  [networkError('CERT_HAS_EXPIRED'), 'network', true],
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
    'not-found',
    'refused',
    'throttled',
    'unavailable',
    'unintelligible',
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
