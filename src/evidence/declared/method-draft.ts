import type { DeclaredMethod, Fix, Place } from '../../model/declared.js';
import { LIMITS } from './limits.js';

/** A method of which nothing but its name is said: open, because nothing protects it. */
export function methodDraft(
  method: string,
  path: string | null,
  place: Place,
  fix: Fix,
): DeclaredMethod {
  return {
    method,
    path,
    key: keyOf(method, path),
    authorization: 'NONE',
    unresolved: null,
    by: 'nothing',
    unproven: null,
    when: [],
    assumes: [],
    apiKeyRequired: false,
    integration: null,
    isPreflight: false,
    place,
    fix,
    previous: null,
    undeployable: null,
    resource: null,
    constructPath: null,
    suppressions: [],
    notes: [],
  };
}

/**
 * The methods that a resource stands for in its branches, as far as they are few; else one that nobody can
 * tell: each value that depends on parameters multiplies them.
 */
export function fewMethods(
  methods: Iterable<DeclaredMethod>,
  of: { readonly id: string; readonly at: Place },
  fix: Fix,
): readonly DeclaredMethod[] {
  const few: DeclaredMethod[] = [];
  for (const method of methods) {
    if (few.length === LIMITS.branches) {
      const reason = `${of.id} stands for more than ${LIMITS.branches} methods, by the values of parameters`;
      const give = 'give their values in a parameter file (input `parameters`)';
      return [
        {
          ...methodDraft('unresolved', null, of.at, fix),
          ...{ authorization: 'unresolved', by: 'resource', resource: of.id },
          unresolved: { reason, give, place: of.at },
        },
      ];
    }
    few.push(method);
  }
  return few;
}

function keyOf(method: string, path: string | null): string | null {
  if (path === null) return null;
  return path.startsWith('/') ? `${method} ${path}` : path;
}

/** The method and path of a route key: `GET /pets`, `$default`, or what a WebSocket message selects. */
export function routeOf(routeKey: string): { readonly method: string; readonly path: string } {
  const parts = /^(\S+)\s+(\/.*)$/.exec(routeKey.trim());
  const [, method, path] = parts ?? [];
  if (method === undefined || path === undefined) return { method: routeKey, path: routeKey };
  return { method: method.toUpperCase(), path };
}

const TYPES = new Set(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS', 'JWT']);

export function isAuthorizationType(
  text: string,
): text is Exclude<DeclaredMethod['authorization'], 'unresolved'> {
  return TYPES.has(text);
}
