import type { Readable } from 'node:stream';

/** A request as it came over the wire: nothing decoded that a signature covers. */
export interface WireRequest {
  readonly method: string;
  /** Path as sent, percent-encoding untouched, without the query. */
  readonly rawPath: string;
  /** Query as sent, without the `?`; empty where there is none. */
  readonly rawQuery: string;
  /** Header names in lower case and values, in order, one entry per header line. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Where the connection comes from; absent from requests that never were on a wire. */
  readonly sourceIp?: string;
  /** The number of its connection, in the order in which they were first used; absent as above. */
  readonly connection?: number;
}

/** A response to be put on the wire. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What goes on after the body, as it comes; it need not end. */
  readonly stream?: Readable;
  /** Of a 101: takes over the connection that is then open. */
  readonly connected?: (connection: WebSocketConnection) => void;
}

/** An open WebSocket, seen from the server. */
export interface WebSocketConnection {
  send(text: string): void;
  close(code: number): void;
  /** Called with the text of each message, with `undefined` for a binary one. */
  onMessage(take: (text: string | undefined) => void): void;
  onClose(take: () => void): void;
}

/** The first value of a header, by its lower-case name. */
export function headerOf(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate === name)?.[1];
}
