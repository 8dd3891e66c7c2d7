import { addAbortSignal, Readable } from 'node:stream';
import type { HttpHandler } from '@smithy/protocol-http';
import { HttpRequest } from '@smithy/protocol-http';
import type { AwsCredentialIdentity } from '@smithy/types';
import { redact } from '../aws/redact.js';
import type { ProbeAnswer } from './answer.js';
import { classify, classifyNetworkError } from './classify.js';
import type { GatewayResponses } from './gateway-responses.js';
import { type Signing, sign, tamperWith } from './sign.js';

/** One request of the smoke test. */
export interface ProbeRequest {
  readonly method: string;
  /** Where the stage is served, without a final slash. */
  readonly baseUrl: string;
  /** The path below the stage, percent-encoded. */
  readonly path: string;
  /** Not percent-encoded; a key may be repeated. */
  readonly query: readonly (readonly [key: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** How a request is signed, if at all. */
export type Signature =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'tampered'; readonly by: Signing }
  | { readonly kind: 'signed'; readonly by: Signing };

/** Sends probes; keeps connections alive between them. */
export interface Prober {
  send(
    request: ProbeRequest,
    signature: Signature,
    gatewayResponses: GatewayResponses,
  ): Promise<ProbeAnswer>;
  destroy(): void;
}

/** A request that got no answer for so long has none. */
export const PROBE_TIMEOUTS = { connectionTimeoutMs: 5_000, requestTimeoutMs: 10_000 };

/** Error bodies are small; of anything longer the beginning is enough. */
const MOST_BODY_BYTES = 64 * 1024;

/** By it a backend's log tells what a request was; API Gateway and backends give it no meaning. */
export const MARKER_HEADER = { name: 'x-apigw-iam-gate', value: 'probe' };

/**
 * @param handler carries requests out; closed with the prober.
 * @param userAgent such as `apigw-iam-gate/1.0.0`.
 */
export function createProber(
  handler: HttpHandler & { destroy(): void },
  userAgent: string,
  now: () => number,
): Prober {
  return {
    async send(request, signature, gatewayResponses) {
      const bare = httpRequestOf(request, userAgent);
      const ready = await withSignature(bare, signature);
      if (ready.request === null) return ready.answer;
      try {
        const { response } = await handler.handle(ready.request);
        const body = await textOf(response.body);
        const answer = {
          status: response.statusCode,
          headers: lowerCased(response.headers),
          body,
          receivedAtMs: now(),
        };
        return classify(answer, gatewayResponses);
      } catch (error) {
        return classifyNetworkError(error);
      }
    },
    destroy: () => handler.destroy(),
  };
}

type Ready =
  | { readonly request: HttpRequest }
  | { readonly request: null; readonly answer: ProbeAnswer };

async function withSignature(request: HttpRequest, signature: Signature): Promise<Ready> {
  if (signature.kind === 'unsigned') return { request };
  const { region, credentials } = signature.by;
  let identity: AwsCredentialIdentity;
  try {
    identity = await credentials();
  } catch (error) {
    // A provider can fail late, when what it fetched has expired: the rest can still be judged.
    const words = error instanceof Error ? error.message : String(error);
    const detail = redact(words).slice(0, 300);
    return { request: null, answer: { kind: 'no-credentials', status: null, detail } };
  }
  const signed = await sign(request, { region, credentials: async () => identity });
  return { request: signature.kind === 'signed' ? signed : tamperWith(signed) };
}

/** Headers that make a probe what it is, so that no sample may set them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
]);

/** The request before it is signed. */
export function httpRequestOf(request: ProbeRequest, userAgent: string): HttpRequest {
  const { method, baseUrl, path, query, headers, body } = request;
  const base = new URL(baseUrl);
  const bytes = body === null ? null : Buffer.from(body, 'utf8');
  return new HttpRequest({
    method,
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port === '' ? {} : { port: Number(base.port) }),
    path: `${base.pathname.replace(/\/+$/, '')}${path}`,
    query: queryOf(query),
    headers: {
      accept: '*/*',
      ...samplesOwn(headers),
      ...(bytes === null ? {} : { 'content-length': String(bytes.byteLength) }),
      // The signer signs the host header and does not make one.
      host: base.host,
      'user-agent': userAgent,
      [MARKER_HEADER.name]: MARKER_HEADER.value,
    },
    ...(bytes === null ? {} : { body: bytes }),
  });
}

function samplesOwn(headers: ProbeRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lowerCased(headers)).filter(([name]) => !OWN_HEADERS.has(name)),
  );
}

function queryOf(query: ProbeRequest['query']): Record<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const [key, value] of query) {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [value]);
    else known.push(value);
  }
  return Object.fromEntries(byKey);
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

async function textOf(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  // The handler's own timeout ends with the headers: a body that trickles would never be over.
  if (body instanceof Readable) {
    addAbortSignal(AbortSignal.timeout(PROBE_TIMEOUTS.requestTimeoutMs), body);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Read to the end, so that the connection can be used again.
  for await (const chunk of body ?? []) {
    if (bytes < MOST_BODY_BYTES) chunks.push(chunk);
    bytes += chunk.byteLength;
  }
  return Buffer.concat(chunks).toString('utf8');
}
