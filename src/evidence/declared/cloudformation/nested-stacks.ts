import type { DeclaredApi, Undeployable, Unresolved } from '../../../model/declared.js';
import { resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { get, isMap, type Node, scalarText } from '../node.js';
import type { ApiContext } from './api-draft.js';
import { fold } from './fold.js';
import type { Unknown } from './folded.js';
import { readNode } from './include.js';
import type { Resource } from './resources.js';
import { pathOf } from './rest.js';
import type { Outer, Scope, UnknownGiven } from './scope.js';
import type { TemplateReading, TemplateRequest } from './template-request.js';

/**
 * Reads the templates of the stacks that a template nests.
 *
 * @param read reads one of them, as the template itself is read.
 */
export function nestedStacks(
  context: ApiContext,
  request: TemplateRequest,
  read: (request: TemplateRequest) => TemplateReading,
): TemplateReading {
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
    const reading = nestedStack(resource, property, context, request, read);
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
  read: (request: TemplateRequest) => TemplateReading,
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
  return read({
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
