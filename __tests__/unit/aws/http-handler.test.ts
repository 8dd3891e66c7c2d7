import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpRequest } from '@smithy/protocol-http';
import { ProxiedHttpHandler } from '../../../src/aws/http-handler.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Asks a server that answers as it likes, and reads the answer to its end. */
async function ask(
  answer: (response: ServerResponse) => void,
  answerTimeoutMs?: number,
  onRequest?: (request: HttpRequest) => void,
) {
  const server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const timeouts = {
    connectionTimeoutMs: 5000,
    requestTimeoutMs: 5000,
    ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
  };
  const handler = new ProxiedHttpHandler(() => '', timeouts, onRequest);
  closing.push(() => {
    handler.destroy();
    server.close();
    server.closeAllConnections();
  });
  const request = new HttpRequest({
    protocol: 'http:',
    hostname: '127.0.0.1',
    port,
    method: 'GET',
    path: '/',
    headers: { host: '127.0.0.1' },
  });
  const { response } = await handler.handle(request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('an answer', () => {
  test('that comes in time is read whole', async () => {
    await expect(ask((response) => response.end('whole'), 5000)).resolves.toBe('whole');
  });

  test('that never begins is given up', async () => {
    await expect(ask(() => {}, 50)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('whose body never ends is given up', async () => {
    const drip = (response: ServerResponse): void => {
      response.write('a');
      const timer = setInterval(() => response.write('b'), 10);
      closing.push(() => clearInterval(timer));
    };
    await expect(ask(drip, 100)).rejects.toThrow();
  });
});

test('a request is shown before it is sent and once its answer is there, or has failed', async () => {
  const order: string[] = [];
  const onRequest = ({ method }: HttpRequest): void => {
    order.push(method);
  };
  const answer = (response: ServerResponse): void => {
    order.push('answer');
    response.end();
  };
  await ask(answer, undefined, onRequest);
  expect(order).toEqual(['GET', 'answer', 'GET']);
  await expect(ask(() => {}, 50, onRequest)).rejects.toMatchObject({ name: 'AbortError' });
  expect(order).toEqual(['GET', 'answer', 'GET', 'GET', 'GET']);
});
