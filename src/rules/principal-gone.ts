import { finding } from './finding.js';
import type { Rule } from './rule.js';
import { corrected, ofApi, resourcePolicies, TAKES_A_DEPLOYMENT } from './statements.js';

/**
 * AWS replaces a principal by its unique id once it was deleted; a new one of the same name is not let
 * in. Source: IAM User Guide, "AWS JSON policy elements: Principal" and "IAM identifiers", unique id
 * prefixes.
 */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['AIDA', 'an IAM user'],
  ['AROA', 'an IAM role'],
  ['AGPA', 'an IAM group'],
  ['ANPA', 'a managed policy'],
  ['AIPA', 'an instance profile'],
]);

const UNIQUE_ID = /^(A[A-Z]{3})[A-Z0-9]{12,}$/;

/** A statement names principals that were deleted. */
export const principalGone: Rule = {
  id: 'principal-gone',
  severity: 'warning',
  holdsWhen: 'the resource policy names a principal that was deleted',
  find({ rows, access }) {
    return resourcePolicies(rows, access).flatMap(({ api, policy }) =>
      policy.document.statements.flatMap((statement) => {
        const names = statement.principals?.aws ?? [];
        const gone = names.filter((name) => KINDS.has(UNIQUE_ID.exec(name)?.[1] ?? ''));
        if (gone.length === 0 || statement.principals === null) return [];
        const element = statement.principals.negated ? 'NotPrincipal' : 'Principal';
        const words = gone.map((id) => `${id} (${KINDS.get(id.slice(0, 4)) ?? ''})`).join(', ');
        return [
          finding(
            principalGone,
            ofApi(api),
            `${statement.position} of the resource policy names ${words}, which was deleted. A principal of the same name that was created since is another one.`,
            `Name principals that exist: ${corrected(statement, {
              [element]: { AWS: 'ARN_OF_THE_PRINCIPAL' },
            })}. ${TAKES_A_DEPLOYMENT}`,
            statement.position,
          ),
        ];
      }),
    );
  },
};
