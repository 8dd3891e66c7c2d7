import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import type { WireRequest, WireResponse } from './http.js';

const connections = new WeakMap<Socket, number>();
let connectionsSeen = 0;

function numberOf(socket: Socket): number {
  const known = connections.get(socket);
  if (known !== undefined) return known;
  connectionsSeen += 1;
  connections.set(socket, connectionsSeen);
  return connectionsSeen;
}

/** Reads a request off the wire without decoding anything that a signature covers. */
export async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const remote = incoming.socket.remoteAddress;
  return {
    // An IPv4 address as a socket for both families tells it.
    ...(remote === undefined ? {} : { sourceIp: remote.replace(/^::ffff:/, '') }),
    connection: numberOf(incoming.socket),
    method: incoming.method ?? 'GET',
    rawPath: mark < 0 ? url : url.slice(0, mark),
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    headers: pairs(incoming.rawHeaders),
    body: Buffer.concat(chunks),
  };
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.push([(rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '']);
  return headers;
}

/** Header lines as one record, the values of a repeated one joined. */
export function headerRecord(request: WireRequest): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const known = record[name];
    record[name] = known === undefined ? value : `${known}, ${value}`;
  }
  return record;
}

/** Puts a response on the wire. */
export function send(outgoing: ServerResponse, response: WireResponse): void {
  if (response.stream !== undefined) {
    sendStream(outgoing, response, response.stream);
    return;
  }
  outgoing.writeHead(response.status, headersFor(outgoing, response));
  outgoing.end(response.body);
}

/** Headers first, so that who looks at no more than them need not wait; the rest as it comes. */
function sendStream(outgoing: ServerResponse, response: WireResponse, stream: Readable): void {
  outgoing.writeHead(response.status, response.headers);
  outgoing.flushHeaders();
  // A client that has seen enough closes the connection: nothing is to be said of that.
  pipeline(stream, outgoing, () => {});
}

/** Announces the whole body, sends half of it and closes the connection. */
export function sendTruncated(outgoing: ServerResponse, response: WireResponse): void {
  const body = Buffer.from(response.body);
  outgoing.writeHead(response.status, headersFor(outgoing, response));
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    outgoing.socket?.destroy();
  });
}

/** Resets the connection: the client sees ECONNRESET, not an orderly end. */
export function reset(outgoing: ServerResponse): void {
  outgoing.socket?.resetAndDestroy();
}

function headersFor(outgoing: ServerResponse, response: WireResponse): Record<string, string> {
  // A response to HEAD may name the length that GET would have had; node would refuse to say it twice.
  const named = Object.keys(response.headers).some(
    (name) => name.toLowerCase() === 'content-length',
  );
  if (named || outgoing.req.method === 'HEAD' || response.status === 204)
    return { ...response.headers };
  return { ...response.headers, 'content-length': String(Buffer.byteLength(response.body)) };
}
