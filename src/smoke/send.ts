import { Sha256 } from '@aws-crypto/sha256-js';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { redact } from '../aws/redact.js';
import type { ProbeAnswer } from './answer.js';
import { classify } from './classify.js';

/** One request of the smoke test. */
export interface ProbeRequest {
  readonly method: string;
  /** Where the stage is served, without a final slash. */
  readonly baseUrl: string;
  /** The method's path, as API Gateway names it: not percent-encoded. */
  readonly path: string;
}

/** Sends probes; keeps connections alive between them. */
export interface Prober {
  sendUnsigned(request: ProbeRequest): Promise<ProbeAnswer>;
  sendSigned(
    request: ProbeRequest,
    region: string,
    credentials: Provider<AwsCredentialIdentity>,
  ): Promise<ProbeAnswer>;
  destroy(): void;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 5_000;
/** Error bodies are small; of anything longer the beginning is enough. */
const MOST_BODY_BYTES = 64 * 1024;

/** @param userAgent how a backend's log tells probes from callers, such as `apigw-iam-gate/1.0.0`. */
export function createProber(userAgent: string): Prober {
  const handler = new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  const send = async (request: HttpRequest): Promise<ProbeAnswer> => {
    try {
      const { response } = await handler.handle(request);
      return classify({
        status: response.statusCode,
        headers: lowerCased(response.headers),
        body: await textOf(response.body),
      });
    } catch (error) {
      return { kind: 'unreachable', status: null, detail: networkWords(error) };
    }
  };
  return {
    sendUnsigned: (request) => send(httpRequestOf(request, userAgent)),

    async sendSigned(request, region, credentials) {
      let identity: AwsCredentialIdentity;
      try {
        identity = await credentials();
      } catch (error) {
        // A provider can fail late, when what it fetched has expired: the rest can still be judged.
        const words = error instanceof Error ? error.message : String(error);
        return { kind: 'no-credentials', status: null, detail: redact(words).slice(0, 300) };
      }
      const signer = new SignatureV4({
        service: 'execute-api',
        region,
        credentials: identity,
        sha256: Sha256,
      });
      const signed = await signer.sign(httpRequestOf(request, userAgent));
      return send(new HttpRequest(signed));
    },

    destroy: () => handler.destroy(),
  };
}

function httpRequestOf({ method, baseUrl, path }: ProbeRequest, userAgent: string): HttpRequest {
  const base = new URL(baseUrl);
  return new HttpRequest({
    method,
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port === '' ? {} : { port: Number(base.port) }),
    path: `${base.pathname.replace(/\/+$/, '')}${encodePath(path)}`,
    // The signer signs the host header and does not make one.
    headers: { host: base.host, 'user-agent': userAgent, accept: '*/*' },
  });
}

/** Percent-encodes a path, segment by segment, as RFC 3986 has it and Signature Version 4 wants it. */
export function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment.toWellFormed()).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

async function textOf(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Read to the end, so that the connection can be used again.
  for await (const chunk of body ?? []) {
    if (bytes < MOST_BODY_BYTES) chunks.push(chunk);
    bytes += chunk.byteLength;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function networkWords(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown network error';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.name;
}
