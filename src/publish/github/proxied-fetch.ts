import { fetch, ProxyAgent } from 'undici';
import { rememberLogin } from '../../aws/proxy-login.js';
import type { Sent } from './client.js';

/**
 * Sends through a proxy. The `fetch` that Node brings along takes no dispatcher of another version of
 * undici, so both come from the package; only runs behind a proxy load it.
 */
export function sendThroughProxy(proxy: string) {
  rememberLogin(proxy);
  const dispatcher = new ProxyAgent(proxy);
  return (url: string, request: Sent) => fetch(url, { ...request, dispatcher });
}
