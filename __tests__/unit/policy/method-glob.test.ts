import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileMethodGlob, problemOfMethodGlob } from '../../../src/policy/method-glob.js';

describe('a method glob', () => {
  test.each([
    ['GET /pets', 'GET', '/pets', true],
    ['GET /pets', 'POST', '/pets', false],
    ['get /pets', 'GET', '/pets', true],
    ['* /pets', 'DELETE', '/pets', true],
    ['* /pets', 'ANY', '/pets', true],
    ['GET /pets', 'ANY', '/pets', false],
    ['ANY /pets', 'GET', '/pets', false],
    ['GET /pets/*', 'GET', '/pets/{id}', true],
    ['GET /pets/*', 'GET', '/pets/{id}/toys', false],
    ['GET /pets/*', 'GET', '/pets', false],
    ['GET /pets/**', 'GET', '/pets/{id}/toys', true],
    ['GET /**', 'GET', '/', true],
    ['GET /', 'GET', '/', true],
    ['GET /pets/{id}', 'GET', '/pets/{id}', true],
    ['GET /pets/{id}', 'GET', '/pets/id', false],
    ['ANY /{proxy+}', 'ANY', '/{proxy+}', true],
    ['ANY /{proxy+}', 'ANY', '/{proxyy}', false],
    ['GET /v?/pets', 'GET', '/v1/pets', true],
    ['GET /a.b', 'GET', '/aXb', false],
    ['GET /.well-known/*', 'GET', '/.well-known/jwks.json', true],
    ['GET /*/jwks', 'GET', '/.well-known/jwks', true],
    ['GET /!(a)', 'GET', '/b', false],
  ])('%s on %s %s: %s', (glob, method, path, expected) => {
    expect(compileMethodGlob(glob)(method, path)).toBe(expected);
  });

  test.each(['GET /*a*a*a*a*a', 'GET', 'GET pets', '/pets', '', 'FETCH /pets', 'GET  '])(
    '%j is refused',
    (glob) => {
      expect(problemOfMethodGlob(glob)).not.toBeNull();
    },
  );

  test('without wildcards matches its own path and no other', () => {
    const path = fc.string({ unit: 'grapheme' }).map((text) => `/${text.replace(/[*?]/g, '')}`);
    fc.assert(
      fc.property(path, path, (wanted, given) => {
        expect(compileMethodGlob(`GET ${wanted}`)('GET', wanted)).toBe(true);
        if (wanted !== given) expect(compileMethodGlob(`GET ${wanted}`)('GET', given)).toBe(false);
      }),
    );
  });
});
