import { headerOf, type WireRequest } from '../../http.js';
import type { V2Cors } from '../model.js';

/** A browser's question before a request from another origin. */
export function isPreflight(request: WireRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    headerOf(request, 'origin') !== undefined &&
    headerOf(request, 'access-control-request-method') !== undefined
  );
}

/**
 * The headers of CORS for one request, none where its origin is not among those that may; with a
 * preflight also what it asks for. Origins may hold `*`, alone or at the place of a name ("https://*"
 * and "http://*": API Gateway developer guide, "Configure CORS for HTTP APIs").
 */
export function corsHeaders(cors: V2Cors, request: WireRequest): Record<string, string> {
  const origin = headerOf(request, 'origin');
  const allowed = origin && cors.allowOrigins?.find((pattern) => fits(pattern, origin));
  if (origin === undefined || allowed === undefined || allowed === '') return {};
  const headers: Record<string, string> = {
    'access-control-allow-origin': allowed === '*' ? '*' : origin,
  };
  if (cors.allowCredentials === true) headers['access-control-allow-credentials'] = 'true';
  if (!isPreflight(request)) {
    list(headers, 'access-control-expose-headers', cors.exposeHeaders);
    return headers;
  }
  list(headers, 'access-control-allow-methods', cors.allowMethods);
  list(headers, 'access-control-allow-headers', cors.allowHeaders);
  if (cors.maxAge !== undefined) headers['access-control-max-age'] = String(cors.maxAge);
  return headers;
}

function fits(pattern: string, origin: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === origin;
  return origin.startsWith(pattern.slice(0, star)) && origin.endsWith(pattern.slice(star + 1));
}

function list(
  headers: Record<string, string>,
  name: string,
  values: readonly string[] | undefined,
): void {
  if (values !== undefined && values.length > 0) headers[name] = values.join(',');
}
