import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { saveState, setOutput, writeSummary } from '../../../src/runtime/runner-files.js';

const VARIABLES = {
  GITHUB_OUTPUT: () => setOutput('name', 'value'),
  GITHUB_STATE: () => saveState('name', 'value'),
  GITHUB_STEP_SUMMARY: () => writeSummary('value'),
};

let folder: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-files-'));
});
afterEach(() => {
  for (const name of Object.keys(VARIABLES)) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe.each(Object.entries(VARIABLES))('%s', (variable, write) => {
  /** Writes to what a path is, as the runner would have named it. */
  async function written(path: string): Promise<void> {
    process.env[variable] = path;
    await write();
  }

  test.each<[string, (path: string) => unknown]>([
    ['a pipe that nobody reads', (path) => execFileSync('mkfifo', [path])],
    [
      'a link to such a pipe',
      (path) => {
        execFileSync('mkfifo', [`${path}-pipe`]);
        symlinkSync(`${path}-pipe`, path);
      },
    ],
  ])('is refused where it is %s', async (_, make) => {
    const path = join(folder, 'it');
    make(path);
    await expect(written(path)).rejects.toThrow(`what ${variable} names is no regular file`);
  });

  test('is refused where it is a socket', async () => {
    const path = join(folder, 'it');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(written(path)).rejects.toThrow('is no regular file');
    await new Promise((resolve) => server.close(resolve));
  });

  test('is written where it is a file, or a link to one', async () => {
    const path = join(folder, 'it');
    writeFileSync(path, '');
    symlinkSync(path, `${path}-link`);
    await written(path);
    await expect(written('/dev/null')).resolves.toBeUndefined();
    expect(readFileSync(path, 'utf8')).toContain('value');
  });

  test('is said by the toolkit where it is nothing, or a folder', async () => {
    await expect(written(folder)).rejects.toThrow();
    await expect(written(join(folder, 'nothing'))).rejects.toThrow();
  });
});
