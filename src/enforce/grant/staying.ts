import { MANAGED_POLICY_LIMIT } from '../../access/least-policy.js';
import type { AccessEvidence } from '../../access/model.js';
import { parsePolicy, type Statement } from '../../access/policy-document.js';
import type { JoinedMethod } from '../../evidence/join.js';
import { isReadInFull, LAYERS } from '../../evidence/layers.js';
import { isRecord, jsonOf } from '../../model/json-data.js';
import { ACCOUNT } from './policy.js';

/*
 * A new version of a policy takes away what it does not repeat, from every user, group and role that has
 * the policy. So it repeats what somebody may still need.
 */

/** What a policy is for: the methods of one stage. */
interface Scope {
  readonly apiId: string;
  readonly stage: string;
  readonly rows: readonly JoinedMethod[];
}

/**
 * Whether a policy of the gate's may allow what the methods of its stage do not say: the stage may serve a
 * method that could not be read, or that no call tells, and somebody may have written more into it.
 */
export function mayAllowMore(document: string, scope: Scope, access: AccessEvidence): boolean {
  if (statementsOf(document).length === 0) return false;
  const [row] = scope.rows;
  const isKnown =
    row === undefined || LAYERS.every((layer) => isReadInFull(layer.methodsOf(row.api, row.stage)));
  if (!isKnown) return true;
  const parsed = parsePolicy(document, 'identity');
  if (!parsed.valid) return true;
  const { partition, region } = access;
  const stageArn = `arn:${partition}:execute-api:${region}:${ACCOUNT}:${scope.apiId}/${scope.stage}/`;
  return !parsed.document.statements.every((statement) => isAsGranted(statement, stageArn));
}

/** Whether a document can be repeated in another one whose meaning the gate knows. */
export function isUnderstood(document: string): boolean {
  return parsePolicy(document, 'identity').valid;
}

/** Whether a statement is of the shape that a grant has. */
function isAsGranted(
  { effect, actions, resources, conditions }: Statement,
  stageArn: string,
): boolean {
  return (
    effect === 'Allow' &&
    conditions.length === 0 &&
    !actions.negated &&
    actions.patterns.every((action) => action.toLowerCase() === 'execute-api:invoke') &&
    !resources.negated &&
    resources.patterns.every((resource) => resource.startsWith(stageArn))
  );
}

/**
 * A document with the statements of two, as long as IAM takes it.
 *
 * @returns `null` where it is too large.
 */
export function together(staying: string, added: string): string | null {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [...statementsOf(staying), ...statementsOf(added)],
  });
  // IAM counts the account's id, and no white space outside of texts, of which there is none.
  const size = document.replaceAll(ACCOUNT, '0'.repeat(12)).length;
  return size > MANAGED_POLICY_LIMIT ? null : document;
}

function statementsOf(document: string): readonly unknown[] {
  const data = jsonOf(document);
  const statements = isRecord(data) ? data.Statement : undefined;
  if (Array.isArray(statements)) return statements;
  return statements === undefined ? [] : [statements];
}
