import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/model/errors.js';
import { refuseEndlessFiles } from '../../../src/runtime/aws-files.js';

const HOME = mkdtempSync(join(tmpdir(), 'aws-files-'));
afterAll(() => rmSync(HOME, { recursive: true, force: true }));

const PIPE = join(HOME, 'pipe');
execFileSync('mkfifo', [PIPE]);

const VARIABLES = [
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    refuseEndlessFiles({ HOME, ...environment });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

function fileOf(text: string, size?: number): string {
  const path = join(HOME, `file-${Math.random()}`);
  writeFileSync(path, text);
  if (size !== undefined) truncateSync(path, size);
  return path;
}

describe.each(VARIABLES)('%s', (name) => {
  test.each([
    ['a pipe', PIPE],
    ['a device', '/dev/zero'],
  ])('that names %s is refused', (_, path) => {
    expect(problemsOf({ [name]: path })).toEqual([
      `${name}: ${path} is no regular file, and reading it may never end. Name a file.`,
    ]);
  });

  test('that names a file without an end is refused', () => {
    const path = fileOf('', 2 ** 34);
    expect(problemsOf({ [name]: path })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: .* is larger than \\d+ MiB\\.`)),
    ]);
  });

  test.each([
    ['nothing', ''],
    ['no file', '/nowhere/at/all'],
    ['what stands for none', '/dev/null'],
    ['a folder', HOME],
  ])('that names %s is not', (_, path) => {
    expect(problemsOf({ [name]: path })).toEqual([]);
  });

  test('that names a file is not', () => {
    expect(problemsOf({ [name]: fileOf('text') })).toEqual([]);
  });
});

describe('a profile', () => {
  test.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])(
    'of %s may name such a token neither',
    (name) => {
      const text = `[a]\nregion = x\n\n[b]\r\n  web_identity_token_file\t=  ${PIPE} \r\n`;
      expect(problemsOf({ [name]: fileOf(text) })).toEqual([
        expect.stringContaining(`web_identity_token_file: ${PIPE} is no regular file`),
      ]);
      expect(problemsOf({ [name]: fileOf(text.replace(PIPE, fileOf('token'))) })).toEqual([]);
    },
  );

  test('is looked for at home', () => {
    mkdirSync(join(HOME, '.aws'));
    execFileSync('mkfifo', [join(HOME, '.aws', 'config')]);
    expect(problemsOf({})).toEqual([expect.stringContaining('AWS_CONFIG_FILE: ')]);
    expect(problemsOf({ AWS_CONFIG_FILE: '/dev/null' })).toEqual([]);
  });
});
