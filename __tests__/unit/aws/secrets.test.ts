import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../src/aws/redact.js';
import { repeatedIn } from '../../../src/aws/repeated.js';
import { createSecrets } from '../../../src/aws/secrets.js';

const IDENTITY = {
  accessKeyId: 'ASIAZB82GXSKPRTIJDTS',
  secretAccessKey: 'tan9bjgkmkax0h072ho8s3afeprxiu0tko1g6sec',
  sessionToken: 'IQoJb3JpZ2luX2VjEOz//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx+w==',
};
const SIGNATURE = 'fe6ba5b8c9d34f8aa1e0b27d45c6f9013d2e8b7a6c5f4e3d2c1b0a99887766ab';

function hidden(text: string): string {
  const secrets = createSecrets();
  secrets.add(IDENTITY, SIGNATURE);
  return secrets.hide(text);
}

const VALUES = [...Object.values(IDENTITY), SIGNATURE];

/** Ways in which an endpoint may repeat what it was sent. */
const WAYS: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  'in small letters': (value) => value.toLowerCase(),
  'in capitals': (value) => value.toUpperCase(),
  'URL-encoded': (value) => encodeURIComponent(value),
  'URL-encoded in full': (value) =>
    [...Buffer.from(value)].map((it) => `%${it.toString(16).padStart(2, '0')}`).join(''),
  'URL-encoded twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  'in base64': (value) => Buffer.from(value).toString('base64'),
  'in base64 for URLs': (value) => Buffer.from(value).toString('base64url'),
  'in base64 behind one more octet': (value) => Buffer.from(`:${value}:`).toString('base64'),
  'in base64 behind two more octets': (value) => Buffer.from(`::${value}`).toString('base64'),
  'in hexadecimal digits': (value) => Buffer.from(value).toString('hex'),
  'as JSON has it': (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  'as JSON may have it': (value) =>
    [...value].map((it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'as HTML has it': (value) => [...value].map((it) => `&#${it.charCodeAt(0)};`).join(''),
  'as JavaScript has it in braces': (value) =>
    [...value].map((it) => `\\u{${it.charCodeAt(0).toString(16)}}`).join(''),
  'as HTML has it by names': (value) =>
    value.replaceAll('/', '&sol;').replaceAll('+', '&plus;').replaceAll('=', '&equals;'),
  'as HTML has it in hexadecimal digits': (value) =>
    [...value].map((it) => `&#x${it.charCodeAt(0).toString(16)};`).join(''),
};

describe.each(Object.entries(WAYS))('what was signed with, %s', (_way, written) => {
  test('is taken out, and what stands around it stays', () => {
    for (const value of VALUES) {
      const shown = hidden(`before ${written(value)} after`);
      expect(shown).toMatch(/^before .*\*\*\*.* after$/);
      expect(shown.length).toBeLessThan(`before ${written(value)} after`.length / 2 + 20);
    }
  });

  test('is taken out in part', () => {
    const part = fc.tuple(
      fc.constantFrom(...VALUES),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 12, max: 30 }),
    );
    fc.assert(
      fc.property(part, fc.constantFrom('', '{', 'x=', '~ '), ([value, at, length], before) => {
        const cut = value.slice(at, at + length);
        fc.pre(cut.length >= 12);
        expect(hidden(`${before}${written(cut)}`)).not.toContain(written(cut));
      }),
    );
  });
});

/** Ways that keep every character: one after the other they can be undone. */
const LOSSLESS = Object.entries(WAYS).filter(([way]) => !/letters|capitals|by names/.test(way));

describe('what was signed with, in several ways at once', () => {
  const ways = fc.array(fc.constantFrom(...LOSSLESS), { minLength: 2, maxLength: 3 });
  const encode = (value: string, chain: typeof LOSSLESS): string =>
    chain.reduce((text, [, written]) => written(text), value);

  test('is taken out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VALUES), ways, (value, chain) => {
        const text = encode(value, chain);
        // What is looked through is no longer than that.
        fc.pre(text.length < 4000);
        expect([chain.map(([way]) => way), hidden(`no ${text} here`)]).toEqual([
          expect.anything(),
          expect.stringMatching(/^no .{0,100}\*\*\*.{0,100} here$/),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('is taken out where other characters were put between its own', () => {
    const between = fc.constantFrom(
      ' ',
      ', ',
      '\n',
      '.',
      ' | ',
      '<wbr>'.replace(/\w/g, ''),
      '\u200b',
      '"+"',
    );
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...VALUES), between, size, (value, separator, every) => {
        const pieces = value.match(new RegExp(`.{1,${every}}`, 'g')) ?? [];
        expect(hidden(`no ${pieces.join(separator)} here`)).toMatch(/^no \*\*\*[^a-z0-9]* here$/i);
      }),
    );
  });

  test('hides nothing of texts that encode something else', () => {
    const other = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 120 });
    fc.assert(
      fc.property(other, ways, (value, chain) => {
        // Account ids and the like are taken out for other reasons.
        fc.pre(!/\d{4}|A[A-Z]{3}|:/.test(value));
        const text = encode(`${value}`, chain);
        fc.pre(redact(text) === text);
        // What is longer is cut.
        fc.pre(text.length <= 4096);
        expect(hidden(text)).toBe(text);
      }),
    );
  });

  test.each([
    ['letters', 'a'],
    ['escapes of escapes', '%25'],
    ['escapes that are undone', '\\u0025'],
    ['what may be base64', 'ab+/'],
  ])('is looked for as often as there are characters, however they are made: %s', (_, unit) => {
    const text = unit.repeat(1000).slice(0, 4096);
    let asked = 0;
    const isPart = (): boolean => {
      asked += 1;
      return false;
    };
    expect(repeatedIn(text, isPart)).toEqual([]);
    expect(asked).toBeLessThan(50 * text.length);
  });
});

