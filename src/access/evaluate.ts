import { type Caller, contextOf, fitPrincipals } from './caller.js';
import { type Context, decideCondition, type Holds } from './condition.js';
import {
  type Coverage,
  compilePatterns,
  coverage,
  exactly,
  type Family,
  type PatternSet,
} from './pattern.js';
import type { Patterns, PolicyDocument, Statement } from './policy-document.js';
import { type MethodAddress, requestsTo } from './request-family.js';
import { isWithin } from './within.js';

/*
 * Who may invoke a method: identity policies and the API's resource policy, together. Two facts are
 * looked for on each side, an allow and an explicit deny; each may hold for every request to the
 * method, for some, or for none. Nothing that is not known is guessed at: it is `depends`.
 */

/** The answer, for every request to a method. */
export type Decision =
  | { readonly may: 'allow'; readonly by: readonly string[] }
  | {
      readonly may: 'deny';
      /** `explicit`: a statement denies it. `implicit`: no statement that counts allows it. */
      readonly how: 'explicit' | 'implicit';
      /** The statements that deny it, in words; what is missing where none does. */
      readonly because: readonly string[];
    }
  | {
      readonly may: 'depends';
      /** Condition keys, and in words whatever else it depends on; sorted. */
      readonly on: readonly string[];
    };

/** A policy and what a reader calls it, such as `managed policy invoke-pets`. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface Question {
  readonly caller: Caller;
  readonly method: MethodAddress;
  /** Policies of the caller. */
  readonly identity: readonly NamedPolicy[];
  /** The API's own; `null` where it has none. */
  readonly resource: NamedPolicy | null;
  /** A private API lets nobody in without a resource policy. */
  readonly isPrivate: boolean;
}

/**
 * Decides by API Gateway's outcome tables for IAM authorization (API Gateway Developer Guide, "How
 * API Gateway resource policies affect authorization workflow"): an explicit deny on either side
 * denies; in the API's own account an allow on either side allows; from another account both sides
 * must allow.
 */
export function decideInvoke(question: Question): Decision {
  if (question.isPrivate && question.resource === null) {
    const because = ['a private API without a resource policy lets nobody in'];
    return { may: 'deny', how: 'implicit', because };
  }
  const decisions = requestsTo(question.method).map((requests) =>
    decideRequests(requests, question),
  );
  const [first] = decisions;
  if (first === undefined) throw new Error('a method takes no requests');
  if (decisions.every((decision) => decision.may === first.may)) return merge(decisions, first);
  // `ANY` whose verbs fare differently, or `$default` by its two possible names.
  const on = decisions.flatMap((decision) => (decision.may === 'depends' ? decision.on : []));
  const isRoute = question.method.path === question.method.method;
  const which = isRoute ? 'whether its ARN has the route or the path' : 'the HTTP method';
  return { may: 'depends', on: sorted([...on, which]) };
}

/** What `ANY` comes to, whose verbs fare alike and may do so for reasons of their own. */
function merge(decisions: readonly Decision[], first: Decision): Decision {
  if (first.may === 'allow') {
    return {
      may: 'allow',
      by: unique(decisions.flatMap((it) => (it.may === 'allow' ? it.by : []))),
    };
  }
  if (first.may === 'depends') {
    return {
      may: 'depends',
      on: sorted(decisions.flatMap((it) => (it.may === 'depends' ? it.on : []))),
    };
  }
  const because = (how: 'explicit' | 'implicit') =>
    unique(decisions.flatMap((it) => (it.may === 'deny' && it.how === how ? it.because : [])));
  const [denies, missing] = [because('explicit'), because('implicit')];
  if (missing.length === 0) return { may: 'deny', how: 'explicit', because: denies };
  const ofSome = denies.map((it) => `${it} denies some of its requests`);
  return { may: 'deny', how: 'implicit', because: [...missing, ...ofSome] };
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}

/** What one side says of a family of requests. */
interface Side {
  readonly allow: Ruling;
  /** An allow that names the caller's account alone. */
  readonly delegated: Ruling;
  readonly deny: Ruling;
}

