import type { ApiKind } from '../../../model/api-kind.js';
import type {
  AuthorizationType,
  DecidedBy,
  Place,
  Undeployable,
  Unresolved,
} from '../../../model/declared.js';
import { fold, foldKey } from '../cloudformation/fold.js';
import type { Folded } from '../cloudformation/folded.js';
import type { Scope } from '../cloudformation/scope.js';
import { joinWhen } from '../cloudformation/when.js';
import { LIMITS } from '../limits.js';
import { get, isList, isMap, isNull, type Node, scalarText } from '../node.js';
import { readScheme, type Scheme } from './schemes.js';

/** The document that an operation stands in. */
export interface DocumentContext {
  readonly document: Node;
  readonly kind: ApiKind;
  readonly scope: Scope;
}

/** What one branch of an operation becomes. */
export interface Decision {
  readonly authorization: AuthorizationType | 'unresolved';
  readonly unresolved: Unresolved | null;
  readonly by: DecidedBy;
  readonly unproven: string | null;
  readonly apiKeyRequired: boolean;
  readonly when: readonly string[];
  readonly assumes: readonly string[];
  /** Where it was decided; `null` where nothing did. */
  readonly place: Place | null;
  readonly undeployable: Undeployable | null;
  readonly notes: readonly string[];
}

const EXTENSION = 'x-amazon-apigateway-auth';

/**
 * The authorization type of one operation. Where AWS does not say which of two things counts, both
 * are given, so that the weaker one is judged too:
 *
 * | what the document says | becomes | evidence |
 * |---|---|---|
 * | `security` names a scheme with `x-amazon-apigateway-authtype: awsSigv4` | AWS_IAM | Developer Guide, "x-amazon-apigateway-authtype" |
 * | names a scheme with authtype and authorizer | CUSTOM, COGNITO_USER_POOLS, JWT | recorded imports |
 * | names an API key scheme | NONE and a key | recorded imports |
 * | names a scheme that is not defined | NONE | recorded from what SAM deploys |
 * | `x-amazon-apigateway-auth` alone | its type, in any case | Developer Guide, "x-amazon-apigateway-auth object" |
 * | that and `security` | either | not documented |
 * | `security` of the document alone, OpenAPI 3 | its type, unproven | recorded for authorizers; "Known issues" denies it |
 * | the same, OpenAPI 2 | NONE | "Known issues": not used |
 * | `security: []` | NONE | OpenAPI Specification |
 * | several authorizers of different types | either | not documented for REST; refused for HTTP |
 */
export function decide(
  operation: Node,
  context: DocumentContext,
  when: readonly string[],
): readonly Decision[] {
  const own = readSecurity(operation, 'operation', context, when);
  const extension = readExtension(operation, context, when);
  return own.flatMap((security) =>
    extension.flatMap((it) => {
      const joined = joinWhen(security.when, it.when);
      return joined === null ? [] : join(security, it, context, joined);
    }),
  );
}

/** What `security` says: of the operation, or of the document where the operation has none. */
interface Security {
  readonly when: readonly string[];
  readonly assumes: readonly string[];
  /** Whether the operation has a `security` of its own, whatever is in it. */
  readonly isOwn: boolean;
  readonly decisions: readonly Decision[];
}

interface Extension {
  readonly when: readonly string[];
  readonly decision: Decision | null;
}

function join(
  security: Security,
  extension: Extension,
  context: DocumentContext,
  when: readonly string[],
): readonly Decision[] {
  const under = (decisions: readonly Decision[]) =>
    decisions.flatMap((it) => {
      const joined = joinWhen(when, it.when);
      return joined === null ? [] : [{ ...it, when: joined }];
    });
  if (extension.decision === null) return under(security.decisions);
  const isAlone = !security.isOwn && security.decisions.every(({ by }) => by === 'nothing');
  const apiKeyRequired = security.decisions.some((it) => it.apiKeyRequired);
  const said = { ...extension.decision, apiKeyRequired };
  if (isAlone) return under(byExtension(said, context));
  const agree = security.decisions.every(
    ({ authorization }) => authorization === said.authorization,
  );
  if (agree) {
    // The document's own security is not proven to count; the extension stands on the operation.
    return under(security.isOwn ? security.decisions : byExtension(said, context));
  }
  const unproven = `${EXTENSION} and security say different things, and AWS does not document which counts`;
  return under([
    ...security.decisions.map((it) => ({ ...it, unproven: it.unproven ?? unproven })),
    { ...said, unproven },
  ]);
}

