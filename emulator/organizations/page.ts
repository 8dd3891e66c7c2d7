import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import { invalidInput } from './error.js';

/** Service model: MaxResults, from 1 to 20. */
const MOST_RESULTS = 20;

/**
 * One page of a list. A page can be empty although there are more: "These operations can occasionally
 * return an empty set of results even when more results are available" (Organizations API Reference,
 * ListAccounts). Here one comes after the first page, where the seed says so.
 *
 * @param name of the list in the answer
 */
export function page<T>(
  body: JsonObject,
  name: string,
  items: readonly T[],
  render: (item: T) => JsonValue,
  pages: 'full' | 'empty-between',
): JsonObject {
  const size = sizeOf(body);
  const { start, isEmpty } = startOf(body);
  if (start > items.length) throw invalidToken();
  if (isEmpty) return { [name]: [], NextToken: tokenOf({ start, isEmpty: false }) };
  const shown = items.slice(start, start + size);
  const next = start + shown.length;
  return {
    [name]: shown.map(render),
    ...(next < items.length
      ? { NextToken: tokenOf({ start: next, isEmpty: pages === 'empty-between' && start === 0 }) }
      : {}),
  };
}

function sizeOf({ MaxResults: size = MOST_RESULTS }: JsonObject): number {
  if (typeof size !== 'number' || size < 1)
    throw invalidInput(
      'MIN_VALUE_EXCEEDED',
      'You provided a numeric parameter that has a smaller value than allowed.',
    );
  if (size > MOST_RESULTS)
    throw invalidInput(
      'MAX_VALUE_EXCEEDED',
      'You provided a numeric parameter that has a larger value than allowed.',
    );
  return size;
}

interface Position {
  readonly start: number;
  /** The page there is the empty one. */
  readonly isEmpty: boolean;
}

function tokenOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64');
}

function startOf({ NextToken: token }: JsonObject): Position {
  if (token === undefined || token === null) return { start: 0, isEmpty: false };
  if (typeof token !== 'string') throw invalidToken();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64').toString());
  } catch {
    throw invalidToken();
  }
  if (!isJsonObject(parsed) || typeof parsed.start !== 'number') throw invalidToken();
  return { start: parsed.start, isEmpty: parsed.isEmpty === true };
}

function invalidToken() {
  return invalidInput(
    'INVALID_PAGINATION_TOKEN',
    'You provided an invalid value for the NextToken parameter.',
  );
}
