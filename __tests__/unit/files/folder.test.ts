import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findLink, makeFolder } from '../../../src/files/folder.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a link on the way to a folder', () => {
  test('is found in front of what is too long to be there, which is not walked through', async () => {
    const environment = { GITHUB_WORKSPACE: root };
    // Walked to its end, this takes longer than any test may.
    const deep = 'd/'.repeat(400_000);
    await symlink(tmpdir(), join(root, 'link'));
    expect(await findLink(join(root, 'link', deep), environment)).toBe(join(root, 'link'));
    expect(await findLink(join(root, deep), environment)).toBe(null);
  });
});

describe('a folder', () => {
  test('is made with those above it, by many at the same time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `target-${index}`);
    const made = names.map((name) => makeFolder(join(root, 'out', 'deep', name)));
    expect((await Promise.allSettled(made)).map(({ status }) => status)).toEqual(
      names.map(() => 'fulfilled'),
    );
    expect((await readdir(join(root, 'out', 'deep'))).length).toBe(20);
  });

  test('that is there already is as good as made', async () => {
    await makeFolder(join(root, 'out'));
    await expect(makeFolder(join(root, 'out'))).resolves.toBeUndefined();
  });

  test.each(['/proc/nope', '/proc/nope/deeper'])('%s cannot be made, and says so', async (path) => {
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