/** Whether statements of one effect are about a family of requests. */
interface Ruling {
  readonly holds: Holds;
  readonly statements: readonly string[];
  /** What it depends on, where it holds sometimes. */
  readonly on: readonly string[];
}

function decideRequests(
  requests: Family,
  { caller, method, identity, resource }: Question,
): Decision {
  const context = contextOf(caller);
  const own = sideOf(identity, requests, caller, context);
  const api = sideOf(resource === null ? [] : [resource], requests, caller, context);

  const deny = either(own.deny, api.deny);
  if (deny.holds === 'always') {
    return { may: 'deny', how: 'explicit', because: deny.statements };
  }
  const isSameAccount = method.accountId === caller.accountId;
  const allow = isSameAccount
    ? // An allow of the account as a whole lets nobody in by itself: it delegates to the account.
      either(own.allow, api.allow)
    : both(own.allow, either(api.allow, api.delegated));
  if (allow.holds === 'never') {
    return { may: 'deny', how: 'implicit', because: [missing(own, api, isSameAccount)] };
  }
  if (allow.holds === 'always' && deny.holds === 'never') {
    return { may: 'allow', by: allow.statements };
  }
  return { may: 'depends', on: sorted([...allow.on, ...deny.on]) };
}

function missing(own: Side, api: Side, isSameAccount: boolean): string {
  if (isSameAccount) {
    return api.delegated.holds === 'never'
      ? 'no policy on either side allows it'
      : 'the resource policy allows the account as a whole, which leaves it to the policies of callers, and none of them allows it';
  }
  const silent = [
    ...(own.allow.holds === 'never' ? ["the caller's own policies"] : []),
    ...(either(api.allow, api.delegated).holds === 'never' ? ["the API's resource policy"] : []),
  ];
  return `from another account both sides must allow it; silent: ${silent.join(', ')}`;
}

function sideOf(
  policies: readonly NamedPolicy[],
  requests: Family,
  caller: Caller,
  context: Context,
): Side {
  let allow = NOTHING;
  let delegated = NOTHING;
  let deny = NOTHING;
  for (const { name, document } of policies) {
    for (const statement of document.statements) {
      const fit =
        statement.principals === null
          ? { holds: 'always' as const, delegates: false }
          : fitPrincipals(statement.principals, caller, statement.effect);
      const found = applies(statement, document, requests, context, fit.holds);
      const named = { ...found, statements: [`${statement.position} of ${name}`] };
      if (statement.effect === 'Deny') deny = either(deny, named);
      else if (fit.delegates) delegated = either(delegated, named);
      else allow = either(allow, named);
    }
  }
  return { allow, delegated, deny };
}

const NOTHING: Ruling = { holds: 'never', statements: [], on: [] };

/** Whether a statement applies to requests, principals included. */
function applies(
  statement: Statement,
  document: PolicyDocument,
  requests: Family,
  context: Context,
  principal: Holds,
): Omit<Ruling, 'statements'> {
  const never = { holds: 'never' as const, on: [] };
  if (principal === 'never') return never;
  const onMethod = coverageOf(statement, document, requests);
  if (onMethod === 'none') return never;
  const on = [
    ...(principal === 'sometimes' ? ['which user calls'] : []),
    ...(onMethod === 'some' ? [whatDecides(statement, document, requests)] : []),
  ];
  for (const condition of statement.conditions) {
    const holds = decideCondition(condition, context, document.hasVariables);
    if (holds === 'never') return never;
    if (holds === 'sometimes') on.push(condition.key);
  }
  return { holds: on.length === 0 ? 'always' : 'sometimes', on };
}

/** What decides whether a statement speaks of a request, where it does of some. */
function whatDecides(statement: Statement, document: PolicyDocument, requests: Family): string {
  const { negated, patterns } = statement.resources;
  const full = patterns.filter((pattern) => pattern.split(':').length > 5 || pattern === '*');
  if (full.length < patterns.length) {
    const certain = { ...statement, resources: { negated, patterns: full } };
    if (coverageOf(certain, document, requests) === (negated ? 'all' : 'none')) {
      return 'how AWS reads an ARN with fewer than six segments';
    }
  }
  return 'the path that is asked for';
}

