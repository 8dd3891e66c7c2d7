import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredMethod,
  DeclaredPolicy,
  Fix,
  Place,
  Undeployable,
  Unresolved,
} from '../../../model/declared.js';
import { expand } from '../cloudformation/expand.js';
import { fold, foldKey } from '../cloudformation/fold.js';
import { NO_SCOPE, type Scope } from '../cloudformation/scope.js';
import { methodDraft } from '../method-draft.js';
import {
  booleanOf,
  type Entry,
  entriesOf,
  get,
  isList,
  isMap,
  isNull,
  type MapNode,
  map,
  type Node,
  scalarText,
} from '../node.js';
import { policiesAt } from '../policy/policy.js';
import { FIXES } from '../snippets.js';
import { type BasePathMode, importedPath } from './base-path.js';
import { type Decision, type DocumentContext, decide } from './decide.js';

/** What an OpenAPI document makes of an API. */
export interface DocumentReading {
  readonly methods: readonly DeclaredMethod[];
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: readonly Undeployable[];
  readonly policies: readonly DeclaredPolicy[];
  /** `undefined` where the document does not say it. */
  readonly defaultEndpointDisabled: boolean | null | undefined;
  /** Whether what the document says is of private APIs alone. */
  readonly isPrivate: boolean;
}

export interface DocumentOptions {
  readonly kind: ApiKind;
  readonly scope?: Scope;
  readonly basePath?: BasePathMode;
  readonly when?: readonly string[];
  /** The fix of an operation, and the line that has to change, where not its own. */
  readonly blame?: (operation: Node, method: string) => Blame | undefined;
}

/** Where an operation that nothing protects has to be protected. */
export interface Blame {
  readonly place: Place;
  readonly fix: Fix;
  readonly notes: readonly string[];
}

const VERBS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
const ANY = new Set(['x-amazon-apigateway-any-method', 'any']);

/** `GET`, `ANY`; `null` for a key of a path item that is no method, such as `parameters`. */
function methodOf(key: string): string | null {
  const lower = key.toLowerCase();
  if (ANY.has(lower)) return 'ANY';
  return VERBS.has(lower) ? lower.toUpperCase() : null;
}

const GIVE_INLINE = 'write it in the document itself, or give the finished template';

/** Reads a document in every branch of its conditions. */
export function readDocument(body: Node, options: DocumentOptions): DocumentReading {
  const { scope = NO_SCOPE, when = [] } = options;
  const readings = fold(body, scope, when).flatMap((value): readonly DocumentReading[] => {
    if (value.kind === 'absent') return [];
    if (value.kind === 'unknown') return [failed(value)];
    if (!isMap(value.node)) {
      return [
        failed({
          reason: 'the document is no map',
          give: 'write an OpenAPI document',
          place: value.node.at,
        }),
      ];
    }
    return [readOne(value.node, { ...options, scope, when: value.when })];
  });
  return mergeReadings(readings);
}

function failed({ reason, give, place }: Unresolved): DocumentReading {
  return { ...NO_DOCUMENT, unresolved: [{ reason, give, place }] };
}

/** What is read of a document that says nothing. */
export const NO_DOCUMENT: DocumentReading = {
  methods: [],
  unresolved: [],
  undeployable: [],
  policies: [],
  defaultEndpointDisabled: undefined,
  isPrivate: false,
};

/** The endpoint types with what the document says of them: `vpcEndpointIds` are of private APIs alone. */
export function withPrivate(
  types: readonly string[] | null,
  { isPrivate }: Pick<DocumentReading, 'isPrivate'>,
): readonly string[] | null {
  return isPrivate && types !== null ? [...new Set([...types, 'PRIVATE'])] : types;
}

/** Several documents, or branches of one, as one. */
export function mergeReadings(readings: readonly DocumentReading[]): DocumentReading {
  const disabled = new Set(readings.map((it) => it.defaultEndpointDisabled));
  const [first] = disabled;
  return {
    methods: readings.flatMap((it) => it.methods),
    unresolved: readings.flatMap((it) => it.unresolved),
    undeployable: readings.flatMap((it) => it.undeployable),
    policies: readings.flatMap((it) => it.policies),
    defaultEndpointDisabled: disabled.size > 1 ? null : first,
    isPrivate: readings.some((it) => it.isPrivate),
  };
}

