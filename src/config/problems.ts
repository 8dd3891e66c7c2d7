import leven from 'leven';
import { type Document, isMap, isScalar, type Node } from 'yaml';
import * as z from 'zod/mini';

/** At most so many unknown keys of one mapping are named, each with a suggestion. */
const MAX_KEYS = 50;

type JsonSchema = z.core.JSONSchema.BaseSchema;

interface Checked {
  readonly document: Document;
  /** What the file may hold, for suggestions. */
  readonly schema: JsonSchema;
  /** `file:line:column` of an offset. */
  readonly place: (offset: number) => string;
  /** What the file is, such as `the policy file`. */
  readonly noun: string;
}

/** Issues of a schema as problems at their places; each unknown key is a problem of its own. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodMiniType,
  document: Document,
  place: (offset: number) => string,
  noun = 'the policy file',
): string[] {
  if (issues.length === 0) return [];
  const file = { document, schema: z.toJSONSchema(schema, { io: 'input' }), place, noun };
  return issues.flatMap((issue) => problemsOfIssue(issue, file));
}

function problemsOfIssue(issue: z.core.$ZodIssue, file: Checked): string[] {
  const { document, place, schema, noun } = file;
  const where = pathText(issue.path);
  const offset = nodeAt(document, issue.path)?.range?.[0] ?? 0;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(issue.path, schema);
    const places = keyPlaces(document, issue.path);
    return issue.keys.slice(0, MAX_KEYS).map((key) => {
      const at = places.get(key) ?? offset;
      return `${place(at)}: ${where === '' ? '' : `${where}: `}unknown key ${JSON.stringify(key)}${suggestion(key, known)}`;
    });
  }
  if (issue.code === 'invalid_union') {
    // Where one or a list is possible, say what is wrong with the form that was written.
    const [best] = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a));
    const inner = (best ?? []).filter((it) => it.code === 'custom' || it.path.length > 0);
    if (inner.length > 0) {
      return inner.flatMap((it) =>
        problemsOfIssue({ ...it, path: [...issue.path, ...it.path] }, file),
      );
    }
  }
  const words = document.hasIn(issue.path)
    ? `${wordsOf(issue)}${hintOn(issue, document)}`
    : 'is required';
  return [`${place(offset)}: ${where === '' ? noun : where}: ${words}`];
}

/** An id of digits, or a name such as `true`, is no text to YAML unless it says so. */
function hintOn(issue: z.core.$ZodIssue, document: Document): string {
  const wantsText = formsOf(issue).includes(TEXT);
  const isPlain = ['number', 'bigint', 'boolean'].includes(typeof document.getIn(issue.path));
  return wantsText && isPlain ? ': write it in quotes' : '';
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((it) => it.path.length * 2 + (it.code === 'custom' ? 1 : 0)));
}

function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return `must be ${[...new Set(formsOf(issue))].join(', or ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const TEXT = 'a text';

const FORMS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  string: TEXT,
  int: 'a whole number',
  boolean: 'true or false',
};

/** What could have been written in the place of something of no such form. */
function formsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_union') {
    return issue.errors.flatMap((issues) => issues.flatMap(formsOf));
  }
  if (issue.code === 'invalid_value') return [issue.values.map(String).join(' or ')];
  return issue.code === 'invalid_type' ? [FORMS[issue.expected] ?? `a ${issue.expected}`] : [];
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** The node of a path, or of the nearest part of the path that is there. */
export function nodeAt(document: Document, path: readonly PropertyKey[]): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isRanged(node)) return node;
  }
  return isRanged(document.contents) ? document.contents : null;
}

function isRanged(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

/** Where each key of a mapping stands. */
function keyPlaces(document: Document, path: readonly PropertyKey[]): ReadonlyMap<string, number> {
  const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(map)) return new Map();
  return new Map(
    map.items.flatMap(({ key }): [string, number][] =>
      isScalar(key) && key.range ? [[String(key.value), key.range[0]]] : [],
    ),
  );
}

/** The keys that the schema knows at a path, for suggestions. */
function knownKeysAt(path: readonly PropertyKey[], schema: JsonSchema): string[] {
  let at: JsonSchema | undefined = schema;
  for (const part of path) {
    const child: unknown = typeof part === 'number' ? at?.items : at?.properties?.[String(part)];
    at = isSchema(child) ? child : undefined;
  }
  return Object.keys(at?.properties ?? {});
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suggestion(key: string, known: readonly string[]): string {
  // A page of text is no misspelt key.
  const near = known
    .filter((candidate) => key.length <= candidate.length * 2)
    .map((candidate) => ({ candidate, distance: leven(key.toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= Math.max(2, Math.floor(near.candidate.length / 3))) {
    return `; did you mean ${near.candidate}?`;
  }
  return known.length === 0 ? '' : `; known are ${known.join(', ')}`;
}
