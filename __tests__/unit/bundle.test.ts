import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findBundle } from '../../runner/bundle.js';

const DIST = dirname(findBundle());
const FILES = readdirSync(DIST);
const MODULES = FILES.filter((name) => name.endsWith('.js'));

/** The files that a file of the bundle loads: with it, or later on. */
function loadsOf(file: string): { readonly file: string; readonly isOnUse: boolean }[] {
  const text = readFileSync(join(DIST, file), 'utf8');
  return [...text.matchAll(/\b(?:from|import)(\()?"\.\/([^"]+\.js)"/g)].map(
    ([, call, name = '']) => ({
      file: name,
      isOnUse: call !== undefined,
    }),
  );
}

function loadedBy(entry: string, withOnUse: boolean): Set<string> {
  const loaded = new Set([entry]);
  for (const name of loaded) {
    for (const { file, isOnUse } of loadsOf(name)) if (withOnUse || !isOnUse) loaded.add(file);
  }
  return loaded;
}

/** The files that are started: of `action.yml`, `plan/` and `merge/action.yml`, and the command line. */
const ENTRIES = ['index.js', 'post.js', 'plan.js', 'merge.js', 'cli.js'];

test('every file is there that another one loads, and none is left over', () => {
  const loaded = new Set(ENTRIES.flatMap((entry) => [...loadedBy(entry, true)]));
  expect([...loaded].sort()).toEqual([...MODULES].sort());
  expect(FILES.filter((name) => !MODULES.includes(name)).sort()).toEqual([
    'licenses.txt',
    'package.json',
  ]);
});

test('nothing loads an entry: to load the main step is to run it', () => {
  const loaders = MODULES.filter((name) =>
    loadsOf(name).some(({ file }) => ENTRIES.includes(file)),
  );
  expect(loaders).toEqual([]);
});

test('a start loads few files, and the post step hardly any of the program', () => {
  const size = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + statSync(join(DIST, name)).size, 0);
  expect([...loadedBy('index.js', false)].sort()).toEqual(['index.js', 'shared.js', 'start.js']);
  expect([...loadedBy('post.js', false)].sort()).toEqual(['post.js', 'start.js']);
  expect(size(loadedBy('post.js', false))).toBeLessThan(64 * 1024);
});

test('modules of Node are read as they are used, and not by an import, which reads all they export', () => {
  for (const name of MODULES) {
    expect(readFileSync(join(DIST, name), 'utf8')).not.toMatch(
      /\b(?:from|import\(?)"(?:node:)?[a-z]/,
    );
  }
});

test('the licence of everything that is bundled is there, with its text', () => {
  const text = readFileSync(join(DIST, 'licenses.txt'), 'utf8');
  const entries = text.split(`\n${'-'.repeat(80)}\n\n`);
  const names = entries.map((entry) => entry.slice(0, entry.indexOf(' ')));
  expect(names).toEqual(
    expect.arrayContaining(['@actions/core', '@aws-sdk/client-iam', 'proxy-from-env', 'yaml']),
  );
  for (const entry of entries) {
    expect(entry).toMatch(/^\S+ \d+\.\d+\.\d+\S*\n(?:MIT|ISC|0BSD|BSD-\d-Clause|Apache-2\.0)\n\n/);
    expect(entry.length).toBeGreaterThan(500);
  }
});
