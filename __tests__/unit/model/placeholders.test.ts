import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placeholdersIn, replacePlaceholders } from '../../../src/model/placeholders.js';
import { withoutTrailingSlashes } from '../../../src/model/slashes.js';

describe('placeholders', () => {
  const text = fc.string({ unit: fc.constantFrom('{', '}', '$', 'a', '\n'), maxLength: 12 });

  test('are what an expression finds', () => {
    fc.assert(
      fc.property(text, (it) => {
        expect(replacePlaceholders(it, '{', '}', '*')).toBe(it.replace(/\{[^}]*\}/g, '*'));
        expect([...placeholdersIn(it, '${', '}')]).toEqual(
          [...it.matchAll(/\$\{([^}]*)\}/g)].map((found) => ({
            start: found.index,
            end: found.index + found[0].length,
            name: found[1],
          })),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('that never close are looked at once', () => {
    const openings = '${'.repeat(4_000_000);
    expect([...placeholdersIn(openings, '${', '}')]).toEqual([]);
    expect(replacePlaceholders(openings, '{', '}', '*')).toBe(openings);
  });
});

describe('slashes at the end', () => {
  test('are what an expression takes away', () => {
    const text = fc.string({ unit: fc.constantFrom('/', 'a'), maxLength: 8 });
    fc.assert(
      fc.property(text, (it) => {
        expect(withoutTrailingSlashes(it)).toBe(it.replace(/\/+$/, ''));
      }),
    );
  });

  test('are looked for once, however many there are before it', () => {
    const text = `${'/'.repeat(4_000_000)}a`;
    expect(withoutTrailingSlashes(text)).toBe(text);
  });
});
