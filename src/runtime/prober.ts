import { getProxyForUrl } from 'proxy-from-env';
import { ProxiedHttpHandler } from '../aws/http-handler.js';
import { withDebugLines } from '../probe/debug-lines.js';
import { createHandshaker } from '../probe/handshake.js';
import { createProber, PROBE_TIMEOUTS, type Prober } from '../probe/send.js';
import { NAME, VERSION } from '../version.js';
import { logger } from './runner.js';

/** What sends the smoke test's requests, through the proxy that the environment names. */
export function openProber(): Prober {
  const handler = new ProxiedHttpHandler(getProxyForUrl, PROBE_TIMEOUTS);
  const handshaker = createHandshaker(getProxyForUrl, PROBE_TIMEOUTS.connectionTimeoutMs);
  return withDebugLines(createProber(handler, handshaker, `${NAME}/${VERSION}`, Date.now), logger);
}
