import { coverageOf } from '../access/evaluate.js';
import { compilePatterns, coverage, type Family } from '../access/pattern.js';
import type { Statement } from '../access/policy-document.js';
import type { JoinedMethod } from '../evidence/join.js';
import { finding } from './finding.js';
import { nameMethods } from './name-methods.js';
import type { Rule } from './rule.js';
import {
  corrected,
  ofApi,
  type PolicyOfApi,
  resourcePolicies,
  TAKES_A_DEPLOYMENT,
} from './statements.js';

/**
 * A statement about a resource that no method of the API has, such as a path with a typo: its allow
 * lets nobody in, its deny keeps nobody out. Stages are not compared, since not all may be audited.
 */
export const policyMatchesNothing: Rule = {
  id: 'policy-matches-nothing',
  severity: 'warning',
  holdsWhen: 'a statement of the resource policy names a resource that no method has',
  find({ rows, access }) {
    return resourcePolicies(rows, access).flatMap((ofOne) => {
      // A method that could not be read may be the one that is meant.
      if (!ofOne.api.configured.readable || ofOne.ofAnyStage.length === 0) return [];
      return ofOne.policy.document.statements.flatMap((statement) => {
        if (!isAboutInvoke(statement, ofOne)) return [];
        const lost = lostResources(statement, ofOne);
        if (lost.length === 0) return [];
        const methods = rows.filter(({ api }) => api === ofOne.api);
        const what = statement.effect === 'Allow' ? 'It lets nobody in' : 'It keeps nobody out';
        return [
          finding(
            policyMatchesNothing,
            ofApi(ofOne.api),
            `${statement.position} of the resource policy names ${lost.map(resourceInWords).join(', ')}, and no method of the API is there. ${what}.`,
            `Correct the stage, HTTP method and path (the API has ${nameMethods(methods)}), as in: ${corrected(
              statement,
              { Resource: `execute-api:/*/${example(methods)}` },
              ['NotResource'],
            )}. ${TAKES_A_DEPLOYMENT}`,
            statement.position,
          ),
        ];
      });
    });
  },
};

/** Statements about the cache or WebSocket connections match no request to invoke, and need not. */
function isAboutInvoke(statement: Statement, { policy }: PolicyOfApi): boolean {
  const everywhere = { ...statement, resources: { negated: false, patterns: ['*'] } };
  return coverageOf(everywhere, policy.document, ANYTHING) !== 'none';
}

const ANYTHING: Family = [{ kind: 'some', without: '' }];

/** The resources of a statement that match no request. `NotResource` means all the others. */
function lostResources({ resources }: Statement, { policy, ofAnyStage }: PolicyOfApi): string[] {
  if (resources.negated) return [];
  return resources.patterns.filter((pattern) => {
    const compiled = compilePatterns([pattern], 'arn', policy.document.hasVariables);
    return ofAnyStage.every((family) => coverage(family, compiled) === 'none');
  });
}

/** What follows the API's id: the rest of the ARN tells the account. */
function resourceInWords(pattern: string): string {
  const resource = pattern.split(':').slice(5).join(':');
  const [api = '', ...rest] = resource.split('/');
  return rest.length === 0
    ? `API ${api || pattern.replace(/\d{12}/g, '*')}`
    : `${api}/${rest.join('/')}`;
}

function example(rows: readonly JoinedMethod[]): string {
  const [first] = rows;
  if (first === undefined) return '*';
  const path = first.path.split('/').map((segment) => {
    const start = segment.indexOf('{');
    const end = segment.lastIndexOf('}');
    return start < 0 || end < start
      ? segment
      : `${segment.slice(0, start)}*${segment.slice(end + 1)}`;
  });
  return `${first.method === 'ANY' ? '*' : first.method}${path.join('/')}`;
}
