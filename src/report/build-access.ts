import { assessGroup, isDecidedByIam } from '../access/assess.js';
import type { Decision } from '../access/evaluate.js';
import { type InvokePolicy, leastPolicy } from '../access/least-policy.js';
import type { AccessEvidence } from '../access/model.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Access } from './report.js';

type Method = Access['methods'][number];

/** Puts what is known of who may invoke into the report's shape. */
export function buildAccess(
  rows: readonly JoinedMethod[],
  access: AccessEvidence,
  group: string | null,
  grants: Access['grants'],
): Access {
  return {
    group: group === null ? null : groupOf(group, access),
    methods: assessGroup(rows, access).map(
      ({ row, decision }): Method => ({
        api: row.api.id,
        stage: row.stage?.name ?? '',
        method: row.method,
        path: row.path,
        may: MAY[decision.may],
        because: becauseOf(decision),
      }),
    ),
    invokePolicy: invokePolicyOf(policyFor(rows, access)),
    grants,
  };
}

/**
 * The least policy for every method that a stage serves to IAM callers; `null` where none fits. The
 * account in its ARNs is `*`, so that no account id reaches a log: an API's id is unique in its region.
 */
function policyFor(rows: readonly JoinedMethod[], access: AccessEvidence): InvokePolicy | null {
  const invoked = rows.flatMap((row) =>
    row.stage === null || !isDecidedByIam(row)
      ? []
      : [{ apiId: row.api.id, stage: row.stage.name, method: row.method, path: row.path }],
  );
  return leastPolicy(invoked, { ...access, account: '*' });
}

const MAY: Readonly<Record<Decision['may'], Method['may']>> = {
  allow: 'can-invoke',
  deny: 'cannot',
  depends: 'depends',
};

function becauseOf(decision: Decision): readonly string[] {
  switch (decision.may) {
    case 'allow':
      return decision.by;
    case 'deny':
      return decision.because;
    case 'depends':
      return decision.on;
  }
}

function groupOf(name: string, { group }: AccessEvidence): Access['group'] {
  if (group === null || !group.readable) return { name, users: null, policies: [] };
  const { userArns, policies } = group.value;
  return { name, users: userArns.length, policies: policies.map((policy) => policy.name) };
}

function invokePolicyOf(policy: InvokePolicy | null): Access['invokePolicy'] {
  if (policy === null) return null;
  const { document, isExact } = policy;
  return { document, characters: document.length, exact: isExact };
}
