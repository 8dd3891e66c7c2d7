import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rememberLogin } from '../../../src/aws/proxy-login.js';
import { SENT } from '../../../src/aws/secrets.js';

const word = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789@:/%+=é'),
  minLength: 12,
  maxLength: 40,
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('what logs in at a proxy is shown by no answer, as it is or as its header has it', () => {
  fc.assert(
    fc.property(word, fc.option(word, { nil: '' }), (user, password) => {
      const login = [user, password].map(encodeURIComponent).join(':');
      rememberLogin(`http://${login}@proxy.example.com:3128`);
      const secret = password === '' ? user : password;
      const said = `CONNECT host:443 with ${base64(`${user}:${password}`)} and ${secret} is refused`;
      const shown = SENT.hide(said);
      expect(shown).not.toContain(base64(`${user}:${password}`).slice(8, 24));
      expect(shown).not.toContain(secret.slice(0, 12));
      expect(shown).toContain('CONNECT host:443 with ');
      expect(shown).toContain(' is refused');
    }),
    { numRuns: 50 },
  );
});

test('a proxy without a login, or one that is none, is nothing to remember', () => {
  for (const proxy of ['http://proxy.example.com:3128', 'not an address', '', 'http://%zz@h']) {
    expect(() => rememberLogin(proxy)).not.toThrow();
  }
  expect(SENT.hide('proxy.example.com is not an address')).toBe(
    'proxy.example.com is not an address',
  );
});
