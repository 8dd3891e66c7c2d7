/** The authorization type that every method must have, unless it is a preflight. */
export const REQUIRED_AUTHORIZATION_TYPE = 'AWS_IAM';

/**
 * The types of methods that an authorizer decides about, whose callers do not sign (API Gateway API
 * Reference, Method, `authorizationType`; JWT since 2026).
 */
export const AUTHORIZER_TYPES = ['CUSTOM', 'COGNITO_USER_POOLS', 'JWT'] as const;

/** Whether an authorization type is an authorizer's. */
export function isAuthorizerType(authorizationType: string): boolean {
  return AUTHORIZER_TYPES.some((type) => type === authorizationType);
}

/** Whether an authorization type is what is required. An API key is not authentication and has no say. */
export function isRequiredType(authorizationType: string): boolean {
  return authorizationType === REQUIRED_AUTHORIZATION_TYPE;
}
