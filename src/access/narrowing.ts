import { areNarrow } from './address-range.js';
import { type Operator, parseOperator } from './condition.js';
import { compilePatterns, coverage, exactly } from './pattern.js';
import type { Condition, Principals, Statement } from './policy-document.js';

/*
 * Which conditions keep strangers out of a statement whose principal is everybody. AWS has published
 * when it calls a policy public (Amazon S3 User Guide, "Blocking public access to your Amazon S3
 * storage", The meaning of "public"; the same words in AWS Config's managed rules for other services):
 * "To be considered non-public, a bucket policy must grant access only to fixed values (values that
 * don't contain a wildcard or an AWS Identity and Access Management Policy Variable) for one or more of
 * the following: an AWS principal, user, role, or service principal (e.g. aws:PrincipalOrgID), a set of
 * CIDR blocks, using aws:SourceIp, […] aws:SourceArn, aws:SourceVpc, aws:SourceVpce, aws:SourceOwner,
 * aws:SourceAccount, aws:userid, outside the pattern AROLEID:*".
 *
 * So a stranger is whoever has none of the fixed values that a policy names for these keys, and holds
 * whatever it likes for any other key.
 */

/** How a value of a key is fixed. */
type Kind =
  /** An id without structure: of a VPC, an endpoint, an account, an organization. */
  | 'id'
  /** `o-…/r-…/ou-…/`: the organization's id is unique in the world, what follows is its own. */
  | 'organization-path'
  | 'arn'
  | 'user-id'
  | 'address';

/**
 * Condition keys that tell whose request it is or where it comes from, in lower case (IAM User Guide,
 * "AWS global condition context keys"). Not among them, since strangers can meet them: time, Referer,
 * UserAgent, SecureTransport, PrincipalType, PrincipalTag, username, MFA, and VpcSourceIp, which any VPC
 * may have ("it is possible for policies to allow API calls from an unexpected VPC that uses the same or
 * overlapping IP CIDR", the same page).
 */
const NETWORK_KEYS: ReadonlyMap<string, Kind> = new Map([
  ['aws:sourcevpc', 'id'],
  ['aws:sourcevpce', 'id'],
  ['aws:sourcevpcarn', 'arn'],
  ['aws:vpceaccount', 'id'],
  ['aws:vpceorgid', 'id'],
  ['aws:vpceorgpaths', 'organization-path'],
]);
const CALLER_KEYS: ReadonlyMap<string, Kind> = new Map([
  ['aws:sourceip', 'address'],
  ['aws:principalaccount', 'id'],
  ['aws:principalarn', 'arn'],
  ['aws:principalorgid', 'id'],
  ['aws:principalorgpaths', 'organization-path'],
  ['aws:userid', 'user-id'],
  ['aws:sourceaccount', 'id'],
  ['aws:sourcearn', 'arn'],
  ['aws:sourceorgid', 'id'],
  ['aws:sourceorgpaths', 'organization-path'],
  ['aws:sourceowner', 'id'],
]);

/**
 * Of whom a stranger is one: whoever is none of the callers and in none of the networks that are named,
 * of an API on the internet (`any`) or of a private one (`any-private`); or whoever is in none of the
 * networks that are named, be it a caller that is (`network`).
 *
 * A private address is nobody's on the internet. Of a private API it is no stranger's mark either: "the VPC
 * endpoint for execute-api re-writes the original source IP address" (API Gateway Developer Guide, "API
 * Gateway resource policy examples"), to what is not said, and every VPC may have the same addresses.
 */
export type Keys = 'any' | 'any-private' | 'network';

/** Whether an Allow's own conditions keep strangers out. One condition is enough: all must hold. */
export function isNarrowed({ conditions }: Statement, keys: Keys): boolean {
  return conditions.some((condition) => {
    const operator = parseOperator(condition.operator);
    if (operator.negated) return false;
    // Both hold for a request that has no such key.
    const holdsWithoutKey = operator.ifExists || operator.quantifier === 'forallvalues';
    if (holdsWithoutKey && !isRequired(condition.key, conditions)) return false;
    return isFixed(condition, operator, keys);
  });
}

/**
 * Whether a Deny refuses every stranger: it speaks of everybody, or of everybody but principals that it
 * names, and no stranger can escape one of its conditions. Each of them must be one that all strangers
 * meet, since whoever misses one is not denied.
 */
export function deniesStrangers({ conditions, principals }: Statement, keys: Keys): boolean {
  if (principals === null || !speaksOfStrangers(principals, keys)) return false;
  return conditions.every((condition) => holdsForStrangers(condition, keys));
}

/** Whom a `NotPrincipal` spares may be in any network. */
function speaksOfStrangers({ negated, aws, others }: Principals, keys: Keys): boolean {
  if (!negated) return aws.includes('*');
  return keys !== 'network' && others.length === 0 && aws.every((name) => !isOpenName(name));
}

/**
 * Whether a name in `AWS` is not of one account: `*`, or an ARN whose account is not written out ("You
 * cannot use a wildcard to match part of a principal name or ARN", IAM User Guide, "AWS JSON policy
 * elements: Principal"; what is refused when it is saved is nobody's to rely on).
 */
