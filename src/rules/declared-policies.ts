import { type ParsedPolicy, parsePolicy } from '../access/policy-document.js';
import { requestsTo } from '../access/request-family.js';
import type { DeclaredApi, DeclaredPolicy } from '../model/declared.js';
import { declaredId } from '../model/declared-id.js';
import type { ApiEvidence } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { isRecord } from '../model/json-data.js';
import { placeholdersIn } from '../model/placeholders.js';
import { declaredApis, whenInWords } from './declared.js';
import { fingerprintOf } from './finding.js';
import type { PolicyOfApi } from './statements.js';

/** A resource policy that a file declares, in the form that the rules about resource policies take. */
export interface DeclaredPolicyOfApi extends PolicyOfApi {
  readonly declared: DeclaredApi;
  readonly source: DeclaredPolicy;
  /** Which of the API's policies it is: one for each branch. */
  readonly index: number;
}

/** Every resource policy that files declare and that was understood. */
export function declaredPolicies(apis: readonly ApiEvidence[]): DeclaredPolicyOfApi[] {
  return declaredApis(apis).flatMap(({ api, declared }) => {
    const seen: (symbol | DeclaredPolicy)[] = [];
    return declared.policies.flatMap((source) => {
      const policy = source.branchOf ?? source;
      if (!seen.includes(policy)) seen.push(policy);
      const index = seen.indexOf(policy);
      const parsed = source.text === null ? null : parseDeclared(source.text);
      if (parsed === null || !parsed.valid) return [];
      const requests = [
        ...declared.methods.flatMap(({ method, path }) =>
          requestsTo({ ...ADDRESS, method, path: path ?? '/{path+}' }),
        ),
        ...(isWhole(declared) ? [] : ANY_REQUEST),
      ];
      return [
        {
          api: inThatBranch(api, declared),
          policy: { name: 'the resource policy', document: parsed.document },
          requests,
          underIam: requests,
          ofAnyStage: requests,
          declared,
          source,
          index,
        },
      ];
    });
  });
}

/**
 * What a rule finds in the policies of files, each at its place: once for a statement of a policy, however
 * many branches of the policy it is found in.
 */
export function findingsInFiles(
  apis: readonly ApiEvidence[],
  find: (policy: PolicyOfApi) => readonly Finding[],
): Finding[] {
  const found = declaredPolicies(apis).flatMap((it) =>
    find(it).map((one) => ({ one: inFile(one, it), it })),
  );
  const byStatement = Map.groupBy(found, ({ one }) => one.fingerprint);
  return [...byStatement.values()].flatMap((same) => {
    const worst = same.find(({ one }) => one.severity === 'error') ?? same[0];
    if (worst === undefined) return [];
    const branches = branchesOf(worst.it);
    const isEverywhere = branches.every((it) => same.some(({ it: { source } }) => source === it));
    const where =
      isEverywhere && branches.length > 1 ? '' : whenInWords(same.map(({ it }) => it.source));
    const grants = [...new Set(same.flatMap(({ one }) => one.grantFingerprint ?? []))];
    return [
      {
        ...worst.one,
        message: `${worst.one.message}${where === '' ? '' : ` That is so${where}.`}`,
        ...(grants.length > 1 ? { grantFingerprint: fingerprintOf(grants.toSorted()) } : {}),
      },
    ];
  });
}

/** Every branch of a policy, understood or not. */
function branchesOf({ source, declared }: DeclaredPolicyOfApi): readonly DeclaredPolicy[] {
  return declared.policies.filter(
    (it) => it === source || (it.branchOf !== undefined && it.branchOf === source.branchOf),
  );
}

/** A policy, read as one of this API; its statements know how they are written in the file. */
function parseDeclared(text: string): ParsedPolicy {
  const written = parsePolicy(text, 'resource');
  const parsed = written.valid ? parsePolicy(ofOneApi(text), 'resource') : written;
  if (!written.valid || !parsed.valid) return parsed;
  const sources = written.document.statements.map(({ source }) => source);
  const statements = parsed.document.statements.map((statement, index) => ({
    ...statement,
    source: sources[index] ?? statement.source,
  }));
  return { valid: true, document: { ...parsed.document, statements } };
}

/** Why a policy that a file declares could not be understood; `null` where it was. */
export function problemOfPolicy({ text }: DeclaredPolicy): string | null {
  if (text === null) return null;
  const parsed = parseDeclared(text);
  return parsed.valid ? null : parsed.problems.join('; ');
}

/** A finding about a policy, at its place in the file. */
function inFile(found: Finding, { declared, source, index }: DeclaredPolicyOfApi): Finding {
  const { rule, message } = found;
  return {
    ...found,
    message: `${source.place.file}:${source.place.line}: ${message}`,
    fingerprint: fingerprintOf([
      rule,
      declaredId(declared),
      null,
      null,
      null,
      `${index} ${found.fingerprint}`,
    ]),
    location: source.place,
  };
}

