import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { decodeText } from '../../../src/files/decode-text.js';
import { readWorkspaceFile } from '../../../src/files/workspace-file.js';
import { failed, ok } from '../../../src/model/result.js';

const folder = await mkdtemp(join(tmpdir(), 'workspace-file-'));
afterAll(() => rm(folder, { recursive: true }));

const workspace = join(folder, 'workspace');
await mkdir(join(workspace, 'inside'), { recursive: true });
await mkdir(join(folder, 'workspace-2'));
await Promise.all([
  writeFile(join(folder, 'secret'), 'password: 1\n'),
  writeFile(join(folder, 'workspace-2', 'secret'), 'password: 2\n'),
  writeFile(join(workspace, 'inside', 'policy.yml'), 'require: {}\n'),
]);
await Promise.all([
  symlink('inside/policy.yml', join(workspace, 'link.yml')),
  symlink('../secret', join(workspace, 'out.yml')),
  symlink('../workspace-2/secret', join(workspace, 'neighbour.yml')),
  symlink('..', join(workspace, 'up')),
  symlink('nowhere', join(workspace, 'dangling.yml')),
  symlink('workspace', join(folder, 'linked')),
]);

test.each(['out.yml', 'neighbour.yml', 'up/secret', join(workspace, 'out.yml')])(
  '%s is not read: it leads out of the workspace',
  async (path) => {
    const refused = failed('leads out of the workspace through a symbolic link');
    expect(readWorkspaceFile(workspace, path)).toEqual(refused);
    expect(readWorkspaceFile(join(folder, 'linked'), path)).toEqual(
      path.startsWith(workspace) ? ok('password: 1\n') : refused,
    );
  },
);

test('links within the workspace, a workspace that is a link, and files that are named elsewhere are read', async () => {
  const policy = ok('require: {}\n');
  expect(readWorkspaceFile(workspace, 'link.yml')).toEqual(policy);
  expect(readWorkspaceFile(join(folder, 'linked'), 'link.yml')).toEqual(policy);
  expect(readWorkspaceFile(workspace, '../secret')).toEqual(ok('password: 1\n'));
  expect(readWorkspaceFile(workspace, join(folder, 'secret'))).toEqual(ok('password: 1\n'));
  expect(readWorkspaceFile(workspace, 'dangling.yml')).toEqual(ok(null));
});

test.each<[what: string, bytes: Buffer]>([
  ['UTF-8', Buffer.from('{"ä":1}')],
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFF{"ä":1}')],
  ['UTF-16 as PowerShell writes it', Buffer.from('\uFEFF{"ä":1}', 'utf16le')],
])('%s is one text', (_what, bytes) => {
  expect(decodeText(bytes)).toBe('{"ä":1}');
});
