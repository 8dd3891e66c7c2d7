import { assessGroup } from '../access/assess.js';
import { finding } from './finding.js';
import { grantFix, nounOf } from './method.js';
import type { Rule } from './rule.js';

/** The group that must be able to invoke may not call a method. */
export const groupCannotInvoke: Rule = {
  id: 'group-cannot-invoke',
  severity: 'error',
  holdsWhen: 'the group in `invoke-group` may not call a method',
  toldBy: 'group',
  find({ invoked = [], access, asked }) {
    if (access === undefined || access.group === null || !access.group.readable) return [];
    const { name } = access.group.value;
    return assessGroup(invoked, access).flatMap(({ row, decision }) => {
      if (decision.may !== 'deny') return [];
      const { because, how } = decision;
      return [
        finding(
          groupCannotInvoke,
          {
            api: row.api.id,
            stage: row.stage?.name ?? null,
            method: row.method,
            path: row.path,
          },
          how === 'explicit'
            ? `Group ${name} may not invoke the ${nounOf(row)}: ${because.join(' and ')} denies it.`
            : `Group ${name} may not invoke the ${nounOf(row)}: ${because.join('; ')}.`,
          how === 'explicit'
            ? `Narrow or remove ${because.join(' and ')}: no grant can defeat a deny.`
            : grantFix(asked),
        ),
      ];
    });
  },
};
