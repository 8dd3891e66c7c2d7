import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpRequest } from '@smithy/protocol-http';
import type { AwsCredentialIdentity } from '@smithy/types';
import { ProxiedHttpHandler } from '../../../src/aws/http-handler.js';
import { WEBSOCKET_CLASSIFIER } from '../../../src/probe/classify/websocket.js';
import { createHandshaker } from '../../../src/probe/handshake.js';
import {
  createProber,
  PROBE_TIMEOUTS,
  type ProbeRequest,
  type Signature,
} from '../../../src/probe/send.js';

const CREDENTIALS: AwsCredentialIdentity = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLETOKEN//token==',
};
const BY = { region: 'eu-west-1', credentials: async () => CREDENTIALS };

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

interface Seen {
  readonly requests: IncomingMessage[];
  /** What came over each connection that was opened, once it was closed. */
  readonly closed: Promise<Buffer>[];
}

/** A server that does with a handshake what a test says; `open` opens the connection. */
async function serve(
  onUpgrade: (request: IncomingMessage, socket: Duplex, open: (accept?: string) => void) => void,
): Promise<{ url: string; seen: Seen }> {
  const seen: Seen = { requests: [], closed: [] };
  const server: Server = createServer((_, response) => response.writeHead(500).end());
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    seen.requests.push(request);
    opened.unshift(async () => socket.destroy());
    socket.on('error', () => {});
    const open = (accept = acceptOf(request)): void => {
      seen.closed.push(read(socket));
      const head = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n`;
      socket.write(`${head}sec-websocket-accept: ${accept}\r\n\r\n`);
    };
    onUpgrade(request, socket, open);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api/prod`, seen };
}

function acceptOf({ headers }: IncomingMessage): string {
  const text = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return createHash('sha1').update(text).digest('base64');
}

function read(socket: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => socket.once('end', () => resolve(Buffer.concat(chunks))));
}

function refuse(socket: Duplex, status: number, body: string, headers = ''): void {
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(`HTTP/1.1 ${status} No\r\nx-amzn-requestid: 1\r\n${length}${headers}\r\n${body}`);
}

function ask(url: string, signature: Signature, parts: Partial<ProbeRequest> = {}) {
  const prober = createProber(
    new ProxiedHttpHandler(() => '', PROBE_TIMEOUTS),
    createHandshaker(() => '', 1_000),
    'test/1.0',
    () => 0,
  );
  const request = {
    ...{ method: 'GET', baseUrl: url, path: '', query: [], headers: {}, body: null },
    handshake: 'headers' as const,
    ...parts,
  };
  return prober.send(request, signature, WEBSOCKET_CLASSIFIER, 5_000);
}