interface Within {
  readonly context: DocumentContext;
  readonly mode: BasePathMode;
  readonly blame: DocumentOptions['blame'];
  readonly methods: DeclaredMethod[];
  readonly unresolved: Unresolved[];
}

function readOne(
  written: MapNode,
  options: DocumentOptions & { readonly scope: Scope; readonly when: readonly string[] },
): DocumentReading {
  const { kind, scope, basePath: mode = 'ignore', when } = options;
  const { entries, unresolved } = expand(written, scope);
  const document = map(entries, written.at);
  const within: Within = {
    context: { document, kind, scope },
    mode,
    blame: options.blame,
    methods: [],
    unresolved: [...unresolved, ...referencesOf(document), ...renderedKeysOf(document)],
  };
  for (const value of foldKey(document, 'paths', scope, when)) {
    if (value.kind === 'unknown') within.unresolved.push(value);
    else if (value.kind === 'known' && isMap(value.node)) readPaths(value.node, value.when, within);
    else if (value.kind === 'known' && !isNull(value.node)) {
      within.unresolved.push({
        reason: 'paths is no map',
        give: 'write a map of paths',
        place: value.keyAt ?? value.node.at,
      });
    }
  }
  return {
    methods: within.methods,
    unresolved: within.unresolved,
    undeployable: [],
    policies: policiesAt(document, 'x-amazon-apigateway-policy', scope, when),
    defaultEndpointDisabled: endpointDisabled(document, scope),
    isPrivate: kind === 'REST' && namesEndpoints(document, scope),
  };
}

/** References in the place of a document, or of what its schemes stand in. */
function referencesOf(document: Node): readonly Unresolved[] {
  const holders = [
    document,
    get(document, 'components'),
    get(document, 'components', 'securitySchemes'),
    get(document, 'securityDefinitions'),
  ];
  return holders.flatMap((holder) =>
    entriesOf(holder, '$ref').map(({ at }) => {
      const reason = 'the document, or what its security schemes stand in, is a reference ($ref)';
      return { reason, give: GIVE_INLINE, place: at };
    }),
  );
}

/** Keys of the document, and of its schemes, that a renderer writes: they may be any key, `paths` too. */
function renderedKeysOf(document: Node): readonly Unresolved[] {
  const holders = [
    get(document, 'components', 'securitySchemes'),
    get(document, 'securityDefinitions'),
  ];
  const schemes = holders.flatMap((it) => (isMap(it) ? it.entries.map(({ value }) => value) : []));
  return [document, get(document, 'components'), ...holders, ...schemes].flatMap((holder) => {
    const rendered = isMap(holder) ? holder.entries.find(isRendered) : undefined;
    if (rendered === undefined) return [];
    const { key, at } = rendered;
    const reason = `the key ${key} of the document, or of what its security schemes stand in, is rendered`;
    return [{ reason, give: GIVE_INLINE, place: at }];
  });
}

function isRendered({ key }: Entry): boolean {
  return key.includes('${');
}

function readPaths(written: MapNode, when: readonly string[], within: Within): void {
  const { entries, unresolved } = expand(written, within.context.scope);
  within.unresolved.push(...unresolved);
  for (const it of entries) {
    // Extensions may stand among the paths (OpenAPI Specification, "Paths Object").
    if (it.key.startsWith('x-')) continue;
    for (const value of fold(it.value, within.context.scope, when)) {
      if (value.kind === 'unknown') within.unresolved.push(ofPath(it, value));
      else if (value.kind === 'known') readPathItem(it, value.node, value.when, within);
    }
  }
}

function ofPath({ key, at }: Entry, { reason, give }: Unresolved): Unresolved {
  return { reason: `path ${key}: ${reason}`, give, place: at };
}

