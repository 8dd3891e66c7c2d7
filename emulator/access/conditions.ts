import { BlockList, isIP } from 'node:net';
import { type Condition, PolicyDocumentError } from './document.js';
import { isLike, literalOf, type Variables } from './pattern.js';

/** What is known of a request: values by condition key in lower case. */
export type ContextKeys = ReadonlyMap<string, readonly string[]>;

/**
 * Whether one value of the request satisfies one value of the policy.
 *
 * @param given the request's
 * @param wanted the policy's, its variables not yet filled in
 */
type Comparison = (given: string, wanted: string, variables: Variables | undefined) => boolean;

interface Operator {
  readonly compare: Comparison;
  readonly negated: boolean;
}

const equals: Comparison = (given, wanted, variables) => given === literalOf(wanted, variables);

const equalsIgnoringCase: Comparison = (given, wanted, variables) =>
  given.toLowerCase() === literalOf(wanted, variables)?.toLowerCase();

/** Each of the six parts of an ARN by itself: no wildcard reaches into the next. */
const arnLike: Comparison = (given, wanted, variables) => {
  if (wanted === '*') return true;
  const [givenParts, wantedParts] = [partsOf(given), partsOf(wanted)];
  return (
    givenParts.length === 6 &&
    wantedParts.length === 6 &&
    wantedParts.every((part, index) => isLike(givenParts[index] ?? '', part, variables))
  );
};

/** The parts of an ARN; colons of the last one belong to it, and those of a variable's name are none. */
function partsOf(arn: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const [index, character] of arn.split('').entries()) {
    if (character === '{' && arn.charAt(index - 1) === '$') depth += 1;
    if (character === '}' && depth > 0) depth -= 1;
    if (character === ':' && depth === 0 && parts.length < 5) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

const inRange: Comparison = (given, wanted) => {
  const [network = '', prefix] = wanted.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(given) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(network, bits, family);
  return range.check(given, family);
};

function ordered(
  read: (text: string) => number,
  holds: (given: number, wanted: number) => boolean,
): Comparison {
  return (given, wanted) => {
    const [one, other] = [read(given), read(wanted)];
    return !Number.isNaN(one) && !Number.isNaN(other) && holds(one, other);
  };
}

function numeric(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Milliseconds of a W3C date (ISO 8601), or of seconds since the epoch. */
function instant(text: string): number {
  return /^\d+$/.test(text) && text.length > 4 ? Number(text) * 1000 : Date.parse(text);
}

function comparisons(name: string, read: (text: string) => number): [string, Operator][] {
  const operator = (holds: (given: number, wanted: number) => boolean, negated = false) => ({
    compare: ordered(read, holds),
    negated,
  });
  return [
    [`${name}Equals`, operator((given, wanted) => given === wanted)],
    [`${name}NotEquals`, operator((given, wanted) => given === wanted, true)],
    [`${name}LessThan`, operator((given, wanted) => given < wanted)],
    [`${name}LessThanEquals`, operator((given, wanted) => given <= wanted)],
    [`${name}GreaterThan`, operator((given, wanted) => given > wanted)],
    [`${name}GreaterThanEquals`, operator((given, wanted) => given >= wanted)],
  ];
}

/** Source: IAM user guide, "IAM JSON policy elements: Condition operators". */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', { compare: equals, negated: false }],
  ['StringNotEquals', { compare: equals, negated: true }],
  ['StringEqualsIgnoreCase', { compare: equalsIgnoringCase, negated: false }],
  ['StringNotEqualsIgnoreCase', { compare: equalsIgnoringCase, negated: true }],
  ['StringLike', { compare: isLike, negated: false }],
  ['StringNotLike', { compare: isLike, negated: true }],
  ['ArnEquals', { compare: arnLike, negated: false }],
  ['ArnNotEquals', { compare: arnLike, negated: true }],
  ['ArnLike', { compare: arnLike, negated: false }],
  ['ArnNotLike', { compare: arnLike, negated: true }],
  ['IpAddress', { compare: inRange, negated: false }],
  ['NotIpAddress', { compare: inRange, negated: true }],
  ['Bool', { compare: equalsIgnoringCase, negated: false }],
  ['BinaryEquals', { compare: equals, negated: false }],
  ...comparisons('Numeric', numeric),
  ...comparisons('Date', instant),
]);

/** The three parts of an operator's name. */
function spelling(name: string) {
  const [, quantifier, spelled = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  return { quantifier, spelled, ifExists: ifExists !== undefined };
}

/** Whether a condition operator exists: `Null` takes neither quantifier nor `IfExists`. */
export function isOperator(name: string): boolean {
  return name === 'Null' || OPERATORS.has(spelling(name).spelled);
}

/**
 * Whether one condition holds. Its values are alternatives; those of a negated operator must all be
 * missed. A key that the request has not fails a plain operator and satisfies a negated one, unless
 * `IfExists` or a quantifier says otherwise.
 *
 * Source: IAM user guide, "Condition operators", "Conditions with multiple context keys or values",
 * "Set operators for multivalued context keys" (a missing key satisfies ForAllValues and fails
 * ForAnyValue).
 *
 * @throws PolicyDocumentError where the operator does not exist
 */
export function holds(
  condition: Condition,
  keys: ContextKeys,
  variables: Variables | undefined,
): boolean {
  const given = keys.get(condition.key) ?? [];
  if (condition.operator === 'Null')
    return condition.values.some(
      (value) => (value.toLowerCase() === 'true') === (given.length === 0),
    );
  const { quantifier, spelled, ifExists } = spelling(condition.operator);
  const operator = OPERATORS.get(spelled);
  if (operator === undefined)
    throw new PolicyDocumentError(`There is no condition operator ${condition.operator}`);

  if (given.length === 0) {
    if (ifExists || quantifier === 'ForAllValues') return true;
    return quantifier === 'ForAnyValue' ? false : operator.negated;
  }
  const satisfies = (value: string) =>
    condition.values.some((wanted) => operator.compare(value, wanted, variables)) !==
    operator.negated;
  if (quantifier === 'ForAllValues') return given.every(satisfies);
  if (quantifier === 'ForAnyValue') return given.some(satisfies);
  return operator.negated ? given.every(satisfies) : given.some(satisfies);
}
