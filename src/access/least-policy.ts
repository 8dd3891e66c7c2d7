import { DEFAULT_ROUTE } from './request-family.js';

/** A method of a stage that callers must be able to invoke. */
export interface InvokedMethod {
  readonly apiId: string;
  readonly stage: string;
  /** HTTP method, or `ANY`; of a route without a path its key. */
  readonly method: string;
  /** Of a route without a path its key. */
  readonly path: string;
}

/** An identity policy that allows methods to be invoked. */
export interface InvokePolicy {
  /** JSON without white space. */
  readonly document: string;
  /**
   * It allows no request beyond those that each method's own ARN allows. A path parameter is `*` in an
   * ARN, and IAM knows nothing narrower.
   */
  readonly isExact: boolean;
}

/** Where the methods are. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  /** What stands for the account in ARNs: its id, a placeholder, or `*`. */
  readonly account: string;
}

/**
 * "The size of each managed policy can't exceed 6,144 characters", and "IAM doesn't count white space"
 * (IAM User Guide, "IAM and AWS STS quotas").
 */
export const MANAGED_POLICY_LIMIT = 6144;

/**
 * An account id has twelve digits. What stands for it in the ARNs may be shorter, and is replaced by it
 * before IAM counts.
 */
const ACCOUNT_DIGITS = 12;

/**
 * The least identity policy that lets a caller invoke methods, in as few ARNs as are exact. Where that
 * is larger than IAM takes, the API and stage with the most text is widened step by step: paths to their
 * first segments, then to any path, and only then HTTP methods to `*`, which may change data where the
 * methods that are meant do not; last the whole API.
 *
 * @returns `null` where there are no methods, or where not even an ARN an API fits.
 */
export function leastPolicy(
  methods: readonly InvokedMethod[],
  place: Place,
  limit: number = MANAGED_POLICY_LIMIT,
): InvokePolicy | null {
  if (methods.length === 0 || isTooMuch(methods, place, limit)) return null;
  const stages = partition(methods).map((ofStage) => widened(ofStage, 0, place, limit));
  for (;;) {
    // A document is long: none is written before it can fit.
    if (leastSize(stages) <= limit) {
      const arns = [...new Set(stages.flatMap(({ arns }) => arns ?? []))];
      const document = documentOf(arns);
      if (document.length + arns.length * growthOf(place) <= limit) {
        return { document, isExact: stages.every(({ level }) => level === 0) };
      }
    }
    const widest = indexOfWidest(stages);
    const stage = stages[widest];
    if (stage === undefined) return null;
    stages[widest] = widened(stage.methods, stage.level + 1, place, limit);
  }
}

/** Not even an ARN an API fits: known without a step on the way there. */
function isTooMuch(methods: readonly InvokedMethod[], place: Place, limit: number): boolean {
  const apiIds = new Set(methods.map(({ apiId }) => apiId));
  let size = 0;
  for (const apiId of apiIds) size += arnOfApi(apiId, place).length + growthOf(place);
  return size > limit;
}

/** Characters by which an ARN grows once it holds the account. */
function growthOf({ account }: Place): number {
  return Math.max(0, ACCOUNT_DIGITS - account.length);
}

function arnOfApi(apiId: string, { partition, region, account }: Place): string {
  return `arn:${partition}:execute-api:${region}:${account}:${apiId}/*`;
}

/** The methods of one stage, and the ARNs that stand for them at a level of detail. */
interface Widened {
  readonly methods: readonly InvokedMethod[];
  readonly level: number;
  /** `null`: they alone fit no policy. */
  readonly arns: readonly string[] | null;
  /** Characters of the ARNs, with the account in them. */
  readonly size: number;
}

function widened(
  methods: readonly InvokedMethod[],
  level: number,
  place: Place,
  limit: number,
): Widened {
  const arns = withoutCovered(widen(methods, level, place), limit);
  const growth = growthOf(place);
  const size = arns?.reduce((sum, arn) => sum + arn.length + growth, 0) ?? Number.POSITIVE_INFINITY;
  return { methods, level, arns, size };
}

/** -1 where none can be widened any more. */
function indexOfWidest(stages: readonly Widened[]): number {
  let found = -1;
  let widest = 0;
  stages.forEach(({ level, size }, index) => {
    if (level === LAST_LEVEL || size <= widest) return;
    found = index;
    widest = size;
  });
  return found;
}

/** Characters that no document has less of; infinite while a stage has too many ARNs. */
function leastSize(stages: readonly Widened[]): number {
  let size = 0;
  let before: Widened | undefined;
  for (const stage of stages) {
    // Stages of one API stand side by side, and have one ARN between them when they are the whole API.
    const isSame =
      stage.level === LAST_LEVEL &&
      before?.level === LAST_LEVEL &&
      before.methods[0]?.apiId === stage.methods[0]?.apiId;
    if (!isSame) size += stage.size;
    before = stage;
  }
  return size;
}

