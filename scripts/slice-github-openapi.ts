import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sliceOpenApi } from './openapi-slice.js';

/*
 * Cuts the operations that the action uses out of GitHub's own OpenAPI description, for the tests:
 * emulator/github/openapi-slice.json. The description comes from the npm package @octokit/openapi,
 * which is too large to depend on; only the one file of it is unpacked. `node
 * lib/scripts/slice-github-openapi.js [VERSION]`, without a version the latest.
 */

const PACKAGE = '@octokit/openapi';
const DESCRIPTION = 'package/generated/api.github.com.json';
const TARGET = new URL('../../emulator/github/openapi-slice.json', import.meta.url);

/** What the action calls, by path and method. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  '/user': ['get'],
  '/repos/{owner}/{repo}/check-runs': ['post'],
  '/repos/{owner}/{repo}/check-runs/{check_run_id}': ['patch'],
  '/repos/{owner}/{repo}/code-scanning/sarifs': ['post'],
  '/repos/{owner}/{repo}/contents/{path}': ['get'],
  '/repos/{owner}/{repo}/issues': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/comments/{comment_id}': ['patch'],
  '/repos/{owner}/{repo}/issues/{issue_number}': ['patch'],
  '/repos/{owner}/{repo}/issues/{issue_number}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/labels': ['post'],
  '/repos/{owner}/{repo}/labels/{name}': ['get'],
};

const run = promisify(execFile);
const version = process.argv[2] ?? 'latest';
const folder = await mkdtemp(join(tmpdir(), 'github-openapi-'));
try {
  await run('npm', ['pack', `${PACKAGE}@${version}`, '--silent'], { cwd: folder });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${PACKAGE}@${version} left no archive`);
  await run('tar', ['-xzf', archive, DESCRIPTION, 'package/package.json'], { cwd: folder });
  const manifest: unknown = JSON.parse(
    await readFile(join(folder, 'package/package.json'), 'utf8'),
  );
  const description: unknown = JSON.parse(await readFile(join(folder, DESCRIPTION), 'utf8'));
  const slice = sliceOpenApi(description, OPERATIONS);
  const source = {
    package: PACKAGE,
    version: Object(manifest).version,
    file: DESCRIPTION,
    licence: 'MIT, Copyright (c) 2020 Octokit contributors',
    repository: 'https://github.com/octokit/openapi',
  };
  await writeFile(TARGET, `${JSON.stringify({ source, ...slice }, null, 1)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
