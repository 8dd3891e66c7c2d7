import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { compilePathGlob, isGlob } from '../../../src/evidence/declared/path-glob.js';

function matches(glob: string, path: string): boolean {
  const compiled = compilePathGlob(glob);
  if ('problem' in compiled) throw new Error(compiled.problem);
  return compiled(path);
}

function problemOf(glob: string): string | null {
  const compiled = compilePathGlob(glob);
  return 'problem' in compiled ? compiled.problem : null;
}

describe('a glob over files', () => {
  test.each([
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'a/b.yaml', false],
    ['**/*.yaml', 'a.yaml', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['**', 'a/b', true],
    ['cdk.out/**', 'cdk.out', true],
    ['cdk.out/**', 'cdk.out/a/b', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'ab', false],
    ['a?.yaml', 'ab.yaml', true],
    ['a?b', 'a/b', false],
    ['.github/*', '.github/x.yaml', true],
    ['*', '.hidden', true],
    ['{a,b}/*.{json,yaml}', 'b/x.json', true],
    ['{a,b}/*.{json,yaml}', 'c/x.json', false],
    ['a{,.b}.yaml', 'a.yaml', true],
    ['a{,.b}.yaml', 'a.b.yaml', true],
    ['{a,b{c,d}}', 'bd', true],
    ['{a,b{c,d}}', 'ac', false],
    ['{a/**,b}/c', 'a/x/c', true],
    ['{a}', '{a}', true],
    ['{a,b', '{a,b', true],
    ['a,b}', 'a,b}', true],
    ['{{a,b}', '{b', true],
    ['[a-c].yaml', 'b.yaml', true],
    ['[!a-c].yaml', 'b.yaml', false],
    ['[^a-c].yaml', 'd.yaml', true],
    ['[]a].yaml', '].yaml', true],
    ['[a-].yaml', '-.yaml', true],
    ['[a', '[a', true],
    ['\\*.yaml', '*.yaml', true],
    ['\\*.yaml', 'a.yaml', false],
    ['\\{a,b\\}', '{a,b}', true],
    ['a\\', 'a\\', true],
    ['', '', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(matches(glob, path)).toBe(expected);
  });

  test.each([
    ['a/b.yaml', false],
    ['a/*.yaml', true],
    ['a?', true],
    ['[ab]', true],
    ['{a,b}', true],
    ['\\*\\?\\[\\{', false],
    ['\\\\*', true],
  ])('%s stands for more than itself: %s', (glob, expected) => {
    expect(isGlob(glob)).toBe(expected);
  });

  test('means what it means to picomatch', () => {
    const piece = fc.constantFrom('a', 'b', '.a', '*', '?', '[ab]', '[^b]', '{a,b}', 'a{b,.b}');
    const segment = fc.oneof(
      { weight: 1, arbitrary: fc.constant('**') },
      {
        weight: 3,
        arbitrary: fc
          .array(piece, { minLength: 1, maxLength: 3 })
          .map((pieces) => pieces.join(''))
          // Stars in a row mean something else to picomatch at each place.
          .filter((it) => !it.includes('**')),
      },
    );
    const glob = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((it) => it.join('/'))
      // To picomatch `a/**` is `a`, too, and `*/**` is not: here both are.
      .filter((it) => !it.endsWith('/**'))
      // More braces than that are refused.
      .filter((it) => it.split('{').length <= 7);
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '.a'),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((it) => it.join('/'));
    fc.assert(
      fc.property(glob, path, (wanted, given) => {
        expect(matches(wanted, given)).toBe(picomatch(wanted, { dot: true })(given));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['stars', `/**${'a*'.repeat(900)}c`, 'a'.repeat(4000)],
    ['stars and question marks', `**/${'*?'.repeat(900)}c`, 'a/'.repeat(2000)],
    ['folders', `${'**/'.repeat(300)}x`, 'a/'.repeat(2000)],
    ['folders and stars', '**/*a*a*b/'.repeat(150), 'aaaa/'.repeat(800)],
    ['classes', '[a-z]*'.repeat(300), `${'a'.repeat(4000)}/`],
    ['backslashes at the end', '**/*\\\\', `${'\\'.repeat(4000)}/a`],
    ['open brackets', '['.repeat(2000), '['.repeat(1999)],
    ['open braces', `${'{'.repeat(1990)}a,b`, '{'.repeat(1999)],
  ])('of many %s is compared without being tried in every way', (_, glob, path) => {
    expect(matches(glob, path)).toBe(false);
  });

  test('that is too long, or stands for too many, is a problem', () => {
    expect(problemOf('a'.repeat(2001))).toBe('is longer than 2,000 characters');
    expect(problemOf('{a,b}'.repeat(6))).toBeNull();
    expect(problemOf('{a,b}'.repeat(7))).toBe('stands for more than 100 others by its braces');
    expect(problemOf('{a,b}'.repeat(300))).toBe('stands for more than 100 others by its braces');
    expect(problemOf(`{${'{'.repeat(900)}a,b${'}'.repeat(900)},c}`)).toBeNull();
  });
});
