import type { DeclaredApi, DeclaredMethod, Unresolved } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import { fewMethods, isAuthorizationType, methodDraft } from '../method-draft.js';
import { booleanOf, get, isList, isMap, map, type Node, scalar, scalarText } from '../node.js';
import { isBasePathMode } from '../openapi/base-path.js';
import { withPrivate } from '../openapi/document.js';
import { policiesAt } from '../policy/policy.js';
import { FIXES } from '../snippets.js';
import { type ApiContext, apiDraft } from './api-draft.js';
import { readBody } from './body.js';
import { fold, foldKey } from './fold.js';
import type { Folded } from './folded.js';
import type { Resource } from './resources.js';
import type { Scope } from './scope.js';
import { joinWhen } from './when.js';

/** Reads `AWS::ApiGateway::RestApi`: its document, its policy and its default endpoint. */
export function readRestApi(resource: Resource, context: ApiContext): DeclaredApi {
  const { properties } = resource;
  const { scope } = context;
  const draft = apiDraft(resource, 'REST', context);
  const mode = scalarText(get(properties, 'Parameters', 'basepath'));
  const body = readBody(resource, 'REST', isBasePathMode(mode) ? mode : 'ignore', context);
  const unresolved: Unresolved[] = [...draft.unresolved, ...body.unresolved];
  const importMode = get(properties, 'Mode');
  if (importMode !== undefined && body.hasDocument) {
    for (const value of fold(importMode, scope)) {
      const text = value.kind === 'known' ? scalarText(value.node) : undefined;
      if (text !== 'overwrite' && value.kind !== 'absent') {
        unresolved.push({
          reason: `the document is imported with Mode ${text ?? '(not known)'}, which keeps methods that it does not name`,
          give: 'use Mode: overwrite, or audit the live API instead',
          place: importMode.at,
        });
      }
    }
  }
  const cloned = get(properties, 'CloneFrom');
  if (cloned !== undefined) {
    const give = 'declare the methods themselves, or audit the live API instead';
    const reason = 'CloneFrom copies the methods of another API';
    unresolved.push({ reason, give, place: cloned.at });
  }
  return {
    ...draft,
    methods: body.methods,
    unresolved,
    undeployable: body.undeployable,
    policies: [...body.policies, ...policiesAt(properties, 'Policy', scope, [])],
    defaultEndpointDisabled: endpointDisabled(properties, body.defaultEndpointDisabled, scope),
    endpointTypes: withPrivate(endpointTypesOf(properties, scope), body),
  };
}

/** Of `EndpointConfiguration`, and of the parameter that an import takes for it. */
function endpointTypesOf(properties: Node | undefined, scope: Scope): readonly string[] | null {
  const types: string[] = [];
  const imported = foldKey(get(properties, 'Parameters'), 'endpointConfigurationTypes', scope);
  for (const type of imported) {
    if (type.kind === 'unknown') return null;
    const text = type.kind === 'known' ? scalarText(type.node) : undefined;
    if (text !== undefined) types.push(text);
  }
  for (const configuration of foldKey(properties, 'EndpointConfiguration', scope)) {
    if (configuration.kind === 'absent') continue;
    const listed =
      configuration.kind === 'known'
        ? foldKey(configuration.node, 'Types', scope)
        : [configuration];
    for (const list of listed) {
      if (list.kind === 'unknown') return null;
      const items = list.kind === 'known' && isList(list.node) ? list.node.items : [];
      for (const type of items.flatMap((it) => fold(it, scope))) {
        if (type.kind === 'unknown') return null;
        const text = type.kind === 'known' ? scalarText(type.node) : undefined;
        if (text !== undefined) types.push(text);
      }
    }
  }
  return [...new Set(types)];
}

/** Whether the default endpoint is disabled: the property, else the document. */
export function endpointDisabled(
  properties: Node | undefined,
  ofDocument: boolean | null | undefined,
  scope: Scope,
): boolean | null {
  const values = foldKey(properties, 'DisableExecuteApiEndpoint', scope).map((value) =>
    value.kind === 'absent'
      ? (ofDocument ?? (ofDocument === null ? null : false))
      : value.kind === 'known'
        ? (booleanOf(value.node) ?? null)
        : null,
  );
  const [first = false] = values;
  return values.every((it) => it === first) ? first : null;
}

/** Reads `AWS::ApiGateway::Method` in every branch of its path, its verb and its type. */
export function readRestMethod(
  resource: Resource,
  when: readonly string[],
  context: ApiContext,
): readonly DeclaredMethod[] {
  const { scope } = context;
  const under = joinWhen(when, resource.when);
  if (under === null) return [];
  const integration = integrationOf(resource.properties, scope);
  const fix = context.language === 'serverless' ? FIXES.serverlessRest : FIXES.method;
  const branches = function* (): Generator<DeclaredMethod> {
    for (const verb of foldKey(resource.properties, 'HttpMethod', scope, under)) {
      const method =
        verb.kind === 'known' ? (scalarText(verb.node) ?? '?').toUpperCase() : 'unresolved';
      const node = get(resource.properties, 'ResourceId');
      for (const { path, when: onPath } of pathsOf(node, verb.when, walkIn(context))) {
        for (const type of foldKey(resource.properties, 'AuthorizationType', scope, onPath)) {
          const draft = methodDraft(method, path, type.keyAt ?? resource.at, fix);
          yield {
            ...draft,
            ...typeOf(type, draft, resource),
            resource: resource.id,
            when: type.when,
            assumes: [...resource.assumes, ...(type.kind === 'known' ? type.assumes : [])],
            apiKeyRequired: keyRequired(resource.properties, scope),
            integration,
            isPreflight:
              method === 'OPTIONS' && integration === 'MOCK' && answersCors(resource.properties),
            notes: path === null ? ['its path is known at the deployment'] : [],
          };
        }
      }
    }
  };
  return fewMethods(branches(), resource, fix);
}

