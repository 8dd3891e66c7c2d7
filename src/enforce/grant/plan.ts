import { addressOf, decideFor, isDecidedByIam } from '../../access/assess.js';
import type { Decision } from '../../access/evaluate.js';
import { leastPolicy } from '../../access/least-policy.js';
import type { AccessEvidence, Group } from '../../access/model.js';
import { parsePolicy } from '../../access/policy-document.js';
import { resourcePolicyOf } from '../../access/resource-policy.js';
import { isAuthorizerType, isRequiredType } from '../../config/requirement.js';
import type { JoinedMethod } from '../../evidence/join.js';
import { LAYERS } from '../../evidence/layers.js';
import type { Reading, Unreadable } from '../../model/evidence.js';
import { stageKey } from '../../model/stage-key.js';
import type { Step } from '../steps/registry.js';
import {
  ACCOUNT,
  type ExistingPolicy,
  holderOfName,
  isSameDocument,
  oldestNotInForce,
  PURPOSE_TAG,
  policyNameOf,
  purposeOf,
  withAccount,
} from './policy.js';
import { isUnderstood, mayAllowMore, together } from './staying.js';

/** What a grant would do for one stage of one API. */
export interface GrantPlan {
  readonly apiId: string;
  readonly stage: string;
  readonly groupName: string;
  readonly policyName: string;
  /** In order; empty where nothing is to be done. */
  readonly steps: readonly Step[];
  /** Why nothing is done although something should be; empty where it may be. */
  readonly refusals: readonly string[];
  /** What the group may not invoke with the grant either; absent where there is nothing of it. */
  readonly defeated?: readonly DefeatedMethod[] | undefined;
  /** What could not be read and may make IAM refuse it, as sentences; absent where all was read. */
  readonly doubt?: string | undefined;
}

/** A method that asks its callers for no right yet, and that a deny keeps the group from once it does. */
export interface DefeatedMethod {
  readonly method: string;
  readonly path: string;
  /** The statements that deny it, in words. */
  readonly because: readonly string[];
}

/** The methods of one stage that the group must be able to invoke. */
export interface GrantScope {
  readonly apiId: string;
  readonly stage: string;
  readonly policyName: string;
  readonly rows: readonly JoinedMethod[];
}

/**
 * Versions that IAM keeps of a policy, and managed policies that a group takes (IAM User Guide, "IAM and
 * AWS STS quotas"; neither can be raised).
 */
const MAX_VERSIONS = 5;
const MAX_ATTACHED = 10;

/** What a policy document cannot hold (the same page, "IAM name requirements"). */
const NOT_IN_POLICIES = /[^\t\n\r\u0020-\u00ff]/u;

/** The policies that there are, as far as a grant depends on them. */
export interface ExistingPolicies {
  /** Those that have the planned names, as they are now. */
  readonly planned: ReadonlyMap<string, Reading<ExistingPolicy | null>>;
  /** Every customer-managed policy; empty where they could not be read, or need not be. */
  readonly all: readonly { readonly name: string; readonly arn: string }[];
  /** Why they could not be read, where they had to be. */
  readonly unread?: Unreadable | undefined;
}

/**
 * One scope for each API and stage that serves a method to IAM callers, or will once enforce is done.
 *
 * @param replaceAuthorizers enforce also turns methods with other authorizers to IAM.
 */
export function grantScopes(
  rows: readonly JoinedMethod[],
  replaceAuthorizers: boolean,
): GrantScope[] {
  const scopes = new Map<string, { apiId: string; stage: string; rows: JoinedMethod[] }>();
  for (const row of rows) {
    const isInvoked = isDecidedByIam(row) || (replaceAuthorizers && isReplaced(row));
    if (row.stage === null || !isInvoked) continue;
    const key = stageKey(row.api.id, row.stage.name);
    const scope = scopes.get(key) ?? { apiId: row.api.id, stage: row.stage.name, rows: [] };
    scope.rows.push(row);
    scopes.set(key, scope);
  }
  return [...scopes.values()].map((scope) => ({
    ...scope,
    policyName: policyNameOf(scope.apiId, scope.stage),
  }));
}

/** Whether enforce replaces the authorizer of a method: one that is allowed stays, and nobody needs a right for it. */
function isReplaced(row: JoinedMethod): boolean {
  if (row.preflight === 'yes') return false;
  return LAYERS.some(({ name }) => {
    const type = row[name];
    return type !== null && isAuthorizerType(type) && !row.allowedTypes.includes(type);
  });
}

