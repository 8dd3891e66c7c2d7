import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, Readable } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { selfSigned } from './certificate.js';

/** A proxy on loopback, as companies have them, that leads to the emulator instead of to AWS. */
export interface LoopbackProxy {
  readonly url: string;
  /** Trusts the certificate that it shows in AWS's place. */
  readonly environment: Readonly<Record<string, string>>;
  /** `host:port` of every tunnel that was asked for, and every absolute URI. */
  readonly asked: string[];
  /** Closes its connections and forgets its certificate. */
  close(): Promise<void>;
}

/**
 * Starts a proxy: `http:` is forwarded to where it says; a tunnel ends here, and what comes out of
 * its TLS goes to the emulator with its `Host`. A host that is not in `hosts` is refused with 502.
 *
 * @param hosts the names that the certificate covers.
 */
export async function openProxy(
  emulatorUrl: string,
  hosts: readonly string[],
): Promise<LoopbackProxy> {
  const { certificate, key } = selfSigned(hosts);
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-proxy-'));
  const trusted = join(folder, 'ca.pem');
  await writeFile(trusted, certificate);
  const asked: string[] = [];
  const sockets = new Set<Duplex>();

  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    const url = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const forwarded = request(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    Readable.from(incoming).pipe(forwarded);
  });
  const secureContext = createSecureContext({ cert: certificate, key });
  const target = new URL(emulatorUrl);
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    const [host = ''] = (incoming.url ?? '').split(':');
    asked.push(incoming.url ?? '');
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (!hosts.includes(host)) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    const plain = new TLSSocket(socket, { isServer: true, secureContext });
    const onward = connect(Number(target.port), target.hostname);
    for (const end of [plain, onward])
      end.on('error', () => [plain, onward].map((it) => it.destroy()));
    plain.pipe(onward).pipe(plain);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    environment: { NODE_EXTRA_CA_CERTS: trusted },
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
