import type { MethodState } from '../model.js';
import type { Fault } from './fault.js';

/** Where a request is when it gets a gateway response, in the order of {@link seededFault}'s calls. */
export type Place = 'before' | 'at' | 'after';

/**
 * Each gateway response type with its place, status, error type and words. Source of the statuses: AWS
 * docs, "Gateway response types"; of error types and words captures of AWS where there are any, and
 * localstack's gateway responses elsewhere. Of those that come at authorization only those that are not
 * the caller's affair can be seeded as they are: the others come to whoever sends what they are about.
 */
const FAULTS: Readonly<Record<string, readonly [Place, Omit<Fault, 'responseType'>]>> = {
  WAF_FILTERED: ['before', { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' }],
  THROTTLED: [
    'before',
    { status: 429, errorType: 'TooManyRequestsException', message: 'Too Many Requests' },
  ],
  REQUEST_TOO_LARGE: [
    'before',
    { status: 413, errorType: 'RequestTooLargeException', message: 'Request Too Long' },
  ],
  MISSING_AUTHENTICATION_TOKEN: [
    'before',
    {
      status: 403,
      errorType: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    },
  ],
  AUTHORIZER_CONFIGURATION_ERROR: [
    'before',
    {
      status: 500,
      errorType: 'AuthorizerConfigurationException',
      message: 'Internal server error',
    },
  ],
  AUTHORIZER_FAILURE: [
    'before',
    { status: 500, errorType: 'AuthorizerFailureException', message: 'Internal server error' },
  ],
  UNAUTHORIZED: [
    'before',
    { status: 401, errorType: 'UnauthorizedException', message: 'Unauthorized' },
  ],
  ACCESS_DENIED: [
    'before',
    { status: 403, errorType: 'AccessDeniedException', message: 'User is not authorized' },
  ],
  EXPIRED_TOKEN: [
    'before',
    {
      status: 403,
      errorType: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    },
  ],
  INVALID_SIGNATURE: [
    'before',
    {
      status: 403,
      errorType: 'InvalidSignatureException',
      message: 'The request signature we calculated does not match the signature you provided.',
    },
  ],
  RESOURCE_NOT_FOUND: ['at', { status: 404, errorType: 'NotFoundException', message: 'Not Found' }],
  INVALID_API_KEY: ['at', { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' }],
  QUOTA_EXCEEDED: [
    'at',
    { status: 429, errorType: 'LimitExceededException', message: 'Limit Exceeded' },
  ],
  BAD_REQUEST_PARAMETERS: [
    'after',
    {
      status: 400,
      errorType: 'BadRequestException',
      message: 'Missing required request parameters: [page]',
    },
  ],
  BAD_REQUEST_BODY: [
    'after',
    { status: 400, errorType: 'BadRequestException', message: 'Invalid request body' },
  ],
  UNSUPPORTED_MEDIA_TYPE: [
    'after',
    { status: 415, errorType: 'BadRequestException', message: 'Unsupported Media Type' },
  ],
  API_CONFIGURATION_ERROR: [
    'after',
    { status: 500, errorType: 'InternalServerErrorException', message: 'Internal server error' },
  ],
  INTEGRATION_FAILURE: [
    'after',
    {
      status: 504,
      errorType: 'InternalServerErrorException',
      message: 'Network error communicating with endpoint',
    },
  ],
  INTEGRATION_TIMEOUT: [
    'after',
    {
      status: 504,
      errorType: 'InternalServerErrorException',
      message: 'Endpoint request timed out',
    },
  ],
};

/** The fault that a seed gives a method, where a request has come to its place. */
export function seededFault(
  { gatewayResponse: responseType }: MethodState,
  place: Place,
): Fault | undefined {
  if (responseType === undefined) return undefined;
  const [itsPlace, fault] = FAULTS[responseType] ?? [];
  if (itsPlace !== place || fault === undefined) return undefined;
  return { ...fault, responseType };
}
