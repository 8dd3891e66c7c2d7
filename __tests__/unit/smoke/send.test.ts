import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createProber, encodePath } from '../../../src/smoke/send.js';

describe('a path', () => {
  test.each([
    ['/', '/'],
    ['/pets/a1', '/pets/a1'],
    ['/pets/', '/pets/'],
    ['/a//b', '/a//b'],
    ['/a b', '/a%20b'],
    ['/ä', '/%C3%A4'],
    ['/a+b=c&d', '/a%2Bb%3Dc%26d'],
    ['/100%', '/100%25'],
    ['/a?b#c', '/a%3Fb%23c'],
    ["/!'()*", '/%21%27%28%29%2A'],
    ['/~user/-_.', '/~user/-_.'],
    ['/\ud800', '/%EF%BF%BD'],
    ['/a:b@c', '/a%3Ab%40c'],
  ])('%j is sent as %j', (path, sent) => {
    expect(encodePath(path)).toBe(sent);
  });

  test('has nothing but unreserved characters and escapes between its slashes, and reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const path = `/${text.toWellFormed()}`;
        const sent = encodePath(path);
        // RFC 3986, section 2.3: unreserved characters; escapes in capitals, as Signature Version 4 wants.
        expect(sent).toMatch(/^\/([A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(sent)).toBe(path);
        expect(sent.split('/')).toHaveLength(path.split('/').length);
      }),
    );
  });
});

describe('credentials that fail when they are needed', () => {
  test('are an answer of their own, redacted, and nothing is sent', async () => {
    const prober = createProber('test/1.0');
    const request = { method: 'GET', baseUrl: 'https://nowhere.invalid', path: '/a' };
    const answer = await prober.sendSigned(request, 'eu-west-1', async () => {
      throw new Error('arn:aws:sts::123456789012:assumed-role/Deploy/alice has expired');
    });
    prober.destroy();
    expect(answer).toEqual({
      kind: 'no-credentials',
      status: null,
      detail: 'arn:aws:sts::********9012:assumed-role/*** has expired',
    });
  });
});