function documentOf(resources: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: resources.length === 1 ? resources[0] : resources,
      },
    ],
  });
}

/** The methods of each API and stage, in a stable order. */
function partition(methods: readonly InvokedMethod[]): InvokedMethod[][] {
  const parts = new Map<string, InvokedMethod[]>();
  for (const method of methods) {
    const key = `${method.apiId}/${method.stage}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [method]);
    else part.push(method);
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** 0 exact, 1 to 3 so many segments of the path fewer, 4 any path, 5 any HTTP method, 6 any stage. */
const LAST_LEVEL = 6;

/** The ARNs that stand for methods of one stage at a level of detail. */
function widen(methods: readonly InvokedMethod[], level: number, place: Place): string[] {
  const { apiId, stage } = methods[0] ?? { apiId: '*', stage: '*' };
  if (level === LAST_LEVEL) return [arnOfApi(apiId, place)];
  const base = `arn:${place.partition}:execute-api:${place.region}:${place.account}:${apiId}/${stage}`;
  if (level === LAST_LEVEL - 1) return [`${base}/*`];
  const arns: string[] = [];
  const verbsOf = new Map<string, Set<string>>();
  for (const { method, path } of methods) {
    // A route without a path is its key alone; what stands in no path means itself, `$` too.
    if (path === method) {
      arns.push(`${base}/${method}`);
      // Which of the two its requests have is not documented.
      if (method === DEFAULT_ROUTE) arns.push(`${base}/*/*`);
      continue;
    }
    const pattern = level > 0 ? shorten(path, MOST_SEGMENTS - level) : patternOf(path);
    verbsOf.set(pattern, (verbsOf.get(pattern) ?? new Set()).add(method));
  }
  for (const [pattern, verbs] of verbsOf) {
    const isAny = verbs.has('ANY') || VERBS.every((verb) => verbs.has(verb));
    for (const verb of isAny ? ['*'] : verbs) arns.push(`${base}/${verb}${pattern}`);
  }
  return arns;
}

/** Segments that are left of a path at the first level that shortens it, and one more. */
const MOST_SEGMENTS = 4;

/** A path as an ARN has it: each parameter `*`, characters that mean something written as themselves. */
function patternOf(path: string): string {
  if (!/[{*?$]/.test(path)) return path;
  return path
    .split(/(\{[^{}/]+\})/)
    .map((part, index) => (index % 2 === 1 ? '*' : part.replace(/[*?$]/g, (char) => `\${${char}}`)))
    .join('');
}

/** The first segments of a path, and whatever follows. */
function shorten(path: string, segments: number): string {
  const parts = patternOf(path).split('/');
  return parts.length - 1 <= segments
    ? parts.join('/')
    : `${parts.slice(0, segments + 1).join('/')}/*`;
}

/** All seven HTTP methods of a path are `*`. */
const VERBS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/**
 * Stands for a `*` in {@link sampleOf}. No path holds it, so that of two patterns one covers the other
 * exactly where it matches the other's sample: only a `*` can match this character, and that one
 * matches whatever else stands there, too.
 */
const STAR = '\u{f8ff}';

/**
 * ARNs that no other one covers, sorted; `null` where they are longer than the limit. Only one with a `*`
 * covers another, so that the time grows with the number of those.
 */
function withoutCovered(arns: readonly string[], limit: number): string[] | null {
  const kept: string[] = [];
  const wild: (readonly string[])[] = [];
  let size = 0;
  const distinct = [...new Set(arns)].map((arn) => ({ arn, chunks: sampleOf(arn).split(STAR) }));
  // A pattern's literal characters stand in whatever it covers: those with fewer come first.
  const patterns = distinct
    .filter(({ chunks }) => chunks.length > 1)
    .sort((a, b) => literalsIn(a.chunks) - literalsIn(b.chunks));
  const exact = distinct.filter(({ chunks }) => chunks.length === 1);
  for (const { arn, chunks } of [...patterns, ...exact]) {
    const sample = chunks.join(STAR);
    if (wild.some((other) => matchesChunks(sample, other))) continue;
    size += arn.length;
    if (size > limit) return null;
    kept.push(arn);
    if (chunks.length > 1) wild.push(chunks);
  }
  return kept.sort();
}

function literalsIn(chunks: readonly string[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function sampleOf(arn: string): string {
  return arn.replace(/\$\{([*?$])\}|\*/g, (_, char: string | undefined) => char ?? STAR);
}

/** Whether a text is these chunks in order, with anything between them. */
function matchesChunks(text: string, chunks: readonly string[]): boolean {
  if (chunks.length === 1) return text === chunks[0];
  const first = chunks[0] ?? '';
  const last = chunks.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const chunk of chunks.slice(1, -1)) {
    const found = text.indexOf(chunk, at);
    if (found < 0) return false;
    at = found + chunk.length;
  }
  return at <= end;
}
