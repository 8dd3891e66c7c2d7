import type { ApiKind } from '../../model/api-kind.js';
import type { Enforcer } from './enforcer.js';
import { restEnforcer } from './rest/enforcer.js';

/** How each kind of API is enforced. */
const BY_KIND: Readonly<Partial<Record<ApiKind, Enforcer>>> = { REST: restEnforcer };

/** How the APIs of a kind are enforced. */
export function enforcerOf(kind: ApiKind): Enforcer {
  const enforcer = BY_KIND[kind];
  if (enforcer === undefined) throw new Error(`nothing enforces a ${kind} API`);
  return enforcer;
}
