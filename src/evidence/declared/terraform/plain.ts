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
import { readDocument } from '../openapi/document.js';
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
  for (const source of of('aws_api_gateway_rest_api')) {
    apis.set(addressOf(source), apiOf(source, 'REST', files));
  }
  for (const source of of('aws_apigatewayv2_api')) {
    const protocol = textOf(source, 'protocol_type');
    apis.set(
      addressOf(source),
      apiOf(source, protocol === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP', files),
    );
  }
  const added = new Map<string, DeclaredMethod[]>();
  const elsewhere = new Map<string, DeclaredApi>();
  const add = (source: Source, name: string, kind: ApiKind, method: DeclaredMethod) => {
    const owner =
      addressIn(attribute(source.block, name)?.expression) ?? `the API of ${addressOf(source)}`;
    if (!apis.has(owner) && !elsewhere.has(owner)) {
      elsewhere.set(owner, {
        ...emptyApi(source, kind, owner),
        notes: ['the API itself is declared elsewhere'],
      });
    }
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
  for (const source of of('aws_api_gateway_rest_api_put')) {
    const owner =
      addressIn(attribute(source.block, 'rest_api_id')?.expression) ?? addressOf(source);
    const before = apis.get(owner) ?? emptyApi(source, 'REST', owner);
    const put = apiOf(source, 'REST', files);
    apis.set(owner, {
      ...before,
      methods: [...before.methods, ...put.methods],
      unresolved: [...before.unresolved, ...put.unresolved],
      policies: [...before.policies, ...put.policies],
    });
  }
  for (const source of of('aws_api_gateway_rest_api_policy')) {
    const owner =
      addressIn(attribute(source.block, 'rest_api_id')?.expression) ?? addressOf(source);
    for (const known of [apis, elsewhere]) {
      const api = known.get(owner);
      if (api !== undefined) {
        known.set(owner, { ...api, policies: [...api.policies, ...policiesOf(source)] });
      }
    }
  }
  const all = [...apis, ...elsewhere].map(([name, api]) =>
    complete({ ...api, methods: [...api.methods, ...(added.get(name) ?? [])] }),
  );
  const { folders, unresolved } = modulesIn(blocks, sources);
  return { apis: all, unresolved: [...unresolved, ...otherWays(resources)], modules: folders };
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

function apiOf(source: Source, kind: ApiKind, files: Files): DeclaredApi {
  const api = emptyApi(source, kind, addressOf(source));
  const unresolved: Unresolved[] = repetition(source);
  const methods: DeclaredMethod[] = [];
  const policies: DeclaredPolicy[] = [...policiesOf(source)];
  const place = placeOf(source, 'body');
  const body = attribute(source.block, 'body');
  if (body !== undefined && literal(body.expression) !== null) {
    const reading = bodyOf(source, body.expression, place, kind, files);
    if ('reason' in reading) unresolved.push(reading);
    else {
      methods.push(...reading.methods.map((it) => ({ ...it, resource: api.name })));
      unresolved.push(...reading.unresolved);
      policies.push(...reading.policies);
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
  if (kind === 'HTTP' && attribute(source.block, 'target') !== undefined) {
    const { method, path } = routeOf(textOf(source, 'route_key') ?? '$default');
    const draft = methodDraft(method, path, placeOf(source, 'target'), FIXES.terraformQuickCreate);
    methods.push({ ...draft, by: 'quick create' });
  }
  const disabled = attribute(source.block, 'disable_execute_api_endpoint');
  const isDisabled = literal(disabled?.expression);
  return {
    ...api,
    methods,
    unresolved,
    policies,
    defaultEndpointDisabled:
      disabled === undefined ? false : typeof isDisabled === 'boolean' ? isDisabled : null,
  };
}

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

/** `count` and `for_each`: how many of it there will be is not known. */
function repetition(source: Source): Unresolved[] {
  return ['count', 'for_each'].flatMap((name) => {
    const found = attribute(source.block, name);
    if (found === undefined || literal(found.expression) === '1') return [];
    const reason = `${addressOf(source)} has ${name}, and what becomes of it is not known`;
    return [{ reason, give: GIVE, place: found.at }];
  });
}

function bodyOf(source: Source, expression: string, place: Place, kind: ApiKind, files: Files) {
  const basePathText = /basepath\s*=\s*"(\w+)"/.exec(
    attribute(source.block, 'parameters')?.expression ?? '',
  )?.[1];
  const basePath = isBasePathMode(basePathText) ? basePathText : 'ignore';
  const unclear = (reason: string, at = place): Unresolved => ({ reason, give: GIVE, place: at });
  const written = literal(expression);
  const named = fileNamed(expression);
  const isWhole = /^(templatefile|file)\(/.test(expression);
  try {
    if (typeof written === 'string') {
      const document = parseText(source.file, written);
      const reading = readDocument(document, { kind, basePath });
      return { ...reading, methods: reading.methods.map((it) => ({ ...it, place })) };
    }
    if (named === null || !isWhole)
      return unclear(`the body of ${addressOf(source)} is an expression`);
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
  if (typeof text === 'string' && isAuthorizationType(text))
    return { ...shared, authorization: text };
  const reason =
    typeof text === 'string'
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
