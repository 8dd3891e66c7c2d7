import type { Place, Unresolved } from '../../../model/declared.js';
import { get, isMap, type MapNode, type Node, scalarText } from '../node.js';
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
export function resourcesOf(template: Node, scope: Scope, hasLoops: boolean): ResourceList {
  const section = get(template, 'Resources');
  if (!isMap(section)) return { resources: [], unresolved: [] };
  const expanded = expand(section, scope);
  const whole = { ...section, entries: expanded.entries };
  const written = hasLoops
    ? writeOutLoops(whole, scope)
    : { node: whole, unresolved: [], assumes: [] };
  const resources = written.node.entries.flatMap((it): readonly Resource[] => {
    if (!isMap(it.value)) return [];
    const type = scalarText(get(it.value, 'Type'));
    if (type === undefined) return [];
    const condition = scalarText(get(it.value, 'Condition'));
    const holds = condition === undefined ? true : conditionHolds(condition, scope, fold);
    if (holds === false) return [];
    return [
      {
        id: it.key,
        type,
        at: it.at,
        node: it.value,
        properties: propertiesOf(it.value, scope),
        when: condition === undefined || holds === true ? [] : [condition],
        assumes: written.assumes,
        choice: [],
      },
    ];
  });
  return { resources, unresolved: [...expanded.unresolved, ...written.unresolved] };
}

function propertiesOf(resource: Node, scope: Scope): Node | undefined {
  const properties = get(resource, 'Properties');
  if (!isMap(properties) || !properties.entries.some(({ key }) => key === 'Fn::Transform')) {
    return properties;
  }
  return { ...properties, entries: expand(properties, scope).entries };
}
