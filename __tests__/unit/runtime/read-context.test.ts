import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readContext } from '../../../src/runtime/read-context.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const RUN = {
  GITHUB_REPOSITORY: 'octo-org/orders',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_REF: 'refs/heads/main',
};

async function isOnDefaultBranch(path: string): Promise<boolean | null> {
  const parsed = readContext({ ...RUN, GITHUB_EVENT_PATH: path });
  return parsed.ok ? parsed.context.onDefaultBranch : null;
}

test('the event is read', async () => {
  const path = join(folder, 'event.json');
  await writeFile(path, JSON.stringify({ repository: { default_branch: 'main' } }));
  expect(await isOnDefaultBranch(path)).toBe(true);
});

test.each<[string, (path: string) => unknown]>([
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a device without an end', (path) => symlink('/dev/zero', path)],
  ['not there', () => {}],
])('an event that is %s keeps nobody waiting', async (_what, make) => {
  const path = join(folder, 'event.json');
  await make(path);
  const { rss } = process.memoryUsage();
  expect(await isOnDefaultBranch(path)).toBe(false);
  expect(process.memoryUsage().rss - rss).toBeLessThan(256 * 1024 * 1024);
});
