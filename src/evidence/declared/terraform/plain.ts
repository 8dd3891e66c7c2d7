import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredApi,
  DeclaredMethod,
  DeclaredPolicy,
  Place,
  Unresolved,
} from '../../../model/declared.js';
import { complete } from '../complete.js';
import { type Files, resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { isAuthorizationType, methodDraft, routeOf } from '../method-draft.js';
import { isBasePathMode } from '../openapi/base-path.js';
import { readDocument, withPrivate } from '../openapi/document.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';
import { FIXES } from '../snippets.js';
import { attribute, fileNamed, literal } from './hcl.js';
import { otherWayOf } from './other-ways.js';
import { placeOf, type Source, type Sources, suppressionsOf } from './sources.js';

export interface PlainReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  /** The folders of the modules that it calls by local paths. */
  readonly modules: readonly string[];
}

const GIVE = 'give a plan (input `plan-file`): `terraform show -json` of a plan file';

/**
 * Reads a folder of `.tf` files without a plan: what is written out counts, and everything else is
 * unresolved. A plan knows more.
 */
export function readPlain(folder: string, sources: Sources, files: Files): PlainReading {
  const blocks = sources.blocksIn(folder);
  const resources = blocks.filter(({ block }) => block.type === 'resource');
  const byAddress = new Map<string, Source>();
  for (const source of resources) {
    const address = addressOf(source);
    if (!byAddress.has(address)) byAddress.set(address, source);
  }
  const of = (type: string) => resources.filter(({ block }) => block.labels[0] === type);
  const apis = new Map<string, DeclaredApi>();
  // Terraform reads main.tf and OpenTofu main.tofu: what stands in both is judged as each of them has it.
  const addApi = (api: DeclaredApi) => {
    const known = apis.get(api.name);
    apis.set(api.name, known === undefined ? api : eitherOf(known, api));
  };
  for (const source of of('aws_api_gateway_rest_api'))
    addApi(apiOf(source, 'REST', files, sources));
  for (const source of of('aws_apigatewayv2_api')) {
    const protocol = textOf(source, 'protocol_type');
    addApi(apiOf(source, protocol === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP', files, sources));
  }
  const added = new Map<string, DeclaredMethod[]>();
  const elsewhere = new Map<string, DeclaredApi>();
  const ownerOf = (source: Source, name: string, kind: ApiKind): string => {
    const owner =
      addressIn(attribute(source.block, name)?.expression) ?? `the API of ${addressOf(source)}`;
    if (!apis.has(owner) && !elsewhere.has(owner)) {
      elsewhere.set(owner, {
        ...emptyApi(source, kind, owner),
        isElsewhere: true,
        notes: ['the API itself is declared elsewhere'],
      });
    }
    return owner;
  };
  const add = (source: Source, name: string, kind: ApiKind, method: DeclaredMethod) => {
    const owner = ownerOf(source, name, kind);
    const methods = added.get(owner);
    if (methods === undefined) added.set(owner, [method]);
    else methods.push(method);
  };
  for (const source of of('aws_api_gateway_method')) {
    add(source, 'rest_api_id', 'REST', restMethod(source, byAddress));
  }
  for (const source of of('aws_apigatewayv2_route')) {
    add(source, 'api_id', 'HTTP', route(source));
  }
  const addTo = (owner: string, more: Pick<DeclaredApi, 'methods' | 'unresolved' | 'policies'>) => {
    for (const known of [apis, elsewhere]) {
      const api = known.get(owner);
      if (api === undefined) continue;
      known.set(owner, {
        ...api,
        methods: [...api.methods, ...more.methods],
        unresolved: [...api.unresolved, ...more.unresolved],
        policies: [...api.policies, ...more.policies],
      });
    }
  };
  for (const source of of('aws_api_gateway_rest_api_put')) {
    addTo(ownerOf(source, 'rest_api_id', 'REST'), apiOf(source, 'REST', files, sources));
  }
  for (const source of of('aws_api_gateway_rest_api_policy')) {
    const policies = policiesOf(source);
    const unresolved = kept(source);
    addTo(ownerOf(source, 'rest_api_id', 'REST'), { methods: [], unresolved, policies });
  }
  const all = [...apis, ...elsewhere].map(([name, api]) =>
    complete({ ...api, methods: [...api.methods, ...(added.get(name) ?? [])] }),
  );
  const { folders, unresolved } = modulesIn(blocks, sources);
  const unread = sources.unreadIn(folder).map((it) => ({ ...it, give: GIVE }));
  return {
    apis: all,
    unresolved: [...unresolved, ...unread, ...otherWays(resources)],
    modules: folders,
  };
}

/** Two declarations of one API, of which either may count. */
function eitherOf(a: DeclaredApi, b: DeclaredApi): DeclaredApi {
  const isSame = a.defaultEndpointDisabled === b.defaultEndpointDisabled;
  const types = a.endpointTypes === null || b.endpointTypes === null;
  return {
    ...a,
    methods: [...a.methods, ...b.methods],
    unresolved: [...a.unresolved, ...b.unresolved],
    policies: [...a.policies, ...b.policies],
    defaultEndpointDisabled: isSame ? a.defaultEndpointDisabled : null,
    endpointTypes: types
      ? null
      : [...new Set([...(a.endpointTypes ?? []), ...(b.endpointTypes ?? [])])],
  };
}

/** What may make APIs that this reader does not know. */
function otherWays(resources: readonly Source[]): readonly Unresolved[] {
  return resources.flatMap((source) => {
    const way = otherWayOf(source.block.labels[0] ?? '', (name) => textOf(source, name));
    if (way === null) return [];
    const reason = `${addressOf(source)}: ${way.reason}`;
    return [{ reason, give: way.give, place: source.block.at }];
  });
}

function addressOf({ block }: Source): string {
  return block.labels.join('.');
}

/** `aws_api_gateway_rest_api.api` of `aws_api_gateway_rest_api.api.id`. */
function addressIn(expression: string | undefined): string | null {
  const found = /^"?(?:\$\{)?((?:data\.)?[a-z0-9_]+\.[\w-]+)(?:\[[^\]]*\])?\.[\w-]+\}?"?$/.exec(
    expression ?? '',
  );
  return found?.[1] ?? null;
}

function textOf({ block }: Source, name: string): string | undefined {
  const value = literal(attribute(block, name)?.expression);
  return typeof value === 'string' ? value : undefined;
}

function emptyApi(source: Source, kind: ApiKind, name: string): DeclaredApi {
  return {
    name,
    file: source.file,
    language: 'terraform',
    kind,
    place: source.block.at,
    when: [],
    methods: [],
    unresolved: [],
    undeployable: [],
    policies: [],
    defaultEndpointDisabled: null,
    endpointTypes: null,
    identity: { stack: null, logicalId: null, constructPath: null, address: name, id: null },
    suppressions: suppressionsOf(source),
    notes: [],
  };
}

/**
 * The endpoint types, where they are written out: `null` where they are not, or where nobody can tell how many
 * blocks there will be.
 */
function endpointTypesOf({ block }: Source): readonly string[] | null {
  const isDynamic = block.blocks.some(({ type }) => type === 'dynamic');
  const parameters = attribute(block, 'parameters')?.expression ?? '{}';
  if (isDynamic || !/^\{[^A-Z]*\}$/i.test(parameters.replaceAll(/basepath\s*=\s*"\w+"/g, ''))) {
    return null;
  }
  const lists = block.blocks
    .filter(({ type }) => type === 'endpoint_configuration')
    .map((it) => attribute(it, 'types')?.expression ?? '');
  if (!lists.every((it) => /^\[\s*(?:"[A-Z]+"\s*(?:,\s*)?)*\]$/.test(it))) return null;
  return lists.flatMap((it) => [...it.matchAll(/"([A-Z]+)"/g)].map(([, type = '']) => type));
}

function apiOf(source: Source, kind: ApiKind, files: Files, sources: Sources): DeclaredApi {
  const api = emptyApi(source, kind, addressOf(source));
  const unresolved: Unresolved[] = [...repetition(source), ...kept(source)];
  const methods: DeclaredMethod[] = [];
  const policies: DeclaredPolicy[] = [...policiesOf(source)];
  let endpointTypes = kind === 'REST' ? endpointTypesOf(source) : [];
  const place = placeOf(source, 'body');
  const body = attribute(source.block, 'body');
  if (body !== undefined && literal(body.expression) !== null) {
    const reading = bodyOf(source, body.expression, place, kind, files, sources);
    if ('reason' in reading) unresolved.push(reading);
    else {
      methods.push(...reading.methods.map((it) => ({ ...it, resource: api.name })));
      unresolved.push(...reading.unresolved);
      policies.push(...reading.policies);
      endpointTypes = withPrivate(endpointTypes, reading);
    }
  }
  const mode = attribute(source.block, 'put_rest_api_mode');
  if (mode !== undefined && literal(mode.expression) !== 'overwrite' && body !== undefined) {
    const reason = 'put_rest_api_mode may keep methods that the document does not name';
    unresolved.push({ reason, give: 'use "overwrite", or give a plan', place: mode.at });
  }
  const protocol = attribute(source.block, 'protocol_type');
  if (kind !== 'REST' && protocol !== undefined && textOf(source, 'protocol_type') === undefined) {
    unresolved.push({ reason: 'protocol_type is an expression', give: GIVE, place: protocol.at });
  }
  methods.push(...(kind === 'HTTP' ? quickCreated(source) : []));
  const disabled = attribute(source.block, 'disable_execute_api_endpoint');
  const isDisabled = literal(disabled?.expression);
  return {
    ...api,
    methods,
    unresolved,
    policies,
    endpointTypes,
    defaultEndpointDisabled:
      disabled === undefined ? false : typeof isDisabled === 'boolean' ? isDisabled : null,
  };
}

/** The route that `target` makes, unless it is null, which a variable or a condition may be. */
function quickCreated(source: Source): readonly DeclaredMethod[] {
  const expression = attribute(source.block, 'target')?.expression;
  const target = literal(expression);
  if (expression === undefined || target === null) return [];
  const { method, path } = routeOf(textOf(source, 'route_key') ?? '$default');
  const place = placeOf(source, 'target');
  const draft = methodDraft(method, path, place, FIXES.terraformQuickCreate);
  const open = { ...draft, by: 'quick create' as const };
  if (typeof target === 'string' || OF_RESOURCE.test(expression)) return [open];
  const reason = `target of ${addressOf(source)} is the expression ${expression.split('\n', 1)[0] ?? ''}, and makes an open route unless it is null`;
  return [{ ...open, authorization: 'unresolved', unresolved: { reason, give: GIVE, place } }];
}

/** `aws_lambda_function.a.arn`, and no more: an attribute of a resource. */
const OF_RESOURCE =
  /^(?!(?:var|local|module|each|count|self|path|terraform)\.)[a-z][a-z0-9_]*\.[\w-]+\.\w+$/;

/** The resource policy that a block sets: its text where it is literal. */
function policiesOf(source: Source): readonly DeclaredPolicy[] {
  const policy = attribute(source.block, 'policy');
  const text = literal(policy?.expression);
  if (policy === undefined || text === null) return [];
  const place = policy.at;
  return [
    typeof text === 'string'
      ? { text, unresolved: null, place, when: [] }
      : {
          text: null,
          unresolved: { reason: 'policy is an expression', give: GIVE, place },
          place,
          when: [],
        },
  ];
}

/**
 * Whether Terraform leaves an attribute of what exists as it is, whatever is written (Terraform Language,
 * "The lifecycle Meta-Argument", ignore_changes).
 */
function keepsAsItIs({ block }: Source, name: string): boolean {
  return block.blocks
    .filter(({ type }) => type === 'lifecycle')
    .flatMap((it) => attribute(it, 'ignore_changes')?.expression ?? [])
    .some((it) => /^\[?\s*"?all"?\s*\]?$/.test(it) || new RegExp(`\\b${name}\\b`).test(it));
}

function keptInWords(source: Source, name: string): string {
  return `${addressOf(source)} has ignore_changes, which keeps the ${name} that it has in AWS`;
}

/** What an API has in AWS, and Terraform does not change. */
function kept(source: Source): Unresolved[] {
  return ['body', 'policy']
    .filter((name) => attribute(source.block, name) !== undefined && keepsAsItIs(source, name))
    .map((name) => {
      return { reason: keptInWords(source, name), give: GIVE, place: placeOf(source, name) };
    });
}

/** `count` and `for_each`: how many of it there will be is not known. */
function repetition(source: Source): Unresolved[] {
  return ['count', 'for_each'].flatMap((name) => {
    const found = attribute(source.block, name);
    if (found === undefined || literal(found.expression) === '1') return [];
    const reason = `${addressOf(source)} has ${name}, and what becomes of it is not known`;
    return [{ reason, give: GIVE, place: found.at }];
  });
}

function bodyOf(
  source: Source,
  expression: string,
  place: Place,
  kind: ApiKind,
  files: Files,
  sources: Sources,
) {
  const basePathText = /basepath\s*=\s*"(\w+)"/.exec(
    attribute(source.block, 'parameters')?.expression ?? '',
  )?.[1];
  const basePath = isBasePathMode(basePathText) ? basePathText : 'ignore';
  const unclear = (reason: string, at = place): Unresolved => ({ reason, give: GIVE, place: at });
  const written = literal(expression);
  const named = fileNamed(expression);
  try {
    if (typeof written === 'string') {
      const document = parseText(source.file, written);
      const reading = readDocument(document, { kind, basePath });
      return { ...reading, methods: reading.methods.map((it) => ({ ...it, place })) };
    }
    if (named === null) return unclear(`the body of ${addressOf(source)} is an expression`);
    if (!named.isFromModule && sources.isModule(source.folder)) {
      return unclear(
        `the document ${named.path} is in the folder of the module that calls this one`,
      );
    }
    const path = resolveFrom(source.file, named.path);
    const file =
      path === null ? { problem: 'leads out of the workspace' } : files.read(path, LIMITS.bytes);
    if ('problem' in file) return unclear(`the document ${named.path} ${file.problem}`);
    if (named.isTemplate && file.text.includes('%{')) {
      return unclear(`the document ${named.path} is a template with directives`);
    }
    return readDocument(parseText(path ?? '', file.text), { kind, basePath });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const reason = `the body of ${addressOf(source)} cannot be parsed: ${error.message}`;
    return { reason, give: 'mend the document', place: named === null ? place : error.place };
  }
}

type Decided = Pick<
  DeclaredMethod,
  'authorization' | 'unresolved' | 'by' | 'undeployable' | 'suppressions' | 'resource'
>;

function decided(source: Source, name: string, place: Place): Decided {
  const expression = attribute(source.block, name)?.expression;
  const text = literal(expression);
  const shared = {
    by: 'resource' as const,
    undeployable: null,
    unresolved: null,
    resource: addressOf(source),
    suppressions: suppressionsOf(source),
  };
  const isKept = keepsAsItIs(source, name);
  if (typeof text === 'string' && isAuthorizationType(text) && !(isKept && text !== 'NONE')) {
    return { ...shared, authorization: text };
  }
  const reason = isKept
    ? keptInWords(source, name)
    : typeof text === 'string'
      ? `${addressOf(source)} has the ${name} ${text}, which API Gateway does not know`
      : expression === undefined
        ? `${addressOf(source)} has no ${name}`
        : `${name} of ${addressOf(source)} is the expression ${expression.split('\n', 1)[0] ?? ''}`;
  return { ...shared, authorization: 'unresolved', unresolved: { reason, give: GIVE, place } };
}

function restMethod(source: Source, resources: ReadonlyMap<string, Source>): DeclaredMethod {
  const place = placeOf(source, 'authorization');
  const method = textOf(source, 'http_method')?.toUpperCase() ?? 'unresolved';
  const path = pathOf(attribute(source.block, 'resource_id')?.expression, resources, 0);
  return {
    ...methodDraft(method, path, place, FIXES.terraformMethod),
    ...decided(source, 'authorization', place),
    apiKeyRequired: literal(attribute(source.block, 'api_key_required')?.expression) === true,
    notes: path === null ? ['its path is not known without a plan'] : [],
  };
}

function pathOf(
  expression: string | undefined,
  resources: ReadonlyMap<string, Source>,
  depth: number,
): string | null {
  const address = addressIn(expression);
  if (address === null || depth > 50) return null;
  if (/\.root_resource_id\}?"?$/.test(expression ?? '')) return '/';
  const source = resources.get(address);
  if (source === undefined || source.block.labels[0] !== 'aws_api_gateway_resource') return null;
  const part = textOf(source, 'path_part');
  const parent = pathOf(attribute(source.block, 'parent_id')?.expression, resources, depth + 1);
  if (part === undefined || parent === null) return null;
  return `${parent === '/' ? '' : parent}/${part}`;
}

function route(source: Source): DeclaredMethod {
  const place = placeOf(source, 'authorization_type');
  const key = textOf(source, 'route_key');
  const { method, path } = key === undefined ? { method: 'unresolved', path: null } : routeOf(key);
  const draft = methodDraft(method, path, place, FIXES.terraformRoute);
  const type = attribute(source.block, 'authorization_type');
  if (type === undefined || literal(type.expression) === null) {
    return {
      ...draft,
      by: 'default',
      resource: addressOf(source),
      suppressions: suppressionsOf(source),
    };
  }
  return { ...draft, ...decided(source, 'authorization_type', place) };
}

/** What a module writes is not in this folder; one by a local path is read as a folder of its own. */
function modulesIn(
  blocks: readonly Source[],
  sources: Sources,
): { readonly folders: readonly string[]; readonly unresolved: readonly Unresolved[] } {
  const folders: string[] = [];
  const unresolved: Unresolved[] = [];
  for (const source of blocks) {
    if (source.block.type !== 'module') continue;
    const written = textOf(source, 'source');
    const folder = sources.moduleFolder(source.folder, written);
    if (folder !== null && sources.folders.has(folder)) {
      folders.push(folder);
      continue;
    }
    const name = source.block.labels[0] ?? '';
    const reason = `module ${name} (${written ?? 'source not known'}) is elsewhere, and what it writes is not known`;
    unresolved.push({ reason, give: GIVE, place: source.block.at });
  }
  return { folders, unresolved };
}
