import { isPrivate } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { findingsInFiles } from './declared-policies.js';
import { finding } from './finding.js';
import { anyKeyOf, openStatements } from './public-principal.js';
import type { Rule } from './rule.js';
import {
  corrected,
  grantFingerprintOf,
  isForEverybody,
  ofApi,
  type PolicyOfApi,
  resourcePolicies,
  TAKES_A_DEPLOYMENT,
} from './statements.js';

/**
 * A private API can be reached from every VPC endpoint of every account; only its policy can name the
 * VPCs or endpoints that are meant. A private source address names neither: every VPC may have it. Where
 * the callers are named and the networks alone are not, strangers are refused all the same: a warning.
 */
export const privateApiOpen: Rule = {
  id: 'private-api-open',
  severity: 'error',
  holdsWhen: "a private API's policy names no VPC and no VPC endpoint",
  find({ rows, access, evidence }) {
    return [
      ...resourcePolicies(rows, access).flatMap(openIn),
      ...findingsInFiles(evidence.apis, openIn),
    ];
  },
};

function openIn(ofOne: PolicyOfApi): Finding[] {
  if (!isPrivate(ofOne.api)) return [];
  const open = openStatements(ofOne, anyKeyOf(ofOne)).filter((it) => isForEverybody(it.principals));
  return openStatements(ofOne, 'network').map((statement) => {
    const isOpen = open.includes(statement);
    const found = {
      ...finding(
        privateApiOpen,
        ofApi(ofOne.api),
        `The API is private, and ${statement.position} of its resource policy allows ${isOpen ? 'calls' : 'the callers that it names'} from every VPC endpoint of every account: no condition names a VPC or an endpoint.`,
        `Name the endpoint: ${corrected(statement, {
          Condition: {
            ...conditionOf(statement.source),
            StringEquals: {
              ...equalsOf(statement.source),
              'aws:SourceVpce': 'VPC_ENDPOINT_ID',
            },
          },
        })}. ${TAKES_A_DEPLOYMENT}`,
        statement.position,
      ),
      grantFingerprint: grantFingerprintOf(statement, ofOne.policy.document),
    };
    return isOpen ? found : { ...found, severity: 'warning' as const };
  });
}

function conditionOf({ Condition: condition }: Readonly<Record<string, unknown>>): object {
  return typeof condition === 'object' && condition !== null ? condition : {};
}

function equalsOf(source: Readonly<Record<string, unknown>>): object {
  const equals: unknown = Reflect.get(conditionOf(source), 'StringEquals');
  return typeof equals === 'object' && equals !== null ? equals : {};
}
