import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { loadedBy, textsOf } from '../../scripts/pack-manifest.mjs';
import { VERSION } from '../../src/version.js';
import { newFolder } from './cli-kit.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

/** A folder like the repository's, so that no other test meets a package.json that is being packed. */
let folder = '';
let installed = '';
beforeAll(async () => {
  folder = await newFolder();
  const names = ['package.json', 'README.md', 'LICENSE', 'dist', 'docs', 'src/entry', 'scripts'];
  for (const name of names) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  const { stdout } = await execute('npm', ['pack', '--json'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    shell: process.platform === 'win32',
  });
  const [packed] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(stdout));
  installed = join(folder, 'installed');
  await mkdir(installed);
  await execute('tar', ['-xzf', join(folder, packed?.filename ?? ''), '-C', installed]);
});

test('holds what the command line loads, with what npm always takes, and no more', async () => {
  const loaded = loadedBy('cli.js', await textsOf(new URL('../../dist/', import.meta.url)));
  const packed = (await readdir(join(installed, 'package'), { recursive: true }))
    .filter((name) => /\.\w+$|LICENSE$/.test(name))
    .toSorted();
  expect(packed).toEqual(
    [
      ...['LICENSE', 'README.md', 'package.json', 'docs/how-it-judges.md'],
      ...[...loaded, 'licenses.txt', 'package.json'].map((name) => `dist/${name}`),
    ].toSorted(),
  );
  expect(loaded).not.toContain('index.js');
  expect(loaded).not.toContain('post.js');
});

test('has everybody install nothing, and leaves the own package.json as it was', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package/package.json'), 'utf8'));
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
  expect(manifest).toMatchObject({
    name: 'apigw-iam-gate',
    bin: { 'apigw-iam-gate': 'dist/cli.js' },
  });
  const own = await readFile(join(folder, 'package.json'), 'utf8');
  expect(own).toBe(await readFile(join(ROOT, 'package.json'), 'utf8'));
});

test('runs where nothing else is installed', async () => {
  const command = join(installed, 'package/dist/cli.js');
  expect(await readFile(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const { stdout } = await execute(process.execPath, [command, '--version']);
  expect(stdout).toBe(`apigw-iam-gate ${VERSION}\n`);
});
