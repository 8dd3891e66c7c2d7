import type {
  DeclaredApi,
  Language,
  Place,
  Undeployable,
  Unresolved,
} from '../../../model/declared.js';
import { complete } from '../complete.js';
import { mayMakeApis } from '../detect.js';
import { type Files, resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { get, isList, isMap, type Node, scalarText } from '../node.js';
import { readSam } from '../sam/sam.js';
import type { ApiContext } from './api-draft.js';
import { apisOf, mergeNested } from './apis.js';
import { withLongTransforms } from './expand.js';
import { isFeasible } from './feasible.js';
import { fold, foldKey } from './fold.js';
import type { Unknown } from './folded.js';
import { readNode } from './include.js';
import { ResourceIndex } from './resource-index.js';
import { type Resource, resourcesOf } from './resources.js';
import { pathOf } from './rest.js';
import { type Outer, type Scope, scopeOf, type UnknownGiven } from './scope.js';
import { keysTwice } from './twice.js';

/** A template to read, and what is known of it beside its text. */
export interface TemplateRequest {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
  readonly files: Files;
  readonly language: Exclude<Language, 'openapi' | 'terraform' | 'sam'>;
  /** Facts about parameters. */
  readonly given: Scope['given'];
  readonly stack: string | null;
  /** The logical ids of the stacks that nest this one, each with `/` after it. */
  readonly prefix: string;
  /** The templates that nest this one, outermost first. */
  readonly nestedIn?: readonly string[];
  /** How many nested templates may still be read, for all of them together. */
  readonly budget?: { left: number };
  /** Where a file lies that a template names by bucket and key, or by its asset's metadata. */
  readonly assetOf?: (resource: Resource, key: string | undefined) => string | null;
  /** Where the template of a nested stack lies, when its URL does not say it. */
  readonly nestedOf?: (resource: Resource) => string | null;
}

export interface TemplateReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: readonly Undeployable[];
  /** Whether the template is SAM's. */
  readonly isSam: boolean;
}

const SERVERLESS = 'AWS::Serverless-2016-10-31';

