import type { Unresolved } from '../../../model/declared.js';
import {
  type Entry,
  get,
  isList,
  isMap,
  type MapNode,
  type Node,
  onlyEntry,
  scalarText,
} from '../node.js';
import { fold } from './fold.js';
import type { Scope } from './scope.js';

/** The entries of a map, with those that `Fn::Transform` beside them puts in. */
export interface Expanded {
  readonly entries: readonly Entry[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * `Fn::Transform` may stand among the keys of a map: what it gives joins them (CloudFormation User
 * Guide, "Create reusable transform snippets").
 */
export function expand(node: MapNode, scope: Scope): Expanded {
  const entries: Entry[] = [];
  const unresolved: Unresolved[] = [];
  for (const it of node.entries) {
    if (it.key !== 'Fn::Transform') {
      entries.push(it);
      continue;
    }
    const loop = loopIn(it, scope);
    if (loop !== null) {
      entries.push(loop);
      continue;
    }
    const transform: Node = { kind: 'map', entries: [it], at: it.at };
    for (const value of fold(transform, scope)) {
      if (value.kind === 'unknown') unresolved.push(value);
      else if (value.kind === 'known' && isMap(value.node)) entries.push(...value.node.entries);
    }
  }
  return { entries, unresolved };
}

/** The loop that an include brings and nothing else: it is no value, and writes keys of its own. */
function loopIn({ value, at }: Entry, scope: Scope): Entry | null {
  if (scalarText(get(value, 'Name')) !== 'AWS::Include') return null;
  const included = scope.include(get(value, 'Parameters', 'Location'), at);
  const only = 'reason' in included ? undefined : onlyEntry(included);
  return only?.key.startsWith('Fn::ForEach::') === true ? only : null;
}

/**
 * A template with `Fn::Transform` for its short form: a `Transform` that is no section of the template, but
 * stands within one (CloudFormation Template Reference, "Fn::Transform").
 */
export function withLongTransforms(template: Node): Node {
  const inside = (node: Node): Node => {
    if (isList(node)) return { ...node, items: node.items.map(inside) };
    if (!isMap(node)) return node;
    const entries = node.entries.map((it) => ({
      ...it,
      key: it.key === 'Transform' && isCall(it.value) ? 'Fn::Transform' : it.key,
      value: inside(it.value),
    }));
    return { ...node, entries };
  };
  if (!isMap(template)) return template;
  const entries = template.entries.map((it) => ({ ...it, value: inside(it.value) }));
  return { ...template, entries };
}

function isCall(node: Node): boolean {
  return (
    isMap(node) &&
    scalarText(get(node, 'Name')) !== undefined &&
    node.entries.every(({ key }) => key === 'Name' || key === 'Parameters')
  );
}
