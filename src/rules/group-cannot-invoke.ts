import { assessGroup } from '../access/assess.js';
import type { AccessEvidence } from '../access/model.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import { type Asked, AUDIT, grantFix } from './method.js';

/** The group that must be able to invoke may not call a method. */
export function groupCannotInvoke(
  rows: readonly JoinedMethod[],
  access: AccessEvidence,
  asked: Asked = AUDIT,
): Finding[] {
  if (access.group === null || !access.group.readable) return [];
  const { name } = access.group.value;
  return assessGroup(rows, access).flatMap(({ row, decision }) => {
    if (decision.may !== 'deny') return [];
    const { because, how } = decision;
    return [
      finding(
        'group-cannot-invoke',
        {
          api: row.api.id,
          stage: row.stage?.name ?? null,
          method: row.method,
          path: row.path,
        },
        how === 'explicit'
          ? `Group ${name} may not invoke the method: ${because.join(' and ')} denies it.`
          : `Group ${name} may not invoke the method: ${because.join('; ')}.`,
        how === 'explicit'
          ? `Narrow or remove ${because.join(' and ')}: no grant can defeat a deny.`
          : grantFix(asked),
      ),
    ];
  });
}
