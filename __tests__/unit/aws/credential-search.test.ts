import { createServer, type Server, type ServerResponse } from 'node:http';
import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createAwsClients } from '../../../src/aws/clients.js';
import { searchWithin } from '../../../src/aws/credential-search.js';
import { AwsFailure } from '../../../src/aws/failure.js';

const IDENTITY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NEVER = new Promise<never>(() => {});

describe('a search for credentials', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('gives what is found, and passes on what it is asked with', async () => {
    const source = jest.fn(async (_options: { readonly force: boolean }) => IDENTITY);
    const search = searchWithin(1_000, source);
    expect(await search({ force: true })).toBe(IDENTITY);
    expect(await search({ force: false })).toBe(IDENTITY);
    expect(source.mock.calls).toEqual([[{ force: true }], [{ force: false }]]);
  });

  test('fails as its source does, and is begun anew', async () => {
    const source = jest
      .fn<() => Promise<typeof IDENTITY>>()
      .mockRejectedValueOnce(new Error('no such profile'))
      .mockResolvedValue(IDENTITY);
    const search = searchWithin(1_000, source);
    await expect(search()).rejects.toThrow('no such profile');
    expect(await search()).toBe(IDENTITY);
  });

  test('that has no end is given up, by all who wait for it, and begun again later', async () => {
    jest.useFakeTimers();
    const source = jest.fn(() => NEVER);
    const search = searchWithin(5_000, source);
    const ends: string[] = [];
    const ask = (who: string): void => {
      search().catch((error: unknown) => ends.push(`${who}: ${String(error)}`));
    };
    ask('first');
    await jest.advanceTimersByTimeAsync(3_000);
    ask('second');
    await jest.advanceTimersByTimeAsync(1_999);
    expect(ends).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(ends).toEqual([
      expect.stringMatching(/^first: CredentialsProviderError: .* within 5 s/),
      expect.stringMatching(/^second: CredentialsProviderError: .* within 5 s/),
    ]);

    // Nobody waits as long again for what did not answer a moment ago.
    ask('third');
    await jest.advanceTimersByTimeAsync(0);
    expect(ends).toHaveLength(3);
    expect(source).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(5_001);
    ask('fourth');
    expect(source).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(ends).toHaveLength(4);
  });

  test('that ends late is what the next one gets', async () => {
    jest.useFakeTimers();
    let find = (_: typeof IDENTITY): void => {};
    const source = jest.fn(
      () =>
        new Promise<typeof IDENTITY>((resolve) => {
          find = resolve;
        }),
    );
    const search = searchWithin(5_000, source);
    const first = search().catch(String);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await first).toContain('within 5 s');
    find(IDENTITY);
    await jest.advanceTimersByTimeAsync(0);
    const second = search();
    find(IDENTITY);
    expect(await second).toBe(IDENTITY);
  });
});

describe('the clients', () => {
  const before = { ...process.env };
  let server: Server | null = null;
  afterEach(async () => {
    process.env = { ...before };
    server?.closeAllConnections();
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  });

  test('give up an endpoint of the container that begins an answer and does not end it', async () => {
    const begun: ServerResponse[] = [];
    const opened = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"AccessKeyId":"');
      begun.push(response);
    });
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
    const address = opened.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    process.env = {
      PATH: before.PATH,
      HOME: '/nowhere',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${address.port}/`,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const clients = createAwsClients('eu-west-1', ['test', '1'], () => '', 300);
    try {
      const failure = await clients.apiGateway
        .send(new GetRestApisCommand({}))
        .catch((error: unknown) => new AwsFailure('GetRestApis', error, 1));
      expect(failure).toMatchObject({ kind: 'no-credentials' });
      expect(String(failure)).toContain('did not end within 0.3 s');
    } finally {
      clients.destroy();
      for (const response of begun) response.end('"}');
    }
  });
});
