/** An answer that API Gateway itself gives instead of the backend's. */
export interface Fault {
  /**
   * The gateway response that customises it; `undefined` where the documentation names none, so that
   * only the `DEFAULT_4XX` or `DEFAULT_5XX` of its status does.
   */
  readonly responseType: string | undefined;
  readonly status: number;
  /** `x-amzn-ErrorType`. */
  readonly errorType: string;
  /** `$context.error.message`. */
  readonly message: string;
  /** The uncustomised body where it is not `{"message":…}`. */
  readonly body?: string;
  /** `x-amzn-ErrorType` is not there. */
  readonly isUnlabelled?: boolean;
}

/** Tells a fault from a backend's response. */
export function isFault(answer: object): answer is Fault {
  return 'errorType' in answer;
}

/**
 * Unsigned on an IAM method, and just so, unsigned, an unknown path and an undeclared method.
 *
 * Source: AWS docs, "Gateway response types": MISSING_AUTHENTICATION_TOKEN, "including the cases when
 * the client attempts to invoke an unsupported API method or resource"; recorded by localstack,
 * TestApigatewayRouting::test_routing_not_found.
 */
export const MISSING_TOKEN: Fault = {
  responseType: 'MISSING_AUTHENTICATION_TOKEN',
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  message: 'Missing Authentication Token',
};

/**
 * A signed request to a path or method that does not exist. Source of type and status: AWS docs,
 * "Gateway response types", RESOURCE_NOT_FOUND, "after an API request passes authentication and
 * authorization"; error type and words are not recorded.
 */
export const NOT_FOUND: Fault = {
  responseType: 'RESOURCE_NOT_FOUND',
  status: 404,
  errorType: 'NotFoundException',
  message: 'Not Found',
};

/**
 * Unknown stage, a default endpoint that is switched off, a private API by its public name.
 *
 * Source: re:Post, "How do I troubleshoot HTTP 403 errors from API Gateway?"; AWS docs, "Disable the
 * default endpoint for REST APIs". No deployment is reached, so no gateway response is either.
 */
export const FORBIDDEN: Fault = {
  responseType: undefined,
  status: 403,
  errorType: 'ForbiddenException',
  message: 'Forbidden',
};

/** A request that a rule of AWS WAF blocks. Source: AWS docs, "Gateway response types", WAF_FILTERED. */
export const WAF_FILTERED: Fault = { ...FORBIDDEN, responseType: 'WAF_FILTERED' };

/** An API key that is missing, wrong or disabled. Source: AWS docs, "Gateway response types". */
export const INVALID_API_KEY: Fault = { ...FORBIDDEN, responseType: 'INVALID_API_KEY' };

/** No valid token for an authorizer. Source: AWS docs, "Gateway response types", UNAUTHORIZED. */
export const UNAUTHORIZED: Fault = {
  responseType: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
  message: 'Unauthorized',
};

/**
 * A caller who is known and may not. Denials alone spell `Message` with a capital.
 *
 * Source: answers of real endpoints in public captures.
 */
export function accessDenied(message: string): Fault {
  return {
    responseType: 'ACCESS_DENIED',
    status: 403,
    errorType: 'AccessDeniedException',
    message,
    body: JSON.stringify({ Message: message }),
  };
}

/**
 * A configuration that cannot be carried out. The space in the body is AWS's: localstack,
 * test_apigateway_lambda.snapshot.json, recorded.
 */
export const MISCONFIGURED: Fault = {
  responseType: 'API_CONFIGURATION_ERROR',
  status: 500,
  errorType: 'InternalServerErrorException',
  message: 'Internal server error',
  body: '{"message": "Internal server error"}',
};

/**
 * The backend could not be reached. Headers and body, its space included, as captured in
 * RhinoSecurityLabs/IPRotate_Burp_Extension issue 17.
 */
export const INTEGRATION_FAILURE: Fault = {
  responseType: 'INTEGRATION_FAILURE',
  status: 504,
  errorType: 'InternalServerErrorException',
  message: 'Network error communicating with endpoint',
  body: '{"message": "Network error communicating with endpoint"}',
};

/**
 * The backend took longer than `timeoutInMillis`. Source of the status: AWS docs, "Gateway response
 * types"; error type and spacing after the failure above.
 */
export const INTEGRATION_TIMEOUT: Fault = {
  responseType: 'INTEGRATION_TIMEOUT',
  status: 504,
  errorType: 'InternalServerErrorException',
  message: 'Endpoint request timed out',
  body: '{"message": "Endpoint request timed out"}',
};

/**
 * A request that was let in and does not fit the method. Source of the error type: localstack's gateway
 * responses, which are validated against AWS for these two types.
 */
export function invalidRequest(
  responseType: 'BAD_REQUEST_BODY' | 'BAD_REQUEST_PARAMETERS',
  message: string,
): Fault {
  return { responseType, status: 400, errorType: 'BadRequestException', message };
}

/**
 * Something of AWS that this emulator has not: an answer that says so and can never be taken for a
 * pass, nor for a refusal that proves protection.
 */
export function notModelled(what: string): Fault {
  const message = `The emulator does not model ${what}`;
  return { ...MISCONFIGURED, message, body: JSON.stringify({ message }) };
}
