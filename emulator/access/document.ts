import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** A policy document that cannot be read as one. */
export class PolicyDocumentError extends Error {
  override readonly name = 'PolicyDocumentError';
}

/** An element that is there, as it is or negated (`Not…`). */
export interface Element<T> {
  readonly negated: boolean;
  readonly values: T;
}

/** One condition: an operator, a key, and the values that it is compared with. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement with every list written out. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** By kind (`AWS`, `Service`, …); `*` alone is kind `*`. Absent from identity policies. */
  readonly principal?: Element<ReadonlyMap<string, readonly string[]>>;
  readonly action: Element<readonly string[]>;
  readonly resource: Element<readonly string[]>;
  readonly conditions: readonly Condition[];
  /** Policy variables exist since 2012-10-17; in an older document `${…}` is text. */
  readonly variables: boolean;
}

/** What a statement without a `Resource` is taken for. */
export type ResourceRule =
  /** No policy: identity and resource policies need it. */
  | 'required'
  /** One that speaks of the role that it belongs to: trust policies may not have the element. */
  | 'absent';

/**
 * Takes a policy document apart: one value or a list, `Action` or `NotAction`, all the same after this.
 *
 * @throws PolicyDocumentError where the document is no policy
 */
export function statementsOf(
  document: string,
  resourceRule: ResourceRule = 'required',
): Statement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw new PolicyDocumentError('The document is not JSON');
  }
  if (!isJsonObject(policy)) throw new PolicyDocumentError('The document is not a JSON object');
  const variables = policy.Version === '2012-10-17';
  const given = policy.Statement;
  const statements = Array.isArray(given) ? given : [given];
  return statements.map((statement: JsonValue | undefined) => {
    if (!isJsonObject(statement)) throw new PolicyDocumentError('A statement is not an object');
    return statementOf(statement, variables, resourceRule);
  });
}

function statementOf(
  statement: JsonObject,
  variables: boolean,
  resourceRule: ResourceRule,
): Statement {
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new PolicyDocumentError('The Effect of a statement is neither Allow nor Deny');
  const principal = elementOf(statement, 'Principal', principalsOf);
  const action = elementOf(statement, 'Action', textsOf);
  const resource =
    elementOf(statement, 'Resource', textsOf) ??
    (resourceRule === 'absent' ? { negated: false, values: ['*'] } : undefined);
  if (action === undefined) throw new PolicyDocumentError('A statement has no Action');
  if (resource === undefined) throw new PolicyDocumentError('A statement has no Resource');
  return {
    effect,
    ...(principal === undefined ? {} : { principal }),
    action,
    resource,
    conditions: conditionsOf(statement.Condition),
    variables,
  };
}

function elementOf<T>(
  statement: JsonObject,
  name: string,
  read: (value: JsonValue) => T,
): Element<T> | undefined {
  const plain = statement[name];
  const negation = statement[`Not${name}`];
  if (plain !== undefined && negation !== undefined)
    throw new PolicyDocumentError(`A statement has both ${name} and Not${name}`);
  if (plain !== undefined) return { negated: false, values: read(plain) };
  return negation === undefined ? undefined : { negated: true, values: read(negation) };
}

function principalsOf(value: JsonValue): Map<string, readonly string[]> {
  if (value === '*') return new Map([['*', ['*']]]);
  if (!isJsonObject(value))
    throw new PolicyDocumentError('A Principal is neither "*" nor an object');
  return new Map(
    Object.entries(value).map(([kind, names]) => [kind, textsOf(names ?? [])] as const),
  );
}

function conditionsOf(value: JsonValue | undefined): Condition[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) throw new PolicyDocumentError('A Condition is not an object');
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isJsonObject(keys))
      throw new PolicyDocumentError(`The keys of the condition ${operator} are not an object`);
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: scalarsOf(values ?? []),
    }));
  });
}

function textsOf(value: JsonValue): string[] {
  const values = Array.isArray(value) ? value : [value];
  const texts = values.filter((entry) => typeof entry === 'string');
  if (texts.length < values.length) throw new PolicyDocumentError('A value is not a string');
  return texts;
}

/** Conditions may hold numbers and truth values as JSON has them. */
function scalarsOf(value: JsonValue): string[] {
  const values: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return values.map((entry) => {
    if (typeof entry === 'object')
      throw new PolicyDocumentError('A value of a condition is not a string, number or boolean');
    return String(entry);
  });
}
