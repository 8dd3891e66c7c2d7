import type { AuthorizationType } from '../model.js';
import { type ArnWildcards, isResourceLike } from './arn-pattern.js';
import { type ContextKeys, holds } from './conditions.js';
import { type Element, type Statement, statementsOf } from './document.js';
import { isLike, type Variables } from './pattern.js';
import { type Caller, type Coverage, coverageOf } from './principal.js';

export type { ContextKeys } from './conditions.js';
export { PolicyDocumentError } from './document.js';
export type { Caller } from './principal.js';

/** One concrete request, its path as it was sent. */
export interface InvocationRequest {
  readonly authorizationType: AuthorizationType;
  /** `execute-api:Invoke` unless given. */
  readonly action?: string;
  /** `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{VERB}/{path}`, no wildcards. */
  readonly resource: string;
  /** Who signed it; absent where the authorization type is not AWS_IAM. */
  readonly caller?: Caller;
}

/** What a request is held against. */
export interface InvocationContext {
  /** Documents of all identity policies of the caller; ignored where nobody signed. */
  readonly identityPolicies: readonly string[];
  /** Documents that the caller's session was assumed with; each must allow as well. */
  readonly sessionPolicies?: readonly string[];
  /** The document of the deployed resource policy; absent where the API has none. */
  readonly resourcePolicy?: string;
  /** Whether the API is private: without a resource policy such a one lets nobody in. */
  readonly privateApi?: boolean;
  /** Everything known of the request, by condition key in lower case; what is not there is absent. */
  readonly keys: ContextKeys;
  /** `expand` unless given. */
  readonly arnWildcards?: ArnWildcards;
}

/** What is decided, and which side of the policies said so. */
export interface Outcome {
  readonly decision: 'allow' | 'implicit-deny' | 'explicit-deny';
  /** Of a refusal: the side that denied, or whose allow is missing. */
  readonly missing?: 'identity' | 'resource' | 'session';
}

/** What one side's policies say of a request. */
type Verdict = 'allow' | 'account' | 'silent' | 'deny';

/**
 * Decides one request by AWS's outcome tables. Two-valued on purpose: every condition key either has
 * its values or is absent.
 *
 * - AWS_IAM, caller of the API's account: one side must allow, none may deny. An allow that names only
 *   the account leaves the decision to the account's identity policies and lets nobody in by itself.
 * - AWS_IAM, caller of another account: both sides must allow.
 * - NONE, and Cognito and JWT after authentication: without a resource policy, in; with one, it must allow.
 *   Nobody is known to IAM there, so that only `Principal: "*"` covers the request.
 * - CUSTOM: only an explicit deny ends it, before the authorizer's function is called; what the
 *   function answers is not part of this.
 *
 * Source: API Gateway developer guide, "How API Gateway resource policies affect authorization
 * workflow", tables A and B; of the account as a principal: IAM user guide, "AWS account principals"
 * ("delegates authority to the account"), measured on AWS in zenn.dev/dannykitadani, "AWSアカウントプリンシパル
 * にIAMユーザーとIAMロールは含まれるのか": same account, no identity policy, resource policy allows the
 * account: denied.
 *
 * @throws PolicyDocumentError where a document is no policy
 */
export function evaluateInvocation(
  request: InvocationRequest,
  context: InvocationContext,
): Outcome {
  const byResource =
    context.resourcePolicy === undefined
      ? 'silent'
      : verdictOf([context.resourcePolicy], 'resource', request, context);
  if (byResource === 'deny') return { decision: 'explicit-deny', missing: 'resource' };
  if (context.privateApi === true && context.resourcePolicy === undefined)
    return refusedBy('resource');
  if (request.authorizationType === 'CUSTOM') return { decision: 'allow' };
  if (request.authorizationType !== 'AWS_IAM')
    return context.resourcePolicy === undefined || byResource === 'allow'
      ? { decision: 'allow' }
      : refusedBy('resource');

  const { caller } = request;
  if (caller === undefined) return refusedBy('identity');
  const byIdentity = verdictOf(context.identityPolicies, 'identity', request, context);
  if (byIdentity === 'deny') return { decision: 'explicit-deny', missing: 'identity' };
  const bySession = refusalBySession(request, context);
  if (bySession !== undefined) return bySession;
  const foreign = caller.accountId !== accountOf(request.resource);
  if (foreign && byResource === 'silent') return refusedBy('resource');
  const enough = byIdentity === 'allow' || (!foreign && byResource === 'allow');
  return enough ? { decision: 'allow' } : refusedBy('identity');
}

function refusedBy(missing: 'identity' | 'resource' | 'session'): Outcome {
  return { decision: 'implicit-deny', missing };
}

/**
 * Decides a request to a service that has no policy of its own: the identity policies must allow, and
 * every session policy besides ("the intersection", IAM user guide, "Session policies").
 *
 * @throws PolicyDocumentError where a document is no policy
 */