describe('a handshake', () => {
  test('that is let in is closed at once, with a masked close frame and nothing else', async () => {
    const { url, seen } = await serve((_request, _socket, open) => open());
    expect(await ask(url, { kind: 'unsigned' })).toEqual({
      kind: 'accepted',
      status: 101,
      detail: '',
    });
    const [frame = Buffer.alloc(0)] = await Promise.all(seen.closed);
    expect([...frame.subarray(0, 2)]).toEqual([0x88, 0x82]);
    const mask = frame.subarray(2, 6);
    expect([...frame.subarray(6)].map((byte, at) => byte ^ (mask[at] ?? 0))).toEqual([0x03, 0xe8]);
    const [{ headers, method, url: target } = { headers: {} }] = seen.requests;
    expect({ method, target }).toEqual({ method: 'GET', target: '/api/prod' });
    expect(headers).toMatchObject({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'x-apigw-iam-gate': 'probe',
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  test('that is refused shows status and words', async () => {
    const { url } = await serve((_request, socket) =>
      refuse(socket, 403, '{"message":"Missing Authentication Token"}'),
    );
    expect(await ask(url, { kind: 'unsigned' })).toEqual({
      kind: 'missing-token',
      status: 403,
      detail: 'Missing Authentication Token',
    });
  });

  test('whose refusal never ends is judged by its beginning', async () => {
    const { url } = await serve((_request, socket) => {
      socket.write('HTTP/1.1 403 No\r\nx-amzn-requestid: 1\r\ncontent-length: 999\r\n\r\n{"mess');
    });
    expect(await ask(url, { kind: 'unsigned' })).toMatchObject({
      kind: 'unlabelled-error',
      status: 403,
    });
  });

  test('that gets another key accepted is none', async () => {
    const { url } = await serve((_request, _socket, open) => open('bm9uZQ=='));
    expect(await ask(url, { kind: 'unsigned' })).toEqual({
      kind: 'unreachable',
      status: null,
      detail: 'ERR_WEBSOCKET_ACCEPT',
    });
  });

  test('that nobody answers is given up with the time', async () => {
    const { url } = await serve(() => {});
    const prober = createProber(
      new ProxiedHttpHandler(() => '', PROBE_TIMEOUTS),
      createHandshaker(() => '', 1_000),
      'test/1.0',
      () => 0,
    );
    const answer = await prober.send(
      {
        method: 'GET',
        baseUrl: url,
        path: '',
        query: [],
        headers: {},
        body: null,
        handshake: 'headers',
      },
      { kind: 'unsigned' },
      WEBSOCKET_CLASSIFIER,
      50,
    );
    expect(answer.kind).toBe('out-of-time');
  });

  test('has its signature in headers, or in the query with the token signed', async () => {
    const { url, seen } = await serve((_request, _socket, open) => open());
    await ask(url, { kind: 'signed', by: BY });
    await ask(url, { kind: 'signed', by: BY }, { handshake: 'query', query: [['room', 'a b']] });
    const [inHeaders, inQuery] = seen.requests;
    expect(inHeaders?.url).toBe('/api/prod');
    expect(inHeaders?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/.*\/execute-api\//,
      ),
      'x-amz-security-token': CREDENTIALS.sessionToken,
    });
    expect(inQuery?.headers).not.toHaveProperty('authorization');
    expect(inQuery?.headers).not.toHaveProperty('x-amz-security-token');
    const query = new URL(inQuery?.url ?? '', 'http://x').searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      room: 'a b',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Security-Token': CREDENTIALS.sessionToken,
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('whose words repeat what it was signed with shows none of it', async () => {
    const { url } = await serve((request, socket) => {
      const told = request.headers.authorization ?? request.url ?? '';
      refuse(socket, 403, JSON.stringify({ message: `You sent ${told}` }));
    });
    for (const handshake of ['headers', 'query'] as const) {
      const { detail } = await ask(url, { kind: 'tampered', by: BY }, { handshake });
      expect(detail).toContain('***');
      expect(detail).not.toMatch(/AKIDEXAMPLE|EXAMPLETOKEN|[0-9a-f]{64}/);
    }
  });

  test('takes headers of a sample, but none that would make it another request', async () => {
    const { url, seen } = await serve((_request, _socket, open) => open());
    const headers = { 'Sec-WebSocket-Protocol': 'chat', Upgrade: 'h2c', 'Sec-WebSocket-Key': 'x' };
    await ask(url, { kind: 'unsigned' }, { headers });
    expect(seen.requests[0]?.headers).toMatchObject({
      'sec-websocket-protocol': 'chat',
      upgrade: 'websocket',
    });
  });

  test('asks which proxy leads to its address, with the port', async () => {
    const { url } = await serve((_request, _socket, open) => open());
    const asked: string[] = [];
    const handshaker = createHandshaker((origin) => {
      asked.push(origin);
      return '';
    }, 1_000);
    const { hostname, port, pathname } = new URL(url);
    const at = { protocol: 'http:', hostname, path: pathname, headers: {} };
    const { signal } = new AbortController();
    const request = new HttpRequest({ ...at, port: Number(port) });
    expect((await handshaker.shake(request, signal)).statusCode).toBe(101);
    await handshaker
      .shake(new HttpRequest({ ...at, hostname: 'x.invalid' }), signal)
      .catch(() => {});
    expect(asked).toEqual([`http://127.0.0.1:${port}/`, 'http://x.invalid/']);
  });

  test('with an address where nobody listens is not answered', async () => {
    const { url } = await serve(() => {});
    for (const close of opened.splice(0)) await close();
    // Which error it is, an error of Node's own does not tell within Jest's context.
    expect(await ask(url, { kind: 'unsigned' })).toMatchObject({
      kind: 'unreachable',
      status: null,
    });
  });

  test('of a stage at the root of its address asks for that', async () => {
    const { url, seen } = await serve((_request, _socket, open) => open());
    await ask(new URL(url).origin, { kind: 'unsigned' });
    expect(seen.requests[0]?.url).toBe('/');
  });
});
