import type { Unresolved } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import { get, isList, isMap, type MapNode, type Node, scalarText } from '../node.js';
import { expand } from './expand.js';
import type { Scope } from './scope.js';

const TRANSFORM = 'Fn::Transform';

/** What stands in these is read where it is used. */
const READ_ELSEWHERE = new Set(['Body', 'DefinitionBody']);

/** A place within a resource. */
interface Within {
  /** How deep below the resource. */
  readonly depth: number;
  /** How many includes lead there. */
  readonly includes: number;
}

/**
 * A resource with what `Fn::Transform` puts in beside other keys, at any depth. An `Fn::Transform` that
 * stands alone is a value, which is folded where it is used: but for that in the place of the resource or of
 * its properties, and for those in SAM's, which CloudFormation writes out before SAM's translator reads
 * them ("macros are evaluated in order, based on their location in the template, from the most deeply nested
 * outward to the most general", CloudFormation User Guide, "Create a CloudFormation macro definition").
 *
 * @param budget how many includes may still be put in, for all resources together: a file may include itself.
 */
export function withParts(
  resource: MapNode,
  scope: Scope,
  budget: { left: number },
): { readonly node: MapNode; readonly unresolved: readonly Unresolved[] } {
  const type = scalarText(get(resource, 'Type')) ?? '';
  const isOfSam = type.startsWith('AWS::Serverless::');
  // Of what functions have, their events alone make methods.
  const isFunction = isOfSam && /::(?:Function|StateMachine)$/.test(type);
  const unresolved: Unresolved[] = [];

  const expanded = (map: MapNode, { includes }: Within): MapNode['entries'] => {
    budget.left -= 1;
    if (includes >= LIMITS.nesting || budget.left < 0) {
      const reason = `a file is put in within ${LIMITS.nesting} others, or as one of more than ${LIMITS.includes}`;
      const give = 'give the processed template (GetTemplate, stage Processed)';
      unresolved.push({ reason, give, place: map.at });
      return map.entries.filter(({ key }) => key !== TRANSFORM);
    }
    const found = expand(map, scope);
    unresolved.push(...found.unresolved);
    return found.entries;
  };
  const inMap = (map: MapNode, at: Within): MapNode => {
    const { depth } = at;
    const isHere =
      map.entries.some(({ key }) => key === TRANSFORM) &&
      (depth < 2 || isOfSam || map.entries.length > 1);
    const inner = { depth: depth + 1, includes: at.includes + (isHere ? 1 : 0) };
    const entries = (isHere ? expanded(map, at) : map.entries).map((it) => {
      const isLeft =
        it.key === TRANSFORM ||
        READ_ELSEWHERE.has(it.key) ||
        (depth === 0 && it.key !== 'Properties') ||
        (depth === 1 && isFunction && it.key !== 'Events');
      return isLeft ? it : { ...it, value: within(it.value, inner) };
    });
    return { ...map, entries };
  };
  const within = (node: Node, at: Within): Node => {
    if (isMap(node)) return inMap(node, at);
    if (!isList(node)) return node;
    const inner = { ...at, depth: at.depth + 1 };
    return { ...node, items: node.items.map((it) => within(it, inner)) };
  };
  return { node: inMap(resource, { depth: 0, includes: 0 }), unresolved };
}