export function evaluateIdentity(
  request: { readonly action: string; readonly resource: string },
  context: Omit<InvocationContext, 'resourcePolicy' | 'privateApi'>,
): Outcome {
  const asked: InvocationRequest = { ...request, authorizationType: 'AWS_IAM' };
  const byIdentity = verdictOf(context.identityPolicies, 'identity', asked, context);
  if (byIdentity === 'deny') return { decision: 'explicit-deny', missing: 'identity' };
  return (
    refusalBySession(asked, context) ??
    (byIdentity === 'allow' ? { decision: 'allow' } : refusedBy('identity'))
  );
}

/** What the session's own policies take away; that a resource policy names the session is not modelled. */
function refusalBySession(
  request: InvocationRequest,
  context: InvocationContext,
): Outcome | undefined {
  const verdicts = (context.sessionPolicies ?? []).map((document) =>
    verdictOf([document], 'identity', request, context),
  );
  if (verdicts.includes('deny')) return { decision: 'explicit-deny', missing: 'session' };
  return verdicts.every((verdict) => verdict === 'allow') ? undefined : refusedBy('session');
}

/** How a role's trust policy answers somebody who wants to assume it. */
export type Trust =
  /** The caller itself, its role or everybody is named: that is enough within one account. */
  | 'named'
  /** Only its account is: the account's own policies must allow it as well. */
  | 'account'
  | 'silent'
  | 'deny';

/**
 * What a trust policy says of one action of STS.
 *
 * @param federated the provider of a web identity, whose token stands in for the signature
 *
 * Source: IAM user guide, "Cross-account policy evaluation logic" and "AWS JSON policy elements:
 * Principal" (of roles, of federated principals).
 *
 * @throws PolicyDocumentError where the document is no policy
 */
export function trustOf(
  document: string,
  asker: { readonly caller?: Caller; readonly federated?: string },
  action: string,
  keys: ContextKeys,
): Trust {
  const found = new Set<Trust>();
  const request: InvocationRequest = { authorizationType: 'AWS_IAM', action, resource: '*' };
  for (const statement of statementsOf(document, 'absent')) {
    const coverage =
      asker.federated === undefined
        ? coverageIn(statement, asker.caller)
        : coversFederated(statement, asker.federated);
    if (coverage === 'none') continue;
    if (!applies(statement, 'identity', request, { identityPolicies: [], keys })) continue;
    if (statement.effect === 'Deny') return 'deny';
    found.add(coverage);
  }
  if (found.has('named')) return 'named';
  return found.has('account') ? 'account' : 'silent';
}

function coversFederated({ principal }: Statement, provider: string): Coverage {
  if (principal === undefined) return 'none';
  const everyone = principal.values.get('*')?.includes('*') === true;
  const named = everyone || (principal.values.get('Federated') ?? []).includes(provider);
  return named !== principal.negated ? 'named' : 'none';
}

/** What a set of documents says: one deny is stronger than any allow, whatever their order. */
function verdictOf(
  documents: readonly string[],
  side: 'identity' | 'resource',
  request: InvocationRequest,
  context: InvocationContext,
): Verdict {
  const found = new Set<Verdict>();
  for (const statement of documents.flatMap((document) => statementsOf(document))) {
    const coverage = side === 'identity' ? 'named' : coverageIn(statement, request.caller);
    if (coverage === 'none' || !applies(statement, side, request, context)) continue;
    if (statement.effect === 'Deny') return 'deny';
    found.add(coverage === 'named' ? 'allow' : 'account');
  }
  if (found.has('allow')) return 'allow';
  return found.has('account') ? 'account' : 'silent';
}

/** A statement of a resource policy without a principal covers nobody. */
function coverageIn({ principal }: Statement, caller: Caller | undefined): Coverage {
  return principal === undefined ? 'none' : coverageOf(principal, caller);
}

function applies(
  statement: Statement,
  side: 'identity' | 'resource',
  request: InvocationRequest,
  { keys, arnWildcards = 'expand' }: InvocationContext,
): boolean {
  const variables: Variables | undefined = statement.variables
    ? (key) => {
        const values = keys.get(key) ?? [];
        return values.length === 1 ? values[0] : undefined;
      }
    : undefined;
  const action = (request.action ?? INVOKE).toLowerCase();
  return (
    selects(statement.action, (pattern) => isLike(action, pattern.toLowerCase(), undefined)) &&
    selects(statement.resource, (pattern) =>
      isResourceLike(
        request.resource,
        side === 'resource' ? writtenOut(pattern, request.resource) : pattern,
        variables,
        arnWildcards,
      ),
    ) &&
    statement.conditions.every((condition) => holds(condition, keys, variables))
  );
}

const INVOKE = 'execute-api:Invoke';

function selects(element: Element<readonly string[]>, fits: (pattern: string) => boolean): boolean {
  return element.values.some(fits) !== element.negated;
}

/** `execute-api:/stage/VERB/path`, which only resource policies know, with the API that it is of. */
function writtenOut(pattern: string, resource: string): string {
  const shorthand = 'execute-api:/';
  if (!pattern.startsWith(shorthand)) return pattern;
  return resource.slice(0, resource.indexOf('/') + 1) + pattern.slice(shorthand.length);
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
