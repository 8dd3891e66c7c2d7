import type { Unresolved } from '../../../model/declared.js';
import { type Entry, isMap, type MapNode, type Node } from '../node.js';
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
    const transform: Node = { kind: 'map', entries: [it], at: it.at };
    for (const value of fold(transform, scope)) {
      if (value.kind === 'unknown') unresolved.push(value);
      else if (value.kind === 'known' && isMap(value.node)) entries.push(...value.node.entries);
    }
  }
  return { entries, unresolved };
}
