import type { ApiKind } from '../../model/api-kind.js';
import { restServed } from './rest/served.js';
import type { ServedReader } from './served-reader.js';

/** How it is read what each kind of API serves. */
const BY_KIND: Readonly<Partial<Record<ApiKind, ServedReader>>> = { REST: restServed };

/** How it is read what the APIs of a kind serve. */
export function servedReaderOf(kind: ApiKind): ServedReader {
  const reader = BY_KIND[kind];
  if (reader === undefined) throw new Error(`nothing rolls back a ${kind} API`);
  return reader;
}
