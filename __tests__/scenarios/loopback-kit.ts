import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { afterAll } from '@jest/globals';

/* Servers of a test's own: something else in the place of AWS, of GitHub, of an API or of its backend. */

const opened: (Server | TlsServer)[] = [];
afterAll(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * Opens a server on loopback; it is closed with the file's tests.
 *
 * @returns its port.
 */
export async function listen(server: Server | TlsServer): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
