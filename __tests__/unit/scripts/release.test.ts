import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { notesOf } from '../../../scripts/release/changelog.mjs';
import { problemsOf } from '../../../scripts/release/check.mjs';
import { filesWithOwner, ownerOf, withOwner } from '../../../scripts/release/owner.mjs';
import { VERSION } from '../../../src/version.js';

const packageJson = JSON.parse(await readFile('package.json', 'utf8'));

test('the version of the sources is that of package.json', () => {
  expect(VERSION).toBe(packageJson.version);
});

test('pages, examples and workflows name the owner that package.json names, and no other', async () => {
  const owner = ownerOf(packageJson);
  for (const file of await filesWithOwner()) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const named = [...text.matchAll(/([\w-]+)\/apigw-iam-gate(?=[@/#"\s])/g)].map(
      ([, name]) => name,
    );
    // Folders on a machine, and the project's own name on npm, stand there without an owner.
    const others = named.filter(
      (name) => name !== owner && !/^(?:tmp|dist|node_modules)$/.test(name ?? ''),
    );
    expect([file, others]).toEqual([file, []]);
  }
});

test('another owner is written wherever the owner is, and nowhere else', () => {
  const text = 'uses: OWNER/apigw-iam-gate/plan@v1\n* @OWNER/maintainers\nOWNER of the stack';
  expect(withOwner(text, 'OWNER', 'acme')).toBe(
    'uses: acme/apigw-iam-gate/plan@v1\n* @acme/maintainers\nOWNER of the stack',
  );
});

const CHANGELOG =
  '# Changelog\n\n## [Unreleased]\n\n## 1.2.3 - 2026-12-01\n\n- New.\n\n## [1.2.2] - 2026-11-01\n\n- Old.\n\n## 1.2 - 2026-01-01\n';

describe('the notes of a release', () => {
  test.each([
    ['1.2.3', '- New.\n'],
    ['1.2.2', '- Old.\n'],
    ['1.2', null],
    ['1.2.4', null],
  ])('of %s', (version, notes) => {
    expect(notesOf(CHANGELOG, version)).toBe(notes);
  });
});

describe('a version', () => {
  const fine = {
    asked: '1.2.3',
    owner: 'acme',
    packageJson: {
      version: '1.2.3',
      repository: { url: 'git+https://github.com/acme/apigw-iam-gate.git' },
    },
    changelog: CHANGELOG,
    tags: ['v1.2.2', 'v1', ''],
  };

  test('can be released where everything fits', () => {
    expect(problemsOf(fine)).toEqual([]);
  });

  test('is refused with everything that is wrong at once', () => {
    const problems = problemsOf({
      ...fine,
      asked: 'v1.2.4',
      owner: 'other',
      packageJson: { ...fine.packageJson, private: true },
      tags: ['vv1.2.4'],
    });
    expect(problems).toEqual([
      '"v1.2.4" is no version such as 1.2.3.',
      'package.json has the version 1.2.3: run npm version v1.2.4.',
      'CHANGELOG.md has no section "## v1.2.4 - DATE": move what is under Unreleased there.',
      'The tag vv1.2.4 is there already: release another version.',
      'package.json names the owner acme: run npm run owner -- other.',
      'package.json says "private": npm would not publish it.',
    ]);
  });
});
