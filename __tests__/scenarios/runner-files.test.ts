import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';

/** A file that the runner names and nobody can write to: a folder stands in its place. */
async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test.each(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])(
  'a configuration error is said where %s cannot be written',
  async (variable) => {
    await withFolder(async (folder) => {
      const { run } = await scenario('clean');
      const { exitCode, annotations } = await run({ mode: 'adit' }, { [variable]: folder });
      expect(exitCode).toBe(3);
      expect(annotations[0]?.level).toBe('error');
      expect(annotations[0]?.message).toContain('mode:');
      expect(annotations[1]?.message).toContain('could not be written');
    });
  },
);

test.each(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])(
  'findings are annotated, and decide, where %s cannot be written',
  async (variable) => {
    await withFolder(async (folder) => {
      const { run } = await scenario('orders');
      const { exitCode, annotations } = await run(
        { 'smoke-test': 'false' },
        { [variable]: folder },
      );
      expect(exitCode).toBe(1);
      expect(annotations.some(({ level, title }) => level === 'error' && title !== undefined)).toBe(
        true,
      );
      expect(annotations.some(({ message }) => message.includes('could not be written'))).toBe(
        true,
      );
    });
  },
);

test.each(['baseline', 'policy-file', 'invoke-group', 'api-id', 'stage'])(
  'an ARN that is given as %s shows no account',
  async (input) => {
    const { run } = await scenario('clean');
    const { exitCode, stdout, summary } = await run({
      [input]: 'arn:aws:iam::210987654321:group/readers',
    });
    expect(exitCode).toBe(3);
    expect(stdout + summary).toContain(`${input}:`);
    expect(stdout + summary).not.toContain('210987654321');
  },
);

test('pipes that nobody reads keep no run waiting, and change no verdict', async () => {
  await withFolder(async (folder) => {
    const [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY] = ['output', 'summary'].map((it) =>
      join(folder, it),
    );
    if (GITHUB_OUTPUT === undefined || GITHUB_STEP_SUMMARY === undefined)
      throw new Error('no path');
    execFileSync('mkfifo', [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY]);
    const { run } = await scenario('orders');
    const { exitCode, annotations } = await run(
      { 'smoke-test': 'false' },
      { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY },
    );
    expect(exitCode).toBe(1);
    const refused = annotations.filter(({ message }) => message.includes('is no regular file'));
    expect(refused.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });
});