/** An API in a file has neither id nor account yet: a name stands for each. */
const ADDRESS = {
  partition: 'aws',
  region: 'region',
  accountId: 'account',
  apiId: 'api',
  stage: null,
};

/** Whether all methods of an API are known. A policy speaks of the others as well. */
function isWhole({ methods, unresolved, isElsewhere }: DeclaredApi): boolean {
  return methods.length > 0 && unresolved.length === 0 && isElsewhere !== true;
}

const ANY_REQUEST = ['/', '/{path+}'].flatMap((path) =>
  requestsTo({ ...ADDRESS, method: 'ANY', path }),
);

/** What a text is that nobody can know: `\${AWS::Region}`, `\${Stage}`. */
const UNKNOWN_PART = /\$\{[^}]*\}|\(unknown\)/g;

/**
 * A policy whose resources are all of one API: what stands before stage, method and path is not known
 * yet, and is this API wherever it is. An allow of what nobody knows allows everything; a deny of it
 * denies nothing.
 */
function ofOneApi(text: string): string {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return text;
  }
  if (!isRecord(policy)) return text;
  const { Statement: statement } = policy;
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  const statements = list.map((it) => {
    if (!isRecord(it)) return it;
    const isAllow = it.Effect === 'Allow';
    return Object.fromEntries(
      Object.entries(it).map(([key, value]) => {
        if (key === 'Condition') return [key, eachCondition(value)];
        if (key === 'Principal' || key === 'NotPrincipal') return [key, eachPrincipal(value)];
        const isResource = key === 'Resource' || key === 'NotResource';
        // What `NotResource` leaves out is the other way round.
        const isWide = key === 'Resource' ? isAllow : !isAllow;
        return [key, isResource ? eachText(value, (one) => resourceOf(one, isWide)) : value];
      }),
    );
  });
  return JSON.stringify({ ...policy, Statement: statements });
}

function resourceOf(resource: string, isWide: boolean): string {
  if (resource === '*') return resource;
  const known = resource.replaceAll(UNKNOWN_PART, isWide ? '*' : 'unknown');
  // What the shorthand means without its slash nobody says.
  const shorthandForm = isWide ? /^execute-api:\/?(.*)$/s : /^execute-api:\/(.*)$/s;
  const [, shorthand] = shorthandForm.exec(known) ?? [];
  const [, id, inArn] = /^arn:[^:]*:execute-api:[^:]*:[^:]*:([^/]*)\/?(.*)$/s.exec(known) ?? [];
  const rest = shorthand ?? inArn;
  if (rest === undefined) return isWide ? '*' : resource;
  if (rest === '') return isWide || id?.includes('*') === true ? '*' : resource;
  return `arn:aws:execute-api:region:account:api/${rest}`;
}

/** Conditions whose unknown values are fixed ones: where they may be anything, that is told by itself. */
function eachCondition(conditions: unknown): unknown {
  if (!isRecord(conditions)) return conditions;
  return mapValues(conditions, (keys) =>
    isRecord(keys)
      ? mapValues(keys, (values, key) => eachText(values, (one) => withFixedParts(one, key)))
      : keys,
  );
}

/** Principals, of which one that has a part that is not known is somebody all the same. */
function eachPrincipal(principals: unknown): unknown {
  return isRecord(principals)
    ? mapValues(principals, (names) => eachText(names, (one) => withFixedParts(one, 'arn')))
    : principals;
}

function mapValues(
  of: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value, key)]));
}

/** A value with something of its kind in the place of each part that is not known; IAM's variables stay. */
function withFixedParts(value: string, key: string): string {
  const kind = key.toLowerCase();
  let text = '';
  let last = 0;
  for (const { start, end, name } of placeholdersIn(value, '${', '}')) {
    // Every key of IAM has a prefix: `aws:username`.
    if (!name.includes(':') || name.startsWith('AWS::')) {
      text += value.slice(last, start) + fixedPart(kind, name, start === 0);
      last = end;
    }
  }
  return text + value.slice(last);
}

function fixedPart(kind: string, name: string, isFirst: boolean): string {
  if (name === 'AWS::Partition') return 'aws';
  if (name === 'AWS::AccountId') return SOME_ACCOUNT;
  // A private address is narrow, and names no network.
  if (kind === 'aws:sourceip') return '10.0.0.1';
  if (kind.endsWith('orgpaths')) return 'o-0000000000';
  if (!kind.endsWith('arn')) return 'unknown';
  return isFirst ? `arn:aws:iam::${SOME_ACCOUNT}:role/unknown` : SOME_ACCOUNT;
}

const SOME_ACCOUNT = '000000000000';

function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((it: unknown) => eachText(it, change)) : value;
}

/** The API with the endpoint types that its file gives it. */
function inThatBranch(api: ApiEvidence, { endpointTypes }: DeclaredApi): ApiEvidence {
  const { description } = api;
  if (!description.readable) return api;
  return {
    ...api,
    description: {
      readable: true,
      value: { ...description.value, endpointTypes: endpointTypes ?? [] },
    },
  };
}
