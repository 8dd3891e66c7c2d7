import type { DeclaredApi } from '../../model/declared.js';
import {
  type DeclaredEvidence,
  type DeclaredLine,
  type DeclaredRow,
  methodKey,
  UNRESOLVED,
} from '../../model/evidence.js';

/** What a reading of a declared method comes to. */
export type Standing =
  /** AWS, or the tool that deploys, refuses it. */
  | 'undeployable'
  /** Deployed, it has a type that it may not have. */
  | 'open'
  /** Nobody can know its type before the deployment. */
  | 'unresolved'
  | 'preflight'
  | 'allowed'
  /** Its own type decides nothing, as of WebSocket routes but `$connect`. */
  | 'covered';

/** The worst first. */
const ORDER: readonly Standing[] = [
  'open',
  'unresolved',
  'undeployable',
  'preflight',
  'allowed',
  'covered',
];

/**
 * What one reading comes to.
 *
 * Sources: API Gateway Developer Guide, "Control access to WebSocket APIs with AWS_IAM authorization"
 * (only `$connect` is authorized) and "Configure CORS for HTTP APIs" (the API answers preflights itself,
 * so that an OPTIONS route of an HTTP API always reaches a backend).
 */
export function standingOf(
  { api, method }: DeclaredLine,
  allowedTypes: readonly string[],
): Standing {
  if (method.undeployable !== null) return 'undeployable';
  if (isOfMessages(api, method)) return 'covered';
  if (api.kind === 'REST' && method.isPreflight) return 'preflight';
  if (method.authorization === UNRESOLVED) return 'unresolved';
  return allowedTypes.includes(method.authorization) ? 'allowed' : 'open';
}

/**
 * Whether a route takes the messages of those who are connected. Of an API that is declared elsewhere its key
 * tells it: "Routes consist of two parts: an HTTP method and a resource path" (API Gateway Developer Guide,
 * "Create routes for HTTP APIs"). `$default` is a route of either kind.
 */
function isOfMessages(
  { kind, isElsewhere }: DeclaredLine['api'],
  { method, path }: DeclaredLine['method'],
): boolean {
  if (method === '$connect') return false;
  if (kind === 'WEBSOCKET') return true;
  return isElsewhere === true && kind === 'HTTP' && method === path && method !== '$default';
}

/**
 * What files declare of one API, a row a method. A method has several readings where its file has
 * branches, or where AWS does not say how it reads it: the worst one is the row's.
 *
 * @param apis the declared APIs that are, or become, the same API in AWS.
 */
export function declaredLayer(
  apis: readonly DeclaredApi[],
  allowedTypesOf: (method: string, path: string) => readonly string[],
): DeclaredEvidence {
  const lines = new Map<string, DeclaredLine[]>();
  for (const api of apis) {
    for (const method of api.methods) {
      const key = methodKey(method.method, pathOf(method));
      const known = lines.get(key);
      if (known === undefined) lines.set(key, [{ api, method }]);
      else known.push({ api, method });
    }
  }
  const methods = new Map<string, DeclaredRow>();
  for (const [key, ofOne] of lines) {
    const row = rowOf(ofOne, allowedTypesOf);
    if (row !== null) methods.set(key, row);
  }
  return { apis, methods };
}

function rowOf(
  lines: readonly DeclaredLine[],
  allowedTypesOf: (method: string, path: string) => readonly string[],
): DeclaredRow | null {
  const [first] = lines;
  if (first === undefined) return null;
  const { method } = first.method;
  const path = pathOf(first.method);
  const allowedTypes = allowedTypesOf(method, path);
  const rank = (line: DeclaredLine): number =>
    ORDER.indexOf(standingOf(line, allowedTypes)) * 2 +
    (line.method.authorization === 'NONE' ? 0 : 1);
  const worst = lines.reduce((a, b) => (rank(b) < rank(a) ? b : a), first);
  const isPreflight = standingOf(worst, allowedTypes) === 'preflight';
  return {
    method,
    path,
    authorizationType: worst.method.authorization,
    preflight: isPreflight ? 'yes' : 'no',
    lines,
    worst,
  };
}

/** A path that is not known before the deployment has a name all the same: that of its resource. */
function pathOf({ path, resource }: DeclaredLine['method']): string {
  return path ?? `(path of ${resource ?? 'this method'})`;
}
