import type { Place } from '../../../model/declared.js';
import type { Resource } from '../cloudformation/resources.js';
import type { Scope } from '../cloudformation/scope.js';
import { entryOf, get, type MapNode, map, type Node, scalar } from '../node.js';
import { type Body, INTEGRATION, normalized } from './body.js';
import type { ApiEvent } from './events.js';
import type { Resolver } from './parameters.js';

/** An API of SAM's while its document is written. */
export interface ApiDraft {
  readonly resource: Resource;
  /** With those of Globals. */
  readonly properties: Node | undefined;
  /** `null` where the document is somewhere else, or no document. */
  body: Body | null;
  /** Whether SAM writes the document: the template has none. */
  readonly isManaged: boolean;
  readonly resolver: Resolver;
  readonly scope: Scope;
  /** Whether the document comes from a file that `AWS::Include` puts in. */
  readonly isIncluded: boolean;
  readonly notes: Set<string>;
}

/** An operation that calls what the event belongs to. */
export function integrated(event: ApiEvent, old: Node | undefined): MapNode {
  const { place } = event;
  const type = scalar(event.isStateMachine ? 'aws' : 'aws_proxy', place);
  const integration = map([{ key: 'type', at: place, value: type }], place);
  const base = old?.kind === 'map' ? old : map([], place);
  const entries = base.entries.filter(({ key }) => key !== INTEGRATION);
  return { ...base, entries: [...entries, { key: INTEGRATION, at: place, value: integration }] };
}

/** Sets the operation of an event in each branch of its path. */
export function setOperation(
  body: Body,
  event: ApiEvent,
  operationOf: (old: Node | undefined) => Node,
): void {
  const key = normalized(event.method);
  body.editPath(event.path, event.place, (item) => {
    const old = entryOf(item, key);
    const value = operationOf(old?.value);
    const added = { key, at: event.place, value };
    const others = item.entries.filter((it) => it.key !== key);
    return { ...item, entries: [...others, added] };
  });
}

/** The place of a property, with those of Globals among them. */
export function placeIn(node: Node | undefined, ...keys: readonly string[]): Place | undefined {
  const last = keys.at(-1);
  return last === undefined ? undefined : entryOf(get(node, ...keys.slice(0, -1)), last)?.at;
}
