import { expect, test } from '@jest/globals';
import { accountToken, readIdentity } from '../../../src/evidence/identity.js';
import { throttled } from './fake-api-gateway.js';

// It is part of what findings are known by: another one would make every alert a new one.
test('what stands for an account is the same for ever', async () => {
  expect(await accountToken('123456789012')).toBe('cafa86eacada');
  expect(await accountToken('123456789013')).not.toBe('cafa86eacada');
});

test('the account is the one of the credentials', async () => {
  const identity = await readIdentity({
    ownAccount: async () => ({ partition: 'aws', accountId: '123456789012' }),
  });
  expect(identity).toEqual({ readable: true, value: 'cafa86eacada' });
});

test('an account that nobody tells is not known, and the call is named', async () => {
  const identity = await readIdentity({
    ownAccount: async () => {
      throw throttled('GetCallerIdentity');
    },
  });
  expect(identity).toMatchObject({ readable: false, call: 'GetCallerIdentity' });
});
