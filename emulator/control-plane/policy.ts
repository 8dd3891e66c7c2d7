import { isJsonObject, type JsonValue } from '../json.js';
import type { AccountState } from '../model.js';
import { badRequest } from './errors.js';

/**
 * A resource policy as the service keeps it: shorthand ARNs written out, lists of one element turned
 * into the element. Both are seen in policies read back from the service (Terraform provider,
 * "aws_api_gateway_rest_api: policy" difference reports; API Gateway developer guide, resource policy
 * examples: "execute-api:/stage/verb/path" is expanded when the policy is saved).
 */
export function normalisePolicy(document: string, apiId: string, account: AccountState): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    parsed = undefined;
  }
  if (!isJsonObject(parsed))
    throw badRequest(
      'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
    );
  const prefix = `arn:${account.partition}:execute-api:${account.region}:${account.accountId}:${apiId}/`;
  return JSON.stringify(rewrite(parsed, prefix, true));
}

function rewrite(value: JsonValue, arnPrefix: string, keepList: boolean): JsonValue {
  if (typeof value === 'string')
    return value.startsWith('execute-api:/')
      ? `${arnPrefix}${value.slice('execute-api:/'.length)}`
      : value;
  if (Array.isArray(value)) {
    const rewritten = value.map((entry: JsonValue) => rewrite(entry, arnPrefix, false));
    const only = rewritten[0];
    return rewritten.length === 1 && only !== undefined && !keepList ? only : rewritten;
  }
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key,
        // The list of statements stays a list whatever its length.
        entry === undefined ? null : rewrite(entry, arnPrefix, key === 'Statement'),
      ]),
    );
  return value;
}

/**
 * The policy as GetRestApi(s) puts it on the wire: escaped once more than JSON asks for, slashes
 * included (Terraform provider, aws_api_gateway_rest_api flattening of `policy`).
 */
export function escapePolicy(document: string): string {
  return JSON.stringify(document).slice(1, -1).replaceAll('/', '\\/');
}
