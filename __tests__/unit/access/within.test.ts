// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePatterns, coverage, exactly, type Family } from '../../../src/access/pattern.js';
import { isWithin, type Selection } from '../../../src/access/within.js';

const ARN = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3';

function of(...patterns: string[]): Selection {
  return { patterns: compilePatterns(patterns, 'text', true), negated: false };
}

function allBut(...patterns: string[]): Selection {
  return { ...of(...patterns), negated: true };
}

function arns(...patterns: string[]): Selection {
  return { patterns: compilePatterns(patterns, 'arn', false), negated: false };
}

function notArns(...patterns: string[]): Selection {
  return { ...arns(...patterns), negated: true };
}

/** Of fewer segments than an ARN has: it may be every ARN of APIs, or none. */
const SHORT = 'arn:aws:execute-api:*';

/** Any stage, then GET, then one segment. */
const ANY_STAGE: Family = [
  { kind: 'text', text: `${ARN}/` },
  { kind: 'some', without: '/:' },
  { kind: 'text', text: '/GET/' },
  { kind: 'some', without: '/' },
];

describe('what one selection speaks of, the other does as well', () => {
  test.each<[string, Selection, Selection, boolean]>([
    ['the same', of(`${ARN}/prod/*`), of(`${ARN}/prod/*`), true],
    ['less of it', of(`${ARN}/prod/GET/a*`), of(`${ARN}/prod/*`), true],
    ['more of it', of(`${ARN}/prod/*`), of(`${ARN}/prod/GET/a*`), false],
    ['another stage', of(`${ARN}/prod/*`), of(`${ARN}/test/*`), false],
    ['everything', of('*'), of(`${ARN}/prod/*`), false],
    ['nothing of the family', of(`${ARN}/prod/POST/*`), of(`${ARN}/test/*`), true],
    ['two, each in one', of(`${ARN}/a/*`, `${ARN}/b/*`), of(`${ARN}/b/*`, `${ARN}/a/*`), true],
    ['two, and one is missing', of(`${ARN}/a/*`, `${ARN}/b/*`), of(`${ARN}/a/*`), false],
    ['all but one, in itself', allBut(`${ARN}/prod/*`), allBut(`${ARN}/prod/*`), true],
    ['all but one, in all but more', allBut(`${ARN}/a/*`), allBut(`${ARN}/*`), false],
    ['one, in all but another', of(`${ARN}/prod/*`), allBut(`${ARN}/test/*`), true],
    ['one, in all but a part of it', of(`${ARN}/prod/*`), allBut(`${ARN}/prod/GET/a*`), false],
    ['everything, in all but one', of('*'), allBut(`${ARN}/test/*`), false],
    ['a variable', of(`${ARN}/\${aws:username}/*`), of(`${ARN}/prod/*`), false],
    ['a variable, in everything', of(`${ARN}/\${aws:username}/*`), of('*'), true],
    ['one, in a variable', of(`${ARN}/prod/*`), of(`${ARN}/\${aws:username}/*`), false],
    ['one, in all but a variable', of(`${ARN}/prod/*`), allBut(`${ARN}/\${aws:username}/*`), false],
    ['an exact one, in itself', of(`${ARN}/prod/GET/a`), of(`${ARN}/prod/GET/a`), true],
    ['an exact one, in a longer one', of(`${ARN}/prod/GET/a`), of(`${ARN}/prod/GET/ab`), false],
    ['an exact one, in a shorter one', of(`${ARN}/prod/GET/ab`), of(`${ARN}/prod/GET/a`), false],
    ['an exact one, in ones as long', of(`${ARN}/prod/GET/ab`), of(`${ARN}/prod/GET/??`), true],
    ['ones as long, in an exact one', of(`${ARN}/prod/GET/??`), of(`${ARN}/prod/GET/ab`), false],
    [
      'an exact one, in all but itself',
      of(`${ARN}/prod/GET/a`),
      allBut(`${ARN}/prod/GET/a`),
      false,
    ],
    ['all but an exact one, in itself', allBut(`${ARN}/*/GET/a`), allBut(`${ARN}/*/GET/a`), true],
    ['all but an exact one, in everything', allBut(`${ARN}/*/GET/a`), of(`${ARN}/*`), true],
    ['an exact one, in all but another', of(`${ARN}/*/GET/a`), allBut(`${ARN}/*/GET/b`), true],
    ['all but everything, in nothing', allBut('*'), of(`${ARN}/other`), true],
    [
      'all but a variable and an exact one, in all but that',
      allBut(`${ARN}/\${aws:username}/*`, `${ARN}/*/GET/a`),
      allBut(`${ARN}/*/GET/a`),
      true,
    ],
    ['all but a variable', allBut(`${ARN}/\${aws:username}/*`), of(`${ARN}/prod/*`), false],
  ])('%s', (_, inner, outer, expected) => {
    expect(isWithin(ANY_STAGE, inner, outer)).toBe(expected);
  });

  test('is not said of patterns that are made to be slow', () => {
    const slow = `${ARN}/*a${'?'.repeat(30)}`;
    expect(isWithin(ANY_STAGE, of(slow), of(slow))).toBe(false);
    expect(isWithin(ANY_STAGE, of(slow), of(`${ARN}/*`))).toBe(true);
  });

  test.each<[string, Selection, Selection, boolean]>([
    ['one that may be everything', arns(SHORT), arns(`${ARN}/prod/*`), false],
    ['one, in one that may be everything', arns(`${ARN}/prod/*`), arns(SHORT), false],
    ['one, in all but what may be everything', arns(`${ARN}/prod/*`), notArns(SHORT), false],
    ['all but what may be everything', notArns(SHORT), arns(`${ARN}/prod/*`), false],
    ['all but what may be everything, in everything', notArns(SHORT), arns('*'), true],
    ['one that may be everything, in everything', arns(SHORT), arns('*'), true],
  ])('of an ARN of which AWS leaves open what it is: %s', (_, inner, outer, expected) => {
    expect(isWithin(ANY_STAGE, inner, outer)).toBe(expected);
  });

  test('agrees with every short text', () => {
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '/', '*', '?'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(''));
    const selection = fc.record({
      texts: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      negated: fc.boolean(),
    });
    fc.assert(
      fc.property(selection, selection, (inner, outer) => {
        const [one, other] = [inner, outer].map(({ texts, negated }) => ({
          patterns: compilePatterns(texts, 'text', false),
          negated,
        }));
        if (one === undefined || other === undefined) throw new Error('there are two');
        const speaks = ({ patterns, negated }: Selection, text: string) =>
          (coverage(exactly(text), patterns) === 'all') !== negated;
        const counterexample = TEXTS.find((text) => speaks(one, text) && !speaks(other, text));
        const found = isWithin(FAMILY, one, other);
        if (counterexample !== undefined)
          expect([found, counterexample]).toEqual([false, counterexample]);
        // Texts are as long as two patterns can tell them apart, nearly: what has none here is rarely denied.
        else if (inner.texts.length + outer.texts.length === 2) expect(found).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** `a/` and one character or more that is no slash. */
const FAMILY: Family = [
  { kind: 'text', text: 'a/' },
  { kind: 'some', without: '/' },
];

const TEXTS = textsUpTo(6).map((rest) => `a/${rest}`);

function textsUpTo(length: number): string[] {
  let last = [''];
  const all: string[] = [];
  for (let at = 0; at < length; at += 1) {
    last = last.flatMap((text) => ['a', 'b', 'c'].map((next) => text + next));
    all.push(...last);
  }
  return all;
}
