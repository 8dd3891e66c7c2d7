import type { DeclaredLine } from '../model/evidence.js';
import {
  aboutMethod,
  besides,
  declarationsIn,
  openPlaces,
  placeInWords,
  reachesBackend,
  whenInWords,
} from './declared.js';
import type { Asked } from './method.js';
import type { Rule } from './rule.js';

/** A method whose file gives it another type than it must have: the next deployment opens it. */
export const declaredNotIam: Rule = {
  id: 'declared-not-iam',
  severity: 'error',
  effect: 'opens-next',
  holdsWhen: 'a file declares a method without AWS_IAM: its next deployment opens it',
  toldBy: 'files',
  excusable: true,
  find({ rows, asked }) {
    return declarationsIn(rows).flatMap((declaration) => {
      const { row } = declaration;
      const undone = row.api.isOnlyDeclared === true ? '' : undoing(asked?.mode);
      return openPlaces(declaration).flatMap((lines, index) => {
        const worst = lines.find(({ method }) => method.authorization === 'NONE') ?? lines[0];
        if (worst === undefined || reachesBackend(worst)) return [];
        const { place, authorization } = worst.method;
        const isBareMock = row.method === 'OPTIONS';
        return [
          aboutMethod(
            declaredNotIam,
            declaration,
            worst,
            {
              message: `${placeInWords(place)} declares the ${nameOf(worst)} with ${authorization}, not AWS_IAM${whenInWords(lines.map(({ method }) => method))}: ${
                isBareMock
                  ? 'it answers no CORS headers, so it is not a preflight'
                  : authorization === 'NONE'
                    ? 'the next deployment leaves it open to everybody'
                    : 'once deployed, callers get in without IAM'
              }.${weakened(lines, row.allowedTypes)}${undone}${besides(lines)}`,
              fix: isBareMock
                ? `Declare Access-Control-Allow-Origin in its 200 or 204 method response, or write there:`
                : 'Write there:',
              hasSnippet: true,
              branches: lines,
            },
            // Places of one method are told apart by their order, since lines move.
            index === 0 ? authorization : `${authorization} ${index}`,
          ),
        ];
      });
    });
  },
};

/** What else the deployment does, in a mode that sets what is there, or shows how it would. */
function undoing(mode: Asked['mode'] | undefined): string {
  switch (mode) {
    case 'enforce':
      return ' That deployment also undoes what mode: enforce sets.';
    case 'plan':
      return ' That deployment would also undo what mode: enforce sets.';
    default:
      return '';
  }
}

function nameOf({ api, method }: DeclaredLine): string {
  if (method.by === 'quick create') return 'route that API Gateway creates for the target';
  if (api.kind !== 'REST') return 'route';
  return method.method === 'OPTIONS' ? 'OPTIONS method' : 'method';
}

/** Said where the type before the change is known, and was better. */
function weakened(lines: readonly DeclaredLine[], allowedTypes: readonly string[]): string {
  for (const { method } of lines) {
    const { previous, authorization } = method;
    if (previous === null || previous === authorization) continue;
    if (allowedTypes.includes(previous) || authorization === 'NONE') {
      return ` Weakened by this change: it was ${previous}.`;
    }
  }
  return '';
}