function readPathItem(
  { key: path, at }: Entry,
  item: Node,
  when: readonly string[],
  within: Within,
): void {
  if (isNull(item)) return;
  if (!isMap(item)) {
    within.unresolved.push({ reason: `path ${path} is no map`, give: GIVE_INLINE, place: at });
    return;
  }
  const { entries, unresolved } = expand(item, within.context.scope);
  within.unresolved.push(...unresolved.map((it) => ofPath({ key: path, at, value: item }, it)));
  for (const it of entries) {
    if (it.key === '$ref') {
      const reason = `path ${path} is a reference ($ref)`;
      within.unresolved.push({ reason, give: GIVE_INLINE, place: it.at });
      continue;
    }
    const method = methodOf(it.key);
    if (method === null) {
      // What a renderer puts in may be a verb, or several operations.
      if (isRendered(it)) {
        const reason = `path ${path} has the key ${it.key}, which is rendered`;
        within.unresolved.push({ reason, give: GIVE_INLINE, place: it.at });
      }
      continue;
    }
    for (const value of fold(it.value, within.context.scope, when)) {
      if (value.kind === 'absent') continue;
      const operation = value.kind === 'known' && isMap(value.node) ? value.node : null;
      const draft = draftOf(method, path, it, within);
      if (operation === null) within.methods.push(...withoutOperation(draft, value, within));
      else within.methods.push(...readOperation(draft, operation, value.when, within));
    }
  }
}

function draftOf(method: string, path: string, { at }: Entry, within: Within): DeclaredMethod {
  const { document, kind } = within.context;
  const isDefault = kind === 'HTTP' && /^\/?\$default$/.test(path);
  const imported = isDefault ? '$default' : importedPath(path, document, within.mode);
  return methodDraft(method, imported, at, FIXES.operation);
}

function withoutOperation(
  draft: DeclaredMethod,
  value: ReturnType<typeof fold>[number],
  within: Within,
): readonly DeclaredMethod[] {
  const isEmpty = value.kind === 'known' && isNull(value.node);
  if (isEmpty) return readOperation(draft, map([], draft.place), value.when, within);
  const { reason, give } =
    value.kind === 'unknown'
      ? value
      : { reason: 'the operation is no map', give: 'write a map, as OpenAPI wants it' };
  const unresolved = { reason, give, place: draft.place };
  return [{ ...draft, authorization: 'unresolved', unresolved, when: value.when }];
}

function readOperation(
  draft: DeclaredMethod,
  written: MapNode,
  when: readonly string[],
  within: Within,
): readonly DeclaredMethod[] {
  const { scope } = within.context;
  const { entries, unresolved } = expand(written, scope);
  const operation = map(entries, written.at);
  const decisions = decide(operation, within.context, when);
  const integration = integrationOf(operation, scope);
  const isPreflight =
    draft.method === 'OPTIONS' && integration === 'MOCK' && answersCors(operation, scope);
  const blame = within.blame?.(written, draft.method);
  const [reference] = entriesOf(operation, '$ref');
  const rendered = operation.entries.find(isRendered);
  const [unclear = (reference && OF_REFERENCE) ?? (rendered && ofRendered(rendered))] = unresolved;
  return decisions.map((decision) => ({
    ...draft,
    ...ofDecision(decision, draft, blame),
    ...(unclear === undefined || (unclear === OF_REFERENCE && decision.authorization === 'NONE')
      ? {}
      : { authorization: 'unresolved' as const, unresolved: { ...unclear, place: draft.place } }),
    integration,
    isPreflight,
  }));
}

/** A key that a renderer writes may be `security`. */
function ofRendered({ key }: Entry): Pick<Unresolved, 'reason' | 'give'> {
  return { reason: `the operation has the key ${key}, which is rendered`, give: GIVE_INLINE };
}

const OF_REFERENCE = { reason: 'the operation is a reference ($ref)', give: GIVE_INLINE };

function ofDecision(decision: Decision, draft: DeclaredMethod, blame: Blame | undefined) {
  const { place, notes, ...rest } = decision;
  return {
    ...rest,
    place: blame?.place ?? place ?? draft.place,
    fix: blame?.fix ?? draft.fix,
    notes: [...notes, ...(blame?.notes ?? [])],
  };
}

