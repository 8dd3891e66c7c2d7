import { deniesStrangers, isNarrowed, type Keys } from '../access/narrowing.js';
import type { Statement } from '../access/policy-document.js';
import { isPrivate } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { findingsInFiles } from './declared-policies.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';
import {
  corrected,
  deniesAllOf,
  grantFingerprintOf,
  isForEverybody,
  ofApi,
  type PolicyOfApi,
  resourcePolicies,
  spokenOf,
  TAKES_A_DEPLOYMENT,
} from './statements.js';

/**
 * An Allow of everybody without a condition that narrows it: every principal of the API's account may
 * invoke without a policy of its own, and every principal of the world whose own account allows it.
 */
export const publicPrincipal: Rule = {
  id: 'public-principal',
  severity: 'error',
  holdsWhen: 'the resource policy allows everybody, and no condition narrows it',
  find({ rows, access, evidence }) {
    return [
      ...resourcePolicies(rows, access).flatMap(openIn),
      ...findingsInFiles(evidence.apis, openIn),
    ];
  },
};

function openIn(ofOne: PolicyOfApi): Finding[] {
  return openStatements(ofOne, anyKeyOf(ofOne))
    .filter(({ principals }) => isForEverybody(principals))
    .map((statement) => ({
      ...finding(
        publicPrincipal,
        ofApi(ofOne.api),
        `${capital(statement.position)} of the resource policy allows everybody to invoke${inWords(statement)}.`,
        `Name the principals, or narrow it to your own organization: ${corrected(
          statement,
          {
            Principal: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': 'YOUR_ORGANIZATION_ID' } },
          },
          ['NotPrincipal'],
        )}. ${TAKES_A_DEPLOYMENT}`,
        statement.position,
      ),
      grantFingerprint: grantFingerprintOf(statement, ofOne.policy.document),
    }));
}

/** Every key that tells whom or whence, as strangers of this API may have it. */
export function anyKeyOf({ api }: PolicyOfApi): Keys {
  return isPrivate(api) ? 'any-private' : 'any';
}

/**
 * Allows that let strangers through: neither their own conditions keep them out, nor a Deny that speaks
 * of all the same requests.
 */
export function openStatements(ofOne: PolicyOfApi, keys: Keys): Statement[] {
  const { statements } = ofOne.policy.document;
  const denies = statements.filter(
    (statement) => statement.effect === 'Deny' && deniesStrangers(statement, keys),
  );
  return statements.filter((statement) => {
    if (statement.effect !== 'Allow' || isNarrowed(statement, keys)) return false;
    const opened = spokenOf(statement, ofOne, ofOne.requests);
    return opened.some(
      (family) => !denies.some((deny) => deniesAllOf(deny, statement, ofOne, family)),
    );
  });
}

function inWords({ conditions, principals }: Statement): string {
  const but = principals?.negated === true ? ', all but a few' : '';
  if (conditions.length === 0) return `${but}, without a condition`;
  const keys = conditions.map(({ operator, key }) => `${operator} ${key}`).join(', ');
  return `${but}; its conditions (${keys}) keep no stranger out`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
