/** Default status of each type, in the order of the service's own list; the two defaults have none
 * (localstack snapshots test_gateway_response_crud and test_gateway_response_validation, 2024-04-15). */
const STATUS: ReadonlyMap<string, string | undefined> = new Map([
  ['REQUEST_TOO_LARGE', '413'],
  ['RESOURCE_NOT_FOUND', '404'],
  ['AUTHORIZER_CONFIGURATION_ERROR', '500'],
  ['MISSING_AUTHENTICATION_TOKEN', '403'],
  ['BAD_REQUEST_BODY', '400'],
  ['INVALID_SIGNATURE', '403'],
  ['INVALID_API_KEY', '403'],
  ['BAD_REQUEST_PARAMETERS', '400'],
  ['AUTHORIZER_FAILURE', '500'],
  ['UNAUTHORIZED', '401'],
  ['INTEGRATION_TIMEOUT', '504'],
  ['ACCESS_DENIED', '403'],
  ['DEFAULT_4XX', undefined],
  ['DEFAULT_5XX', undefined],
  ['WAF_FILTERED', '403'],
  ['QUOTA_EXCEEDED', '429'],
  ['THROTTLED', '429'],
  ['API_CONFIGURATION_ERROR', '500'],
  ['UNSUPPORTED_MEDIA_TYPE', '415'],
  ['INTEGRATION_FAILURE', '504'],
  ['EXPIRED_TOKEN', '403'],
]);

/** Every type, in the order of the service's validation message. */
export const GATEWAY_RESPONSE_TYPES: readonly string[] = [...STATUS.keys()];

/** The status where nobody set one; undefined for DEFAULT_4XX and DEFAULT_5XX. */
export function defaultStatus(type: string): string | undefined {
  return STATUS.get(type);
}

/** The type that a customised DEFAULT_… stands in for, if any. */
export function fallbackType(type: string): string | undefined {
  const status = STATUS.get(type);
  return status === undefined ? undefined : `DEFAULT_${status.charAt(0)}XX`;
}
