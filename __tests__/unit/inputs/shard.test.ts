import { describe, expect, test } from '@jest/globals';
import { type InputSource, readInputs } from '../../../src/inputs/inputs.js';
import { ConfigurationError } from '../../../src/model/errors.js';

const SHARD = { plan: 'gate-plan/plan.json', shard: '003' };

function read(given: Readonly<Record<string, string>>) {
  const source: InputSource = {
    getInput: (name) => given[name] ?? '',
    environment: { RUNNER_TEMP: '/tmp' },
  };
  return readInputs(source);
}

function problemsOf(given: Readonly<Record<string, string>>): readonly string[] {
  try {
    read(given);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('a shard', () => {
  test('needs its plan and its number, and neither an API nor a region', () => {
    expect(read(SHARD)).toMatchObject({ plan: 'gate-plan/plan.json', shard: '003' });
  });

  test.each([
    ['3', '003'],
    ['17', '017'],
    ['255', '255'],
  ])('may be numbered %s, as a matrix of numbers has it', (given, read_) => {
    expect(read({ ...SHARD, shard: given })).toMatchObject({ shard: read_ });
  });

  test.each(['', 'three', '-1', '1000', '0x1', '1.5'])('is not numbered "%s"', (shard) => {
    expect(problemsOf({ ...SHARD, shard })).toEqual([expect.stringMatching(/^shard: /)]);
  });

  test('does not do without its plan', () => {
    expect(problemsOf({ shard: '000' })).toEqual([expect.stringMatching(/^plan: is required/)]);
  });

  test.each(['plan', 'enforce'])('audits: mode %s is refused', (mode) => {
    expect(problemsOf({ ...SHARD, mode })).toEqual([
      expect.stringMatching(/^mode: .* A fleet is only audited/),
    ]);
  });

  test.each([
    ['api-id', 'a1b2c3d4e5'],
    ['api-types', 'REST'],
    ['region', 'eu-west-1'],
    ['invoke-role-arn', 'arn:aws:iam::111122223333:role/caller'],
    ['templates', 'template.yaml'],
    ['plan-file', 'plan.json'],
    ['fail-on', 'never'],
    ['comment', 'always'],
    ['check-run', 'gate'],
    ['drift-issue', 'true'],
    ['upload-sarif', 'true'],
  ])('does not take %s, which would be ignored', (name, value) => {
    expect(problemsOf({ ...SHARD, [name]: value })).toContainEqual(
      expect.stringMatching(new RegExp(`^${name}: `)),
    );
  });

  test('says everything that is wrong at once', () => {
    const problems = problemsOf({
      ...SHARD,
      'api-id': '*',
      'invoke-group': 'callers',
      grant: 'true',
      'drift-issue': 'true',
    });
    const names = problems.map((it) => it.slice(0, it.indexOf(':')));
    expect(names).toEqual(
      expect.arrayContaining(['api-id', 'invoke-group', 'grant', 'drift-issue']),
    );
  });
});
