import type {
  DeclaredApi,
  Fix,
  Language,
  Suppression,
  Unresolved,
} from '../../../model/declared.js';
import type { Files } from '../files.js';
import { get, type Node, scalarText } from '../node.js';
import type { Blame } from '../openapi/paths.js';
import { suppressionComments, suppressionsIn } from '../suppressions.js';
import type { ResourceIndex } from './resource-index.js';
import type { Resource } from './resources.js';
import type { Scope } from './scope.js';

/** What SAM's rules know of an API beside the resource that they write. */
export interface SamApi {
  readonly blame: (operation: Node, method: string) => Blame | undefined;
  readonly notes: readonly string[];
  readonly unresolved: readonly Unresolved[];
  /** The fix of a route that SAM wrote as a resource of its own. */
  readonly routeFix?: Fix;
}

export interface ApiContext {
  readonly file: string;
  readonly files: Files;
  readonly language: Exclude<Language, 'openapi' | 'terraform' | 'sam'>;
  readonly scope: Scope;
  readonly stack: string | null;
  readonly prefix: string;
  /** Of the file, to find comments. */
  readonly lines: readonly string[];
  readonly resources: ResourceIndex;
  readonly samOf: (id: string) => SamApi | undefined;
  readonly assetOf?: (resource: Resource, key: string | undefined) => string | null;
}

/** An API of which nothing but its name is known yet. */
export function apiDraft(
  resource: Resource,
  kind: DeclaredApi['kind'],
  context: ApiContext,
): DeclaredApi {
  const constructPath = scalarText(get(resource.node, 'Metadata', 'aws:cdk:path')) ?? null;
  return {
    name: resource.id,
    file: context.file,
    language: context.samOf(resource.id) === undefined ? context.language : 'sam',
    kind,
    place: resource.at,
    when: resource.when,
    methods: [],
    unresolved: context.samOf(resource.id)?.unresolved ?? [],
    undeployable: [],
    policies: [],
    defaultEndpointDisabled: false,
    endpointTypes: [],
    identity: identityOf(`${context.prefix}${resource.id}`, constructPath, context),
    suppressions: suppressionsOf(resource, context),
    notes: context.samOf(resource.id)?.notes ?? [],
  };
}

export function identityOf(
  logicalId: string | null,
  constructPath: string | null,
  { stack }: ApiContext,
): DeclaredApi['identity'] {
  return { stack, logicalId, constructPath, address: null, id: null };
}

/** The skips of other tools on a resource: in its metadata and in comments above its next sibling. */
export function suppressionsOf(resource: Resource, context: ApiContext): readonly Suppression[] {
  const next = context.resources.lineAfter(resource.at, context.lines.length + 1);
  const comments =
    resource.at.file === context.file ? suppressionComments(context.lines, resource.at, next) : [];
  return [...suppressionsIn(resource.node), ...comments];
}
