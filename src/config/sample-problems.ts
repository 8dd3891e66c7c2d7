/** A sample as the configuration file has it, before it is checked. */
type Written = Readonly<Record<string, unknown>>;

/** A name with a meaning of its own in JavaScript: its value would be lost. */
const PROTOTYPE = '__proto__';

/** Keys of a sample that hold names of the user's. */
const WITH_NAMES = ['path-parameters', 'query', 'headers'] as const;

/**
 * What is wrong with a sample that its schema cannot express: the request that is sent must be the one
 * that the sample describes.
 *
 * @returns what is wrong with which key, as the rest of a sentence that the key begins.
 */
export function problemsOfSample(sample: unknown): { key: string; problem: string }[] {
  if (!isRecord(sample)) return [];
  const problems: { key: string; problem: string }[] = [];
  for (const key of WITH_NAMES) {
    const values = sample[key];
    if (!isRecord(values)) continue;
    if (Object.hasOwn(values, PROTOTYPE)) {
      problems.push({ key, problem: `${JSON.stringify(PROTOTYPE)} cannot be sent; leave it out` });
    }
  }
  problems.push(...problemsOfQuery(sample.query), ...problemsOfHeaders(sample.headers));
  const parameters = sample['path-parameters'];
  for (const [name, value] of Object.entries(isRecord(parameters) ? parameters : {})) {
    const why = problemOfValue(String(value));
    if (why !== null)
      problems.push({
        key: 'path-parameters',
        problem: `the value of ${JSON.stringify(name)} ${why}`,
      });
  }
  return problems;
}

/** What signs a request in its query: the unsigned request would be none, and what it holds is a secret. */
const SIGNING =
  /^x-amz-(algorithm|credential|date|expires|security-token|signature|signedheaders)$/i;

function problemsOfQuery(query: unknown): { key: string; problem: string }[] {
  if (!isRecord(query)) return [];
  return Object.keys(query)
    .filter((name) => SIGNING.test(name))
    .map((name) => ({
      key: 'query',
      problem: `${JSON.stringify(name)} is part of a signature; leave it out, the gate signs by itself`,
    }));
}

/** RFC 9110, "Field Names" and "Field Values". */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Node.js sends no others, and the endpoint would look unreachable. */
function problemsOfHeaders(headers: unknown): { key: string; problem: string }[] {
  return Object.entries(isRecord(headers) ? headers : {}).flatMap(([name, value]) => {
    const shown = JSON.stringify(name);
    if (!HEADER_NAME.test(name)) {
      return [{ key: 'headers', problem: `${shown} cannot be the name of a header` }];
    }
    if (HEADER_VALUE.test(String(value))) return [];
    const problem = `the value of ${shown} has characters that no header may have, such as a line end`;
    return [{ key: 'headers', problem }];
  });
}

/** Why a value cannot be part of a path: the request would go to another method. */
function problemOfValue(value: string): string | null {
  if (value === '') return 'is empty, which is another path';
  const segments = value.split(/[/\\]/).map((segment) => segment.replace(/%2e/gi, '.'));
  return segments.some((segment) => segment === '.' || segment === '..')
    ? 'has a segment "." or "..", which is taken out on the way: the request would get to another path'
    : null;
}

function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