/**
 * Plans the grant of every scope: pure, and as such also what mode `plan` shows. The policy is the
 * least one that lets the group invoke; a stage whose methods the group may all invoke already, by
 * whatever policy, needs none.
 *
 * @param token the tag that marks this run's policies.
 */
export function planGrants(
  scopes: readonly GrantScope[],
  access: AccessEvidence,
  existing: ExistingPolicies,
  token: string,
): GrantPlan[] {
  if (access.group === null) return [];
  const group = access.group;
  let attached = group.readable ? group.value.attachedPolicies.length : 0;
  const taken = new Map(
    [...existing.planned].flatMap(([name, policy]) =>
      policy.readable && policy.value !== null ? [[name.toLowerCase(), name]] : [],
    ),
  );
  return scopes.map((scope) => {
    const plan = group.readable
      ? planScope(scope, group.value, access, existing, token)
      : refuse(scope, '', [
          `the group could not be read: ${group.call} ${group.reason}. ${group.remedy}`,
        ]);
    if (plan.steps.some(({ kind }) => kind === 'create-policy')) {
      const inIam = plan.policyName.toLowerCase();
      const other = taken.get(inIam);
      if (other !== undefined) {
        return refuse(scope, plan.groupName, [
          `its policy ${plan.policyName} would have the name of ${other}, since IAM does not tell names apart by case; grant one of the two by hand`,
        ]);
      }
      taken.set(inIam, plan.policyName);
    }
    if (!plan.steps.some(({ kind }) => kind === 'attach-group-policy')) return plan;
    if (attached >= MAX_ATTACHED) {
      return refuse(scope, plan.groupName, [
        `group ${plan.groupName} has ${MAX_ATTACHED} managed policies attached or planned, and IAM takes no more; detach one, or give the group the policy inline`,
      ]);
    }
    attached += 1;
    return plan;
  });
}

function refuse(scope: GrantScope, groupName: string, refusals: readonly string[]): GrantPlan {
  const { apiId, stage, policyName } = scope;
  return { apiId, stage, policyName, groupName, steps: [], refusals };
}

function planScope(
  scope: GrantScope,
  group: Group,
  access: AccessEvidence,
  { planned, all, unread }: ExistingPolicies,
  token: string,
): GrantPlan {
  const { apiId, stage, policyName, rows } = scope;
  const existing = planned.get(policyName);
  const no = (reason: string): GrantPlan => refuse(scope, group.name, [reason]);
  const idle: GrantPlan = { ...refuse(scope, group.name, []), refusals: [] };

  const [first] = rows;
  const resource = first === undefined ? null : resourcePolicyOf(first.api);
  if (resource !== null && !resource.readable) {
    return no(`the API's resource policy could not be read: ${resource.call} ${resource.reason}`);
  }
  if (existing === undefined) return no(`the policy ${policyName} was not read`);
  if (!existing.readable) {
    return no(
      `the policy ${policyName} could not be read: ${existing.call} ${existing.reason}. ${existing.remedy}`,
    );
  }
  const now = existing.value;
  const before = rows.map((row) => decideFor(group, row, access));
  const purpose = purposeOf(apiId, stage);
  const isOurs = now?.tags[PURPOSE_TAG] === purpose;
  const isAllowed = before.every((decision) => decision?.may === 'allow');
  const staying =
    now !== null && isOurs && mayAllowMore(now.document, scope, access) ? now.document : null;
  if (isAllowed && (!isOurs || staying !== null)) return idle;
  if (staying !== null && !isUnderstood(staying)) {
    return no(
      `what the policy ${policyName} allows was not understood, so a new version of it may take away what somebody needs; correct or delete it`,
    );
  }

  const missing = staying === null ? rows : rows.filter((_, at) => before[at]?.may !== 'allow');
  const methods = missing.map((row) => {
    const { method, path } = addressOf(row, access);
    return { apiId, stage, method, path };
  });
  const least = leastPolicy(methods, { ...access, account: ACCOUNT });
  if (least === null || !least.isExact) {
    if (isAllowed) return idle;
    return no(
      'the policy that allows these methods and no others is larger than IAM takes (6,144 characters), and a grant never allows more; grant a wider one by hand, such as the output invoke-policy',
    );
  }
  const document = staying === null ? least.document : together(staying, least.document);
  if (document === null) {
    return no(
      `the policy ${policyName} may allow more than is known to be needed, which stays, and with it the new version is larger than IAM takes (6,144 characters); take out of it what nobody needs`,
    );
  }
  if (NOT_IN_POLICIES.test(document)) {
    return no(
      'a path has characters that no policy of IAM can hold (beyond U+00FF); grant it by hand, with a `*` in their place',
    );
  }
  const granted = grantedTo(group, policyName, withAccount(document, access.accountId ?? ''));
  const after = rows.map((row) => decideFor(granted, row, access));
  const helps = after.some((it, index) => it?.may !== 'deny' && before[index]?.may === 'deny');
  if (now === null && !helps && after.some((it) => it?.may === 'deny')) {
    return no(
      'an explicit deny would defeat it on every method that the group may not invoke yet; narrow the deny first',
    );
  }
  if (now !== null && !isOurs) {
    return no(
      `there is a policy ${policyName} that the gate did not make for this stage (it lacks the tag ${PURPOSE_TAG}=${purpose}); rename or delete it`,
    );
  }
  const holder = now === null ? holderOfName(policyName, all) : null;
  if (holder !== null) {
    return no(
      `IAM takes each name once, whatever its path and case, and there is a policy ${holder}; rename or delete it`,
    );
  }
  const defeated = rows.flatMap((row, index) => defeatedMethod(row, after[index], group, access));
  // The group may have been read before somebody deleted the policy that it had.
  const isAttached = now !== null && group.attachedPolicies.includes(policyName);
  const attach: Step[] = isAttached
    ? []
    : [
        {
          kind: 'attach-group-policy',
          target: { policyName, groupName: group.name },
          does: { purpose },
          rollBack: { detach: true },
        },
      ];
  const steps = [...documentSteps(policyName, now, document, purpose, token), ...attach];
  const plan: GrantPlan = defeated.length === 0 ? { ...idle, steps } : { ...idle, steps, defeated };
  return now === null && unread !== undefined ? { ...plan, doubt: doubtOfName(unread) } : plan;
}

