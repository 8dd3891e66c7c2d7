import type { ProbeAnswer } from '../answer.js';

/** Names that do not resolve (Node.js, "Common system errors", and getaddrinfo's own). */
const NAME_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA']);

/** Codes of a failed TLS handshake or certificate (Node.js, "TLS: X509 certificate error codes"). */
const TLS_CODE =
  /^(CERT_|CRL_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERROR_IN_CERT|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH|EPROTO)/;

/** What is said where a request got no answer in its time: the name that the SDK's handler gives it. */
export const TIMED_OUT = 'TimeoutError';

/** Classifies why no answer came. */
export function classifyNetworkError(error: unknown): ProbeAnswer {
  const detail = networkWords(error);
  if (NAME_CODES.has(detail)) return { kind: 'name-not-resolved', status: null, detail };
  const kind = TLS_CODE.test(detail) ? 'tls-failure' : 'unreachable';
  return { kind, status: null, detail };
}

function networkWords(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown network error';
  const code: unknown = Reflect.get(error, 'code');
  // What took too long is given up by a signal, whose name says nothing to a reader.
  if (code === 'ABORT_ERR' || error.name === 'AbortError') return TIMED_OUT;
  if (typeof code === 'string' && code !== '') return code;
  // What `https-proxy-agent` says, without a code.
  return error.message.startsWith('Proxy connection ended') ? 'the proxy hung up' : error.name;
}
