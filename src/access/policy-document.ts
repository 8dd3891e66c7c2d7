import { isRecord } from '../model/json-data.js';
/*
 * A policy in IAM's JSON language as a value: the grammar's many spellings (one or a list, `Action`
 * or `NotAction`) brought into one form. Source: IAM User Guide, "Grammar of the IAM JSON policy
 * language".
 */

/** A policy whose every statement was understood. */
export interface PolicyDocument {
  /** Policy variables such as `${aws:username}` are variables in `2012-10-17` alone. */
  readonly hasVariables: boolean;
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** How a reader finds it: `statement "AllowPets"`, or `statement 2` where it has no Sid. */
  readonly position: string;
  readonly effect: 'Allow' | 'Deny';
  /** `null` in an identity policy, whose principal is whoever it is attached to. */
  readonly principals: Principals | null;
  readonly actions: Patterns;
  readonly resources: Patterns;
  /** Every one of them must hold. */
  readonly conditions: readonly Condition[];
  /** The statement as it was written, for a corrected copy. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** `Action`, `Resource` and their negations: matches what any pattern matches, or what none does. */
export interface Patterns {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** `Principal` or `NotPrincipal`. */
export interface Principals {
  readonly negated: boolean;
  /** `*`, account ids and ARNs from `AWS`. */
  readonly aws: readonly string[];
  /** Services, federations and canonical users, as `Service: apigateway.amazonaws.com`. */
  readonly others: readonly string[];
}

/** One key under one operator. The values are alternatives. */
export interface Condition {
  /** As written, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As written; keys are not case-sensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy, or why it could not be understood: never an empty policy in its place. */
export type ParsedPolicy =
  | { readonly valid: true; readonly document: PolicyDocument }
  | { readonly valid: false; readonly problems: readonly string[] };

/**
 * Far beyond what AWS takes: 8,192 characters of a resource policy and 6,144 of a managed one, without
 * white space (API Gateway Developer Guide, "Quotas"; IAM User Guide, "IAM and AWS STS quotas").
 */
const MAX_CHARACTERS = 64 * 1024;

/** Problems of one policy that are told. */
const MAX_PROBLEMS = 20;

/**
 * Parses a policy. `policy` of GetRestApi(s) comes escaped once more than JSON asks for
 * (`{\"Version\":…`), and other sources hand out the clean document: both are taken. Never throws.
 *
 * @param kind a resource policy names principals in every statement, an identity policy in none.
 */
export function parsePolicy(text: string, kind: 'identity' | 'resource'): ParsedPolicy {
  if (text.length > MAX_CHARACTERS) {
    return {
      valid: false,
      problems: [`the policy has ${text.length} characters, more than AWS takes`],
    };
  }
  const json = [text, ...innerTexts(text)].find((it) => isRecord(tryJson(it)));
  const root = json === undefined ? undefined : tryJson(json);
  if (json === undefined || !isRecord(root)) {
    return { valid: false, problems: ['the policy is not a JSON object'] };
  }
  const problems: string[] = keysTwice(json).map((key) => `the key ${shown(key)} stands twice`);
  const { Version: version, Statement: statement } = root;
  for (const name of Object.keys(root)) {
    if (!ROOT_ELEMENTS.has(name)) problems.push(`it has the unknown element ${shown(name)}`);
  }
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    problems.push(`its version is ${shown(version)}`);
  }
  const list = Array.isArray(statement) ? statement : statement === undefined ? [] : [statement];
  if (list.length === 0) problems.push('it has no statement');
  const statements = list.flatMap(
    (item: unknown, index) => parseStatement(item, index, kind, problems) ?? [],
  );
  if (problems.length > 0) return { valid: false, problems: problems.slice(0, MAX_PROBLEMS) };
  return { valid: true, document: { hasVariables: version === '2012-10-17', statements } };
}

/**
 * Writes the shorthand `execute-api:/{stage}/{VERB}/{path}` of resource policies out, as API Gateway
 * does when it saves one. What `execute-api:*` is, without the slash, nobody says: it becomes what is no
 * ARN, and may speak of the same requests.
 *
 * @param apiArn the API's ARN up to its id, such as `arn:aws:execute-api:eu-west-1:111122223333:a1b2c3`.
 */
export function expandShorthand(document: PolicyDocument, apiArn: string): PolicyDocument {
  const statements = document.statements.map((statement) => {
    const { negated, patterns } = statement.resources;
    const expanded = patterns.map((pattern) => {
      const [, slash, rest] = /^execute-api:(\/?)(.*)$/s.exec(pattern) ?? [];
      if (rest === undefined) return pattern;
      return slash === '' ? `?*${rest}` : `${apiArn}/${rest}`;
    });
    return { ...statement, resources: { negated, patterns: expanded } };
  });
  return { ...document, statements };
}

/** What a text holds that was escaped once more, with its quotes or without. */
function innerTexts(text: string): string[] {
  return [tryJson(text), tryJson(`"${text}"`)].filter((it) => typeof it === 'string');
}

/**
 * Keys of one object that are equal. Which one counts is up to whoever reads it ("the behavior of software
 * that receives such an object is unpredictable", RFC 8259, 4), so that nothing is known of such a policy.
 */
function keysTwice(json: string): string[] {
  const open: Set<string>[] = [];
  const twice: string[] = [];
  for (const [token, key] of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined) {
      const name = String(tryJson(key));
      const keys = open.at(-1);
      if (keys?.has(name) === true) twice.push(name);
      keys?.add(name);
    }
  }
  return twice;
}

/** Of valid JSON: braces outside of texts, and texts; a text before a colon is a key. */
const TOKENS = /[{}]|("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"/g;

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ROOT_ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function parseStatement(
  item: unknown,
  index: number,
  kind: 'identity' | 'resource',
  problems: string[],
): Statement | null {
  const sid = isRecord(item) && typeof item.Sid === 'string' && item.Sid !== '' ? item.Sid : null;
  const position = sid === null ? `statement ${index + 1}` : `statement ${JSON.stringify(sid)}`;
  const found: string[] = [];
  const complain = (problem: string): void => {
    found.push(`${position} ${problem}`);
  };
  if (!isRecord(item)) {
    problems.push(`${position} is not a JSON object`);
    return null;
  }
  for (const name of Object.keys(item)) {
    if (!ELEMENTS.has(name)) complain(`has the unknown element ${shown(name)}`);
  }
  const effect = item.Effect === 'Allow' || item.Effect === 'Deny' ? item.Effect : null;
  if (effect === null) complain('has neither the effect Allow nor Deny');
  const actions = parsePatterns(item, 'Action', complain);
  const resources = parsePatterns(item, 'Resource', complain);
  const principals = parsePrincipals(item, kind, complain);
  const conditions = parseConditions(item.Condition, complain);
  problems.push(...found);
  if (found.length > 0 || effect === null) return null;
  return { position, effect, principals, actions, resources, conditions, source: item };
}

/** `Action` or `NotAction`: one of the two, text or a list of texts. */
function parsePatterns(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  complain: (problem: string) => void,
): Patterns {
  const negated = statement[name] === undefined;
  const value = negated ? statement[`Not${name}`] : statement[name];
  const patterns = textsOf(value);
  if (!negated && statement[`Not${name}`] !== undefined) {
    complain(`has both ${name} and Not${name}`);
  } else if (patterns === null || patterns.length === 0) {
    complain(`names no ${name} in text`);
  }
  return { negated, patterns: patterns ?? [] };
}

function parsePrincipals(
  { Principal: principal, NotPrincipal: notPrincipal }: Readonly<Record<string, unknown>>,
  kind: 'identity' | 'resource',
  complain: (problem: string) => void,
): Principals | null {
  const value = principal ?? notPrincipal;
  if (kind === 'identity') {
    if (value !== undefined) complain('names a principal, which an identity policy must not');
    return null;
  }
  const negated = principal === undefined;
  if (value === undefined) complain('names no principal');
  if (principal !== undefined && notPrincipal !== undefined) {
    complain('has both Principal and NotPrincipal');
  }
  if (value === '*') return { negated, aws: ['*'], others: [] };
  if (!isRecord(value)) {
    if (value !== undefined) complain('names a principal that is neither "*" nor an object');
    return null;
  }
  const aws: string[] = [];
  const others: string[] = [];
  for (const [type, names] of Object.entries(value)) {
    const texts = textsOf(names);
    if (texts === null || texts.length === 0) complain(`names no principal in ${shown(type)}`);
    for (const text of texts ?? []) {
      if (type === 'AWS') aws.push(text);
      else others.push(`${type}: ${text}`);
    }
  }
  return { negated, aws, others };
}

function parseConditions(value: unknown, complain: (problem: string) => void): Condition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) {
    complain('has a condition that is not an object');
    return [];
  }
  const known = new Set<string>();
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) {
      complain(`has the condition ${shown(operator)} without keys`);
      return [];
    }
    return Object.entries(keys).flatMap(([key, wanted]) => {
      // Whether all of them must hold, or one of them, or the last one counts: "Duplicate keys with different
      // case" is an error (IAM User Guide, "IAM policy validation check reference").
      const name = JSON.stringify([operator.toLowerCase(), key.toLowerCase()]);
      if (known.has(name)) complain(`has the condition ${shown(operator)} ${shown(key)} twice`);
      known.add(name);
      const values = valuesOf(wanted);
      if (values === null)
        complain(`has the condition ${shown(operator)} ${shown(key)} in no text`);
      return values === null ? [] : [{ operator, key, values }];
    });
  });
}

/** Text or a list of texts as a list; `null` for anything else. */
function textsOf(value: unknown): readonly string[] | null {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : null;
}

/** Values of a condition may be booleans and numbers, too. */
function valuesOf(value: unknown): readonly string[] | null {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.flatMap((item) =>
    typeof item === 'string' || typeof item === 'boolean' || typeof item === 'number'
      ? [String(item)]
      : [],
  );
  return texts.length === list.length ? texts : null;
}

function shown(value: unknown): string {
  // Only what is short is shown as it is: writing lists in lists in lists is one call a level.
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
