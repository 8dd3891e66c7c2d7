import { standingOf } from '../evidence/declared/layer.js';
import { UNREADABLE } from '../model/evidence.js';
import { aboutMethod, declarationsIn, placeInWords } from './declared.js';
import { isAllowed, nounOf } from './method.js';
import type { Rule } from './rule.js';

/** What is configured is not what the file says: the next deployment of the file changes it. */
export const declaredDrift: Rule = {
  id: 'declared-drift',
  severity: 'warning',
  holdsWhen: 'a file and what is configured give a method different types, both acceptable',
  toldBy: 'files',
  find({ rows }) {
    return declarationsIn(rows).flatMap((declaration) => {
      const { row, declared } = declaration;
      const { configured } = row;
      if (configured === null || configured === UNREADABLE) return [];
      if (!isAllowed(row, configured) && row.preflights.configured !== 'yes') return [];
      if (declared.lines.some(({ method }) => method.authorization === configured)) return [];
      const { worst } = declared;
      if (!['allowed', 'preflight'].includes(standingOf(worst, row.allowedTypes))) return [];
      const { place, authorization } = worst.method;
      return [
        aboutMethod(declaredDrift, declaration, worst, {
          message: `${placeInWords(place)} declares the ${nounOf(row)} with ${authorization}, and it is configured with ${configured}: the next deployment of the file changes it.`,
          fix: 'Deploy the file, or write into it what is configured.',
        }),
      ];
    });
  },
};
