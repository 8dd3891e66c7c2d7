import type { V2RouteState, V2Snapshot } from '../model.js';

/** The route that a request reaches. */
export interface V2Route {
  readonly route: V2RouteState;
  /** Values of the path's variables as sent, `proxy` for `{proxy+}`. */
  readonly pathParameters: ReadonlyMap<string, string>;
}

interface Candidate extends V2Route {
  /** One digit a segment, smaller is more specific; a greedy path comes after every other. */
  readonly rank: string;
}

/**
 * The route for a request: the most specific path without a greedy variable, then the most specific
 * with one, then `$default`; on one path the method before `ANY`. A path counts only together with a
 * method. Neither a slash at the end nor an encoded character is made equal to anything.
 *
 * Source: API Gateway developer guide, "Create routes for HTTP APIs": "1. Full match for a route and
 * method. 2. Match for a route and method with a greedy path variable. 3. The $default route."
 *
 * @param path The path below the stage, as sent.
 */
export function findV2Route(
  { routes }: V2Snapshot,
  httpMethod: string,
  path: string,
): V2Route | undefined {
  const candidates = routes.flatMap((route) => candidateOf(route, httpMethod, path) ?? []);
  const [best] = candidates.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  if (best !== undefined) return best;
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return fallback && { route: fallback, pathParameters: new Map() };
}

function candidateOf(route: V2RouteState, httpMethod: string, path: string): Candidate | undefined {
  const space = route.routeKey.indexOf(' ');
  const verb = route.routeKey.slice(0, Math.max(space, 0));
  if (verb !== httpMethod && verb !== 'ANY') return undefined;
  const match = matchPath(segmentsOf(route.routeKey.slice(space + 1)), segmentsOf(path));
  if (match === undefined) return undefined;
  const { rank, pathParameters } = match;
  return { route, pathParameters, rank: `${rank}${verb === 'ANY' ? 'b' : 'a'}` };
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): { rank: string; pathParameters: Map<string, string> } | undefined {
  const pathParameters = new Map<string, string>();
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const [, name, greedy] = /^\{(.+?)(\+?)\}$/.exec(part) ?? [];
    if (name === undefined) {
      if (part !== segment) return undefined;
      rank += '0';
    } else if (segment === '') {
      return undefined;
    } else if (greedy === '+') {
      pathParameters.set(name, segments.slice(index).join('/'));
      return { rank: `1${rank}2`, pathParameters };
    } else {
      pathParameters.set(name, segment);
      rank += '1';
    }
  }
  return segments.length === pattern.length ? { rank: `0${rank}`, pathParameters } : undefined;
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}
