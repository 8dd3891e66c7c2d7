import { matchesStars } from './match-stars.js';

/** Whether a method, named by HTTP method and path, is meant. */
export type MethodMatcher = (method: string, path: string) => boolean;

/** Longer than any path of API Gateway can be: an ARN with its path has 1,600 bytes at the most. */
const MAX_LENGTH = 2000;

/** Routes that have no path: `$default` of HTTP APIs, `$connect` of WebSocket APIs. */
const ROUTE = /^\$(?:default|connect)$/;

/** What is wrong with a text that should be a method glob; `null` where nothing is. */
export function problemOfMethodGlob(glob: string): string | null {
  if (glob.length > MAX_LENGTH)
    return `is longer than ${MAX_LENGTH.toLocaleString('en')} characters`;
  if (ROUTE.test(glob)) return null;
  const [method = '', path] = split(glob);
  if (path === undefined || !path.startsWith('/')) {
    return 'must look like "GET /pets/*": an HTTP method or *, a blank, and a path that begins with /';
  }
  if (!/^(\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/.test(method.toUpperCase())) {
    return `names no HTTP method of API Gateway: ${JSON.stringify(method)}. Write one, ANY, or * for all`;
  }
  return null;
}

/**
 * Compiles a method glob such as `GET /pets/*`. `*` stands for anything within one segment of the
 * path, `**` as a whole segment for any segments, `?` for one character; all other characters stand
 * for themselves, since `{id}` and `{proxy+}` are how API Gateway writes path parameters. `ANY` means
 * the method that API Gateway calls so, `*` every method.
 *
 * A path is compared in time that grows with its length times the glob's, whatever the two hold.
 */
export function compileMethodGlob(glob: string): MethodMatcher {
  if (ROUTE.test(glob)) return (_, path) => path === glob;
  const [verb = '', path = ''] = split(glob);
  const wantedMethod = verb.toUpperCase();
  const segments = segmentsOf(path);
  const hasWildcard = /[*?]/.test(path);
  return (method, name) =>
    (wantedMethod === '*' || wantedMethod === method) &&
    (path === name || (hasWildcard && matchesSegments(name.split('/'), segments)));
}

/** A matcher of whatever one of several globs matches. */
export function compileMethodGlobs(globs: readonly string[]): MethodMatcher {
  const matchers = globs.map(compileMethodGlob);
  return (method, path) => matchers.some((matches) => matches(method, path));
}

function split(glob: string): string[] {
  const at = glob.indexOf(' ');
  return at < 0 ? [glob] : [glob.slice(0, at), glob.slice(at + 1).trimStart()];
}

/** The segments of a glob's path, with an empty one as `**` at the end may take it. */
interface Segments {
  readonly wanted: readonly string[];
  /** Index of the segment that may be empty; -1 where none may. */
  readonly mayBeEmpty: number;
}

/**
 * `**` stands for no segment or more. At the end it stands for one at least, which may be empty:
 * `/pets/**` is what is below `/pets`, not itself, and `/**` is `/`, too. At the beginning, with
 * something after it, it stands for one at least.
 */
function segmentsOf(path: string): Segments {
  const segments = path.split('/');
  const isBare = segments.slice(1).every((segment) => segment === '**');
  const wanted = segments[1] === '**' && !isBare ? ['', '*', ...segments.slice(1)] : [...segments];
  if (wanted.at(-1) !== '**') return { wanted, mayBeEmpty: -1 };
  wanted.splice(-1, 0, '*');
  return { wanted, mayBeEmpty: wanted.length - 2 };
}

function matchesSegments(path: readonly string[], { wanted, mayBeEmpty }: Segments): boolean {
  return matchesStars(path, wanted, {
    isStar: (segment) => segment === '**',
    takes: (segment, name, at) => at === mayBeEmpty || matchesSegment(name, segment),
  });
}

/** A segment that is all stars takes one character at least: `/pets/*` is not `/pets/`. */
function matchesSegment(text: string, glob: string): boolean {
  if (text === '' && glob !== '') return false;
  return matchesStars(text, glob, {
    isStar: (it) => it === '*',
    takes: (it, character) => it === '?' || it === character,
  });
}
