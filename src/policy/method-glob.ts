import picomatch from 'picomatch';

/** Whether a method, named by HTTP method and path, is meant. */
export type MethodMatcher = (method: string, path: string) => boolean;

/** What is wrong with a text that should be a method glob; `null` where nothing is. */
export function problemOfMethodGlob(glob: string): string | null {
  const [method = '', path] = split(glob);
  if (path === undefined || !path.startsWith('/')) {
    return 'must look like "GET /pets/*": an HTTP method or *, a blank, and a path that begins with /';
  }
  // Each wildcard multiplies the ways in which a path may be tried.
  if (/(\*[^*/]+){5}/.test(path)) return 'has more than four wildcards in one segment';
  if (!/^(\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/.test(method.toUpperCase())) {
    return `names no HTTP method of API Gateway: ${JSON.stringify(method)}. Write one, ANY, or * for all`;
  }
  return null;
}

/**
 * Compiles a method glob such as `GET /pets/*`. `*` stands for anything within one segment of the
 * path, `**` for anything at all, `?` for one character; braces stand for themselves, since
 * `{id}` and `{proxy+}` are how API Gateway writes path parameters. `ANY` means the method that
 * API Gateway calls so, `*` every method.
 */
export function compileMethodGlob(glob: string): MethodMatcher {
  const [verb = '', path = ''] = split(glob);
  const wantedMethod = verb.toUpperCase();
  const matchesPath = picomatch(path.replace(/[\\{}()[\]+@!|^$.]/g, '\\$&'), {
    dot: true,
    nobrace: true,
    nobracket: true,
    noextglob: true,
    nonegate: true,
    strictSlashes: true,
  });
  return (method, name) =>
    (wantedMethod === '*' || wantedMethod === method) && (path === name || matchesPath(name));
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
