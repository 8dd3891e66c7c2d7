import { get, type MapNode, type Node } from '../node.js';
import type { Body } from './body.js';
import { type ApiDraft, placeIn } from './draft.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';

/** What a kind of API takes in `Auth`, and the translator's words where it can put that nowhere. */
export interface AuthOfKind {
  readonly keys: ReadonlySet<string>;
  readonly withoutDocument: string;
  readonly withOtherDocument: string;
}

/**
 * The `Auth` of an API and the document that it is written to.
 *
 * @throws Refusal in the translator's order of checks.
 */
export function expectAuth(
  { body, properties }: ApiDraft,
  auth: Node,
  { keys, withoutDocument, withOtherDocument }: AuthOfKind,
): { readonly auth: MapNode; readonly body: Body } {
  const at = placeIn(properties, 'Auth') ?? auth.at;
  if (body === null && !truthy(get(properties, 'DefinitionBody'))) {
    throw new Refusal(withoutDocument, at);
  }
  const whole = expectMap(auth, "Property 'Auth'");
  for (const it of whole.entries) {
    if (!keys.has(it.key)) throw new Refusal("Invalid value for 'Auth' property", it.at);
  }
  if (body === null) throw new Refusal(withOtherDocument, at);
  return { auth: whole, body };
}
