import type { Unresolved } from '../../../model/declared.js';
import { type Entry, entriesOf, get, isMap, type Node } from '../node.js';

/*
 * What stands in the place of something that the document itself should say.
 */

/** What to give where something else stands in its place. */
export const GIVE_INLINE = 'write it in the document itself, or give the finished template';

/** References in the place of a document, or of what its schemes stand in. */
export function referencesOf(document: Node): readonly Unresolved[] {
  const holders = [
    document,
    get(document, 'components'),
    get(document, 'components', 'securitySchemes'),
    get(document, 'securityDefinitions'),
  ];
  return holders.flatMap((holder) =>
    entriesOf(holder, '$ref').map(({ at }) => {
      const reason = 'the document, or what its security schemes stand in, is a reference ($ref)';
      return { reason, give: GIVE_INLINE, place: at };
    }),
  );
}

/** Keys of the document, and of its schemes, that a renderer writes: they may be any key, `paths` too. */
export function renderedKeysOf(document: Node): readonly Unresolved[] {
  const holders = [
    get(document, 'components', 'securitySchemes'),
    get(document, 'securityDefinitions'),
  ];
  const schemes = holders.flatMap((it) => (isMap(it) ? it.entries.map(({ value }) => value) : []));
  return [document, get(document, 'components'), ...holders, ...schemes].flatMap((holder) => {
    const rendered = isMap(holder) ? holder.entries.find(isRendered) : undefined;
    if (rendered === undefined) return [];
    const { key, at } = rendered;
    const reason = `the key ${key} of the document, or of what its security schemes stand in, is rendered`;
    return [{ reason, give: GIVE_INLINE, place: at }];
  });
}

/** Whether a renderer writes a key. */
export function isRendered({ key }: Entry): boolean {
  return key.includes('${');
}

/** A key that a renderer writes may be `security`. */
export function ofRendered({ key }: Entry): Pick<Unresolved, 'reason' | 'give'> {
  return { reason: `the operation has the key ${key}, which is rendered`, give: GIVE_INLINE };
}

/** Why an operation is not known that is a reference. */
export const OF_REFERENCE = { reason: 'the operation is a reference ($ref)', give: GIVE_INLINE };
