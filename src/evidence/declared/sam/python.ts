import { isList, isMap, isScalar, type Node } from '../node.js';

/** Whether Python, in which SAM's translator is written, takes a value for true. */
export function truthy(node: Node | undefined): node is Node {
  if (node === undefined) return false;
  if (isScalar(node))
    return node.value !== null && node.value !== false && node.value !== 0 && node.value !== '';
  if (isList(node)) return node.items.length > 0;
  return isMap(node) && node.entries.length > 0;
}
