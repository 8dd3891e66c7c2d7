/** The authorization type that every method must have, unless it is a preflight. */
export const REQUIRED_AUTHORIZATION_TYPE = 'AWS_IAM';

/** Whether an authorization type is what is required. An API key is not authentication and has no say. */
export function isRequiredType(authorizationType: string): boolean {
  return authorizationType === REQUIRED_AUTHORIZATION_TYPE;
}
