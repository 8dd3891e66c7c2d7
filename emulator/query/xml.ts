import type { WireResponse } from '../http.js';
import type { Ids } from '../ids.js';

/** One XML element; its text is escaped. */
export function element(name: string, value: string): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}

/** A list as the query protocol spells it: each entry, already XML, in a `member`. */
export function list(name: string, members: readonly string[]): string {
  return `<${name}>${members.map((member) => `<member>${member}</member>`).join('')}</${name}>`;
}

/**
 * An answer of the query protocol.
 *
 * @param result the inside of `{action}Result`, already XML; `undefined` for an action without one
 */
export function answered(
  namespace: string,
  action: string,
  result: string | undefined,
  ids: Ids,
): WireResponse {
  const requestId = ids.uuid();
  const body = result === undefined ? '' : `<${action}Result>${result}</${action}Result>`;
  return xml(
    200,
    requestId,
    `<${action}Response xmlns="${namespace}">${body}` +
      `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${action}Response>`,
  );
}

/** An error of the query protocol on the wire. */
export function refused(
  namespace: string,
  error: { readonly status: number; readonly code: string; readonly message: string },
  ids: Ids,
): WireResponse {
  const requestId = ids.uuid();
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  return xml(
    error.status,
    requestId,
    `<ErrorResponse xmlns="${namespace}"><Error>${element('Type', type)}${element('Code', error.code)}` +
      `${element('Message', error.message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
  );
}

function xml(status: number, requestId: string, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body,
  };
}
