import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredApi,
  DeclaredMethod,
  Fix,
  Place,
  Unresolved,
} from '../../../model/declared.js';
import { fewMethods, isAuthorizationType, methodDraft, routeOf } from '../method-draft.js';
import { get, type Node, scalarText } from '../node.js';
import { FIXES } from '../snippets.js';
import { type ApiContext, apiDraft } from './api-draft.js';
import { readBody } from './body.js';
import { fold, foldKey } from './fold.js';
import type { Folded } from './folded.js';
import type { Resource } from './resources.js';
import { endpointDisabled, keyRequired } from './rest.js';
import { extendWhen, joinWhen } from './when.js';

/** Reads `AWS::ApiGatewayV2::Api`: its document, and the route that `Target` creates. */
export function readV2Api(resource: Resource, context: ApiContext): DeclaredApi {
  const { properties, at } = resource;
  const { scope } = context;
  const protocols = foldKey(properties, 'ProtocolType', scope);
  const texts = protocols.map((it) => (it.kind === 'known' ? scalarText(it.node) : undefined));
  const kind: ApiKind = texts.includes('WEBSOCKET') ? 'WEBSOCKET' : 'HTTP';
  const mode = scalarText(get(properties, 'BasePath'))?.toLowerCase();
  const basePath = mode === 'prepend' || mode === 'split' ? mode : 'ignore';
  const body = readBody(resource, 'HTTP', basePath, context);
  const draft = apiDraft(resource, kind, context);
  const unresolved: Unresolved[] = [...draft.unresolved, ...body.unresolved];
  const isKnown =
    texts.length === 1 &&
    (texts[0] !== undefined || body.hasDocument || protocols[0]?.kind === 'absent');
  if (!isKnown) {
    const reason =
      'ProtocolType, and with it what a route without a type means, is known at the deployment';
    unresolved.push({ reason, give: 'write ProtocolType itself in the template', place: at });
  }
  return {
    ...draft,
    methods: [...body.methods, ...quickCreated(resource, kind, context)],
    unresolved,
    undeployable: body.undeployable,
    policies: [],
    defaultEndpointDisabled: endpointDisabled(properties, body.defaultEndpointDisabled, scope),
  };
}

/** `Target` creates a route that nobody declares: `$default`, or what `RouteKey` says. */
function quickCreated(
  resource: Resource,
  kind: ApiKind,
  { scope }: ApiContext,
): readonly DeclaredMethod[] {
  if (kind !== 'HTTP') return [];
  const branches = function* (): Generator<DeclaredMethod> {
    for (const target of foldKey(resource.properties, 'Target', scope)) {
      if (target.kind === 'absent') continue;
      for (const key of foldKey(resource.properties, 'RouteKey', scope, target.when)) {
        const written = key.kind === 'known' ? scalarText(key.node) : undefined;
        const { method, path } = routeOf(written ?? '$default');
        const draft = methodDraft(method, path, target.keyAt ?? resource.at, FIXES.quickCreate);
        yield { ...draft, by: 'quick create', when: key.when };
      }
    }
  };
  return fewMethods(branches(), resource, FIXES.quickCreate);
}

/**
 * The routes of an API after `AWS::ApiGatewayV2::ApiGatewayManagedOverrides`, which changes the route
 * that quick create makes.
 */
export function readManagedRoute(api: DeclaredApi, context: ApiContext): readonly DeclaredMethod[] {
  if (!api.methods.some(({ by }) => by === 'quick create')) return api.methods;
  const overrides = context.resources.all.flatMap(({ type, properties, at, when }) => {
    const route = get(properties, 'Route');
    if (type !== 'AWS::ApiGatewayV2::ApiGatewayManagedOverrides' || route === undefined) return [];
    return foldKey(properties, 'ApiId', context.scope, when)
      .filter((it) => it.kind === 'unknown' && it.refersTo === api.name)
      .map((it) => ({ route, at, when: it.when }));
  });
  return api.methods.flatMap((it) => {
    if (it.by !== 'quick create') return [it];
    // Nothing says which of several is the last one.
    const changed = overrides.flatMap((override) => {
      const when = joinWhen(it.when, override.when);
      return when === null ? [] : overridden(it, { ...override, when }, context);
    });
    const left = overrides.reduce<readonly DeclaredMethod[]>(
      (routes, { when }) => routes.flatMap((route) => withoutOverride(route, when)),
      [it],
    );
    return [...changed, ...left];
  });
}

interface Override {
  readonly route: Node;
  readonly at: Place;
  readonly when: readonly string[];
}

