import { describe, expect, test } from '@jest/globals';
import type { Mutant } from '../../../scripts/mutation/mutants.js';
import { readOptions } from '../../../scripts/mutation/options.js';
import { areTestsOf } from '../../../scripts/mutation/own-tests.js';
import { type MeasuredBundle, planFor } from '../../../scripts/mutation/plan.js';
import type { Hits } from '../../../scripts/mutation/protocol.js';
import { sampleOf } from '../../../scripts/mutation/sample.js';
import { type Result, scoreOf, summaryOf } from '../../../scripts/mutation/summary.js';

const MUTANT: Mutant = {
  id: '7',
  file: 'src/rules/judge.ts',
  line: 3,
  mutator: 'BooleanLiteral',
  original: 'true',
  replacement: 'false',
};

describe('a sample', () => {
  const all = Array.from({ length: 100 }, (_, index) => index);

  test('is the same for the same seed, in order, without repetition', () => {
    const drawn = sampleOf(all, 20, 1);
    expect(drawn).toHaveLength(20);
    expect(drawn).toEqual(sampleOf(all, 20, 1));
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(drawn).not.toEqual(sampleOf(all, 20, 2));
  });

  test('of more than there is, is all', () => {
    expect(sampleOf(all, 500, 1)).toEqual(all);
  });
});

function bundle(
  folder: string,
  tests: Readonly<Record<string, [milliseconds: number, hits: number]>>,
  whileLoading: Hits = {},
): MeasuredBundle {
  const entries = Object.entries(tests);
  return {
    test: `__tests__/unit/${folder}/x.test.ts`,
    path: `${folder}.mjs`,
    runs: 100,
    measurement: {
      kind: 'measured',
      failures: [],
      milliseconds: Object.fromEntries(entries.map(([name, [time]]) => [name, time])),
      processorMilliseconds: Object.fromEntries(entries.map(([name, [time]]) => [name, time])),
      whileLoading,
      byTest: Object.fromEntries(entries.map(([name, [, hits]]) => [name, { '7': hits }])),
    },
  };
}

describe('the tests that are tried against a mutant', () => {
  test("are those that reach it: its own folder's first, then the quick ones of others", () => {
    const plan = planFor(MUTANT, [
      bundle('report', { slow: [900, 1] }),
      bundle('gate', { quick: [5, 2] }),
      bundle('rules', { reaching: [50, 3], other: [1, 0] }),
      bundle('aws', { none: [1, 0] }),
    ]);
    expect(plan.tests).toEqual([
      { bundle: 'rules.mjs', runs: 100, tests: ['reaching'] },
      { bundle: 'gate.mjs', runs: 100, tests: ['quick'] },
      { bundle: 'report.mjs', runs: 100, tests: ['slow'] },
    ]);
    expect(plan).toMatchObject({ hits: 6, milliseconds: 955, slowestTest: 900 });
  });

  test('are all of a file that reaches it while it is loaded', () => {
    const loading = { '7': 1 };
    const own = bundle('rules', { a: [1, 0], b: [1, 0] }, loading);
    const other = bundle('report', { c: [1, 0] }, loading);
    expect(planFor(MUTANT, [other, own]).tests).toEqual([
      { bundle: 'rules.mjs', runs: 100, tests: null },
    ]);
    expect(planFor(MUTANT, [other]).tests).toMatchObject([{ bundle: 'report.mjs' }]);
  });

  test('are none where nothing reaches it', () => {
    expect(planFor(MUTANT, [bundle('rules', { a: [1, 0] })]).tests).toEqual([]);
  });
});

describe('the tests of a source', () => {
  test.each([
    ['rules/judge', 'src/rules/judge.ts', true],
    ['probe/answer-table', 'src/probe/classify/rest.ts', true],
    ['enforce/transaction/journal', 'src/enforce/plan.ts', true],
    ['declared/limits', 'src/evidence/declared/limits.ts', true],
    ['declared/sam-oracle', 'src/evidence/declared/sam/body.ts', true],
    ['declared/limits', 'src/evidence/join.ts', false],
    ['rules/judge', 'src/evidence/rules.ts', false],
    ['gate/rows', 'src/rules/judge.ts', false],
  ])('%s, of %s: %s', (name, source, expected) => {
    expect(areTestsOf(`__tests__/unit/${name}.test.ts`, source)).toBe(expected);
  });

  test('of a folder below another are its own', () => {
    const reader = { ...MUTANT, file: 'src/evidence/declared/sam/body.ts' };
    const bundles = [
      bundle('gate', { slow: [1_500, 1] }),
      bundle('report', { slower: [2_000, 1] }),
      bundle('declared', { slowest: [2_500, 1] }),
    ];
    expect(planFor(reader, bundles).tests).toEqual([
      { bundle: 'declared.mjs', runs: 100, tests: ['slowest'] },
      { bundle: 'gate.mjs', runs: 100, tests: ['slow'] },
    ]);
  });
});

describe('the score', () => {
  const result = (status: Result['status'], file = MUTANT.file): Result => ({
    ...MUTANT,
    file,
    status,
    by: null,
  });
  const results = [
    result('killed'),
    result('timeout'),
    result('survived'),
    result('unreached'),
    result('killed', 'src/probe/send.ts'),
  ];

  test('counts what was noticed, of a folder', () => {
    expect(scoreOf(results, 'src/rules')).toBe(50);
    expect(scoreOf(results, 'src/probe')).toBe(100);
    expect(summaryOf(results, ['src/rules'])).toBe(
      'src/rules: 50.0 % of 4 killed (1 by a timeout, 1 survived, 1 reached by no test)\n',
    );
  });
});

describe('the command line', () => {
  test('names folders, a sample and a seed', () => {
    expect(readOptions(['src/rules/', '--sample', '150', '--seed', '3'])).toMatchObject({
      folders: ['src/rules'],
      sample: 150,
      seed: 3,
    });
    expect(readOptions([])).toMatchObject({ sample: undefined, seed: 1 });
    expect(readOptions([]).folders).toContain('src/enforce');
  });

  test.each([['--sample', '0'], ['--sample', 'all'], ['--seed', '1.5'], ['--fast']])(
    'refuses %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow();
    },
  );
});