/** The integration's type, where it is the same in every branch. */
function integrationOf(operation: Node, scope: Scope): string | null {
  const types = foldKey(operation, 'x-amazon-apigateway-integration', scope).flatMap((value) => {
    if (value.kind !== 'known' || !isMap(value.node)) return [null];
    const { entries, unresolved } = expand(value.node, scope);
    if (unresolved.length > 0 || entries.some(({ key }) => key === '$ref')) return [null];
    return foldKey(map(entries, value.node.at), 'type', scope).map((it) =>
      it.kind === 'known' ? (scalarText(it.node)?.toUpperCase() ?? null) : null,
    );
  });
  const [first = null, ...rest] = types;
  return rest.every((it) => it === first) ? first : null;
}

/** Whether a 200 or 204 answer carries CORS headers, in every branch. */
function answersCors(operation: Node, scope: Scope): boolean {
  const responses = foldKey(operation, 'responses', scope);
  return responses.every((value) => {
    if (value.kind !== 'known' || !isMap(value.node)) return false;
    return value.node.entries
      .filter(({ key }) => key === '200' || key === '204')
      .some(({ value: response }) => {
        const headers = get(response, 'headers');
        return (
          isMap(headers) &&
          headers.entries.some(({ key }) => key.toLowerCase() === 'access-control-allow-origin')
        );
      });
  });
}

/** API Gateway Developer Guide, "x-amazon-apigateway-endpoint-configuration": of servers in OpenAPI 3. */
function endpointConfigurations(document: Node): readonly Node[] {
  const servers = get(document, 'servers');
  return [document, ...(isList(servers) ? servers.items : [])].flatMap(
    (holder) => get(holder, 'x-amazon-apigateway-endpoint-configuration') ?? [],
  );
}

/** `vpcEndpointIds` "is only supported for REST APIs the PRIVATE endpoint type" (the same page). */
function namesEndpoints(document: Node, scope: Scope): boolean {
  return endpointConfigurations(document).some((it) =>
    foldKey(it, 'vpcEndpointIds', scope).some(
      (value) =>
        value.kind === 'unknown' ||
        (value.kind === 'known' && isList(value.node) && value.node.items.length > 0),
    ),
  );
}

function endpointDisabled(document: Node, scope: Scope): boolean | null | undefined {
  const values = endpointConfigurations(document).flatMap((configuration) =>
    foldKey(configuration, 'disableExecuteApiEndpoint', scope).map((value) =>
      value.kind === 'absent'
        ? undefined
        : value.kind === 'known'
          ? (booleanOf(value.node) ?? null)
          : null,
    ),
  );
  const said = values.filter((it) => it !== undefined);
  const [first] = said;
  return said.length === 0 || first === undefined
    ? undefined
    : said.every((it) => it === first)
      ? first
      : null;
}

/** The kind of API that a document alone is written for; OpenAPI 2 is imported as REST alone. */
export function kindOfDocument(document: Node): ApiKind {
  if (get(document, 'swagger') !== undefined) return 'REST';
  const text = JSON.stringify(marks(document));
  return /x-amazon-apigateway-cors|payloadFormatVersion|"jwt"|\$default/.test(text)
    ? 'HTTP'
    : 'REST';
}

/** The keys and a few values that only a document for HTTP APIs has. */
function marks(document: Node): unknown {
  const paths = get(document, 'paths');
  const schemes = get(document, 'components', 'securitySchemes');
  return [
    isMap(document) ? document.entries.map(({ key }) => key) : [],
    isMap(paths)
      ? paths.entries.flatMap(({ key, value }) => [
          key,
          ...(isMap(value)
            ? value.entries.flatMap(({ value: operation }) => {
                const integration = get(operation, 'x-amazon-apigateway-integration');
                return isMap(integration) ? integration.entries.map((it) => it.key) : [];
              })
            : []),
        ])
      : [],
    isMap(schemes)
      ? schemes.entries.map(({ value }) =>
          scalarText(get(value, 'x-amazon-apigateway-authorizer', 'type')),
        )
      : [],
  ];
}
