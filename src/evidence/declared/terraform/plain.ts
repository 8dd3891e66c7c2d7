import type { ApiKind } from '../../../model/api-kind.js';
import type { DeclaredApi, DeclaredMethod, Unresolved } from '../../../model/declared.js';
import { complete } from '../complete.js';
import type { Files } from '../files.js';
import { attribute } from './hcl.js';
import { otherWayOf } from './other-ways.js';
import { apiOf, eitherOf, emptyApi, kept, policiesOf } from './plain-api.js';
import { restMethod, route } from './plain-methods.js';
import { addressIn, addressOf, GIVE, textOf } from './plain-source.js';
import type { Source, Sources } from './sources.js';

export interface PlainReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  /** The folders of the modules that it calls by local paths. */
  readonly modules: readonly string[];
}

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

/** What may make APIs that this reader does not know. */
function otherWays(resources: readonly Source[]): readonly Unresolved[] {
  return resources.flatMap((source) => {
    const way = otherWayOf(source.block.labels[0] ?? '', (name) => textOf(source, name));
    if (way === null) return [];
    const reason = `${addressOf(source)}: ${way.reason}`;
    return [{ reason, give: way.give, place: source.block.at }];
  });
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
