import { addressOf, isDecidedByIam } from '../access/assess.js';
import { coverageOf, type NamedPolicy, takesAllOf } from '../access/evaluate.js';
import type { AccessEvidence } from '../access/model.js';
import { isOpenName } from '../access/narrowing.js';
import type { Family } from '../access/pattern.js';
import type { PolicyDocument, Principals, Statement } from '../access/policy-document.js';
import { requestsTo } from '../access/request-family.js';
import { resourcePolicyOf } from '../access/resource-policy.js';
import { redact } from '../aws/redact.js';
import { isOnlyDeclared, type JoinedMethod } from '../evidence/join.js';
import { type ApiEvidence, methodKey } from '../model/evidence.js';
import type { Subject } from '../model/finding.js';
import { fingerprintOf } from './finding.js';

/** A readable resource policy, and the requests of its API that it is held against. */
export interface PolicyOfApi {
  readonly api: ApiEvidence;
  readonly policy: NamedPolicy;
  /** The requests to every method of the audited stages; preflights included. */
  readonly requests: readonly Family[];
  /** Of these, the ones whose callers IAM decides about. */
  readonly underIam: readonly Family[];
  /** The requests to every method, of any stage: a statement may be about one that is not audited. */
  readonly ofAnyStage: readonly Family[];
}

/** Every API that has a resource policy which could be read; none where nobody asked who may invoke. */
export function resourcePolicies(
  rows: readonly JoinedMethod[],
  access: AccessEvidence | undefined,
): PolicyOfApi[] {
  if (access === undefined) return [];
  // A method that files alone have is not what the policy in AWS is about.
  const live = rows.filter((row) => !isOnlyDeclared(row));
  return [...Map.groupBy(live, ({ api }) => api)].flatMap(([api, ofOne]) => {
    const policy = resourcePolicyOf(api);
    if (!policy.readable || policy.value === null) return [];
    const anywhere = new Map(ofOne.map((row) => [methodKey(row.method, row.path), row]));
    return [
      {
        api,
        policy: policy.value,
        requests: ofOne.flatMap((row) => requestsTo(addressOf(row, access))),
        underIam: ofOne.filter(isDecidedByIam).flatMap((row) => requestsTo(addressOf(row, access))),
        ofAnyStage: [...anywhere.values()].flatMap((row) =>
          requestsTo({ ...addressOf(row, access), stage: null }),
        ),
      },
    ];
  });
}

/** What a finding about an API's policy is about. */
export function ofApi(api: ApiEvidence): Subject {
  return { api: api.id, stage: null, method: null, path: null };
}

/** The requests that a statement speaks of, some of each family at least. */
export function spokenOf(
  statement: Statement,
  { policy }: PolicyOfApi,
  requests: readonly Family[],
): Family[] {
  return requests.filter((family) => coverageOf(statement, policy.document, family) !== 'none');
}

/** Whether a statement speaks of every request of a family. */
export function coversAll(statement: Statement, { policy }: PolicyOfApi, family: Family): boolean {
  return coverageOf(statement, policy.document, family) === 'all';
}

/**
 * Whether a deny speaks of every request of a family that an allow speaks of: by what their resources
 * match, or since the deny has every resource of the allow, word by word, whatever is not known in them.
 */
export function deniesAllOf(
  deny: Statement,
  allow: Statement,
  { policy }: PolicyOfApi,
  family: Family,
): boolean {
  return (
    takesAllOf(deny, allow, policy.document, family) ||
    (takesAllOf(everywhere(deny), allow, policy.document, family) && hasAllResourcesOf(deny, allow))
  );
}

function everywhere(statement: Statement): Statement {
  return { ...statement, resources: { negated: false, patterns: ['*'] } };
}

function hasAllResourcesOf({ source: deny }: Statement, { source: allow }: Statement): boolean {
  const denied = writtenResources(deny);
  const allowed = writtenResources(allow);
  return allowed.length > 0 && allowed.every((one) => denied.includes(one) && isOneText(one));
}

/** Two values of which nothing is known need not be one. */
function isOneText(resource: string): boolean {
  return !/unknown[)}]/.test(resource);
}

function writtenResources({ Resource: resource }: Readonly<Record<string, unknown>>): string[] {
  const list: readonly unknown[] = Array.isArray(resource) ? resource : [resource];
  return list.flatMap((it) => (typeof it === 'string' ? [it] : []));
}

/** Whether a statement is about everybody, everybody but a few, or everybody with an account of a provider. */
export function isForEverybody(principals: Principals | null): boolean {
  if (principals === null) return false;
  const { negated, aws, others } = principals;
  return negated || aws.some(isOpenName) || others.some(isForAnybody);
}

/**
 * `{"Federated": "graph.facebook.com"}` is public (Amazon S3 User Guide, The meaning of "public"): only a
 * provider that an account has made its own, by its ARN, is somebody's.
 */
function isForAnybody(other: string): boolean {
  const [kind = '', ...rest] = other.split(': ');
  const name = rest.join(': ');
  return isOpenName(name) || (kind === 'Federated' && !/^arn:[a-z-]+:iam::\d{12}:/.test(name));
}

/** What stands for what an Allow gives beside the Denies of its policy, however these are named and ordered. */
export function grantFingerprintOf(allow: Statement, { statements }: PolicyDocument): string {
  const denies = statements.filter(({ effect }) => effect === 'Deny');
  const said = [allow, ...denies].map(({ effect, principals, actions, resources, conditions }) =>
    JSON.stringify([
      effect,
      principals === null
        ? null
        : [principals.negated, principals.aws.toSorted(), principals.others.toSorted()],
      [actions.negated, actions.patterns.map((it) => it.toLowerCase()).toSorted()],
      [resources.negated, resources.patterns.toSorted()],
      conditions
        .map(({ operator, key, values }) =>
          JSON.stringify([operator.toLowerCase(), key.toLowerCase(), values.toSorted()]),
        )
        .toSorted(),
    ]),
  );
  return fingerprintOf(said.toSorted());
}

/** The ARN of an API up to its stage. No part of it is longer: account, region and id are short. */
const API_ARN = /arn:[a-z-]{1,32}:execute-api:[^:"]{0,128}:[^:"]{0,128}:[^/"*]{1,128}\//g;

/**
 * A statement with parts replaced, as JSON to copy. ARNs of APIs become the shorthand that resource
 * policies take, and what tells an account or a caller is masked.
 */
export function corrected(
  { source }: Statement,
  parts: Readonly<Record<string, unknown>>,
  without: readonly string[] = [],
): string {
  const kept = Object.entries({ ...source, ...parts }).filter(([name]) => !without.includes(name));
  const json = JSON.stringify(Object.fromEntries(kept));
  return redact(json.replace(API_ARN, 'execute-api:/'));
}

/** What follows a change of a resource policy, in a sentence. */
export const TAKES_A_DEPLOYMENT =
  'The policy in force is that of the last deployment: deploy the API after the change.';
