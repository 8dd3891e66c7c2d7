import { randomBytes } from 'node:crypto';

/** An answer that API Gateway itself gives instead of the backend's. */
export interface V2Refusal {
  readonly status: number;
  readonly message: string;
  /** Of REST's errors, which WebSocket APIs have in one of the ways that are thinkable. */
  readonly errorType: string;
  /** Why, where HTTP APIs would tell. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tells a refusal from an answer. */
export function isV2Refusal(value: object): value is V2Refusal {
  return 'errorType' in value;
}

/** API Gateway developer guide, "Create routes for HTTP APIs". */
export const NOT_FOUND: V2Refusal = {
  status: 404,
  message: 'Not Found',
  errorType: 'NotFoundException',
};

export const FORBIDDEN: V2Refusal = {
  status: 403,
  message: 'Forbidden',
  errorType: 'ForbiddenException',
};

export const UNAUTHORIZED: V2Refusal = {
  status: 401,
  message: 'Unauthorized',
  errorType: 'UnauthorizedException',
};

/** Words of HTTP APIs: unverified; they are REST's. */
export const THROTTLED: V2Refusal = {
  status: 429,
  message: 'Too Many Requests',
  errorType: 'TooManyRequestsException',
};

/**
 * An integration that may not be called, with capitals (API Gateway developer guide, "Troubleshooting
 * issues with HTTP API Lambda integrations").
 */
export const INTERNAL: V2Refusal = {
  status: 500,
  message: 'Internal Server Error',
  errorType: 'InternalServerErrorException',
};

/** The backend does not answer, or not in time. */
export const UNAVAILABLE: V2Refusal = {
  status: 503,
  message: 'Service Unavailable',
  errorType: 'ServiceUnavailableException',
};

/** Sixteen characters that end in `=`, as `apigw-requestid` is in captures. */
export function gatewayId(): string {
  return randomBytes(11).toString('base64');
}
