import type { Place } from '../../../model/declared.js';
import { isMap, type MapNode, type Node } from '../node.js';

/** What SAM's translator refuses; its words, so that a search finds them. */
export class Refusal extends Error {
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.name = 'Refusal';
    this.place = place;
  }
}

export function expectMap(node: Node, what: string): MapNode {
  if (isMap(node)) return node;
  throw new Refusal(`${what} should be a map`, node.at);
}
