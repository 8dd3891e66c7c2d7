import { compilePatterns, coverage, exactly } from './pattern.js';
import type { Condition } from './policy-document.js';

/** Whether something holds for every request of a family, for some, for none. */
export type Holds = 'always' | 'sometimes' | 'never';

/** What is known of a request before it is made: condition keys in lower case, one value each. */
export type Context = ReadonlyMap<string, string>;

/** A condition's operator, taken apart. */
export interface Operator {
  /** Such as `stringlike`, in lower case. */
  readonly base: string;
  /** `foranyvalue`, `forallvalues`, or `null`. */
  readonly quantifier: string | null;
  /** `…IfExists`: holds where the request has no such key. */
  readonly ifExists: boolean;
  /** `StringNotEquals` and its like. */
  readonly negated: boolean;
}

/** Takes an operator apart; operators are not case-sensitive. */
export function parseOperator(operator: string): Operator {
  const [, quantifier = null, rest = ''] =
    /^(?:(foranyvalue|forallvalues):)?(.*)$/.exec(operator.toLowerCase()) ?? [];
  const ifExists = rest.endsWith('ifexists');
  const base = ifExists ? rest.slice(0, -'ifexists'.length) : rest;
  return { base, quantifier, ifExists, negated: base.includes('not') };
}

/**
 * Decides a condition from what is known of every request; whatever is not known is `sometimes`.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 *
 * @param hasVariables whether `${…}` in a value is a variable.
 */
export function decideCondition(
  { operator, key, values }: Condition,
  context: Context,
  hasVariables: boolean,
): Holds {
  const { base, quantifier, negated } = parseOperator(operator);
  if (quantifier !== null || (hasVariables && values.some((value) => value.includes('${')))) {
    return 'sometimes';
  }
  const actual = context.get(key.toLowerCase());
  if (actual === undefined) return 'sometimes';
  const compare = COMPARISONS.get(base.replace('not', ''));
  if (compare === undefined) return 'sometimes';
  const isEqual = values.some((value) => compare(actual, value));
  return isEqual === negated ? 'never' : 'always';
}

/** Comparisons of one known value with one of the policy's; anything else stays unknown. */
const COMPARISONS: ReadonlyMap<string, (actual: string, wanted: string) => boolean> = new Map([
  ['stringequals', (actual: string, wanted: string) => actual === wanted],
  [
    'stringequalsignorecase',
    (actual: string, wanted: string) => actual.toLowerCase() === wanted.toLowerCase(),
  ],
  ['stringlike', matchesPattern],
  ['bool', (actual: string, wanted: string) => actual === wanted.toLowerCase()],
]);

function matchesPattern(actual: string, pattern: string): boolean {
  return coverage(exactly(actual), compilePatterns([pattern], 'text', false)) === 'all';
}
