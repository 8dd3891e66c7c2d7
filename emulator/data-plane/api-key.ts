import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, ApiState, MethodState } from '../model.js';
import { type Fault, INVALID_API_KEY } from './fault.js';

/**
 * Whether a request brings the API key that its method asks for. Checked after authorization.
 *
 * Usage plans are not modelled: every enabled key of the account opens every API. With the key source
 * AUTHORIZER the key would come from a Lambda authorizer's answer, which does not exist here, so that
 * no key is good enough.
 *
 * Source: AWS docs, "Choose an API key source"; header name `X-API-Key`.
 */
export function checkApiKey(
  request: WireRequest,
  method: MethodState,
  api: ApiState,
  account: AccountState,
): Fault | undefined {
  if (!method.apiKeyRequired) return undefined;
  const value = api.apiKeySource === 'HEADER' ? headerOf(request, 'x-api-key') : undefined;
  const known = [...account.apiKeys.values()].some((key) => key.enabled && key.value === value);
  return known ? undefined : INVALID_API_KEY;
}
