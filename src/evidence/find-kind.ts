import { nameOfKind } from '../model/api-kind.js';
import type { ApiDescription, Reading, Unreadable } from '../model/evidence.js';
import type { CollectedApi, KindReader, ListedApi } from './kind.js';

/** An API, with what reads it. */
export interface ApiToRead {
  readonly api: ListedApi;
  readonly reader: KindReader;
}

/**
 * Finds out of which kind an API is. The kinds are asked one after the other, so that an API of the first
 * one costs no call that it would not cost by itself; none is asked once a list of another has the API. Where a kind may not be asked, the API is of another
 * one if that knows it.
 *
 * @returns what is known where no kind has such an API.
 */
export async function findKind(
  id: string,
  readers: readonly KindReader[],
): Promise<ApiToRead | Pick<CollectedApi, 'missing'>> {
  const [only, ...rest] = readers;
  if (only === undefined) throw new Error(`nothing reads API ${id}`);
  // Its description tells whether there is one, and the rest is read side by side with it.
  if (rest.length === 0) return { api: { id, known: null }, reader: only };
  let unread: { readonly reader: KindReader; readonly known: Reading<ApiDescription> } | null =
    null;
  const missing: { readonly reader: KindReader; readonly words: string }[] = [];
  const listed = readers.filter((reader) => reader.hasListed?.(id) === true);
  for (const reader of listed.length > 0 ? listed : readers) {
    const found = await reader.find(id);
    const { description: known } = found;
    if (known.readable) return { api: { id, known }, reader };
    if (found.missing === null) unread ??= { reader, known };
    else missing.push({ reader, words: found.missing });
  }
  if (unread === null) {
    return { missing: missing.find(({ words }) => words !== '')?.words ?? '' };
  }
  const { reader, known } = unread;
  const others = missing.map((it) => nameOfKind(it.reader.kind)).join(' and no ');
  return {
    reader,
    api: { id, known: known.readable || others === '' ? known : withoutThose(known, others) },
  };
}

/** The id may be none at all. */
function withoutThose(known: Unreadable, others: string): Unreadable {
  return { ...known, reason: `${known.reason}, and there is no ${others} with this id` };
}
