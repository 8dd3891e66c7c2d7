import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTION } from '../../../runner/action.js';
import { DESCRIPTIONS } from '../../../src/inputs/descriptions.js';
import { INPUT_NAMES } from '../../../src/inputs/table.js';
import { failed } from '../../../src/model/result.js';
import {
  type CommandLine,
  INPUT_OPTIONS,
  isFlag,
  parseCommandLine,
} from '../../../src/runtime/cli/command-line.js';
import { helpText } from '../../../src/runtime/cli/help.js';
import { inTerminalWords, WORDS } from '../../../src/runtime/cli/words.js';

const SOURCES = fileURLToPath(new URL('../../../src', import.meta.url));

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

describe('a mistake is told once, with what was meant', () => {
  test.each([
    ['audit --stages prod', '--stages: there is no such option. Did you mean --stage?'],
    ['audit --api_id a1b2c3d4e5', '--api_id: there is no such option. Did you mean --api-id?'],
    ['audit --mode enforce', '--mode: the command says it: audit, plan or enforce.'],
    [
      'declared --template a.yaml',
      '--template: there is no such option. Did you mean --templates?',
    ],
    ['--stages audit', '--stages: there is no such option. Did you mean --stage?'],
    [
      'audit --no-smoke-test=true',
      '--no-smoke-test: takes no value. Write --no-smoke-test alone, or --smoke-test for the opposite.',
    ],
    [
      'audit --smoke-timeout -1',
      '--smoke-timeout: needs a value. One that begins with a dash is written --smoke-timeout=-1.',
    ],
    ['audit --api-id', '--api-id: needs a value.'],
    [
      'audit --api-id --region eu-west-1',
      '--api-id: needs a value. One that begins with a dash is written --api-id=--region.',
    ],
    [
      'declared --output --templates a.yaml',
      '--output: needs a value. One that begins with a dash is written --output=--templates.',
    ],
    [
      'audit --stages=prod extra',
      '--stages: there is no such option. Did you mean --stage?',
      'extra: audit takes options alone. Write --api-id extra, or declared extra for a file.',
    ],
  ])('%s', (line, ...problems) => {
    expect(parseCommandLine(line.split(' '))).toEqual(failed(problems));
  });
});

describe('words of the action that a terminal has others for', () => {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((it) => /^(?:inputs|config|evidence|access|publish)\b.*\.ts$/.test(it))
    .map((it) => readFileSync(join(SOURCES, it), 'utf8').replaceAll('`', ''))
    .join('\n');

  test.each(WORDS)('%s are still said', (ofAction) => {
    expect(sources).toMatch(ofAction);
  });

  test('are not in the help', () => {
    expect(helpText(1000)).not.toMatch(/the step|the action's|mode: |RUNNER_TEMP|plan is given|`/);
  });

  test('are not what a command is called', () => {
    const problem =
      '--mode: enforce changes an API in AWS, and api-id names none. Files are only judged: set api-id too, or leave mode out.';
    expect(inTerminalWords(problem)).toBe(
      'enforce: changes an API in AWS, and api-id names none. Files are only judged: give --api-id too, or use declared.',
    );
  });

  test.each([
    ['out is a link, and nothing is written through one. Name the folder that it leads to'],
    ['The folder /proc/nope cannot be made (ENOENT). Name another one'],
  ])('nor in what became of a file: %s', (problem) => {
    expect(inTerminalWords(`${problem} in report-dir`)).toBe(`${problem} with --report-dir`);
  });

  test.each([
    [
      'grant: names nobody to grant to. Set invoke-group to the name of an IAM group.',
      'grant: names nobody to grant to. Set --invoke-group to the name of an IAM group.',
    ],
    [
      'stage: is about an API in AWS, and api-id names none. Set api-id too, or leave stage out.',
      'stage: is about an API in AWS, and api-id names none. Give --api-id too, or leave stage out.',
    ],
  ])('nor where another option is meant: %s', (problem, atTerminal) => {
    expect(inTerminalWords(problem)).toBe(atTerminal);
  });

  test('nor in what is wrong with an option', () => {
    const problem =
      'templates: nope.yaml matches no file. Check the path from the root of the repository, and that actions/checkout and whatever makes the file run before this step.';
    expect(inTerminalWords(problem)).toBe(
      'templates: nope.yaml matches no file. Check the path from the folder that you are in.',
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
