import type { Place, Unresolved } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import {
  type Entry,
  get,
  isMap,
  isScalar,
  type MapNode,
  type Node,
  onlyEntry,
  scalarText,
} from '../node.js';
import { conditionHolds } from './conditions.js';
import { expand } from './expand.js';
import { fold } from './fold.js';
import { writeOutLoops } from './for-each.js';
import { withParts } from './parts.js';
import type { Scope } from './scope.js';

/** A resource of a template, in the branch in which it is deployed. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** Of its logical id. */
  readonly at: Place;
  readonly node: MapNode;
  readonly properties: Node | undefined;
  readonly when: readonly string[];
  readonly assumes: readonly string[];
  /** The values of parameters for which SAM's rules wrote it: `Stage=dev`. */
  readonly choice: readonly string[];
}

export interface ResourceList {
  readonly resources: readonly Resource[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * Every resource of a template: of `Fn::ForEach` and `Fn::Transform` too, every one of a logical id
 * that stands twice, and none whose condition is known not to hold.
 */
export function resourcesOf(
  template: Node,
  scope: Scope,
  { hasLoops, hasTransforms }: { readonly hasLoops: boolean; readonly hasTransforms: boolean },
): ResourceList {
  const section = get(template, 'Resources');
  if (!isMap(section)) return { resources: [], unresolved: [] };
  const expanded = expand(section, scope);
  const unread: Unresolved[] = [];
  const budget = { left: LIMITS.includes };
  const complete = (entries: readonly Entry[]): readonly Entry[] =>
    entries.map((it) => {
      if (!hasTransforms || !isMap(it.value)) return it;
      const { node, unresolved } = withParts(it.value, scope, budget);
      const type = typeOf(node, scope);
      // What is not known may be an API.
      if (type === undefined || DECIDES.test(type)) unread.push(...unresolved);
      return { ...it, value: node };
    });
  const whole = { ...section, entries: complete(expanded.entries) };
  const written = hasLoops
    ? writeOutLoops(whole, scope)
    : { node: whole, unresolved: [], assumes: [] };
  // A loop may write includes, and an include a loop.
  const entries = hasLoops ? complete(written.node.entries) : written.node.entries;
  const resources = entries.flatMap(({ key, value: node, at }): readonly Resource[] => {
    const call = key.startsWith('Fn::') ? key : onlyEntry(node)?.key;
    if (call?.startsWith('Fn::') === true && !call.startsWith('Fn::ForEach::')) {
      const reason = `${call} stands in the place of a resource, and what it puts there is not in the template`;
      const give = 'write the resource itself, or give the finished template';
      unread.push({ reason, give, place: at });
    }
    if (!isMap(node)) return [];
    const type = typeOf(node, scope);
    if (type === undefined && get(node, 'Type') !== undefined) {
      const reason = `the type of resource ${key} is known at the deployment`;
      unread.push({ reason, give: 'write the type itself in the template', place: at });
    }
    if (type === undefined) return [];
    const condition = scalarText(get(node, 'Condition'));
    const holds = condition === undefined ? true : conditionHolds(condition, scope, fold);
    if (holds === false) return [];
    return [
      {
        id: key,
        type,
        at,
        node,
        properties: get(node, 'Properties'),
        when: condition === undefined || holds === true ? [] : [condition],
        assumes: written.assumes,
        choice: [],
      },
    ];
  });
  // What a file does not tell is told once, however often it is put in.
  const once = new Map(unread.map((it) => [JSON.stringify(it), it])).values();
  return { resources, unresolved: [...expanded.unresolved, ...written.unresolved, ...once] };
}

/** The type of a resource, where it is written or comes to one text. */
function typeOf(resource: Node, scope: Scope): string | undefined {
  const written = get(resource, 'Type');
  if (written === undefined || isScalar(written)) return scalarText(written);
  const [only, ...others] = fold(written, scope);
  return only?.kind === 'known' && others.length === 0 ? scalarText(only.node) : undefined;
}

/** Resources of which something may be judged. */
const DECIDES = /^AWS::(?:ApiGateway|Serverless::)|^AWS::CloudFormation::Stack$/;