/** What the extension alone makes of an operation, and that it makes nothing of it where there is doubt. */
function byExtension(said: Decision, context: DocumentContext): readonly Decision[] {
  if (said.authorization !== 'AWS_IAM') return [said];
  const doubt = reasonToDoubt(context);
  if (doubt === null) return [said];
  const open: Decision = { ...said, authorization: 'NONE', by: 'nothing', unproven: doubt };
  return [{ ...said, unproven: doubt }, open];
}

/** Why `x-amazon-apigateway-auth: AWS_IAM` alone may not be what protects an operation here. */
function reasonToDoubt({ kind, document }: DocumentContext): string | null {
  if (kind === 'HTTP') return `${EXTENSION} is documented for REST APIs alone`;
  const schemes = [
    get(document, 'securityDefinitions'),
    get(document, 'components', 'securitySchemes'),
  ];
  const hasOther = schemes.some(
    (it) =>
      isMap(it) &&
      it.entries.some(({ value }) => get(value, 'x-amazon-apigateway-authorizer') !== undefined),
  );
  return hasOther
    ? `${EXTENSION} was seen not to work in a document that has other authorizers`
    : null;
}

function readExtension(
  operation: Node,
  { scope }: DocumentContext,
  when: readonly string[],
): readonly Extension[] {
  return foldKey(operation, EXTENSION, scope, when).flatMap((value): readonly Extension[] => {
    if (value.kind === 'absent') return [{ when: value.when, decision: null }];
    const at = value.keyAt;
    if (value.kind === 'unknown') {
      return [{ when: value.when, decision: unresolvedDecision(value, EXTENSION, at) }];
    }
    return foldKey(value.node, 'type', scope, value.when).map((type) => {
      const base = { ...decisionOf('NONE', EXTENSION, type.keyAt ?? at), when: [] };
      if (type.kind === 'unknown') {
        return { when: type.when, decision: unresolvedDecision(type, EXTENSION, type.keyAt) };
      }
      const text = type.kind === 'known' ? scalarText(type.node)?.toUpperCase() : undefined;
      if (type.kind === 'known' && (text === 'AWS_IAM' || text === 'NONE')) {
        return {
          when: type.when,
          decision: { ...base, authorization: text, assumes: type.assumes },
        };
      }
      const place = type.keyAt ?? at ?? operation.at;
      const reason = `${EXTENSION} has the type ${text ?? '(none)'}, which AWS does not document`;
      const problem = { reason, give: 'use AWS_IAM or NONE', place };
      return { when: type.when, decision: unresolvedDecision(problem, EXTENSION, place) };
    });
  });
}

function readSecurity(
  holder: Node,
  by: 'operation' | 'root',
  context: DocumentContext,
  when: readonly string[],
): readonly Security[] {
  const { scope, kind } = context;
  return foldKey(holder, 'security', scope, when).flatMap((value): readonly Security[] => {
    const isOwn = by === 'operation';
    if (value.kind === 'absent') return isOwn ? inherited(context, value.when) : [none(value.when)];
    const base = { isOwn, assumes: [] };
    if (value.kind === 'unknown') {
      const decision = unresolvedDecision(value, by, value.keyAt);
      return [{ ...base, when: value.when, decisions: [decision] }];
    }
    const place = value.keyAt ?? value.node.at;
    if (isNull(value.node)) return [{ ...base, when: value.when, decisions: [open(place)] }];
    if (!isList(value.node)) {
      const problem = { reason: 'security is no list', give: 'write a list', place };
      const undeployable = { reason: 'security must be a list', place };
      const decision = { ...unresolvedDecision(problem, by, place), undeployable };
      return [{ ...base, when: value.when, decisions: [decision] }];
    }
    const branches = requirementsOf(value.node.items, scope, value.when);
    if (branches === null) return [tooMany(by, value.when, place)];
    return branches.flatMap((requirements) => {
      const found = namesOf(requirements.items, context, requirements.when, place);
      if (found === null) return [tooMany(by, requirements.when, place)];
      return found.map((schemes) => ({
        ...base,
        when: schemes.when,
        assumes: value.assumes,
        decisions: decisionsOf(schemes.names, requirements, by, kind, place),
      }));
    });
  });
}

