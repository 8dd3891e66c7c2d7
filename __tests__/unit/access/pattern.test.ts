// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Coverage,
  compilePatterns,
  coverage,
  exactly,
  type Family,
} from '../../../src/access/pattern.js';

function covers(family: Family, patterns: readonly string[]): Coverage {
  return coverage(family, compilePatterns(patterns, 'text', false));
}

/** Texts of up to three characters that a variable part may be. */
function variants(alphabet: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  const shorter = variants(alphabet, length - 1);
  const longest = shorter.filter((it) => it.length === length - 1);
  return [...shorter, ...longest.flatMap((it) => alphabet.map((char) => it + char))];
}

/** A pattern as a regular expression, written without any of the code under test. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\/:]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`);
}

describe('coverage, against every text of a small alphabet', () => {
  const ALPHABET = ['a', 'b', '/'];
  const LONGEST = 5;
  const piece = fc.oneof(
    fc
      .string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: 2 })
      .map((text) => ({ kind: 'text' as const, text })),
    fc.constantFrom(
      { kind: 'some' as const, without: '/' },
      { kind: 'some' as const, without: '' },
    ),
  );
  const family = fc.array(piece, { minLength: 1, maxLength: 3 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 4 });

  function textsOf(of: Family): string[] {
    return of.reduce<string[]>(
      (texts, it) => {
        const next =
          it.kind === 'text'
            ? [it.text]
            : variants(
                // `c` stands for every character that no pattern names.
                ['a', 'b', 'c', '/'].filter((char) => !it.without.includes(char)),
                LONGEST,
              ).filter((text) => text !== '');
        return texts.flatMap((text) => next.map((part) => text + part)).slice(0, 60_000);
      },
      [''],
    );
  }

  test('decides as listing them all does', () => {
    fc.assert(
      fc.property(
        family.filter((it) => it.filter(({ kind }) => kind === 'some').length <= 1),
        fc.array(pattern, { maxLength: 3 }),
        (of, patterns) => {
          const expressions = patterns.map(expressionOf);
          const matched = textsOf(of).map((text) => expressions.some((it) => it.test(text)));
          const expected = matched.every(Boolean) ? 'all' : matched.some(Boolean) ? 'some' : 'none';
          expect(covers(of, patterns)).toBe(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('of one text, it is plain matching', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ':', '/'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, pattern, (given, glob) => {
        expect(covers(exactly(given), [glob])).toBe(
          expressionOf(glob).test(given) ? 'all' : 'none',
        );
      }),
      { numRuns: 1000 },
    );
  });

  const anything = { kind: 'some' as const, without: '' };
  const long = (text: string): Family => [anything, { kind: 'text', text: text.repeat(500) }];
  test.each<[string, string[], Family]>([
    ['stars', [`${'*a'.repeat(200)}b`], long('a')],
    ['stars and question marks', [`${'*?a'.repeat(2000)}b`], long('a')],
    ['question marks', [`*a${'?'.repeat(3000)}`], long('ab')],
    [
      'many patterns',
      Array.from({ length: 900 }, (_, index) => `*a${'?'.repeat(index % 7)}*${index}*a`),
      long('a'),
    ],
    ['one pattern that is very long', [`*${'ab'.repeat(60_000)}`], long('ab')],
    [
      'many characters',
      [Array.from({ length: 4000 }, (_, index) => `*${String.fromCharCode(200 + index)}`).join('')],
      [anything, { kind: 'text', text: '/' }, anything],
    ],
  ])(
    'claims nothing of patterns that are made to be slow: %s',
    (_, slow, family) => {
      const patterns = compilePatterns(slow, 'text', false);
      // Without the bound it does not end.
      expect(coverage(family, patterns)).toBe('some');
    },
    90_000,
  );
});

describe('patterns that take some effort', () => {
  /** As many sets of states as there are texts of eight characters that are an `a` or none. */
  const SOME_EFFORT = `*a${'?'.repeat(8)}/`;
  const family: Family = [
    { kind: 'text', text: 'pets/' },
    { kind: 'some', without: '/' },
  ];

  test('are decided all the same', () => {
    expect(covers(family, [SOME_EFFORT])).toBe('none');
    expect(covers([...family, { kind: 'text', text: '/' }], ['*/', SOME_EFFORT])).toBe('all');
  });

  test('are decided for as long as all of it is bearable, and then claim nothing', () => {
    const patterns = compilePatterns([SOME_EFFORT], 'text', false);
    patterns.effort.spent = 4_900_000;
    expect(coverage(family, patterns)).toBe('none');
    patterns.effort.spent = 5_000_000;
    expect(coverage(family, patterns)).toBe('some');
    // What takes next to none is decided even so.
    expect(coverage(exactly('pets'), patterns)).toBe('none');
  });
});