function typeOf(
  type: Folded,
  { place }: DeclaredMethod,
  resource: Resource,
): Pick<DeclaredMethod, 'authorization' | 'unresolved' | 'by' | 'undeployable'> {
  const decided = { by: 'resource' as const, undeployable: null, unresolved: null };
  if (type.kind === 'unknown') {
    const { reason, give } = type;
    const unresolved = { reason, give, place };
    return { ...decided, authorization: 'unresolved', unresolved };
  }
  const text = type.kind === 'known' ? scalarText(type.node) : undefined;
  if (text !== undefined && isAuthorizationType(text)) return { ...decided, authorization: text };
  // CloudFormation's schema does not require it, and API Gateway refuses the method without it.
  const reason =
    text === undefined
      ? `${resource.id} has no AuthorizationType, and API Gateway refuses a method without it`
      : `${resource.id} has the AuthorizationType ${text}, which API Gateway does not know`;
  return {
    ...decided,
    authorization: 'unresolved',
    unresolved: { reason, give: 'write AuthorizationType: AWS_IAM', place },
    undeployable: { reason, place },
  };
}

export function keyRequired(properties: Node | undefined, scope: Scope): boolean {
  return foldKey(properties, 'ApiKeyRequired', scope).some(
    (it) => it.kind === 'known' && booleanOf(it.node) === true,
  );
}

function integrationOf(properties: Node | undefined, scope: Scope): string | null {
  const types = foldKey(properties, 'Integration', scope).flatMap((value) =>
    value.kind === 'known' ? foldKey(value.node, 'Type', scope) : [value],
  );
  const texts = types.map((it) =>
    it.kind === 'known' ? (scalarText(it.node)?.toUpperCase() ?? null) : null,
  );
  const [first = null] = texts;
  return texts.every((it) => it === first) ? first : null;
}

/** Whether a 200 or 204 answer of the method carries CORS headers. */
function answersCors(properties: Node | undefined): boolean {
  const responses = get(properties, 'MethodResponses');
  if (!isList(responses)) return false;
  return responses.items.some((it) => {
    const status = scalarText(get(it, 'StatusCode'));
    const parameters = get(it, 'ResponseParameters');
    return (
      (status === '200' || status === '204') &&
      isMap(parameters) &&
      parameters.entries.some(
        ({ key }) => key.toLowerCase() === 'method.response.header.access-control-allow-origin',
      )
    );
  });
}

/** The only path of a resource of an API; `null` where there are several, or none is known. */
export function pathOf(resource: Resource, context: ApiContext): string | null {
  const { at } = resource;
  const id = scalar(resource.id, at);
  const paths = pathsOf(map([{ key: 'Ref', at, value: id }], at), [], walkIn(context));
  const [only] = paths;
  return paths.length === 1 && only !== undefined ? only.path : null;
}

interface PathBranch {
  readonly path: string | null;
  readonly when: readonly string[];
}

/** Parents that are looked at for one method: each may have a parent for each branch of its own. */
const MOST_PARENTS = 2_000;

/** Parents one above the other; an API has 300 resources (API Gateway Developer Guide, "Quotas"). */
const MOST_LEVELS = 300;

/** A walk from a resource to the root. */
interface Walk {
  readonly context: ApiContext;
  /** The resources on the way here. */
  readonly seen: Set<string>;
  /** Shared by all branches of the walk. */
  readonly budget: { left: number };
}

function walkIn(context: ApiContext): Walk {
  return { context, seen: new Set(), budget: { left: MOST_PARENTS } };
}

/** The path of a resource: the parts of its parents up to the API's root. */
function pathsOf(
  node: Node | undefined,
  when: readonly string[],
  walk: Walk,
): readonly PathBranch[] {
  const { context, seen, budget } = walk;
  budget.left -= 1;
  if (node === undefined || budget.left < 0 || seen.size > MOST_LEVELS) {
    return [{ path: null, when }];
  }
  const branches = fold(node, context.scope, when).flatMap((value): readonly PathBranch[] => {
    if (value.kind !== 'unknown') return [{ path: null, when: value.when }];
    const { refersTo, outer } = value;
    if (refersTo === null) return [{ path: outer?.path ?? null, when: value.when }];
    if (value.placeholder === `\${${refersTo}.RootResourceId}`)
      return [{ path: '/', when: value.when }];
    const resources = context.resources
      .withId(refersTo)
      .filter(({ type }) => type === 'AWS::ApiGateway::Resource');
    if (resources.length === 0 || seen.has(refersTo)) return [{ path: null, when: value.when }];
    seen.add(refersTo);
    const paths = resources.flatMap(({ properties }) =>
      pathsOf(get(properties, 'ParentId'), value.when, walk).flatMap((parent) =>
        foldKey(properties, 'PathPart', context.scope, parent.when).map((part) => {
          const text = part.kind === 'known' ? scalarText(part.node) : undefined;
          const isKnown = text !== undefined && parent.path !== null;
          const path = isKnown ? `${parent.path === '/' ? '' : parent.path}/${text}` : null;
          return { path, when: part.when };
        }),
      ),
    );
    seen.delete(refersTo);
    return paths;
  });
  return budget.left < 0 || branches.length > LIMITS.branches ? [{ path: null, when }] : branches;
}
