import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { compileMethodGlob, problemOfMethodGlob } from '../../../src/config/method-glob.js';

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
    ['$default', '$default', '$default', true],
    ['$default', '$connect', '$connect', false],
    ['$connect', '$connect', '$connect', true],
    ['$connect', 'GET', '/', false],
    ['GET   /pets', 'GET', '/pets', true],
    ['GET /**/pets', 'GET', '/pets', false],
    ['GET /**/pets', 'GET', '/a/b/pets', true],
    ['GET /**/**', 'GET', '/', true],
    ['GET /a/**/b', 'GET', '/a/b', true],
    ['GET /a/**/b', 'GET', '/a/x/y/b', true],
    ['GET /a/**/b', 'GET', '/a/x/y/c', false],
  ])('%s on %s %s: %s', (glob, method, path, expected) => {
    expect(compileMethodGlob(glob)(method, path)).toBe(expected);
  });

  // A slash at the end is a segment of its own, which only `**` takes.
  test.each([
    ['GET /pets/**', '/pets', false],
    ['GET /pets/**', '/pets/', true],
    ['GET /pets/*', '/pets/', false],
    ['GET /pets', '/pets/', false],
    ['GET /pets/', '/pets', false],
    ['GET /pets*', '/pets/', false],
    ['GET /*', '/', false],
    ['GET /a/**/b', '/a/b', true],
    ['GET /a/**/b', '/a/x/y/b', true],
    ['GET /a/**/b', '/ab', false],
    ['GET /a/**/b/**', '/a/b/b', true],
    ['GET /a/**/b/**', '/a/b', false],
    // Within a segment two stars are one: what was meant for a segment must not open what is below.
    ['GET /public**', '/public-health', true],
    ['GET /public**', '/public/admin', false],
    ['GET /p?ts', '/p/ts', false],
    ['GET /a\\\\', '/a\\\\', true],
    ['GET /a\\\\*', '/a\\\\b', true],
    ['GET /*\\\\', '/a', false],
    ['GET /[ab]', '/a', false],
  ])('%s on %s: %s', (glob, path, expected) => {
    expect(compileMethodGlob(glob)('GET', path)).toBe(expected);
  });

  test.each(['GET', 'GET pets', '/pets', '', 'FETCH /pets', 'GET  ', `GET /${'a'.repeat(2000)}`])(
    '%j is refused',
    (glob) => {
      expect(problemOfMethodGlob(glob)).not.toBeNull();
    },
  );

  test.each([
    ['stars and a letter', '/**a'.concat('*a'.repeat(900)), `/${'a'.repeat(1500)}b`],
    ['stars and a question mark', '/**?'.concat('**?'.repeat(600)), `/${'a'.repeat(500)}/b`],
    ['many folders', '/**/a'.repeat(300), `${'/a'.repeat(299)}/b`],
    ['many folders and stars', '/**/*a*a*a'.repeat(150), `${'/aaaa'.repeat(149)}/b`],
    ['backslashes at the end', '/**/*\\\\', `/${'\\'.repeat(1000)}/a`],
  ])('of %s is compared without being tried in every way', (_, glob, path) => {
    expect(problemOfMethodGlob(`GET ${glob}`)).toBeNull();
    const matches = compileMethodGlob(`GET ${glob}`);
    // Tried in every way it does not end.
    expect(matches('GET', path)).toBe(false);
  });

  test('means what it means to picomatch, where that is what is documented', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?');
    const segment = fc.oneof(
      { weight: 1, arbitrary: fc.constant('**') },
      // More than two stars in a row are none of the documented wildcards.
      {
        weight: 3,
        arbitrary: fc
          .string({ unit, minLength: 1, maxLength: 4 })
          .filter((it) => !/\*{2}/.test(it)),
      },
    );
    const glob = fc.array(segment, { minLength: 1, maxLength: 4 }).map((it) => `/${it.join('/')}`);
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '.a'),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc.array(name, { maxLength: 4 }).map((it) => `/${it.join('/')}`);
    fc.assert(
      fc.property(glob, path, (wanted, given) => {
        const reference = picomatch(wanted, { dot: true, strictSlashes: true });
        expect(compileMethodGlob(`GET ${wanted}`)('GET', given)).toBe(reference(given));
      }),
      { numRuns: 5000 },
    );
  });

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