describe('the grammar of ARNs', () => {
  const ARN = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets:search';
  const matches = (pattern: string): Coverage =>
    coverage(exactly(ARN), compilePatterns([pattern], 'arn', true));

  test.each<[string, Coverage]>([
    ['arn:aws:execute-api:*:*:*', 'all'],
    ['*', 'all'],
    ['**', 'all'],
    ['arn:aws:execute-api:eu-*-1:111122223333:a1b2c3/*', 'all'],
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/GET/*search', 'all'],
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets?search', 'all'],
    // Fewer than six segments: a star at the end of one can reach beyond it, AWS says, not that it does.
    ['arn:aws:execute-api:*', 'some'],
    ['arn:aws:execute-api:*:a1b2c3/prod/*', 'some'],
    ['arn:aws:*:a1b2c3/prod/GET/*', 'some'],
    ['arn:*', 'some'],
    ['arn:aws:execute-api:eu-west-1:*', 'some'],
    ['arn:aws:execute-api:eu-west-1:11112222333*', 'some'],
    // Six segments, and no way to match but with a star beyond its own.
    ['arn:aws:execute-api:*:a1b2c3/prod/GET/pets:search', 'some'],
    ['arn:aws:*:a1b2c3/prod/GET/pets:*:*', 'none'],
    // A star in the middle of a segment stays within it, and so does a question mark.
    ['arn:aws:execute-api:eu-*33:a1b2c3/prod/*', 'none'],
    ['arn:aws:execute-api:eu-west-1?111122223333:a1b2c3/*', 'none'],
    ['arn:aws:execute-api:eu-west-1:1*3:a1b2c3/*', 'all'],
    ['arn:aws:execute*1:111122223333:a1b2c3/*', 'none'],
    ['arn:aws:s3:*', 'none'],
    // No ARN.
    ['*/GET/pets:search', 'some'],
    ['*/POST/*', 'none'],
    ['execute-api:/prod/*', 'none'],
    ['arn:aws:execute-api:eu-west-1:111122223333', 'none'],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });

  test('several patterns are together what one of them is for certain', () => {
    const both = compilePatterns(['arn:aws:execute-api:*', 'arn:aws:*:*:*:*'], 'arn', true);
    expect(coverage(exactly(ARN), both)).toBe('all');
  });

  test('${*} is the character', () => {
    const patterns = compilePatterns(['a${*}b', 'x${?}', '${$}'], 'text', true);
    expect(coverage(exactly('a*b'), patterns)).toBe('all');
    expect(coverage(exactly('aab'), patterns)).toBe('none');
    expect(coverage(exactly('x?'), patterns)).toBe('all');
    expect(coverage(exactly('$'), patterns)).toBe('all');
  });

  test('without variables ${…} is text', () => {
    const patterns = compilePatterns(['a${b}'], 'text', false);
    expect(coverage(exactly('a${b}'), patterns)).toBe('all');
    expect(coverage(exactly('ax'), patterns)).toBe('none');
  });
});
