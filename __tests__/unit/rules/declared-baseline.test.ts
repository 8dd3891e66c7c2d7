import { describe, expect, test } from '@jest/globals';
import { isHeld, parseBaseline } from '../../../src/config/baseline.js';
import type { DeclaredMethod } from '../../../src/model/declared.js';
import type { Finding } from '../../../src/model/finding.js';
import { declaredApi, declaredMethod, findingsOf } from './declared-builder.js';

/* A baseline knows a method of a file as open in the branches that it was open in, and in no other. */

type Branch = readonly [authorization: DeclaredMethod['authorization'], ...when: readonly string[]];

function findingIn(name: string, branches: readonly Branch[]): Finding {
  const methods = branches.map(([authorization, ...when]) =>
    declaredMethod(name, { authorization, when }),
  );
  const [first, ...others] = findingsOf(declaredApi({ methods }));
  if (first === undefined || others.length > 0) throw new Error('expected one finding');
  return first;
}

const baselineOf = (...findings: readonly Partial<Finding>[]) => {
  const read = parseBaseline(JSON.stringify({ schema: 'apigw-iam-gate/report/v1', findings }));
  if (!read.ok) throw new Error(read.why);
  return read.value.fingerprints;
};

const DEV: readonly Branch[] = [
  ['NONE', 'IsDev'],
  ['AWS_IAM', '!IsDev'],
];

describe.each([
  ['GET /pets', 'declared-not-iam'],
  ['OPTIONS /pets', 'preflight-has-backend'],
])('%s, of %s', (name, rule) => {
  const found = findingIn(name, DEV);

  test('is known in its branch', () => {
    expect(found.rule).toBe(rule);
    expect(isHeld(found, baselineOf(found))).toBe(true);
    expect(isHeld(findingIn(name, DEV.toReversed()), baselineOf(found))).toBe(true);
  });

  test.each<[string, readonly Branch[]]>([
    [
      'in another branch',
      [
        ['NONE', '!IsDev'],
        ['AWS_IAM', 'IsDev'],
      ],
    ],
    [
      'in both',
      [
        ['NONE', 'IsDev'],
        ['NONE', '!IsDev'],
      ],
    ],
    ['always', [['NONE']]],
    ['always, whatever else is said', [['NONE'], ...DEV]],
    [
      'for other callers elsewhere',
      [
        ['NONE', 'IsDev'],
        ['CUSTOM', '!IsDev'],
      ],
    ],
    [
      'where more holds',
      [
        ['NONE', 'IsDev', 'IsTest'],
        ['NONE', 'IsDev'],
      ],
    ],
  ])('is new where it is open %s', (_, branches) => {
    expect(isHeld(findingIn(name, branches), baselineOf(found))).toBe(false);
  });

  test('is known in a branch where it was always open', () => {
    expect(isHeld(found, baselineOf(findingIn(name, [['NONE']])))).toBe(true);
  });

  test('is known in whatever branch where the baseline is of a version that does not tell', () => {
    const { fingerprint } = found;
    expect(isHeld(found, baselineOf({ fingerprint }))).toBe(true);
    expect(isHeld(findingIn(name, [['NONE']]), baselineOf({ fingerprint }))).toBe(true);
  });
});
