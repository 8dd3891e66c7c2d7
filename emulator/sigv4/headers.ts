import type { WireRequest } from '../http.js';

/** All lines of a header joined as HTTP joins them (RFC 9110, 5.3), or `undefined` for no line. */
export function headersOf(request: WireRequest, name: string): string | undefined {
  const lines = request.headers.filter(([candidate]) => candidate === name);
  return lines.length === 0 ? undefined : lines.map(([, value]) => value.trim()).join(', ');
}
