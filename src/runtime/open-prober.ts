import { getProxyForUrl } from 'proxy-from-env';
import { ProxiedHttpHandler } from '../aws/http-handler.js';
import type { Logger } from '../model/logger.js';
import { withDebugLines } from '../probe/debug-lines.js';
import { createHandshaker } from '../probe/handshake.js';
import { createProber, PROBE_TIMEOUTS, type Prober } from '../probe/send.js';
import { NAME, VERSION } from '../version.js';

/**
 * What asks endpoints, through the proxies of the environment; it is closed with `destroy`.
 *
 * @param logger gets a line for each request where the job is run with debug logging.
 */
export function openProber(logger: Logger): Prober & { destroy(): void } {
  const handler = new ProxiedHttpHandler(getProxyForUrl, PROBE_TIMEOUTS);
  const handshaker = createHandshaker(getProxyForUrl, PROBE_TIMEOUTS.connectionTimeoutMs);
  return withDebugLines(createProber(handler, handshaker, `${NAME}/${VERSION}`, Date.now), logger);
}
