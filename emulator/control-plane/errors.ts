/** An answer that the service gives instead of doing what was asked. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  /** Goes into the `x-amzn-ErrorType` header. */
  readonly errorType: string;
  /** Goes into the `Retry-After` header. */
  readonly retryAfterSeconds: number | undefined;
  /** What the body has beside the message. */
  readonly members: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorType: string,
    message: string,
    retryAfterSeconds?: number,
    members: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errorType = errorType;
    this.retryAfterSeconds = retryAfterSeconds;
    this.members = members;
  }
}

/** 400: the shape and status of each error are the service model's (apigateway 2015-07-09). */
export function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequestException', message);
}

/** 404. */
export function notFound(message: string): ServiceError {
  return new ServiceError(404, 'NotFoundException', message);
}

/** 409. */
export function conflict(message: string): ServiceError {
  return new ServiceError(409, 'ConflictException', message);
}

/**
 * 429, with whole seconds until it is worth trying again. The second version of the API says which limit
 * (service model apigatewayv2, TooManyRequestsException); its words are not told.
 */
export function tooManyRequests(
  retryAfterSeconds: number,
  service: 'apigateway' | 'apigatewayv2' = 'apigateway',
): ServiceError {
  return new ServiceError(
    429,
    'TooManyRequestsException',
    'Too Many Requests',
    retryAfterSeconds,
    service === 'apigatewayv2' ? { limitType: 'REQUESTS' } : {},
  );
}

/**
 * 400 of the request validation in front of the service, which counts its findings. The sentence is
 * that of localstack snapshot test_update_rest_api_concatenation_of_errors, 2025-07-07.
 */
export function validationError(findings: readonly string[]): ServiceError {
  const noun = findings.length === 1 ? 'validation error' : 'validation errors';
  return new ServiceError(
    400,
    'ValidationException',
    `${findings.length} ${noun} detected: ${findings.join('; ')}`,
  );
}

/** One finding for {@link validationError}: a value that is not one of an enumeration's. */
export function notInEnum(value: string, at: string, allowed: readonly string[]): string {
  return `Value '${value}' at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`;
}

/** 400 of the JSON reader, for example a boolean where a string belongs. */
export function serializationError(message: string): ServiceError {
  return new ServiceError(400, 'SerializationException', message);
}
