import type { Agent } from 'node:http';
import type { NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** As many connections as the SDK's own agents keep. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

/** `http:` is asked for with absolute URIs, `https:` through a tunnel (RFC 9110, CONNECT). */
export function agentsThrough(
  proxy: string,
): Pick<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'> {
  return {
    httpAgent: new HttpProxyAgent(proxy, AGENT_OPTIONS),
    httpsAgent: new HttpsProxyAgent(proxy, AGENT_OPTIONS),
  };
}

/** A tunnel for one connection, whatever is said over it (RFC 9110, CONNECT). */
export function tunnelThrough(proxy: string): Agent {
  return new HttpsProxyAgent(proxy, { keepAlive: false });
}
