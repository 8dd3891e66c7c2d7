import type { JoinedMethod } from '../evidence/join.js';
import { isUntold, methodKey, UNTOLD, type Untold } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { stageKey } from '../model/stage-key.js';
import { decidesUntold } from '../probe/decides-untold.js';
import { finding } from './finding.js';
import { nameMethods } from './name-methods.js';
import type { Rule } from './rule.js';

/**
 * No call of AWS tells what a stage serves, and the endpoint was not asked, or gave no answer that decides
 * it. One finding a stage and reason.
 */
export const deployedUntold: Rule = {
  id: 'deployed-untold',
  severity: 'error',
  effect: 'unknown',
  holdsWhen:
    'no call of AWS tells what a stage serves, and no answer of the endpoint decides it; makes the verdict incomplete',
  makesIncomplete: 'always',
  neverKnown: true,
  find({ rows, observations }) {
    const decided = new Set(observations.filter(decidesUntold).map(({ row }) => row));
    const open = rows.flatMap((row) => {
      const why = reasonOf(row);
      return why === null || decided.has(row) ? [] : [{ row, why }];
    });
    const groups = Map.groupBy(open, ({ row, why }) =>
      JSON.stringify([stageKey(row.api.id, row.stage?.name ?? null), why.call, why.reason]),
    );
    return [...groups.values()].flatMap((group): Finding[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { row, why } = first;
      const routes = nameMethods(group.map((it) => it.row));
      return [
        finding(
          deployedUntold,
          { api: row.api.id, stage: row.stage?.name ?? null, method: null, path: null },
          `AWS does not tell how the stage serves ${routes}: ${why.call} ${why.reason}. No answer of the endpoint decides it.`,
          why.remedy,
          why.call,
        ),
      ];
    });
  },
};

/** Why no call tells how a stage serves a method; `null` where one does, or where reading failed. */
function reasonOf(row: JoinedMethod): Untold | null {
  if (row.deployed !== UNTOLD || row.stage === null) return null;
  const { deployed } = row.stage;
  const unread = deployed.readable
    ? deployed.value.get(methodKey(row.method, row.path))?.unread
    : deployed;
  return isUntold(unread) ? unread : null;
}
