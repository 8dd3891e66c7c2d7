import type { HttpHandler } from '@smithy/protocol-http';
import { HttpRequest } from '@smithy/protocol-http';
import type { AwsCredentialIdentity } from '@smithy/types';
import { SENT, type Secrets } from '../aws/secrets.js';
import { withoutTrailingSlashes } from '../model/slashes.js';
import type { ProbeAnswer } from './answer.js';
import { beginningOf } from './body.js';
import type { Classifier } from './classify/classifier.js';
import { classifyNetworkError } from './classify/network.js';
import { notFetchedAgain } from './credentials.js';
import type { HandshakeAnswer, Handshaker } from './handshake.js';
import { startLimit } from './limit.js';
import { headersOfSample, lowerCased } from './sent-headers.js';
import { type Signing, sign, signatureOf, signInQuery, tamperWith } from './sign.js';

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
  /**
   * No other such request is sent over its connection: a kept one may lead to the same server each time, whose
   * answers say nothing of the others.
   */
  readonly isOnItsOwn?: boolean;
  /** It asks for a WebSocket connection, and has its signature there; absent of any other request. */
  readonly handshake?: SignaturePlace;
}

/** Where a handshake has its signature. */
export type SignaturePlace = 'headers' | 'query';

/** How a request is signed, if at all. */
export type Signature =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'tampered'; readonly by: Signing }
  | { readonly kind: 'signed'; readonly by: Signing };

/** Sends probes; keeps connections alive between them, but for those of handshakes. */
export interface Prober {
  /**
   * @param classifier says what the answer is.
   * @param withinMs what is left of the smoke test's time: the request is given up with it.
   */
  send(
    request: ProbeRequest,
    signature: Signature,
    classifier: Classifier,
    withinMs: number,
  ): Promise<ProbeAnswer>;
  destroy(): void;
}

/** A request that got no answer for so long has none. */
export const PROBE_TIMEOUTS = { connectionTimeoutMs: 5_000, requestTimeoutMs: 10_000 };

/** How long a body may take once status and headers are there: they have decided, but for errors. */
const BODY_WITHIN_MS = 1_000;

/**
 * @param handler carries requests out; closed with the prober.
 * @param handshaker asks for WebSocket connections.
 * @param userAgent such as `apigw-iam-gate/1.0.0`.
 */
export function createProber(
  handler: HttpHandler & { destroy(): void },
  handshaker: Handshaker,
  userAgent: string,
  now: () => number,
): Prober {
  const secrets = SENT;
  const carryOut = async (
    request: HttpRequest,
    isHandshake: boolean,
    abortSignal: AbortSignal,
  ): Promise<HandshakeAnswer> => {
    if (isHandshake) return handshaker.shake(request, abortSignal);
    const { response } = await handler.handle(request, { abortSignal });
    return response;
  };
  return {
    async send(request, signature, classifier, withinMs) {
      if (withinMs <= 0) return OUT_OF_TIME;
      const { requestTimeoutMs } = PROBE_TIMEOUTS;
      const limit = startLimit(Math.min(withinMs, requestTimeoutMs));
      try {
        const bare = httpRequestOf(request, userAgent);
        const { handshake } = request;
        const ready = await limit.race(
          withSignature(bare, signature, handshake ?? 'headers', secrets),
        );
        if (ready.request === null) return ready.answer;
        const response = await limit.race(
          carryOut(ready.request, handshake !== undefined, limit.signal),
        );
        const { text, isCut } = await beginningOf(
          response.body,
          Math.min(BODY_WITHIN_MS, limit.remainingMs()),
        );
        ready.remember();
        const answer = {
          status: response.statusCode,
          headers: lowerCased(response.headers),
          body: text,
          isCut,
          receivedAtMs: now(),
        };
        return classifier.classify(answer, {
          hide: secrets.hide,
          isSigned: signature.kind === 'signed',
        });
      } catch (error) {
        if (limit.signal.aborted && withinMs <= requestTimeoutMs) return OUT_OF_TIME;
        return classifyNetworkError(error);
      } finally {
        limit.end();
      }
    },
    destroy: () => handler.destroy(),
  };
}

const OUT_OF_TIME: ProbeAnswer = { kind: 'out-of-time', status: null, detail: '' };

type Ready =
  | {
      readonly request: HttpRequest;
      /** Remembers what it was signed with. */
      readonly remember: () => void;
    }
  | { readonly request: null; readonly answer: ProbeAnswer };

async function withSignature(
  request: HttpRequest,
  signature: Signature,
  place: SignaturePlace,
  secrets: Secrets,
): Promise<Ready> {
  if (signature.kind === 'unsigned') return { request, remember: () => {} };
  const { region, credentials } = signature.by;
  let identity: AwsCredentialIdentity;
  try {
    identity = await credentials();
  } catch (error) {
    // A provider can fail late, when what it fetched has expired: the rest can still be judged.
    const words = error instanceof Error ? error.message : String(error);
    const detail = secrets.hide(words).slice(0, 300);
    const { remedy } = notFetchedAgain(error);
    return { request: null, answer: { kind: 'no-credentials', status: null, detail, remedy } };
  }
  const by = { region, credentials: async () => identity };
  const signed = await (place === 'query' ? signInQuery(request, by) : sign(request, by));
  const sent = signature.kind === 'signed' ? signed : tamperWith(signed);
  const remember = (): void => secrets.add(identity, signatureOf(signed));
  remember();
  return { request: sent, remember };
}

/** The request before it is signed. */
export function httpRequestOf(request: ProbeRequest, userAgent: string): HttpRequest {
  const { method, baseUrl, path, query, headers, body, isOnItsOwn = false } = request;
  const base = new URL(baseUrl);
  const bytes = body === null ? null : Buffer.from(body, 'utf8');
  return new HttpRequest({
    method,
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port === '' ? {} : { port: Number(base.port) }),
    path: `${withoutTrailingSlashes(base.pathname)}${path}` || '/',
    query: queryOf(query),
    headers: {
      ...headersOfSample(headers),
      ...(bytes === null ? {} : { 'content-length': String(bytes.byteLength) }),
      ...(isOnItsOwn ? { connection: 'close' } : {}),
      // The signer signs the host header and does not make one.
      host: base.host,
      'user-agent': userAgent,
    },
    ...(bytes === null ? {} : { body: bytes }),
  });
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
