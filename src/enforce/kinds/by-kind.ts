import type { ApiKind } from '../../model/api-kind.js';
import type { Enforcer } from './enforcer.js';
import { restEnforcer } from './rest/enforcer.js';
import { httpEnforcer, webSocketEnforcer } from './v2/enforcer.js';

/** How each kind of API is enforced. */
const BY_KIND: Readonly<Record<ApiKind, Enforcer>> = {
  REST: restEnforcer,
  HTTP: httpEnforcer,
  WEBSOCKET: webSocketEnforcer,
};

/** How the APIs of a kind are enforced. */
export function enforcerOf(kind: ApiKind): Enforcer {
  return BY_KIND[kind];
}
