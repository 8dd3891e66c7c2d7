import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { readActionMetadata } from '../../../scripts/action-metadata.js';
import { DEFAULT_IN_DESCRIPTION } from '../../../scripts/documentation.js';
import { INPUT_NAMES, INPUTS, INPUTS_IN_FILE, type Input } from '../../../src/inputs/table.js';

const action = readActionMetadata(
  await readFile(new URL('../../../action.yml', import.meta.url), 'utf8'),
);
const LINES: readonly [key: string, input: Input<unknown>][] =
  Object.entries<Input<unknown>>(INPUTS);

describe('action.yml and the table of inputs', () => {
  test('name the same inputs in the same order', () => {
    expect(INPUT_NAMES).toEqual(Object.keys(action.inputs));
  });

  test.each(LINES)('agree on %s', (_key, { name, isInFile, default: fallback }) => {
    const described = action.inputs[name];
    const [, inDescription] = DEFAULT_IN_DESCRIPTION.exec(described?.description ?? '') ?? [];
    // Which inputs are needed hangs on the others; the runner checks none of it.
    expect(described).not.toHaveProperty('required');
    // The runner evaluates an expression; the table has no default for what it gives.
    const inAction = described?.default?.startsWith('${{') ? undefined : described?.default;
    expect(inAction ?? inDescription?.replaceAll('`', '')).toBe(
      name === 'policy-file' ? '.github/apigw-iam-gate.yml, where it exists' : fallback,
    );
    // The runner would hand over a default of action.yml as the workflow's own value, which wins.
    if (isInFile) expect(described).not.toHaveProperty('default');
  });

  test('leave the Marketplace a description that it shows as a whole', () => {
    expect(action.description.length).toBeLessThanOrEqual(124);
  });
});

describe('the table of inputs', () => {
  test('has defaults that are accepted', () => {
    for (const [, { name, parse, default: fallback }] of LINES) {
      if (fallback === undefined) continue;
      const refuse = (problem: string): never => {
        throw new Error(problem);
      };
      expect(() => parse(fallback, { name, environment: {}, refuse })).not.toThrow();
    }
  });

  test('takes every input that is left out, by itself', () => {
    const refusing = LINES.filter(([, { name, parse, default: fallback = '' }]) => {
      const problems: string[] = [];
      parse(fallback, { name, environment: {}, refuse: (problem) => problems.push(problem) });
      return problems.length > 0;
    });
    expect(refusing).toEqual([]);
  });

  test('lets the configuration file set nothing that decides what is changed, asked or known', () => {
    expect(INPUTS_IN_FILE).toEqual([
      'check-run',
      'comment',
      'drift-issue',
      'fail-on',
      'smoke-test',
      'smoke-timeout',
      'upload-sarif',
    ]);
  });
});
