import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WebSocketConnection, WireResponse } from './http.js';

/** Messages of at most 128 KB (API Gateway developer guide, quotas of WebSocket APIs). */
const MAX_MESSAGE = 128 * 1024;

/** The sockets of handshakes, and the frames of those that were let in. */
export class WebSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    // A subprotocol is the backend's to choose; none of the emulated ones does.
    handleProtocols: () => false,
  });

  /** Sends 101 with the key's answer, and hands over the open connection. */
  accept(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    connected: (connection: WebSocketConnection) => void,
  ): void {
    this.#server.handleUpgrade(incoming, socket, head, (webSocket) =>
      connected(connectionOf(webSocket)),
    );
  }

  /** Drops every connection. */
  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}

function connectionOf(webSocket: WebSocket): WebSocketConnection {
  // A client that vanishes is no failure of the server's.
  webSocket.on('error', () => {});
  return {
    send: (text) => webSocket.send(text),
    close: (code) => webSocket.close(code),
    onMessage: (take) =>
      webSocket.on('message', (data, isBinary) => {
        take(isBinary ? undefined : String(data));
      }),
    onClose: (take) => webSocket.on('close', take),
  };
}

/** Whether `Upgrade` names a WebSocket: everything else, such as `h2c`, is a request like others. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** A response for a request that came with `Upgrade` and is answered without one. */
export function responseOver(incoming: IncomingMessage, socket: Duplex): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  socket.on('error', () => {});
  if (socket instanceof Socket) outgoing.assignSocket(socket);
  outgoing.on('finish', () => socket.end());
  return outgoing;
}

/** Whether a response lets a handshake in. */
export function isAccepted(
  response: WireResponse,
): response is WireResponse & { connected: NonNullable<WireResponse['connected']> } {
  return response.connected !== undefined;
}
