import type { JsonObject, JsonValue } from '../json.js';
import type { Call } from './call.js';
import { badRequest } from './errors.js';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 500;

/**
 * One page of a list. Defaults and bound: API Gateway API Reference, GetResources `limit`: "The
 * default value is 25 and the maximum value is 500". `position` is there only when there is more
 * (localstack snapshot test_resource_lifecycle, 2024-04-15, has none). The wire key is `item`
 * (service model). What the service does with a larger limit is not recorded; it is cut here.
 */
export function page<T>(
  call: Call,
  items: readonly T[],
  idOf: (item: T) => string,
  render: (item: T) => JsonValue,
): JsonObject {
  const limit = limitOf(call);
  const start = startOf(call, items, idOf);
  const shown = items.slice(start, start + limit);
  const last = shown.at(-1);
  const more = start + shown.length < items.length && last !== undefined;
  return {
    item: shown.map(render),
    position: more ? Buffer.from(idOf(last)).toString('base64url') : undefined,
  };
}

function limitOf(call: Call): number {
  const given = call.query.get('limit');
  if (given === null || given === '') return DEFAULT_LIMIT;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1)
    throw badRequest(`Invalid limit specified: ${given} (text of the emulator)`);
  return Math.min(limit, MAX_LIMIT);
}

function startOf<T>(call: Call, items: readonly T[], idOf: (item: T) => string): number {
  const position = call.query.get('position');
  if (position === null || position === '') return 0;
  const id = Buffer.from(position, 'base64url').toString();
  const index = items.findIndex((item) => idOf(item) === id);
  if (index < 0) throw badRequest(`Invalid position specified: ${position} (text of the emulator)`);
  return index + 1;
}
