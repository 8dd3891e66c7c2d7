import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { HttpRequest } from '@smithy/protocol-http';
import type { ProxyFor } from '../aws/http-handler.js';
import { encodeSegment } from './request-path.js';

/** What came of a handshake. The body is there only where the connection was not opened. */
export interface HandshakeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asks for WebSocket connections. */
export interface Handshaker {
  /** Sends a handshake; a connection that it opens is closed at once, before anything is sent over it. */
  shake(request: HttpRequest, signal: AbortSignal): Promise<HandshakeAnswer>;
}

/** What a server appends to the key that it accepts (RFC 6455, section 1.3). */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** How long the close frame may take to leave this machine. */
const CLOSE_WITHIN_MS = 250;

/**
 * Makes what asks for WebSocket connections: one HTTP request with `Upgrade`, through the proxy that the
 * environment names. The WebSocket of Node.js shows neither status nor body of a refusal, and needs none
 * of what follows a handshake here.
 *
 * @param connectWithinMs how long a connection may take.
 */
export function createHandshaker(proxyFor: ProxyFor, connectWithinMs: number): Handshaker {
  return {
    async shake(request, signal) {
      const { protocol, hostname, port } = request;
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}/`;
      const proxy = proxyFor(origin);
      // Loaded where there is a proxy, and nowhere else. A tunnel, also for http: a proxy that reads
      // along need not know what an upgrade is.
      const agent =
        proxy === '' ? undefined : (await import('../aws/proxy-agents.js')).tunnelThrough(proxy);
      return exchange(request, agent, signal, connectWithinMs);
    },
  };
}

function exchange(
  request: HttpRequest,
  agent: http.Agent | undefined,
  signal: AbortSignal,
  connectWithinMs: number,
): Promise<HandshakeAnswer> {
  const key = randomBytes(16).toString('base64');
  return new Promise((resolve, reject) => {
    const { request: send } = request.protocol === 'http:' ? http : https;
    const sent = send({
      method: 'GET',
      hostname: request.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(request.port === undefined ? {} : { port: request.port }),
      path: pathOf(request),
      headers: {
        ...request.headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
      },
      agent: agent ?? false,
      signal,
    });
    const timer = setTimeout(() => {
      sent.destroy(Object.assign(new Error('no connection'), { code: 'TimeoutError' }));
    }, connectWithinMs);
    const connected = (): void => clearTimeout(timer);
    sent.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    sent.once('error', (error) => {
      connected();
      reject(error);
    });
    sent.once('response', (response) => {
      connected();
      const { statusCode = 0 } = response;
      resolve({ statusCode, headers: headersOf(response), body: response });
    });
    sent.once('upgrade', (response, socket) => {
      connected();
      close(socket);
      const headers = headersOf(response);
      if (headers['sec-websocket-accept'] === acceptOf(key)) {
        resolve({ statusCode: response.statusCode ?? 101, headers });
        return;
      }
      const words = 'the other side accepted another key than the one that was sent';
      reject(Object.assign(new Error(words), { code: 'ERR_WEBSOCKET_ACCEPT' }));
    });
    sent.end();
  });
}

/** Says that it goes, with status 1000, and goes. A client's frames are masked (RFC 6455, section 5.5.1). */
function close(socket: Duplex): void {
  const mask = randomBytes(4);
  const status = Buffer.from([0x03, 0xe8]).map((byte, at) => byte ^ (mask[at] ?? 0));
  // What happens to it now is nobody's.
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), CLOSE_WITHIN_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.end(Buffer.concat([Buffer.from([0x88, 0x82]), mask, status]), () => socket.destroy());
}

/** What a server answers to a key (RFC 6455, section 4.2.2). */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
}

/** Path and query as they were signed. */
function pathOf({ path, query }: HttpRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map(
      (it) => `${encodeSegment(name)}=${encodeSegment(it)}`,
    ),
  );
  return `${path === '' ? '/' : path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
