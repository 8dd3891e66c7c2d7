import type { JoinedMethod } from '../evidence/join.js';
import { methodName } from '../model/evidence.js';

/** Methods that a sentence names before it says how many more there are. */
const NAMED = 5;

/** `GET /pets, POST /pets and 3 more`; each method once, whatever its stages. */
export function nameMethods(rows: readonly JoinedMethod[]): string {
  const names = [...new Set(rows.map(({ method, path }) => methodName(method, path)))];
  const shown = names.slice(0, NAMED).join(', ');
  const more = names.length - NAMED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
