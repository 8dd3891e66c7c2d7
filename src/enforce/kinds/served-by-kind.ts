import type { ApiKind } from '../../model/api-kind.js';
import { restServed } from './rest/served.js';
import type { ServedReader } from './served-reader.js';
import { servedV2 } from './v2/served.js';

/** How it is read what each kind of API serves. */
const BY_KIND: Readonly<Record<ApiKind, ServedReader>> = {
  REST: restServed,
  HTTP: servedV2,
  WEBSOCKET: servedV2,
};

/** How it is read what the APIs of a kind serve. */
export function servedReaderOf(kind: ApiKind): ServedReader {
  return BY_KIND[kind];
}
