/** Stands for a parameter that nobody gave a value: no resource's real id, and telling in a log. */
export const PLACEHOLDER = 'apigw-iam-gate-probe';

/**
 * What is asked for routes that have no path: `$default` takes the base of the API's URL where no other
 * route does, and a handshake asks for the stage itself.
 */
const PATHS_OF_ROUTES: ReadonlyMap<string, string> = new Map([
  ['$default', '/'],
  ['$connect', ''],
]);

/** A method's path with values in the place of its parameters. */
export interface FilledPath {
  /** Percent-encoded, ready to be sent; the stage is not part of it. */
  readonly path: string;
  /** Parameters without a value, in the order of the path, as it writes them: `id`, `proxy+`. */
  readonly missing: readonly string[];
}

/**
 * Puts values in the place of a path's parameters, and the placeholder where there is none. A value
 * of `{name}` is one segment, so that its slashes are encoded; one of `{name+}` may be several.
 */
export function fillPath(path: string, values: Readonly<Record<string, string>>): FilledPath {
  const ofRoute = PATHS_OF_ROUTES.get(path);
  if (ofRoute !== undefined) return { path: ofRoute, missing: [] };
  const missing: string[] = [];
  const segments = path.split('/').map((segment) => {
    const [, name, greedy] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) return encodeSegment(segment);
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    // An empty segment would be another path, and `.` and `..` are taken out on the way.
    if (value === undefined || /^\.{0,2}$/.test(value)) {
      missing.push(`${name}${greedy}`);
      return PLACEHOLDER;
    }
    return greedy === '+' ? encodePath(value.replace(/^\//, '')) : encodeSegment(value);
  });
  return { path: segments.join('/'), missing };
}

/** Percent-encodes a path, segment by segment, as RFC 3986 has it and Signature Version 4 wants it. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

/** Percent-encodes all but unreserved characters (RFC 3986, section 2.3), also of a query. */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
