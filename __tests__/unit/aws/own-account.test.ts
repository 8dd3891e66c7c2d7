import { createServer } from 'node:http';
import { STSClient } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { readOwnAccount } from '../../../src/aws/own-account.js';

/** The answer never comes, or never ends. */
test.each([
  ['does not answer', null],
  ['answers by half', '<GetCallerIdentityResponse>'],
])('an STS that %s is given up', async (_what, beginning) => {
  const server = createServer((_request, response) => {
    if (beginning !== null) response.write(beginning);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const sts = new STSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${address.port}`,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  });
  const retries = {
    logger: {
      info: () => {},
      debug: () => {},
      group: <T>(_title: string, phase: () => Promise<T>) => phase(),
    },
    maxAttempts: 8,
    sleep: async () => {},
    random: () => 0,
  };
  try {
    await expect(readOwnAccount(sts, retries, 20)).rejects.toThrow(
      'GetCallerIdentity failed after 3 attempts: the connection to AWS failed (TimeoutError: no answer within 0.02 s)',
    );
  } finally {
    sts.destroy();
    server.closeAllConnections();
    server.close();
  }
});
