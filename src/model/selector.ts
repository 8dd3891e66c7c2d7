/*
 * How people name APIs besides by id. A selector stays the text that somebody wrote: what a run is asked
 * for keeps its identity whatever ids it finds.
 */

/** A selector, taken apart. */
export type Selector =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'tag'; readonly key: string; readonly value: string }
  /** `logicalId` is `null` for every API of the stack. */
  | { readonly by: 'stack'; readonly stack: string; readonly logicalId: string | null };

/** The prefixes of what is no id. */
const PREFIX = /^(name|tag|stack):\s*/;

/** API Gateway gives ids of letters and digits. */
const ID = /^[A-Za-z0-9]{1,64}$/;

/**
 * Stack names: "can contain only alphanumeric characters (case-sensitive) and hyphens", begin with a letter
 * and have at most 128 characters (CloudFormation API Reference, CreateStack). Logical ids: "must be
 * alphanumeric (A-Za-z0-9)" (CloudFormation User Guide, Resources), 255 characters at most.
 */
const STACK = /^([A-Za-z][A-Za-z0-9-]{0,127})(?:\/([A-Za-z0-9]{1,255}))?$/;

/** A selector as it is compared and shown: without blanks behind its prefix. */
export function normalizeSelector(text: string): string {
  return text.replace(PREFIX, '$1:');
}

/** Whether a text names an API by its id, so that nothing needs to be looked up. */
export function isApiId(text: string): boolean {
  return ID.test(text);
}

/** A normalized selector taken apart; `null` where it is none. */
export function parseSelector(text: string): Selector | null {
  const [prefix, by] = PREFIX.exec(text) ?? [];
  if (prefix === undefined) return isApiId(text) ? { by: 'id', id: text } : null;
  const rest = text.slice(prefix.length);
  if (rest === '') return null;
  if (by === 'name') return { by: 'name', name: rest };
  if (by === 'tag') {
    const at = rest.indexOf('=');
    return at < 1 ? null : { by: 'tag', key: rest.slice(0, at), value: rest.slice(at + 1) };
  }
  const [, stack, logicalId = null] = STACK.exec(rest) ?? [];
  return stack === undefined ? null : { by: 'stack', stack, logicalId };
}

/** What a selector stands for. */
export interface Matched {
  readonly selector: string;
  readonly apis: readonly { readonly id: string; readonly name: string | null }[];
}
