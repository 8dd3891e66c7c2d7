import type { Unresolved } from '../../../model/declared.js';
import { complete } from '../complete.js';
import { mayMakeApis } from '../detect.js';
import { scalarText } from '../node.js';
import { readSam } from '../sam/sam.js';
import type { ApiContext } from './api-draft.js';
import { apisOf, mergeNested } from './apis.js';
import { deployable } from './deployable.js';
import { withLongTransforms } from './expand.js';
import { foldKey } from './fold.js';
import { readNode } from './include.js';
import { nestedStacks } from './nested-stacks.js';
import { ResourceIndex } from './resource-index.js';
import { type Resource, resourcesOf } from './resources.js';
import { type Scope, scopeOf } from './scope.js';
import type { TemplateReading, TemplateRequest } from './template-request.js';
import { HARMLESS_MACROS, macrosIn, transformsOf, withIncludes, writesSam } from './transforms.js';
import { keysTwice } from './twice.js';

/** A `Transform` with a map as its value, in JSON or YAML. */
const SHORT_TRANSFORM = /\bTransform["']?\s*:\s*(?:\{|#|$)/m;

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
  const nested = nestedStacks(context, request, readTemplate);
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
