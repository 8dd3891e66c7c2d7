import { headerOf, type WireRequest } from '../http.js';

/** Whose keys a request names, and what for; nothing of it is verified. */
export interface NamedScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** The credential scope of an `Authorization` header; `undefined` where there is none. */
export function scopeOf(request: WireRequest): NamedScope | undefined {
  const header = headerOf(request, 'authorization') ?? '';
  const [, accessKeyId, region, service] =
    /Credential=([^/,\s]+)\/[^/,\s]+\/([^/,\s]+)\/([^/,\s]+)\//.exec(header) ?? [];
  return accessKeyId === undefined || region === undefined || service === undefined
    ? undefined
    : { accessKeyId, region, service };
}
