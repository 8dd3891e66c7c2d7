import type { CustomDomain, HeaderCondition, RoutingRule } from './custom-domains.js';
import { headersOfSample, isOwnHeader } from './sent-headers.js';

/** A request as far as it decides where a custom domain name leads it. */
export interface RoutedRequest {
  /** From the domain name on, percent-encoded. */
  readonly path: string;
  /** The sample's. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a request may get: a stage with the path that it is asked for, or nowhere. */
export type Destination =
  | { readonly apiId: string; readonly stage: string; readonly path: string }
  | 'nowhere';

/** Whether a condition holds; `maybe` where its value cannot be known here. */
type Holds = 'yes' | 'no' | 'maybe';

/** Headers that a request may get on its way, with values that are not known here. */
const UNKNOWN_HEADER =
  /^(accept-encoding|cloudfront-.*|content-type|date|expect|forwarded|from|keep-alive|proxy-.*|te|true-client-ip|via|x-amz-.*|x-amzn-.*|x-apigw-api-id|x-forwarded-.*|x-real-ip)$/;

/**
 * Everywhere that a request to a custom domain name may get: by the first routing rule whose
 * conditions hold, in order of priority, else by the base path mapping with the longest base path.
 * A rule that may hold leaves what comes after it possible.
 *
 * Source: API Gateway Developer Guide, "Routing rules to connect API stages to a custom domain name for
 * REST APIs", "Examples of how API Gateway evaluates routing rules" and "Use API mappings to connect API
 * stages to a custom domain name".
 */
export function destinationsOf(
  { mappings }: Pick<CustomDomain, 'mappings'>,
  rules: readonly RoutingRule[],
  request: RoutedRequest,
): Destination[] {
  const segments = segmentsOf(request.path);
  const found: Destination[] = [];
  for (const rule of rules) {
    const basePath = matchedBasePath(rule, segments);
    const holds = basePath === null ? 'no' : allHold(rule.headers, request.headers);
    if (basePath === null || holds === 'no') continue;
    const stripped = rule.stripsBasePath ? basePath.length : 0;
    found.push({ apiId: rule.apiId, stage: rule.stage, path: pathFrom(request.path, stripped) });
    if (holds === 'yes') return found;
  }
  const fitting = mappings
    .map((mapping) => ({ ...mapping, parts: partsOf(mapping.basePath) }))
    .filter(({ parts }) => isPrefix(parts, segments));
  const longest = Math.max(...fitting.map(({ parts }) => parts.length));
  const mapped = fitting
    .filter(({ parts }) => parts.length === longest)
    .map(({ apiId, stage, parts }): Destination => {
      // Without a stage the mapping leaves it to the next part of the path.
      const below = parts.length + (stage === null ? 1 : 0);
      const named = stage ?? segments[parts.length] ?? '';
      return { apiId, stage: named, path: pathFrom(request.path, below) };
    });
  return [...found, ...(mapped.length === 0 ? (['nowhere'] as const) : mapped)];
}

/** The base path that a rule's conditions find, `[]` where it has none; `null` where they do not hold. */
function matchedBasePath(
  { basePaths }: RoutingRule,
  segments: readonly string[],
): readonly string[] | null {
  let matched: readonly string[] = [];
  for (const anyOf of basePaths) {
    const fitting = anyOf
      .map(partsOf)
      .filter((parts) => isPrefix(parts, segments))
      .toSorted((a, b) => b.length - a.length)[0];
    if (fitting === undefined) return null;
    if (fitting.length > matched.length) matched = fitting;
  }
  return matched;
}

function allHold(
  conditions: readonly (readonly HeaderCondition[])[],
  sample: Readonly<Record<string, string>>,
): Holds {
  const each = conditions.map((anyOf) => {
    const single = anyOf.map((condition) => holdsFor(condition, sample));
    if (single.includes('yes')) return 'yes';
    return single.includes('maybe') ? 'maybe' : 'no';
  });
  if (each.includes('no')) return 'no';
  return each.includes('maybe') ? 'maybe' : 'yes';
}

function holdsFor(
  { name, value }: HeaderCondition,
  sample: Readonly<Record<string, string>>,
): Holds {
  if (isOwnHeader(name) || UNKNOWN_HEADER.test(name)) return 'maybe';
  const sent = headersOfSample(sample)[name];
  if (sent === undefined) return 'no';
  return isGlobMatch(value, sent.trim()) ? 'yes' : 'no';
}

/** `*` stands for any text; everything else for itself, in its case. */
function isGlobMatch(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return text === glob;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

function partsOf(basePath: string): string[] {
  return basePath === '' ? [] : basePath.split('/');
}

function isPrefix(parts: readonly string[], segments: readonly string[]): boolean {
  return parts.length <= segments.length && parts.every((part, at) => part === segments[at]);
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}

/** What is left of a path, as it is written, behind its first segments. */
function pathFrom(path: string, segments: number): string {
  const left = path.split('/').slice(1 + segments);
  return `/${left.join('/')}`;
}