function tooMany(by: 'operation' | 'root', when: readonly string[], place: Place): Security {
  const reason = `security has more than ${LIMITS.branches} branches or schemes`;
  const decision = unresolvedDecision({ reason, give: 'write fewer conditions', place }, by, place);
  return { when, assumes: [], isOwn: by === 'operation', decisions: [decision] };
}

function none(when: readonly string[]): Security {
  return { when, assumes: [], isOwn: false, decisions: [decisionOf('NONE', 'nothing', null)] };
}

function open(place: Place): Decision {
  return decisionOf('NONE', 'nothing', place);
}

/** An operation without `security`: OpenAPI hands it the document's; API Gateway does so in version 3. */
function inherited(context: DocumentContext, when: readonly string[]): readonly Security[] {
  const { document } = context;
  const root = rootSecurity(context, when);
  const isVersion2 = get(document, 'swagger') !== undefined;
  return root.map((it): Security => {
    if (!isVersion2) return { ...it, decisions: it.decisions.map(doubted) };
    const isIgnored = it.decisions.some(({ place }) => place !== null);
    const notes = isIgnored
      ? [
          'API Gateway does not use the security of an OpenAPI 2 document, but of its operations alone',
        ]
      : [];
    return { ...none(it.when), decisions: [{ ...decisionOf('NONE', 'nothing', null), notes }] };
  });
}

/** What the document's own `security` says in each branch, once for all of its operations. */
const ROOTS = new WeakMap<DocumentContext, Map<string, readonly Security[]>>();

function rootSecurity(context: DocumentContext, when: readonly string[]): readonly Security[] {
  const known = ROOTS.get(context) ?? new Map<string, readonly Security[]>();
  ROOTS.set(context, known);
  const branch = JSON.stringify(when);
  const read = known.get(branch) ?? readSecurity(context.document, 'root', context, when);
  known.set(branch, read);
  return read;
}

function doubted(it: Decision): Decision {
  if (it.by !== 'root' || it.authorization === 'NONE') return { ...it, place: null };
  const unproven =
    "protected by the document's root-level security alone, of which the API Gateway Developer Guide says that it is not used";
  return { ...it, unproven: it.unproven ?? unproven };
}

interface Requirements {
  readonly items: readonly Node[];
  readonly when: readonly string[];
  readonly unresolved: Folded | null;
}

/** The requirements of a list, of which each may be an intrinsic function. */
function requirementsOf(
  items: readonly Node[],
  scope: Scope,
  when: readonly string[],
): readonly Requirements[] | null {
  if (items.length > LIMITS.branches) return null;
  let all: readonly Requirements[] = [{ items: [], when, unresolved: null }];
  for (const item of items) {
    all = all.flatMap((so) =>
      fold(item, scope, so.when).map((value) => ({
        items: value.kind === 'known' ? [...so.items, value.node] : so.items,
        when: value.when,
        unresolved: value.kind === 'unknown' ? value : so.unresolved,
      })),
    );
    if (all.length > LIMITS.branches) return null;
  }
  return all;
}

interface Names {
  readonly when: readonly string[];
  readonly names: readonly (Scheme & { readonly name: string })[];
}

