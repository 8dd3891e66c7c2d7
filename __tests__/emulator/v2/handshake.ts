import { type IncomingHttpHeaders, request } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

/** What a handshake was answered with; a socket that was opened is closed again. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** The answer to the key of RFC 6455, 1.3. */
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** A handshake as a plain request, as the action sends it: a refusal then has status and body. */
export function shakeHands(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HandshakeAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': KEY,
        ...headers,
      },
    });
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: '' });
    });
    outgoing.on('response', (incoming) => {
      const chunks: Uint8Array[] = [];
      incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function signer(credentials: Keys): SignatureV4 {
  return new SignatureV4({
    service: 'execute-api',
    region: 'us-east-1',
    credentials,
    sha256: Sha256,
  });
}

function requestTo(url: string, method: string): HttpRequest {
  const { host, hostname, protocol, pathname, searchParams } = new URL(url);
  return new HttpRequest({
    method,
    protocol,
    hostname,
    path: pathname,
    headers: { host },
    query: Object.fromEntries(searchParams),
  });
}

/** The headers that sign a request, of an independent signer. */
export async function signedHeaders(
  url: string,
  keys: Keys,
  method = 'GET',
): Promise<Record<string, string>> {
  const signed = await signer(keys).sign(requestTo(url, method));
  return signed.headers;
}

/** A URL with the signature in its query. */
export async function presigned(url: string, keys: Keys): Promise<string> {
  const { query } = await signer(keys).presign(requestTo(url, 'GET'), { expiresIn: 60 });
  const target = new URL(url);
  for (const [name, value] of Object.entries(query ?? {}))
    target.searchParams.set(name, String(value));
  // URLSearchParams writes form encoding; a signature knows percent encoding alone.
  return target.href.replaceAll('+', '%20');
}

/** As {@link presigned}, with the session token added after signing. */
export async function presignedWithoutToken(
  url: string,
  { sessionToken, ...keys }: Required<Keys>,
): Promise<string> {
  return `${await presigned(url, keys)}&X-Amz-Security-Token=${encodeURIComponent(sessionToken)}`;
}