export function isOpenName(name: string): boolean {
  return /[*?]|\$\{/.test(name) && !/^arn:[a-z-]+:(iam|sts)::\d{12}:/.test(name);
}

function holdsForStrangers(condition: Condition, keys: Keys): boolean {
  const operator = parseOperator(condition.operator);
  const { base, quantifier, ifExists, negated } = operator;
  const key = condition.key.toLowerCase();
  if (base === 'bool') {
    // Anonymous requests have no such key, and Bool without IfExists misses them.
    const isMet = condition.values.some((value) => value.toLowerCase() === 'false');
    return ifExists && quantifier === null && NEVER_OF_STRANGERS.has(key) && isMet;
  }
  // ForAnyValue misses a request without the key. Null does one with it, or without: a stranger has a
  // VPC endpoint and an organization of its own, or none.
  if (!negated || quantifier === 'foranyvalue') return false;
  if (keys === 'network' && key === 'aws:sourceip') {
    // Through a VPC endpoint a request has no such key, or an address that is no public one.
    return isFixed(condition, operator, 'any-private');
  }
  return isFixed(condition, operator, keys);
}

/**
 * What no stranger can be or go through: a service of AWS, or one that passes the stranger's own request
 * on (AWS's data perimeter, aws-samples/data-perimeter-policy-examples,
 * service_specific_controls/api_gateway_policy.json).
 */
const NEVER_OF_STRANGERS: ReadonlySet<string> = new Set([
  'aws:principalisawsservice',
  'aws:viaawsservice',
]);

function isFalse({ values }: Condition): boolean {
  return values.length > 0 && values.every((value) => value.toLowerCase() === 'false');
}

/**
 * `Null: {key: "false"}` asks for the key to be there. By itself alone: `ForAllValues:` and `…IfExists` hold
 * where it is missing, whatever follows or precedes them.
 */
function isRequired(key: string, conditions: readonly Condition[]): boolean {
  return conditions.some(
    (other) =>
      other.operator.toLowerCase() === 'null' &&
      other.key.toLowerCase() === key.toLowerCase() &&
      isFalse(other),
  );
}

/**
 * Whether a key of whom or whence is compared with fixed values alone: they are alternatives, and one
 * that lets everybody in is enough to undo the others.
 */
function isFixed({ key, values }: Condition, { base, negated }: Operator, keys: Keys): boolean {
  const name = key.toLowerCase();
  const kind = NETWORK_KEYS.get(name) ?? (keys === 'network' ? undefined : CALLER_KEYS.get(name));
  if (kind === undefined || values.length === 0) return false;
  if (values.some(isOfAnybody)) return false;
  if (kind === 'address' && !areNarrow(values, keys === 'any' ? 'any' : 'public')) return false;
  if (name === 'aws:sourcearn' && values.some(isOfApiGateway)) return false;
  const comparison = negated ? base.replace('not', '') : base;
  switch (comparison) {
    case 'ipaddress':
      return kind === 'address';
    case 'stringequals':
    case 'stringequalsignorecase':
      return values.every((value) => isFixedText(value, kind));
    case 'stringlike':
      return values.every((value) => isFixedPattern(value, kind, comparison));
    case 'arnequals':
    case 'arnlike':
      return kind === 'arn' && values.every((value) => isFixedPattern(value, kind, comparison));
    default:
      return false;
  }
}

/**
 * A value that names nobody in particular. What a variable stands for is the caller's own:
 * `${aws:PrincipalOrgID}` is everybody's organization. And of a request that nobody signed,
 * `aws:PrincipalAccount` and `aws:userid` may be `anonymous` (IAM User Guide, "AWS global condition context
 * keys", availability of aws:PrincipalAccount; "IAM policy elements: Variables and tags", principal key values).
 */
function isOfAnybody(value: string): boolean {
  return value === '' || value.includes('${') || value.toLowerCase() === 'anonymous';
}

/**
 * An ARN that every request to the API may have as its `aws:SourceArn`. API Gateway lists the key for all
 * authorization types, without criteria ("AWS condition keys that can be used in API Gateway resource
 * policies"), so that requests of which no service is the source have it as well; what it holds then is not
 * said, and nothing else is known of them but the API itself.
 */
function isOfApiGateway(arn: string): boolean {
  const service = compilePatterns([arn.split(':')[2] ?? ''], 'text', false);
  return ['execute-api', 'apigateway'].some((it) => coverage(exactly(it), service) !== 'none');
}

/** A text that is compared character by character: `*` is an asterisk there. */
function isFixedText(value: string, kind: Kind): boolean {
  return kind !== 'user-id' || !isOfRole(value);
}

/** "aws:userid, outside the pattern AROLEID:*": of a role, the sessions are whoever may assume it. */
function isOfRole(userId: string): boolean {
  return /^AROA[^:]*:/i.test(userId);
}

function isFixedPattern(pattern: string, kind: Kind, comparison: string): boolean {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard < 0) return isFixedText(pattern, kind);
  switch (kind) {
    case 'organization-path':
      // A longer id may begin with a shorter one: only the slash ends it.
      return /^o-[a-z0-9]{10,32}\//.test(pattern.slice(0, wildcard));
    case 'arn':
      return isOfOneAccount(pattern, wildcard, comparison);
    default:
      return false;
  }
}

/**
 * Whether a pattern of ARNs is of one account. Under ArnLike "each of the six colon-delimited components
 * of the ARN is checked separately"; a `*` of StringLike stands for colons, too, so that before the
 * account there must be none (IAM User Guide, "IAM JSON policy elements: Condition operators").
 */
function isOfOneAccount(pattern: string, wildcard: number, comparison: string): boolean {
  const parts = pattern.split(':');
  const [scheme, , , , account = ''] = parts;
  if (scheme !== 'arn' || parts.length < 6 || !/^\d{12}$/.test(account)) return false;
  if (comparison !== 'stringlike') return true;
  return wildcard >= parts.slice(0, 5).join(':').length;
}