describe('a text', () => {
  test.each([
    'Missing Authentication Token',
    'The security token included in the request is invalid.',
    'User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-west-2:********7089:u1hp5d8r0b/api/GET/prod',
    'nginx/1.25',
    '',
    '100 % &amp; more',
    'ÄÖÜ ß 𝒳 \u{1F600}',
  ])('that holds none of it stays as it is: %j', (text) => {
    expect(hidden(text)).toBe(text);
  });

  test('never throws, and is as long at most as it was but for the stars', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(hidden(text).length).toBeLessThanOrEqual(Math.max(text.length, 3) + 3);
      }),
    );
  });

  test('is not cut within a secret', () => {
    expect(hidden(`${'x'.repeat(4090)}${IDENTITY.sessionToken}`)).not.toContain('IQoJ');
  });

  test('loses account ids and names of callers as well', () => {
    expect(hidden('arn:aws:sts::123456789012:assumed-role/Deploy/alice')).toBe(
      'arn:aws:sts::********9012:assumed-role/***',
    );
  });
});

test('signatures are forgotten in their time, and credentials never', () => {
  const secrets = createSecrets();
  const signatures = Array.from({ length: 400 }, (_, at) =>
    Buffer.from(`${at}`.padStart(32, 'q')).toString('hex'),
  );
  for (const signature of signatures) secrets.add(IDENTITY, signature);
  expect(secrets.hide(signatures.at(-1) ?? '')).toBe('***');
  expect(secrets.hide(IDENTITY.sessionToken)).toBe('***');
});

test.each([
  ['was looked for all along', true],
  ['was never looked for', false],
])('a signature that %s is known for 128 requests, and not for 300', (_, isLookedFor) => {
  const secrets = createSecrets();
  const addOthers = (many: number, letter: string): void => {
    for (let at = 0; at < many; at += 1) {
      secrets.add(IDENTITY, Buffer.from(`${at}`.padStart(32, letter)).toString('hex'));
      if (isLookedFor) secrets.hide('');
    }
  };
  addOthers(100, 'p');
  secrets.add(IDENTITY, SIGNATURE);
  addOthers(127, 'q');
  if (isLookedFor) expect(secrets.hide(SIGNATURE)).toBe('***');
  else expect(createdWith(127).hide(SIGNATURE)).toBe('***');
  addOthers(173, 'r');
  // What is not remembered by value is not taken for a signature by its look.
  expect(secrets.hide(SIGNATURE)).toBe(SIGNATURE);
});

test.each([
  ['was looked for in between', true],
  ['was not', false],
])('a signature whose answer comes late is known again, where one %s', (_, isLookedFor) => {
  const secrets = createdWith(299);
  if (isLookedFor) secrets.hide('');
  secrets.add(IDENTITY, SIGNATURE);
  expect(secrets.hide(`sig=${SIGNATURE}`)).toBe('sig=***');
});

test('a signature that is remembered twice does not push out another', () => {
  const secrets = createSecrets();
  const others = Array.from({ length: 127 }, (_, at) =>
    Buffer.from(`${at}`.padStart(32, 'q')).toString('hex'),
  );
  secrets.add(IDENTITY, SIGNATURE);
  for (const other of [...others, ...others]) secrets.add(IDENTITY, other);
  expect(secrets.hide(SIGNATURE)).toBe('***');
});

/** Secrets of a signature and so many others behind it. */
function createdWith(others: number): ReturnType<typeof createSecrets> {
  const secrets = createSecrets();
  secrets.add(IDENTITY, SIGNATURE);
  for (let at = 0; at < others; at += 1) {
    secrets.add(IDENTITY, Buffer.from(`${at}`.padStart(32, 'q')).toString('hex'));
  }
  return secrets;
}

test('a request that an SDK signed is remembered by its headers and by what STS is told', () => {
  const secrets = createSecrets();
  secrets.addRequest({
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${IDENTITY.accessKeyId}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=${SIGNATURE}`,
      'x-amz-security-token': IDENTITY.sessionToken,
    },
    body: 'Action=AssumeRole&ExternalId=partner%2Bshared%2Fvalue&WebIdentityToken=eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
  });
  for (const said of [IDENTITY.accessKeyId, SIGNATURE, IDENTITY.sessionToken]) {
    expect(secrets.hide(`no ${said} here`)).toBe('no *** here');
  }
  expect(secrets.hide('id partner+shared/value?')).toBe('id ***?');
  expect(secrets.hide('jwt eyJhbGciOiJSUzI1NiJ9.e30.c2ln')).toBe('jwt ***');
  expect(secrets.hide('AssumeRole')).toBe('AssumeRole');
  secrets.addRequest({ headers: {}, body: '{"a":1}' });
  expect(secrets.hide('AssumeRole')).toBe('AssumeRole');
});

test('a text that was shown is looked through again once there is more to hide', () => {
  const secrets = createSecrets();
  const text = `a token: ${IDENTITY.sessionToken}`;
  expect(secrets.hide(text)).toBe(text);
  secrets.addToken(IDENTITY.sessionToken);
  expect(secrets.hide(text)).toBe('a token: ***');
  // However many texts are shown in between.
  for (let at = 0; at < 200; at += 1) expect(secrets.hide(`answer ${at}`)).toBe(`answer ${at}`);
  expect(secrets.hide(text)).toBe('a token: ***');
});