/** A `Transform` with a map as its value, in JSON or YAML. */
const SHORT_TRANSFORM = /\bTransform["']?\s*:\s*(?:\{|#|$)/m;

/**
 * Macros of AWS that write no API (CloudFormation Template Reference, "Transforms"); Include and
 * LanguageExtensions are read here.
 */
const HARMLESS_MACROS = new Set([
  SERVERLESS,
  'AWS::Include',
  'AWS::LanguageExtensions',
  'AWS::CodeDeployBlueGreen',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
  'AWS::ServiceCatalog',
]);

/** Reads a CloudFormation or SAM template, its includes and the stacks that it nests. */
export function readTemplate(request: TemplateRequest): TemplateReading {
  const { file, text, files } = request;
  const root = SHORT_TRANSFORM.test(text) ? withLongTransforms(request.root) : request.root;
  const unresolved: Unresolved[] = [];
  const included = new Map<string | undefined, ReturnType<Scope['include']>>();
  const include: Scope['include'] = (location, at) => {
    const key = scalarText(location);
    const known = included.get(key);
    if (known !== undefined) return known;
    const read = readNode({ files, from: file, location, at, what: 'AWS::Include' });
    included.set(key, read);
    return read;
  };
  const bare = scopeOf(root, request.given, include);
  const transforms = transformsOf(root);
  const template = withIncludes(root, transforms, bare, unresolved);
  const isWritten = writesSam(template, transforms);
  const scope = { ...scopeOf(template, request.given, include), decidesLiterals: !isWritten };
  for (const { name, at } of transforms) {
    if (HARMLESS_MACROS.has(name)) continue;
    unresolved.push({
      reason: `the macro ${name} can write any resource, and what it writes is not in the template`,
      give: 'give the processed template (GetTemplate, stage Processed)',
      place: at,
    });
  }
  unresolved.push(...keysTwice(template));
  // A file that is put in may hold either.
  const isIncluded = template !== root;
  const hasTransforms =
    isIncluded || /Fn::Transform|!Transform/.test(text) || root !== request.root;
  if (hasTransforms) unresolved.push(...macrosIn(template));
  const hasLoops = hasTransforms || text.includes('Fn::ForEach');
  const listed = resourcesOf(template, scope, { hasLoops, hasTransforms });
  unresolved.push(...listed.unresolved);
  const isSam =
    isWritten || listed.resources.some(({ type }) => type.startsWith('AWS::Serverless::'));
  const sam = isSam ? readSam(template, listed.resources, scope) : null;
  const context: ApiContext = {
    ...request,
    scope,
    lines: text.split('\n'),
    resources: new ResourceIndex(sam?.resources ?? listed.resources),
    samOf: (id) => sam?.apis.get(id),
  };
  const own = apisOf(context).map((api) => deployable(api, scope));
  const nested = nestedStacks(context, request);
  return {
    apis: mergeNested(own, nested.apis).map(complete),
    unresolved: [
      ...unresolved,
      ...modulesOf(context.resources.all),
      ...stackSetsOf(context.resources.all, scope),
      ...nested.unresolved,
    ],
    undeployable: [...(sam?.undeployable ?? []), ...nested.undeployable],
    isSam,
  };
}

/** An API without the branches that no values of the parameters lead to. */
function deployable(api: DeclaredApi, scope: Scope): DeclaredApi {
  const known = new Map<string, boolean>();
  const isDeployable = ({ when }: { readonly when: readonly string[] }): boolean => {
    const all = [...new Set([...api.when, ...when])];
    const key = JSON.stringify(all);
    const decided = known.get(key) ?? isFeasible(all, scope);
    known.set(key, decided);
    return decided;
  };
  const methods = api.methods.filter(isDeployable);
  const policies = api.policies.filter(isDeployable);
  if (api.kind !== 'WEBSOCKET') return { ...api, methods, policies };
  const connects = methods.filter(({ method }) => method === '$connect');
  const combined = combinationsOf(connects.map(({ when }) => without(api.when, when)));
  const impossible = combined.filter((when) => !isDeployable({ when }));
  return { ...api, methods, policies, impossible };
}

/** More conditions than these are not combined. */
const MOST_COMBINED = 6;

/** The conditions that are not those of an API itself, which hold wherever it is. */
function without(ofApi: readonly string[], when: readonly string[]): readonly string[] {
  return when.filter((it) => !ofApi.includes(it));
}

/** Every way in which the conditions of branches can hold, or not, together. */
function combinationsOf(branches: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const all = branches.flat().filter((it) => !it.includes('='));
  const names = [...new Set(all.map((it) => it.replace(/^!/, '')))];
  if (names.length === 0 || names.length > MOST_COMBINED) return [];
  return names.reduce<readonly (readonly string[])[]>(
    (combinations, name) =>
      combinations.flatMap((it) => [
        [...it, name],
        [...it, `!${name}`],
      ]),
    [[]],
  );
}

/** Whether a template is SAM's, by its transform or by its resources. */
function writesSam(template: Node, transforms: readonly Transform[]): boolean {
  if (transforms.some(({ name }) => name === SERVERLESS)) return true;
  const resources = get(template, 'Resources');
  return (
    isMap(resources) &&
    resources.entries.some(
      ({ value }) => scalarText(get(value, 'Type'))?.startsWith('AWS::Serverless::') === true,
    )
  );
}

interface Transform {
  readonly name: string;
  readonly node: Node;
  readonly at: Place;
}

function transformsOf(root: Node): readonly Transform[] {
  const written = get(root, 'Transform');
  if (written === undefined) return [];
  const all = isList(written) ? written.items : [written];
  return all.map((node) => {
    const name = scalarText(node) ?? scalarText(get(node, 'Name')) ?? 'of an unknown name';
    return { name, node, at: node.at };
  });
}

/** `Transform: {Name: AWS::Include}` of the whole template adds sections and resources. */
function withIncludes(
  root: Node,
  transforms: readonly Transform[],
  scope: Scope,
  unresolved: Unresolved[],
): Node {
  let whole = root;
  for (const { name, node, at } of transforms) {
    if (name !== 'AWS::Include' || !isMap(node)) continue;
    const included = scope.include(get(node, 'Parameters', 'Location'), at);
    if ('reason' in included) unresolved.push(included);
    else if (isMap(included) && isMap(whole)) {
      let entries = whole.entries;
      for (const section of included.entries) {
        const present = entries.find(({ key }) => key === section.key);
        entries =
          present !== undefined && isMap(present.value) && isMap(section.value)
            ? entries.map((it) =>
                it === present && isMap(it.value) && isMap(section.value)
                  ? {
                      ...it,
                      value: {
                        ...it.value,
                        entries: [...it.value.entries, ...section.value.entries],
                      },
                    }
                  : it,
              )
            : [...entries, section];
      }
      whole = { ...whole, entries };
    }
  }
  return whole;
}

/** Macros within the template: one may rewrite whatever stands beside it. */
function macrosIn(root: Node): readonly Unresolved[] {
  const found = new Map<string, Unresolved>();
  const visit = (node: Node): void => {
    if (isList(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    for (const { key, value, at } of node.entries) {
      const name = key === 'Fn::Transform' ? scalarText(get(value, 'Name')) : 'AWS::Include';
      if (name !== 'AWS::Include') {
        found.set(name ?? '', {
          reason: `the macro ${name ?? '(of an unknown name)'} can rewrite what stands beside it`,
          give: 'give the processed template (GetTemplate, stage Processed)',
          place: at,
        });
      }
      visit(value);
    }
  };
  visit(root);
  return [...found.values()];
}

function modulesOf(resources: readonly Resource[]): readonly Unresolved[] {
  return resources
    .filter(({ type }) => type.endsWith('::MODULE'))
    .map(({ id, type, at }) => ({
      reason: `the module ${type} (${id}) writes resources that are not in the template`,
      give: 'give the processed template (GetTemplate, stage Processed)',
      place: at,
    }));
}

/** Stack sets deploy a template elsewhere: where it is another one, and may make an API. */
function stackSetsOf(resources: readonly Resource[], scope: Scope): readonly Unresolved[] {
  return resources.flatMap(({ id, type, at, properties }) => {
    if (type !== 'AWS::CloudFormation::StackSet') return [];
    const bodies = foldKey(properties, 'TemplateBody', scope);
    const isHarmless = bodies.every((it) => {
      const text = it.kind === 'known' ? scalarText(it.node) : undefined;
      return text !== undefined && !mayMakeApis(text);
    });
    if (isHarmless) return [];
    const reason = `the stack set ${id} has a template of its own, which is not read`;
    return [{ reason, give: 'audit the live APIs that it makes instead', place: at }];
  });
}

function nestedStacks(context: ApiContext, request: TemplateRequest): TemplateReading {
  const apis: DeclaredApi[] = [];
  const unresolved: Unresolved[] = [];
  const undeployable: Undeployable[] = [];
  for (const resource of context.resources.all) {
    const property =
      resource.type === 'AWS::CloudFormation::Stack'
        ? 'TemplateURL'
        : resource.type === 'AWS::Serverless::Application'
          ? 'Location'
          : null;
    if (property === null) continue;
    const reading = nestedStack(resource, property, context, request);
    if ('reason' in reading) unresolved.push(reading);
    else {
      apis.push(...reading.apis.map((api) => deployedWith(resource, api)));
      unresolved.push(...reading.unresolved);
      undeployable.push(...reading.undeployable);
    }
  }
  return { apis, unresolved, undeployable, isSam: false };
}

/** An API of a nested stack, which is there only where the stack is. */
function deployedWith({ when }: Resource, api: DeclaredApi): DeclaredApi {
  if (when.length === 0) return api;
  const under = <T extends { readonly when: readonly string[] }>(it: T): T => ({
    ...it,
    when: [...new Set([...when, ...it.when])],
  });
  return {
    ...under(api),
    methods: api.methods.map(under),
    policies: api.policies.map(under),
  };
}

function nestedStack(
  resource: Resource,
  property: string,
  context: ApiContext,
  request: TemplateRequest,
): TemplateReading | Unresolved {
  const { id, at, properties } = resource;
  const { scope } = context;
  const failed = (why: string): Unresolved => ({
    reason: `the nested stack ${id} ${why}`,
    give: 'write a local path to its template, which `aws cloudformation package` uploads, or audit the live API instead',
    place: at,
  });
  const { nestedIn = [], budget = { left: LIMITS.nestedTemplates } } = request;
  if (nestedIn.length >= LIMITS.nesting)
    return failed(`is nested more than ${LIMITS.nesting} deep`);
  if (budget.left <= 0)
    return failed(`is one of more than ${LIMITS.nestedTemplates} nested templates`);
  const asset = request.nestedOf?.(resource) ?? null;
  const values = get(properties, property);
  const folded = values === undefined ? [] : fold(values, scope);
  const [only] = folded;
  const written = folded.length === 1 && only?.kind === 'known' ? scalarText(only.node) : undefined;
  const isRemote = written === undefined || /^[a-z][a-z0-9+.-]*:/i.test(written);
  if (asset === null && isRemote) return failed('has its template elsewhere');
  const file = asset ?? resolveFrom(request.file, written ?? '');
  if (file === null) return failed('leads out of the workspace');
  if (file === request.file || nestedIn.includes(file)) return failed('nests itself');
  budget.left -= 1;
  const location = { kind: 'scalar' as const, value: file, text: file, at };
  const root = readNode({
    files: request.files,
    from: '',
    location,
    at,
    what: `the nested stack ${id}`,
  });
  if ('reason' in root) return root;
  const source = request.files.read(file, LIMITS.bytes);
  return readTemplate({
    ...request,
    file,
    text: 'text' in source ? source.text : '',
    root,
    given: givenTo(get(properties, 'Parameters'), context),
    stack: null,
    prefix: `${request.prefix}${id}/`,
    nestedIn: [...nestedIn, request.file],
    budget,
  });
}

/** What a template gives to the parameters of a stack that it nests. */
function givenTo(parameters: Node | undefined, context: ApiContext): Scope['given'] {
  const { scope } = context;
  const given = new Map<string, Node | UnknownGiven>();
  if (!isMap(parameters)) return given;
  for (const { key, value, at } of parameters.entries) {
    const folded = fold(value, scope);
    const [only] = folded;
    if (
      folded.length === 1 &&
      only?.kind === 'known' &&
      only.when.length === 0 &&
      only.assumes.length === 0
    ) {
      given.set(key, only.node);
    } else {
      const reason =
        only?.kind === 'unknown'
          ? `parameter ${key} comes from the template above: ${only.reason}`
          : `parameter ${key} depends on the template above`;
      given.set(key, {
        reason,
        give: 'give the values of the parameters (input `parameters`)',
        place: at,
        outer: only?.kind === 'unknown' ? outerOf(only, context) : null,
      });
    }
  }
  return given;
}

/** What a nested stack is given, where it is an API of this template or a resource of one. */
function outerOf(value: Unknown, context: ApiContext): Outer | null {
  const [resource] = context.resources.withId(value.refersTo);
  if (resource === undefined) return value.outer;
  if (resource.type === 'AWS::ApiGateway::Resource') {
    return { api: null, path: pathOf(resource, context) };
  }
  const isRoot = value.placeholder.endsWith('.RootResourceId}');
  return { api: isRoot ? null : `${context.prefix}${resource.id}`, path: isRoot ? '/' : null };
}