/** What each name in the requirements means; branches of the schemes are branches of the whole. */
function namesOf(
  requirements: readonly Node[],
  { document, kind, scope }: DocumentContext,
  when: readonly string[],
  place: Place,
): readonly Names[] | null {
  const named = requirements.flatMap((it) => (isMap(it) ? it.entries : []));
  if (named.length > LIMITS.branches) return null;
  let all: readonly Names[] = [{ when, names: [] }];
  for (const { key, at } of named) {
    all = all.flatMap((so) =>
      readScheme(document, key, kind, scope, so.when, at ?? place).map((scheme) => ({
        when: scheme.when,
        names: [...so.names, { ...scheme, name: key }],
      })),
    );
    if (all.length > LIMITS.branches) return null;
  }
  return all;
}

function decisionsOf(
  names: Names['names'],
  requirements: Requirements,
  by: 'operation' | 'root',
  kind: ApiKind,
  place: Place,
): readonly Decision[] {
  const apiKeyRequired = names.some(({ meaning }) => meaning.kind === 'api key');
  const notes = names.flatMap(({ meaning }) => ('because' in meaning ? [meaning.because] : []));
  const undeployable =
    kind === 'HTTP' && requirements.items.length > 1
      ? { reason: 'an HTTP API takes one requirement in security, and here are several', place }
      : null;
  const shared = { apiKeyRequired, notes, undeployable };
  const unclear = requirements.unresolved;
  if (unclear?.kind === 'unknown') {
    return [{ ...unresolvedDecision(unclear, by, place), ...shared }];
  }
  for (const { meaning } of names) {
    if (meaning.kind === 'unresolved') {
      return [{ ...unresolvedDecision(meaning.unresolved, by, place), ...shared }];
    }
  }
  const types = new Map<AuthorizationType, { by: DecidedBy; isSure: boolean }>();
  for (const { meaning } of names) {
    if (meaning.kind === 'authorizer') types.set(meaning.type, { by, isSure: true });
    if (meaning.kind === 'unproven' && !types.has(meaning.type)) {
      types.set(meaning.type, { by, isSure: false });
      types.set('NONE', { by: 'nothing', isSure: false });
    }
  }
  if (types.size === 0) return [{ ...open(place), ...shared }];
  const isPartlyUndefined = names.some(({ meaning }) => meaning.kind === 'nothing');
  // "To make security optional, an empty security requirement ({}) can be included" (OpenAPI, "Operation Object").
  const isOptional = requirements.items.some((it) => isMap(it) && it.entries.length === 0);
  const isOdd = requirements.items.some((it) => !isMap(it));
  if (isPartlyUndefined || isOptional || isOdd) types.set('NONE', { by: 'nothing', isSure: false });
  const ofRequirements = (isOptional && OPTIONAL) || (isOdd && ODD);
  const unproven = types.size < 2 ? null : ofRequirements || reasonOf(names, isPartlyUndefined);
  return [...types].map(([type, it]) => ({
    ...decisionOf(type, it.by, place),
    ...shared,
    unproven,
  }));
}

const OPTIONAL =
  'security has an empty requirement, with which OpenAPI makes it optional, and AWS does not document what becomes of it';

const ODD =
  'security has a requirement that is no map, and AWS does not document what becomes of it';

function reasonOf(names: Names['names'], isPartlyUndefined: boolean): string {
  const unsure = names.flatMap(({ meaning }) =>
    meaning.kind === 'unproven' ? [meaning.because] : [],
  );
  if (unsure[0] !== undefined) return unsure[0];
  const listed = names.map(({ name }) => name).join(', ');
  return isPartlyUndefined
    ? `security names ${listed}, of which not all are defined, and AWS does not document what becomes of it`
    : `security names several authorizers (${listed}), and AWS does not document which counts`;
}

function decisionOf(
  authorization: AuthorizationType,
  by: DecidedBy,
  place: Place | null,
): Decision {
  return {
    authorization,
    unresolved: null,
    by,
    unproven: null,
    apiKeyRequired: false,
    when: [],
    assumes: [],
    place,
    undeployable: null,
    notes: [],
  };
}

function unresolvedDecision(
  { reason, give, place }: Unresolved,
  by: DecidedBy,
  at: Place | null,
): Decision {
  const unresolved = { reason, give, place: at ?? place };
  return { ...decisionOf('NONE', by, at ?? place), authorization: 'unresolved', unresolved };
}
