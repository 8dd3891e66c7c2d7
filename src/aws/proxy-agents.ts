import type { Agent } from 'node:http';
import type { NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { rememberLogin } from './proxy-login.js';

/** As many connections as the SDK's own agents keep. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

/** `http:` is asked for with absolute URIs, `https:` through a tunnel (RFC 9110, CONNECT). */
export function agentsThrough(
  proxy: string,
): Pick<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'> {
  refuseInvalid(proxy);
  rememberLogin(proxy);
  return {
    httpAgent: new HttpProxyAgent(proxy, AGENT_OPTIONS),
    httpsAgent: new HttpsProxyAgent(proxy, AGENT_OPTIONS),
  };
}

/** A tunnel for one connection, whatever is said over it (RFC 9110, CONNECT). */
export function tunnelThrough(proxy: string): Agent {
  refuseInvalid(proxy);
  rememberLogin(proxy);
  return new HttpsProxyAgent(proxy, { keepAlive: false });
}

/** The environment names a proxy by something that is no address of one; its message repeats nothing of it. */
class InvalidProxy extends Error {
  override readonly name = 'InvalidProxy';
}

/** The agents decode a password when they have begun to connect, and end the process where they cannot. */
function refuseInvalid(proxy: string): void {
  if (!URL.canParse(proxy)) throw new InvalidProxy('its value is not a URL');
  const { protocol, username, password } = new URL(proxy);
  if (!/^https?:$/.test(protocol)) {
    throw new InvalidProxy('only proxies at http:// and https:// are known');
  }
  try {
    decodeURIComponent(`${username}:${password}`);
  } catch {
    throw new InvalidProxy('its user or password is not percent-encoded');
  }
}
