import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import { malformedPolicy } from './errors.js';

/**
 * Refuses a document that IAM would not take for an identity policy.
 *
 * Source of texts and order: moto's tests/test_iam/test_iam_policies.py, whose cases were tried on
 * AWS; the principal's from reports of clients. Not every rule of IAM's grammar is here: operators,
 * condition keys and the existence of actions are not checked.
 */
export function checkIdentityPolicy(document: string): void {
  const policy = parse(document);
  const statements = statementsOf(policy);
  if (policy.Version !== '2012-10-17')
    throw malformedPolicy('Policy document must be version 2012-10-17 or greater.');
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size < sids.length)
    throw malformedPolicy('Statement IDs (SID) in a single policy must be unique.');
  for (const statement of statements) checkStatement(statement);
}

function parse(document: string): JsonObject {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw syntaxErrors();
  }
  if (!isJsonObject(policy)) throw syntaxErrors();
  if (Object.keys(policy).some((key) => !['Version', 'Id', 'Statement'].includes(key)))
    throw syntaxErrors();
  return policy;
}

function statementsOf(policy: JsonObject): JsonObject[] {
  const given = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  const statements = given.filter(isJsonObject);
  if (statements.length < given.length || given.length === 0) throw syntaxErrors();
  return statements;
}

const ELEMENTS = new Set([
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

function checkStatement(statement: JsonObject): void {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw syntaxErrors();
  if (Object.keys(statement).some((key) => !ELEMENTS.has(key))) throw syntaxErrors();
  if (statement.Condition !== undefined && !isJsonObject(statement.Condition)) throw syntaxErrors();
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined)
    throw malformedPolicy('Policy document should not specify a principal.');
  const actions = oneOf(statement, 'Action', 'NotAction');
  if (actions.length === 0) throw malformedPolicy('Policy statement must contain actions.');
  const resources = oneOf(statement, 'Resource', 'NotResource');
  if (resources.length === 0) throw malformedPolicy('Policy statement must contain resources.');
  for (const resource of resources)
    if (resource !== '*' && !resource.startsWith('arn:'))
      throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  for (const action of actions)
    if (action !== '*' && !/^[\w-]+:/.test(action))
      throw malformedPolicy(
        'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
      );
}

/** The strings of an element or of its negation; both at once are a mistake of syntax. */
function oneOf(statement: JsonObject, name: string, negation: string): string[] {
  if (statement[name] !== undefined && statement[negation] !== undefined) throw syntaxErrors();
  const value: JsonValue = statement[name] ?? statement[negation] ?? [];
  const values = Array.isArray(value) ? value : [value];
  const texts = values.filter((entry) => typeof entry === 'string');
  if (texts.length < values.length) throw syntaxErrors();
  return texts;
}

function syntaxErrors() {
  return malformedPolicy('Syntax errors in policy.');
}

/** The characters of a document that count towards IAM's size limits: all but white space. */
export function countedSize(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** A document as IAM's answers hold it: URL-encoded by RFC 3986 (API Reference, GetPolicyVersion). */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
