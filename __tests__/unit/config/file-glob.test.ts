import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesFileGlob } from '../../../src/config/file-glob.js';

/** The same by an expression, which a glob can make endless. */
function expressionOf(glob: string): RegExp {
  const pattern = glob
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*+/g, (stars) =>
      stars === '**/' ? '(?:.*/)?' : stars === '*' ? '[^/#]*' : '.*',
    );
  return new RegExp(`^${pattern}$`, 'u');
}

describe('a glob over APIs in files', () => {
  test.each([
    ['template.yaml#Api', 'template.yaml#Api', true],
    ['template.yaml#Api', 'templateXyaml#Api', false],
    ['*.yaml#Api', 'a.yaml#Api', true],
    ['*#Api', 'a/b.yaml#Api', false],
    ['services/*/template.yaml#*', 'services/orders/template.yaml#Api', true],
    ['services/*/template.yaml#*', 'services/a/b/template.yaml#Api', false],
    ['services/**/template.yaml#*', 'services/template.yaml#Api', true],
    ['services/**/template.yaml#*', 'services/a/b/template.yaml#Api', true],
    ['services/**/template.yaml#*', 'servicestemplate.yaml#Api', false],
    ['**/template.yaml#Api', 'xtemplate.yaml#Api', false],
    ['**#Api', 'a/b.yaml#Api', true],
    ['**', 'a/b.yaml#Api', true],
    ['*', 'a#b', false],
    ['', '', true],
    ['a(b)[c]{d}?#x', 'a(b)[c]{d}?#x', true],
    ['a?#x', 'ab#x', false],
  ])('%s and %s: %s', (glob, name, expected) => {
    expect(matchesFileGlob(glob, name)).toBe(expected);
  });

  test('means what its expression means', () => {
    const part = fc.constantFrom('*', '**', '**/', '/', '#', 'a', 'b', '.', '?', '\n', '😀');
    const glob = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''));
    const letter = fc.constantFrom('a', 'b', '/', '#', '.', '?', '\n', '\u2028', '😀');
    const name = fc.array(letter, { maxLength: 10 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(glob, name, (wanted, found) => {
        expect(matchesFileGlob(wanted, found)).toBe(expressionOf(wanted).test(found));
      }),
      { numRuns: 5_000 },
    );
  });

  test('that can match in many ways is compared without being tried in every way', () => {
    const name = `${'a/'.repeat(300)}b#c`;
    expect(matchesFileGlob(`${'**/'.repeat(300)}x#y`, name)).toBe(false);
    expect(matchesFileGlob(`${'**/*a'.repeat(100)}#y`, name)).toBe(false);
  });
});
