import type { Place, Unresolved } from '../../../model/declared.js';
import {
  type Entry,
  get,
  isList,
  isMap,
  isScalar,
  type MapNode,
  type Node,
  scalarText,
} from '../node.js';
import { conditionHolds } from './conditions.js';
import { expand } from './expand.js';
import { fold } from './fold.js';
import { writeOutLoops } from './for-each.js';
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
  const withParts = (entries: readonly Entry[]): readonly Entry[] =>
    entries.map((it) => {
      if (!hasTransforms || !isMap(it.value)) return it;
      const { node, unresolved } = withIncludes(it.value, scope);
      const type = typeOf(node, scope);
      // What is not known may be an API.
      if (type === undefined || DECIDES.test(type)) unread.push(...unresolved);
      return { ...it, value: node };
    });
  const whole = { ...section, entries: withParts(expanded.entries) };
  const written = hasLoops
    ? writeOutLoops(whole, scope)
    : { node: whole, unresolved: [], assumes: [] };
  // A loop may write includes, and an include a loop.
  const entries = hasLoops ? withParts(written.node.entries) : written.node.entries;
  const resources = entries.flatMap(({ key, value: node, at }): readonly Resource[] => {
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
  return { resources, unresolved: [...expanded.unresolved, ...written.unresolved, ...unread] };
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

/** What stands in these is read where it is used. */
const READ_ELSEWHERE = new Set(['Body', 'DefinitionBody']);

/**
 * A resource with what `Fn::Transform` puts in beside other keys, at any depth. An `Fn::Transform` that
 * stands alone is a value, which is folded where it is used: but for that in the place of the resource or of
 * its properties, and for those in SAM's, which CloudFormation writes out before SAM's translator reads
 * them ("macros are evaluated in order, based on their location in the template, from the most deeply nested
 * outward to the most general", CloudFormation User Guide, "Create a CloudFormation macro definition").
 */
function withIncludes(
  resource: MapNode,
  scope: Scope,
): { readonly node: MapNode; readonly unresolved: readonly Unresolved[] } {
  const type = scalarText(get(resource, 'Type')) ?? '';
  const isOfSam = type.startsWith('AWS::Serverless::');
  // Of what functions have, their events alone make methods.
  const isFunction = isOfSam && /::(?:Function|StateMachine)$/.test(type);
  const unresolved: Unresolved[] = [];
  const inMap = (map: MapNode, depth: number): MapNode => {
    const isHere =
      map.entries.some(({ key }) => key === TRANSFORM) &&
      (depth < 2 || isOfSam || map.entries.length > 1);
    const expanded = isHere ? expand(map, scope) : { entries: map.entries, unresolved: [] };
    unresolved.push(...expanded.unresolved);
    const entries = expanded.entries.map((it) => {
      const isLeft =
        it.key === TRANSFORM ||
        READ_ELSEWHERE.has(it.key) ||
        (depth === 0 && it.key !== 'Properties') ||
        (depth === 1 && isFunction && it.key !== 'Events');
      return isLeft ? it : { ...it, value: within(it.value, depth + 1) };
    });
    return { ...map, entries };
  };
  const within = (node: Node, depth: number): Node => {
    if (isMap(node)) return inMap(node, depth);
    return isList(node) ? { ...node, items: node.items.map((it) => within(it, depth + 1)) } : node;
  };
  return { node: inMap(resource, 0), unresolved };
}

const TRANSFORM = 'Fn::Transform';
