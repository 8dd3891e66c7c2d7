import type { MethodState, Snapshot } from '../model.js';

/** The method that a request reaches. */
export interface Route {
  readonly resourcePath: string;
  readonly method: MethodState;
  /** Values of the path's variables as sent, `proxy` for `{proxy+}`. */
  readonly pathParameters: ReadonlyMap<string, string>;
}

/**
 * Finds the method for a path: segment by segment a fixed one beats `{name}`, and that beats
 * `{name+}`; on the resource the method itself beats `ANY`. A resource that has neither is passed
 * over for the next best one. `HEAD` is a method like the others: `GET` does not answer it.
 *
 * Source: ministackorg/ministack pull request 1423, measured on AWS: resource and method are resolved
 * as a pair; localstack, TestProxyRouting::test_proxy_routing_with_hardcoded_resource_sibling,
 * validated against AWS: `/test/any` with ANY beats `OPTIONS /{proxy+}`. Not measured by anybody: that
 * a slash at the end makes no difference, and that a fixed segment is compared decoded.
 *
 * @param path The path below the stage, as sent.
 */
export function findRoute(snapshot: Snapshot, httpMethod: string, path: string): Route | undefined {
  const segments = segmentsOf(path);
  let best: { route: Route; rank: string } | undefined;
  for (const [resourcePath, methods] of snapshot.paths) {
    const method = methods.get(httpMethod) ?? methods.get('ANY');
    const match = method && matchPath(segmentsOf(resourcePath), segments);
    if (method === undefined || match === undefined) continue;
    if (best === undefined || match.rank < best.rank) {
      const { rank, pathParameters } = match;
      best = { rank, route: { resourcePath, method, pathParameters } };
    }
  }
  return best?.route;
}

/** `rank` has one digit a segment, smaller is more specific. */
function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): { rank: string; pathParameters: Map<string, string> } | undefined {
  const pathParameters = new Map<string, string>();
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined || segment === '') return undefined;
    const variable = /^\{(.+?)(\+?)\}$/.exec(part);
    if (variable === null) {
      if (part !== decoded(segment)) return undefined;
      rank += '0';
      continue;
    }
    const [, name = '', greedy] = variable;
    if (greedy === '+') {
      pathParameters.set(name, segments.slice(index).join('/'));
      return { rank: `${rank}2`, pathParameters };
    }
    pathParameters.set(name, segment);
    rank += '1';
  }
  return segments.length === pattern.length ? { rank, pathParameters } : undefined;
}

/** One slash at the end makes no difference. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
