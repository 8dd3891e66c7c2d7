import { coverageOf } from '../access/evaluate.js';
import type { AccessEvidence } from '../access/model.js';
import { compilePatterns, coverage, exactly, type Family } from '../access/pattern.js';
import type { PolicyDocument, Statement } from '../access/policy-document.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';
import { grantFingerprintOf } from './statements.js';

const NO_API = { api: null, stage: null, method: null, path: null };

/** The group may invoke APIs that are none of the audited ones, by a statement of its own policies. */
export const grantTooBroad: Rule = {
  id: 'grant-too-broad',
  severity: 'warning',
  holdsWhen: 'the group in `invoke-group` may invoke APIs other than the audited ones',
  toldBy: 'group',
  find({ evidence, access }) {
    if (access === undefined || access.group === null || !access.group.readable) return [];
    const { name, policies } = access.group.value;
    const audited = new Set(evidence.apis.map(({ id }) => id));
    return policies.flatMap((policy) =>
      policy.document.statements.flatMap((statement) => {
        if (statement.effect !== 'Allow') return [];
        const reach = reachOf(statement, policy.document, audited, access);
        if (reach === null) return [];
        return [
          {
            ...finding(
              grantTooBroad,
              NO_API,
              `${statement.position} of ${policy.name} lets group ${name} invoke ${reach}.`,
              'Name the API in the statement, as the output invoke-policy does.',
              `${name} ${policy.name} ${statement.position}`,
            ),
            grantFingerprint: grantFingerprintOf(statement, policy.document),
          },
        ];
      }),
    );
  },
};

/** What else a statement reaches, in words; `null` where it is the audited APIs alone. */
function reachOf(
  statement: Statement,
  document: PolicyDocument,
  audited: ReadonlySet<string>,
  access: AccessEvidence,
): string | null {
  // An id that no API has, since API Gateway makes them of ten characters.
  const other = requestsOf('0', access);
  if (coverageOf(withoutVariables(statement), document, other) !== 'none') {
    return statement.resources.negated
      ? 'every API that its NotResource does not name'
      : 'every API of the account';
  }
  // What a NotResource names is what it leaves out.
  if (statement.resources.negated) return null;
  const named = statement.resources.patterns.flatMap((pattern) => {
    const [arn, , service = '', , , ...resource] = pattern.split(':');
    const isShort = resource.length === 0;
    const last = isShort ? pattern.slice(pattern.lastIndexOf(':') + 1) : resource.join(':');
    const id = last.split('/')[0] ?? '';
    if (arn !== 'arn' || id === '' || audited.has(id) || !isInvoked(statement, document)) return [];
    // Of an ARN with fewer segments nobody says what stands where: it may be one of this API.
    const isOther = isShort
      ? coverage(requestsOf(id, access), compilePatterns([pattern], 'arn', false)) !== 'none'
      : isOfApis(service);
    return isOther ? [id] : [];
  });
  const others = [...new Set(named)];
  return others.length === 0 ? null : `APIs that are not audited here: ${others.join(', ')}`;
}

/** Every request to an API of the region. */
function requestsOf(id: string, { partition, region }: AccessEvidence): Family {
  return [
    { kind: 'text', text: `arn:${partition}:execute-api:${region}:` },
    { kind: 'some', without: ':/' },
    { kind: 'text', text: `:${id}/` },
    // Without a colon: a `*` for the account may stand for more than the account, but that is not broad.
    { kind: 'some', without: ':' },
  ];
}

/** A service may be named by a wildcard: `arn:aws:*:*:*:a1b2c3/*`. */
function isOfApis(service: string): boolean {
  return coverage(exactly('execute-api'), compilePatterns([service], 'text', false)) !== 'none';
}

/** What a variable stands for is not known, and the rest of its ARN names the API all the same. */
function withoutVariables(statement: Statement): Statement {
  const { negated, patterns } = statement.resources;
  if (negated) return statement;
  const known = patterns.filter((pattern) => !pattern.includes('${'));
  return { ...statement, resources: { negated, patterns: known } };
}

function isInvoked(statement: Statement, document: PolicyDocument): boolean {
  const everywhere = { ...statement, resources: { negated: false, patterns: ['*'] } };
  return coverageOf(everywhere, document, [{ kind: 'some', without: '' }]) !== 'none';
}
