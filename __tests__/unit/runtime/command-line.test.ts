import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTION } from '../../../runner/action.js';
import { DESCRIPTIONS } from '../../../src/inputs/descriptions.js';
import { INPUT_NAMES } from '../../../src/inputs/table.js';
import {
  type CommandLine,
  INPUT_OPTIONS,
  isFlag,
  parseCommandLine,
} from '../../../src/runtime/cli/command-line.js';
import { helpText } from '../../../src/runtime/cli/help.js';

function asked(...args: readonly string[]): CommandLine {
  const parsed = parseCommandLine(args);
  if (!parsed.ok) throw new Error(parsed.why.join('\n'));
  return parsed.value;
}

describe('the options', () => {
  test('are the inputs, but for the mode and what is about the jobs of a fleet', () => {
    const others = ['mode', 'plan', 'shard'];
    expect(INPUT_OPTIONS.map(({ name }) => name)).toEqual(
      INPUT_NAMES.filter((name) => !others.includes(name)),
    );
    for (const name of others) expect(parseCommandLine(['audit', `--${name}`, 'x']).ok).toBe(false);
  });

  test.each(INPUT_OPTIONS.map((it) => [it.name, isFlag(it)] as const))('--%s', (name, isTrue) => {
    const value = name === 'api-id' ? 'a1b2c3d4e5' : 'some value';
    if (isTrue) {
      expect(asked('audit', `--${name}`).inputs).toEqual({ [name]: 'true' });
      expect(asked('audit', `--no-${name}`).inputs).toEqual({ [name]: 'false' });
      expect(asked('audit', `--${name}=no`).inputs).toEqual({ [name]: 'no' });
    } else {
      expect(asked('audit', `--${name}`, value).inputs).toEqual({ [name]: value });
      expect(asked('audit', `--${name}=${value}`).inputs).toEqual({ [name]: value });
      expect(asked('audit', `--${name}=-x`).inputs).toEqual({ [name]: '-x' });
    }
  });

  test('given several times are lines of a list', () => {
    expect(asked('audit', '--api-id', 'a', '--api-id=b').inputs).toEqual({ 'api-id': 'a\nb' });
  });

  test('may stand before the command, and files behind two dashes', () => {
    expect(asked('--verbose', 'declared', '--', '-odd.yaml', 'b.yaml')).toMatchObject({
      command: 'declared',
      inputs: { templates: '-odd.yaml\nb.yaml' },
      isVerbose: true,
    });
  });

  test('whatever is given is taken as it was meant or refused, and never overlooked', () => {
    const word = fc.constantFrom(
      ...['audit', 'declared', '--grant', '--api-id', '--api-id=x', '--no-grant', '-f', 'json'],
      ...['--no-api-id', '--x', '-z', '--', '--help=1', 'x', '', '-', '--format=', '--grant=no'],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (args) => {
        const parsed = parseCommandLine(args);
        if (!parsed.ok) return parsed.why.length > 0 && parsed.why.every((it) => it.length > 5);
        return parsed.value.inputs !== undefined && args.includes(parsed.value.command);
      }),
    );
  });
});

describe('the help', () => {
  test('names every option with what action.yml says of it', () => {
    const text = helpText(100);
    for (const { name } of INPUT_OPTIONS) {
      expect(text).toContain(`  --${name}`);
      // Made from action.yml: npm run docs.
      expect(DESCRIPTIONS[name]).toBe(ACTION.inputs[name]?.description);
    }
    expect(Object.keys(DESCRIPTIONS)).toEqual(INPUT_OPTIONS.map(({ name }) => name));
  });

  test.each([60, 80, 120])('fits into %i columns', (columns) => {
    const lines = helpText(columns)
      .split('\n')
      .filter((line) => /^ {6}[^- ]/.test(line));
    expect(lines.length).toBeGreaterThan(INPUT_OPTIONS.length);
    expect(lines.filter((line) => line.length > columns && line.trim().includes(' '))).toEqual([]);
  });
});
