import { afterAll } from '@jest/globals';
import { type LoopbackProxy, openProxy } from '../../runner/loopback-proxy.js';

export type { LoopbackProxy } from '../../runner/loopback-proxy.js';

const opened: LoopbackProxy[] = [];
afterAll(async () => {
  for (const proxy of opened.splice(0)) await proxy.close();
});

/** Opens a proxy that ends with the file's tests. */
export async function startProxy(
  emulatorUrl: string,
  hosts: readonly string[],
): Promise<LoopbackProxy> {
  const proxy = await openProxy(emulatorUrl, hosts);
  opened.push(proxy);
  return proxy;
}
