import { standingOf } from '../evidence/declared/layer.js';
import { aboutMethod, besides, declarationsIn, openPlaces, placeInWords } from './declared.js';
import { nounOf } from './method.js';
import type { Rule } from './rule.js';

/** Protected by something of which AWS's documents say that it protects nothing. */
export const declaredUnproven: Rule = {
  id: 'declared-unproven',
  severity: 'warning',
  holdsWhen:
    "a declared method is protected by something that AWS's documents and its behaviour disagree on",
  toldBy: 'files',
  find({ rows }) {
    return declarationsIn(rows).flatMap((declaration) => {
      const { row, declared } = declaration;
      if (openPlaces(declaration).length > 0) return [];
      const lines = declared.lines.filter(
        (line) => line.method.unproven !== null && standingOf(line, row.allowedTypes) === 'allowed',
      );
      const [first] = lines;
      if (first === undefined) return [];
      const { place, authorization } = first.method;
      return [
        aboutMethod(declaredUnproven, declaration, first, {
          message: `${placeInWords(place)} gives the ${nounOf(row)} ${authorization} in a way that is not certain.${besides(lines)}`,
          fix: `Say it on the ${nounOf(row)} itself:`,
          hasSnippet: true,
        }),
      ];
    });
  },
};
