import { parseOperator } from './condition.js';
import type { Condition, Statement } from './policy-document.js';

/*
 * Which conditions keep strangers out of a statement whose principal is everybody. A key narrows only
 * where a stranger cannot set it at will (a Referer can be sent by anybody), and only under an operator
 * that fails for strangers.
 */

/**
 * Condition keys that tell whose request it is or where it comes from, in lower case (IAM User Guide,
 * "AWS global condition context keys"; API Gateway Developer Guide, "AWS condition keys that can be
 * used in API Gateway resource policies"). Not among them, since strangers can meet them: time,
 * Referer, UserAgent, SecureTransport, PrincipalType, PrincipalTag, username, MFA.
 */
const NETWORK_KEYS: ReadonlySet<string> = new Set(['aws:sourcevpc', 'aws:sourcevpce']);
const NARROWING_KEYS: ReadonlySet<string> = new Set([
  ...NETWORK_KEYS,
  'aws:sourceip',
  'aws:vpcsourceip',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
]);

/** Shortest prefixes of an address range that is somebody's: whole /8 blocks were handed out to one owner. */
const SHORTEST_PREFIX = { v4: 8, v6: 16 };

/** Which keys count: any that narrows, or those alone that name a VPC or a VPC endpoint. */
export type Keys = 'any' | 'network';

/** Whether an Allow's own conditions keep strangers out. One condition is enough: all must hold. */
export function isNarrowed({ conditions }: Statement, keys: Keys): boolean {
  return conditions.some((condition) => {
    const { negated, ifExists, quantifier, base } = parseOperator(condition.operator);
    if (negated || base === 'null' || base === 'bool') return false;
    // Both hold for a request that has no such key.
    const holdsWithoutKey = ifExists || quantifier === 'forallvalues';
    if (holdsWithoutKey && !isRequired(condition.key, conditions)) return false;
    return isNarrowingKey(condition.key, keys) && isNarrowingValue(condition, base);
  });
}

/**
 * Whether a Deny refuses strangers: it speaks of everybody under the negation of a condition that
 * narrows, so that whoever is not among the named is denied, or names those whom it spares.
 * `IfExists` makes no difference: a negated operator holds for a request without the key.
 */
export function deniesStrangers({ conditions, principals }: Statement, keys: Keys): boolean {
  const [condition, ...others] = conditions;
  // With several conditions a stranger who meets all but one is not denied.
  if (principals === null || others.length > 0) return false;
  if (principals.negated) return keys === 'any' && condition === undefined;
  if (!principals.aws.includes('*') || condition === undefined) return false;
  const { negated, quantifier, base } = parseOperator(condition.operator);
  if (base === 'null') {
    return (
      isNarrowingKey(condition.key, keys) &&
      condition.values.every((it) => it.toLowerCase() === 'true')
    );
  }
  if (!negated || quantifier === 'foranyvalue') return false;
  return (
    isNarrowingKey(condition.key, keys) && isNarrowingValue(condition, base.replace('not', ''))
  );
}

/** `Null: {key: "false"}` asks for the key to be there. */
function isRequired(key: string, conditions: readonly Condition[]): boolean {
  return conditions.some(
    (other) =>
      parseOperator(other.operator).base === 'null' &&
      other.key.toLowerCase() === key.toLowerCase() &&
      other.values.every((value) => value.toLowerCase() === 'false'),
  );
}

function isNarrowingKey(key: string, keys: Keys): boolean {
  return (keys === 'any' ? NARROWING_KEYS : NETWORK_KEYS).has(key.toLowerCase());
}

/** The values are alternatives: one that lets everybody in is enough to undo the others. */
function isNarrowingValue({ values }: Condition, base: string): boolean {
  if (values.length === 0) return false;
  switch (base) {
    case 'ipaddress':
      return values.every(isNarrowRange);
    case 'stringequals':
    case 'stringequalsignorecase':
      return true;
    case 'stringlike':
    case 'arnequals':
    case 'arnlike':
      return values.every(isAnchored);
    default:
      return false;
  }
}

/**
 * Literal characters that a pattern must begin with: the shortest ids (organizations `o-…`, VPCs,
 * accounts) have as many, so that a shorter prefix is everybody's.
 */
const SHORTEST_ID = 10;

/** Whether a pattern holds something that strangers cannot have: of a principal's ARN, the account. */
function isAnchored(pattern: string): boolean {
  if (pattern.includes('${')) return false;
  const [scheme, , service, , account = '', ...resource] = pattern.split(':');
  if (scheme !== 'arn') return (/^[^*?]*/.exec(pattern)?.[0].length ?? 0) >= SHORTEST_ID;
  if (/^\d{12}$/.test(account)) return true;
  // Names of buckets are unique in the world, and their ARNs hold no account.
  return service === 's3' && account === '' && /^[^*?]/.test(resource.join(':'));
}

function isNarrowRange(range: string): boolean {
  const [address = '', prefix] = range.split('/');
  if (prefix === undefined) return address !== '';
  const shortest = address.includes(':') ? SHORTEST_PREFIX.v6 : SHORTEST_PREFIX.v4;
  return /^\d+$/.test(prefix) && Number(prefix) >= shortest;
}
