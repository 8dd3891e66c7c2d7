import type { Place } from '../../../model/declared.js';
import type { Resource } from '../cloudformation/resources.js';
import {
  entriesOf,
  entryOf,
  get,
  isMap,
  isNull,
  type MapNode,
  map,
  type Node,
  onlyEntry,
  scalarText,
  textOf,
} from '../node.js';
import { Refusal } from './refusal.js';

/** An event of a function or state machine that calls it through an API. */
export interface ApiEvent {
  readonly owner: Resource;
  readonly id: string;
  readonly properties: MapNode;
  readonly apiId: string;
  readonly path: string;
  /** As it is written. */
  readonly method: string;
  readonly auth: Node | undefined;
  /** The line that names the path, else the event. */
  readonly place: Place;
  readonly condition: string | null;
  readonly isStateMachine: boolean;
}

const FUNCTION = 'AWS::Serverless::Function';
const STATE_MACHINE = 'AWS::Serverless::StateMachine';

/** What distinguishes the events of REST APIs from those of HTTP APIs. */
interface EventKind {
  readonly type: 'Api' | 'HttpApi';
  readonly apiProperty: 'RestApiId' | 'ApiId';
  readonly implicit: 'ServerlessRestApi' | 'ServerlessHttpApi';
}

export const REST_EVENTS: EventKind = {
  type: 'Api',
  apiProperty: 'RestApiId',
  implicit: 'ServerlessRestApi',
};
export const HTTP_EVENTS: EventKind = {
  type: 'HttpApi',
  apiProperty: 'ApiId',
  implicit: 'ServerlessHttpApi',
};

/**
 * The events of a kind, in the order of the resources: functions and state machines. An event without
 * its API's id is of the implicit API. What the translator refuses is reported, and the rest read.
 */
export function eventsOf(
  resources: readonly Resource[],
  kind: EventKind,
  refuse: (id: string, error: Refusal) => void,
): readonly ApiEvent[] {
  return resources.flatMap((owner) => {
    if (owner.type !== FUNCTION && owner.type !== STATE_MACHINE) return [];
    // The translator reads HttpApi events of functions alone.
    if (kind.type === 'HttpApi' && owner.type === STATE_MACHINE) return [];
    return entriesOf(owner.properties, 'Events').flatMap(({ value, at }) => {
      if (!isMap(value)) {
        if (!isNull(value)) refuse(owner.id, new Refusal("Property 'Events' should be a map.", at));
        return [];
      }
      return value.entries.flatMap((it): readonly ApiEvent[] => {
        try {
          const type = textOf(get(it.value, 'Type'));
          if (type === undefined) {
            // An Fn::If in the place of an event is one of these.
            const reason = 'Event must have a Type that is a string.';
            throw new Refusal(`Event with id [${it.key}] is invalid. ${reason}`, it.at);
          }
          return type === kind.type ? [eventOf(owner, it.key, it.value, it.at, kind)] : [];
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(owner.id, error);
          return [];
        }
      });
    });
  });
}

function eventOf(owner: Resource, id: string, event: Node, at: Place, kind: EventKind): ApiEvent {
  const written = get(event, 'Properties');
  const isEmpty = written === undefined || isNull(written);
  if (isEmpty && kind.type === 'Api') {
    throw new Refusal(`Event with id [${id}] is invalid. Property 'Path' is required.`, at);
  }
  const properties = isEmpty ? map([], event.at) : written;
  if (!isMap(properties)) {
    throw new Refusal(`Event with id [${id}] is invalid. Properties should be a map.`, at);
  }
  const apiId = apiIdOf(properties, kind, id, at);
  let path = get(properties, 'Path');
  let method = get(properties, 'Method');
  if (kind.type === 'HttpApi' && isBlank(path) && isBlank(method)) {
    path = { kind: 'scalar', value: '$default', text: '$default', at };
    method = { kind: 'scalar', value: 'any', text: 'any', at };
  }
  const pathText = expectText(path, id, 'Path', at);
  const methodText = expectText(method, id, 'Method', at);
  const auth = get(properties, 'Auth');
  if (auth !== undefined && !isMap(auth) && !isNull(auth)) {
    throw new Refusal(
      `Event with id [${id}] is invalid. Property 'Auth' should be a map.`,
      auth.at,
    );
  }
  return {
    owner,
    id,
    properties,
    apiId,
    path: pathText,
    method: methodText,
    auth: isMap(auth) && auth.entries.length > 0 ? auth : undefined,
    place: entryOf(properties, 'Path')?.at ?? at,
    condition: owner.when[0] ?? null,
    isStateMachine: owner.type === STATE_MACHINE,
  };
}

function isBlank(node: Node | undefined): boolean {
  return node === undefined || isNull(node) || textOf(node) === '';
}

function expectText(node: Node | undefined, id: string, name: string, at: Place): string {
  if (node === undefined || isNull(node)) {
    throw new Refusal(`Event with id [${id}] is invalid. Property '${name}' is required.`, at);
  }
  const text = textOf(node);
  if (text !== undefined) return text;
  throw new Refusal(
    `Event with id [${id}] is invalid. Property '${name}' should be a string.`,
    node.at,
  );
}

function apiIdOf(properties: MapNode, kind: EventKind, id: string, at: Place): string {
  const written = get(properties, kind.apiProperty);
  if (written === undefined) return kind.implicit;
  const only = onlyEntry(written);
  const text = only?.key === 'Ref' ? scalarText(only.value) : textOf(written);
  if (text !== undefined) return text;
  throw new Refusal(
    `Event with id [${id}] is invalid. Property '${kind.apiProperty}' should be a string.`,
    entryOf(properties, kind.apiProperty)?.at ?? at,
  );
}
