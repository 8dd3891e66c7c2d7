import type { DeclaredApi, DeclaredMethod } from '../../../model/declared.js';
import { get, scalarText } from '../node.js';
import { type ApiContext, apiDraft, identityOf, suppressionsOf } from './api-draft.js';
import { foldKey } from './fold.js';
import type { Folded } from './folded.js';
import type { Resource } from './resources.js';
import { readRestApi, readRestMethod } from './rest.js';
import { readManagedRoute, readRoute, readV2Api } from './v2.js';

const API_TYPES = new Set(['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']);

/** Every API of a template, with the methods that other resources give it. */
export function apisOf(context: ApiContext): readonly DeclaredApi[] {
  const apis = mergeByName(
    context.resources.all
      .filter(({ type }) => API_TYPES.has(type))
      .map((it) =>
        it.type === 'AWS::ApiGateway::RestApi' ? readRestApi(it, context) : readV2Api(it, context),
      ),
  );
  const added = new Map<string, DeclaredMethod[]>(apis.map(({ name }) => [name, []]));
  const kinds = new Map(apis.map(({ name, kind }) => [name, kind]));
  const elsewhere = new Map<string, DeclaredApi>();
  for (const resource of context.resources.all) {
    const isMethod = resource.type === 'AWS::ApiGateway::Method';
    const isRoute = resource.type === 'AWS::ApiGatewayV2::Route';
    if (!isMethod && !isRoute) continue;
    for (const owner of foldKey(
      resource.properties,
      isMethod ? 'RestApiId' : 'ApiId',
      context.scope,
    )) {
      const name = ownerName(owner);
      if (!added.has(name)) {
        added.set(name, []);
        const outer = owner.kind === 'unknown' ? (owner.outer?.api ?? null) : null;
        const kind = isMethod ? 'REST' : 'HTTP';
        elsewhere.set(name, apiElsewhere(name, outer, resource, kind, context));
      }
      const kind = kinds.get(name) ?? 'HTTP';
      const methods = isMethod
        ? readRestMethod(resource, owner.when, context)
        : readRoute(resource, owner.when, kind, context.samOf(name) ?? {}, context);
      added.get(name)?.push(...methods);
    }
  }
  return [...apis, ...elsewhere.values()].map((api): DeclaredApi => {
    const methods = [...readManagedRoute(api, context), ...(added.get(api.name) ?? [])].map((it) =>
      withSuppressions(it, context),
    );
    return { ...api, methods };
  });
}

/** One API for a logical id: it may stand twice, and SAM writes it once for each choice of parameters. */
function mergeByName(apis: readonly DeclaredApi[]): readonly DeclaredApi[] {
  const merged = new Map<string, DeclaredApi>();
  for (const api of apis) {
    const before = merged.get(api.name);
    if (before === undefined) merged.set(api.name, api);
    else {
      const isSame = before.defaultEndpointDisabled === api.defaultEndpointDisabled;
      merged.set(api.name, {
        ...before,
        methods: [...before.methods, ...api.methods],
        unresolved: distinct([...before.unresolved, ...api.unresolved]),
        undeployable: distinct([...before.undeployable, ...api.undeployable]),
        policies: [...before.policies, ...api.policies],
        defaultEndpointDisabled: isSame ? before.defaultEndpointDisabled : null,
      });
    }
  }
  return [...merged.values()];
}

function distinct<T extends { readonly reason: string }>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((it) => [it.reason, it])).values()];
}

function ownerName(owner: Folded): string {
  if (owner.kind === 'unknown') return owner.refersTo ?? owner.placeholder;
  return owner.kind === 'known' ? (scalarText(owner.node) ?? 'unknown API') : 'unknown API';
}

/** An API of another stack or template, to which this one adds methods. */
function apiElsewhere(
  name: string,
  outer: string | null,
  resource: Resource,
  kind: DeclaredApi['kind'],
  context: ApiContext,
): DeclaredApi {
  return {
    ...apiDraft(resource, kind, context),
    name,
    isElsewhere: true,
    notes: [
      'the API itself is declared elsewhere: only the methods that this file adds to it are judged',
    ],
    identity: identityOf(outer, null, context),
    defaultEndpointDisabled: null,
    suppressions: [],
  };
}

function withSuppressions(method: DeclaredMethod, context: ApiContext): DeclaredMethod {
  const [resource] = context.resources.withId(method.resource);
  if (resource === undefined) return method;
  const constructPath = scalarText(get(resource.node, 'Metadata', 'aws:cdk:path')) ?? null;
  return { ...method, constructPath, suppressions: suppressionsOf(resource, context) };
}

/** Gives the methods that nested stacks add to APIs of this template to those APIs. */
export function mergeNested(
  own: readonly DeclaredApi[],
  nested: readonly DeclaredApi[],
): readonly DeclaredApi[] {
  const ids = new Set(own.map(({ identity }) => identity.logicalId));
  const merged = own.map((api) => ({
    ...api,
    methods: [
      ...api.methods,
      ...nested
        .filter(({ identity }) => identity.logicalId === api.identity.logicalId)
        .flatMap(({ methods }) => methods),
    ],
  }));
  return [
    ...merged,
    ...nested.filter(({ identity }) => identity.logicalId === null || !ids.has(identity.logicalId)),
  ];
}
