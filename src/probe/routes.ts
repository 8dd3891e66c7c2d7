/** A route as its row names it: an HTTP method or `ANY` with a path, or `$default` in the place of both. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

const DEFAULT = '$default';

/** Control requests ask for it: it stands for no route, and tells in a log who asked. */
const CONTROL = 'apigw-iam-gate-control';

/**
 * Whether API Gateway may lead a request to a route. In doubt it does: a path that ends in a slash stands
 * for the one without, a greedy parameter for an empty rest, and what is not known of a template for
 * anything.
 *
 * Source: API Gateway Developer Guide, "Create routes for HTTP APIs in API Gateway".
 *
 * @param path percent-encoded, below the stage.
 */
export function mayTake(route: Route, verb: string, path: string): boolean {
  return (
    (route.method === verb || route.method === 'ANY' || route.method === DEFAULT) &&
    mayMatch(route, path)
  );
}

function mayMatch(route: Route, path: string): boolean {
  if (route.method === DEFAULT) return true;
  const wanted = segmentsOf(route.path);
  const given = segmentsOf(path).map(decoded);
  const at = wanted.findIndex(isGreedy);
  if (at < 0 && wanted.length !== given.length) return false;
  const fixed = at < 0 ? wanted : wanted.slice(0, at);
  return (
    given.length >= fixed.length &&
    fixed.every((segment, index) => segment.includes('{') || segment === given[index])
  );
}

/**
 * The route that may take a request in the place of the one that is meant, `null` where none does: API
 * Gateway prefers a full match, then one with a greedy parameter, then `$default`.
 */
export function takenBy(
  meant: Route,
  routes: readonly Route[],
  verb: string,
  path: string,
): Route | null {
  return (
    routes.find(
      (other) =>
        (other.method !== meant.method || other.path !== meant.path) &&
        mayTake(other, verb, path) &&
        !isPreferred(meant, other),
    ) ?? null
  );
}

/** Whether API Gateway surely prefers a route to another one that matches, too. */
function isPreferred(route: Route, other: Route): boolean {
  const [rank, otherRank] = [rankOf(route), rankOf(other)];
  if (rank !== otherRank) return rank > otherRank;
  const [own, others] = [segmentsOf(route.path), segmentsOf(other.path)];
  if (own.length !== others.length) return own.length > others.length;
  const isAsExact = others.every((segment, at) => segment.includes('{') || segment === own[at]);
  const isMoreExact = own.some(
    (segment, at) => segment.includes('{') !== others[at]?.includes('{'),
  );
  return isAsExact && (isMoreExact || (route.method !== 'ANY' && other.method === 'ANY'));
}

function rankOf({ method, path }: Route): number {
  if (method === DEFAULT) return 0;
  return segmentsOf(path).some(isGreedy) ? 1 : 2;
}

/**
 * A path that no route takes, whatever the HTTP method if there is such a path; `null` where every path
 * has a route.
 *
 * @param reserved first segments that lead elsewhere, such as names of other stages.
 */
export function pathOfNoRoute(
  routes: readonly Route[],
  verb: string,
  reserved: readonly string[] = [],
): string | null {
  const deepest = Math.max(0, ...routes.map(({ path }) => segmentsOf(path).length)) + 1;
  const paths = [...Array(deepest).keys()]
    .map((depth) => `/${Array.from({ length: depth + 1 }, () => CONTROL).join('/')}`)
    .filter(() => !reserved.includes(CONTROL));
  return (
    paths.find((path) => !routes.some((route) => mayMatch(route, path))) ??
    paths.find((path) => !routes.some((route) => mayTake(route, verb, path))) ??
    null
  );
}

function isGreedy(segment: string): boolean {
  return /\{.*\+\}/.test(segment);
}

/** A final slash is no segment of its own. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