const INVOKE = exactly('execute-api:invoke');

/** A statement's patterns made ready, once: they are asked about every method. */
const COMPILED = new WeakMap<Statement, { actions: PatternSet; resources: PatternSet }>();

function compiledOf(
  statement: Statement,
  { hasVariables }: PolicyDocument,
): { readonly actions: PatternSet; readonly resources: PatternSet } {
  const known = COMPILED.get(statement);
  if (known !== undefined) return known;
  const actions = statement.actions.patterns.map((pattern) => pattern.toLowerCase());
  const compiled = {
    actions: compilePatterns(actions, 'text', hasVariables),
    resources: compilePatterns(statement.resources.patterns, 'arn', hasVariables),
  };
  COMPILED.set(statement, compiled);
  return compiled;
}

/** What was decided of a statement and a family: each rule asks again, and some of each pair of statements. */
const COVERAGE = new WeakMap<Statement, WeakMap<Family, Coverage>>();

/** Of a family of requests to invoke, those that a statement's action and resource speak of. */
export function coverageOf(
  statement: Statement,
  document: PolicyDocument,
  requests: Family,
): Coverage {
  let decided = COVERAGE.get(statement);
  if (decided === undefined) {
    decided = new WeakMap();
    COVERAGE.set(statement, decided);
  }
  const known = decided.get(requests);
  if (known !== undefined) return known;
  const found = decideCoverage(statement, document, requests);
  decided.set(requests, found);
  return found;
}

function decideCoverage(
  statement: Statement,
  document: PolicyDocument,
  requests: Family,
): Coverage {
  const { actions, resources } = compiledOf(statement, document);
  const onAction = negate(coverage(INVOKE, actions), statement.actions);
  if (onAction === 'none') return 'none';
  const onResource = negate(coverage(requests, resources), statement.resources);
  return onAction === 'some' && onResource === 'all' ? 'some' : onResource;
}

/**
 * Whether a deny speaks of every request of a family that an allow speaks of. `false` where that cannot be
 * shown.
 */
export function takesAllOf(
  deny: Statement,
  allow: Statement,
  document: PolicyDocument,
  requests: Family,
): boolean {
  const covered = coverageOf(deny, document, requests);
  if (covered !== 'some') return covered === 'all';
  const { actions, resources } = compiledOf(deny, document);
  if (negate(coverage(INVOKE, actions), deny.actions) !== 'all') return false;
  return isWithin(
    requests,
    { patterns: compiledOf(allow, document).resources, negated: allow.resources.negated },
    { patterns: resources, negated: deny.resources.negated },
  );
}

function negate(covered: Coverage, { negated }: Patterns): Coverage {
  if (!negated || covered === 'some') return covered;
  return covered === 'all' ? 'none' : 'all';
}

/** One of two is enough. */
function either(a: Ruling, b: Ruling): Ruling {
  if (a.holds === 'always' && b.holds === 'always') {
    return { ...a, statements: [...a.statements, ...b.statements] };
  }
  if (a.holds === 'always' || b.holds === 'never') return a;
  if (b.holds === 'always' || a.holds === 'never') return b;
  return {
    holds: 'sometimes',
    statements: [...a.statements, ...b.statements],
    on: [...a.on, ...b.on],
  };
}

/** Both must hold. */
function both(a: Ruling, b: Ruling): Ruling {
  if (a.holds === 'never') return a;
  if (b.holds === 'never') return b;
  return {
    holds: a.holds === 'always' && b.holds === 'always' ? 'always' : 'sometimes',
    statements: [...a.statements, ...b.statements],
    on: [...a.on, ...b.on],
  };
}

function sorted(words: readonly string[]): string[] {
  return unique(words).sort();
}
