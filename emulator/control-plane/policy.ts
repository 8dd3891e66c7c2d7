import { isOperator } from '../access/conditions.js';
import { PolicyDocumentError, type Statement, statementsOf } from '../access/document.js';
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
  if (!isJsonObject(parsed)) throw invalidPolicy();
  const prefix = `arn:${account.partition}:execute-api:${account.region}:${account.accountId}:${apiId}/`;
  return JSON.stringify(rewrite(parsed, prefix, true));
}

/** Text: Terraform provider issue 29392, and reports of CloudFormation. */
function invalidPolicy() {
  return badRequest(
    'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
  );
}

/** Characters of a resource policy (API Gateway developer guide, "Quotas for REST APIs"). */
const MAX_LENGTH = 8192;

/**
 * Refuses what the service would not take for a resource policy, and principals that do not exist. A
 * seed is not checked: it may hold what was valid once.
 *
 * Which principals of other accounts exist is not known here: all do. What the service says above its
 * length limit is not recorded; here the sentence is the same.
 */
export function checkResourcePolicy(document: string, account: AccountState): void {
  if (document.length > MAX_LENGTH) throw invalidPolicy();
  let statements: Statement[];
  try {
    statements = statementsOf(document);
  } catch (error) {
    if (error instanceof PolicyDocumentError) throw invalidPolicy();
    throw error;
  }
  for (const { principal, conditions, action } of statements) {
    const names = [...(principal?.values ?? new Map<string, readonly string[]>())];
    const valid =
      names.length > 0 &&
      names.every(([kind, values]) =>
        kind === 'AWS' ? values.every((name) => isPrincipal(name, account)) : KINDS.has(kind),
      ) &&
      conditions.every(({ operator }) => isOperator(operator)) &&
      action.values.every((name) => name === '*' || /^[\w-]+:/.test(name));
    if (!valid) throw invalidPolicy();
  }
}

const KINDS = new Set(['*', 'Service', 'Federated', 'CanonicalUser']);

function isPrincipal(name: string, account: AccountState): boolean {
  if (name === '*' || /^\d{12}$/.test(name)) return true;
  const [, accountId, entity] =
    /^arn:[\w-]+:(?:iam|sts)::(\d{12}):(root|(?:user|role|assumed-role)\/[^*?]+)$/.exec(name) ?? [];
  if (accountId !== account.accountId || entity === 'root') return entity !== undefined;
  return (
    entity?.startsWith('assumed-role/') === true ||
    account.roles.has(name) ||
    [...account.iam.users.values()].some(({ arn }) => arn === name) ||
    [...account.callers.values()].some(({ arn }) => arn === name)
  );
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