/** A route that quick create makes, in every branch of what changes it. */
function overridden(
  it: DeclaredMethod,
  { route, at, when }: Override,
  { scope }: ApiContext,
): readonly DeclaredMethod[] {
  return foldKey(route, 'AuthorizationType', scope, when).map((type) => {
    if (type.kind === 'absent') return { ...it, when: type.when };
    const place = type.keyAt ?? at;
    const text = type.kind === 'known' ? scalarText(type.node) : undefined;
    const isKnown = text !== undefined && isAuthorizationType(text);
    const reason = type.kind === 'unknown' ? type.reason : `${text ?? ''} is no authorization type`;
    return {
      ...it,
      place,
      fix: FIXES.route,
      when: type.when,
      by: 'resource' as const,
      authorization: isKnown ? text : ('unresolved' as const),
      unresolved: isKnown ? null : { reason, give: 'write AuthorizationType: AWS_IAM', place },
    };
  });
}

/** The route where the override is not deployed: it stays as it was made. */
function withoutOverride(
  it: DeclaredMethod,
  conditions: readonly string[],
): readonly DeclaredMethod[] {
  return conditions.flatMap((condition) => {
    // Of a parameter's value the others are not named: the route is told in its own branch.
    if (condition.includes('=')) return [it];
    const opposite = condition.startsWith('!') ? condition.slice(1) : `!${condition}`;
    const when = extendWhen(it.when, opposite);
    return when === null ? [] : [{ ...it, when }];
  });
}

const SERVERLESS: Readonly<Record<ApiKind, Fix>> = {
  REST: FIXES.serverlessRest,
  HTTP: FIXES.serverlessHttp,
  WEBSOCKET: FIXES.serverlessWebSocket,
};

/** Reads `AWS::ApiGatewayV2::Route` in every branch of its key and its type. */
export function readRoute(
  resource: Resource,
  when: readonly string[],
  kind: ApiKind,
  api: { readonly routeFix?: Fix },
  context: ApiContext,
): readonly DeclaredMethod[] {
  const { scope, language } = context;
  const under = joinWhen([...resource.choice, ...when], resource.when);
  if (under === null) return [];
  const fix = api.routeFix ?? (language === 'serverless' ? SERVERLESS[kind] : FIXES.route);
  const integration = integrationOf(resource, context);
  const typed = (key: Folded, type: ReturnType<typeof foldKey>[number]): DeclaredMethod => {
    const written = key.kind === 'known' ? scalarText(key.node) : undefined;
    const route = written === undefined ? { method: 'unresolved', path: null } : routeOf(written);
    const place = type.keyAt ?? resource.at;
    const draft = {
      ...methodDraft(route.method, route.path, place, fix),
      resource: resource.id,
      when: type.when,
      assumes: [...resource.assumes, ...(type.kind === 'known' ? type.assumes : [])],
      apiKeyRequired: keyRequired(resource.properties, scope),
      integration,
    };
    // Absent is NONE: SAM's WebSocket routes rely on it.
    if (type.kind === 'absent') return { ...draft, by: 'default' };
    if (type.kind === 'unknown') {
      const { reason, give } = type;
      const unresolved = { reason, give, place };
      return { ...draft, by: 'resource', authorization: 'unresolved', unresolved };
    }
    const text = scalarText(type.node);
    if (text !== undefined && isAuthorizationType(text)) {
      return { ...draft, by: 'resource', authorization: text };
    }
    const reason = `${resource.id} has the AuthorizationType ${text ?? '(none)'}, which API Gateway does not know`;
    const unresolved = { reason, give: 'write AuthorizationType: AWS_IAM', place };
    const undeployable = { reason, place };
    return { ...draft, by: 'resource', authorization: 'unresolved', unresolved, undeployable };
  };
  const branches = function* (): Generator<DeclaredMethod> {
    for (const key of foldKey(resource.properties, 'RouteKey', scope, under)) {
      const types = foldKey(resource.properties, 'AuthorizationType', scope, key.when);
      for (const type of types) yield typed(key, type);
    }
  };
  return fewMethods(branches(), resource, fix);
}

/** The type of the integration that a route's target names. */
function integrationOf({ properties }: Resource, { scope, resources }: ApiContext): string | null {
  const target = get(properties, 'Target');
  if (target === undefined) return null;
  const ids = fold(target, scope).map((it) =>
    it.kind === 'unknown' ? /^integrations\/\$\{([^}.]+)\}$/.exec(it.placeholder)?.[1] : undefined,
  );
  const found = ids
    .flatMap((id) => resources.withId(id ?? null))
    .find(({ type }) => type === 'AWS::ApiGatewayV2::Integration');
  return scalarText(get(found?.properties, 'IntegrationType'))?.toUpperCase() ?? null;
}