/** A method as served without IAM that a deny will keep the group from, and does not yet. */
function defeatedMethod(
  row: JoinedMethod,
  after: Decision | null | undefined,
  group: Group,
  access: AccessEvidence,
): DefeatedMethod[] {
  if (after?.may !== 'deny' || after.how !== 'explicit') return [];
  if (row.deployed === null || isRequiredType(row.deployed)) return [];
  // What the resource policy denies to everybody is denied without IAM, too.
  const anybody = decideFor({ ...group, policies: [], userArns: [] }, row, access);
  if (anybody?.may === 'deny' && anybody.how === 'explicit') return [];
  return [{ method: row.method, path: row.path, because: after.because }];
}

function doubtOfName({ call, reason, remedy }: Unreadable): string {
  return `Whether a policy under another path has the name of a new one is not known: ${call} ${reason}. If one has it, IAM refuses to create the new one, and the grant is not made. ${remedy}`;
}

/** What brings the policy to hold a document. */
function documentSteps(
  policyName: string,
  now: ExistingPolicy | null,
  document: string,
  purpose: string,
  token: string,
): Step[] {
  const target = { policyName };
  if (now === null) {
    const does = { document, purpose };
    return [{ kind: 'create-policy', target, does, rollBack: { deleteWhereToken: token } }];
  }
  if (isSameDocument(now.document, document)) return [];
  const oldest = now.versions.length >= MAX_VERSIONS ? oldestNotInForce(now.versions) : null;
  const room: Step[] =
    oldest === null || now.oldestDocument === null
      ? []
      : [
          {
            kind: 'delete-policy-version',
            target: { policyName, versionId: oldest.id },
            does: { purpose },
            rollBack: { document: now.oldestDocument },
          },
        ];
  return [
    ...room,
    {
      kind: 'create-policy-version',
      target,
      does: { document, purpose },
      rollBack: {
        defaultVersionId: now.defaultVersionId,
        versionIds: now.versions.map(({ id }) => id),
      },
    },
  ];
}

/** The group as it would be: with the new policy in place of what the policy of that name says now. */
function grantedTo(group: Group, policyName: string, document: string): Group {
  const parsed = parsePolicy(document, 'identity');
  if (!parsed.valid) throw new Error(`the gate wrote a policy that it does not understand`);
  const name = `managed policy ${policyName}`;
  const others = group.policies.filter((policy) => policy.name !== name);
  return { ...group, policies: [...others, { name, document: parsed.document }] };
}
