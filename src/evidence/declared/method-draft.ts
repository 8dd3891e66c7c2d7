import type { DeclaredMethod, Fix, Place } from '../../model/declared.js';

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
