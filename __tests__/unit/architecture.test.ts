import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const SRC = resolve('src');

interface Import {
  /** Of the importing file, relative to `src`, with `/`. */
  readonly from: string;
  /** A file relative to `src`, or a package. */
  readonly to: string;
  /** Nothing of it is left when the types are stripped. */
  readonly isTypeOnly: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split(sep).join('/'))
    .toSorted();
}

const IMPORT =
  /^(?:(?:import|export)\s+(?<type>type\s+)?(?<clause>[^'";=(]+?)\s+from|import)\s+'(?<to>[^']+)'/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    const { type, clause = '', to = '' } = groups;
    const names = /^\{(.*)\}$/s.exec(clause)?.[1]?.split(',');
    const isEveryNameType = names?.every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
    const target = to.startsWith('.')
      ? relative(SRC, resolve(SRC, dirname(file), to))
          .split(sep)
          .join('/')
          .replace(/\.js$/, '.ts')
      : to;
    return { from: file, to: target, isTypeOnly: type !== undefined || isEveryNameType };
  });
}

const FILES = sourceFiles();
const IMPORTS = FILES.flatMap(importsOf);
const VALUES = IMPORTS.filter(({ isTypeOnly }) => !isTypeOnly);

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file;
}

/** A file and every file or package whose values it needs at run time. */
function reachableFrom(start: string): Set<string> {
  const reached = new Set<string>([start]);
  for (const file of reached) {
    for (const { from, to } of VALUES) if (from === file) reached.add(to);
  }
  return reached;
}

describe('the parser of imports', () => {
  test('finds what is there', () => {
    expect(FILES).toContain('rules/judge.ts');
    expect(IMPORTS).toContainEqual({ from: 'aws/retry.ts', to: 'p-retry', isTypeOnly: false });
    expect(IMPORTS).toContainEqual({
      from: 'rules/judge.ts',
      to: 'rules/catalogue.ts',
      isTypeOnly: false,
    });
    expect(IMPORTS).toContainEqual({
      from: 'rules/judge.ts',
      to: 'report/report.ts',
      isTypeOnly: true,
    });
    // Several lines, a value among types.
    expect(VALUES).toContainEqual({
      from: 'evidence/join.ts',
      to: 'evidence/model.ts',
      isTypeOnly: false,
    });
  });

  test('overlooks none', () => {
    for (const file of FILES) {
      const text = readFileSync(join(SRC, file), 'utf8');
      const statements = text.match(/^(import\b|export\b[^=;(]*?\bfrom\b)/gm) ?? [];
      expect([file, importsOf(file).length]).toEqual([file, statements.length]);
      expect(text).not.toMatch(/\bimport\(|\brequire\(/);
    }
  });

  test('knows every file that is imported', () => {
    const targets = IMPORTS.filter(({ to }) => to.endsWith('.ts')).map(({ to }) => to);
    expect(targets.filter((to) => !FILES.includes(to))).toEqual([]);
  });
});

describe('what is pure', () => {
  /** Folders in which a value depends on its arguments alone. */
  const PURE = ['rules', 'report', 'policy'];
  const IS_IO =
    /^(node:(?!crypto$|path$|url$|util$)|@aws-sdk\/client-|@smithy\/|@actions\/|@octokit\/|p-limit$|p-retry$|p-throttle$)/;

  test.each(PURE)('%s reaches nothing that does I/O, not even through others', (folder) => {
    const files = FILES.filter((file) => folderOf(file) === folder);
    expect(files).not.toEqual([]);
    for (const file of files) {
      const reached = [...reachableFrom(file)].filter((it) => IS_IO.test(it));
      expect([file, reached]).toEqual([file, []]);
    }
  });

  test.each(PURE)('%s imports no type of a client either', (folder) => {
    const imported = IMPORTS.filter(({ from }) => folderOf(from) === folder).map(({ to }) => to);
    expect(imported.filter((to) => IS_IO.test(to))).toEqual([]);
  });

  test.each([
    'access/assess.ts',
    'access/evaluate.ts',
    'access/least-policy.ts',
    'access/narrowing.ts',
    'enforce/grant/plan.ts',
    'evidence/join.ts',
    'evidence/model.ts',
    'enforce/plan.ts',
    'smoke/classify.ts',
    'smoke/settle.ts',
  ])('%s does no I/O', (file) => {
    expect([...reachableFrom(file)].filter((it) => IS_IO.test(it))).toEqual([]);
  });
});

describe('what is shipped', () => {
  test('imports nothing outside src', () => {
    expect(IMPORTS.filter(({ to }) => to.startsWith('..'))).toEqual([]);
  });

  test('reads the environment in one file', () => {
    const readers = FILES.filter((file) =>
      /process\.env/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(readers).toEqual(['index.ts']);
  });

  test('talks to the runner in one file', () => {
    const talkers = IMPORTS.filter(({ to }) => to === '@actions/core').map(({ from }) => from);
    expect([...new Set(talkers)]).toEqual(['index.ts']);
  });

  test('makes its client of GitHub in one file', () => {
    const makers = IMPORTS.filter(({ to }) => /^@(actions\/github|octokit)\b/.test(to));
    expect(new Set(makers.map(({ from }) => from))).toEqual(new Set(['publish/github/client.ts']));
  });

  test('needs no schema library at run time', () => {
    expect([...reachableFrom('index.ts')]).not.toContain('zod');
  });
});

describe('the order of the folders', () => {
  /** Values are imported from a folder further up this list, or from the own one. */
  const ORDER = [
    ['cancellation.ts', 'errors.ts', 'json-data.ts', 'logger.ts', 'version.ts', 'policy'],
    ['unknown-inputs.ts', 'folder.ts', 'report'],
    ['local-file.ts', 'report-folder.ts', 'aws'],
    ['evidence'],
    ['access'],
    ['smoke'],
    ['rules', 'enforce', 'inputs.ts', 'compose-report.ts'],
    ['compose-access.ts', 'publish', 'world.ts', 'ask-endpoint.ts', 'prove-enforcement.ts'],
    ['enforcement-phase.ts', 'post.ts'],
    ['access-phase.ts'],
    ['gate.ts'],
    ['index.ts'],
  ];
  const RANK = new Map(ORDER.flatMap((names, rank) => names.map((name) => [name, rank] as const)));

  test('knows every folder', () => {
    const folders = [...new Set(FILES.map(folderOf))];
    expect(folders.filter((folder) => !RANK.has(folder))).toEqual([]);
    expect([...RANK.keys()].filter((name) => !folders.includes(name))).toEqual([]);
  });

  test('is kept by every import of a value, so that there is no cycle', () => {
    const broken = VALUES.filter(({ to }) => to.endsWith('.ts')).filter(({ from, to }) => {
      const [user, used] = [folderOf(from), folderOf(to)];
      return user !== used && (RANK.get(used) ?? -1) >= (RANK.get(user) ?? -1);
    });
    expect(broken).toEqual([]);
  });

  test('has no cycle of files within a folder', () => {
    const cyclic = FILES.filter((file) =>
      VALUES.some(
        ({ from, to }) => from === file && FILES.includes(to) && reachableFrom(to).has(file),
      ),
    );
    expect(cyclic).toEqual([]);
  });
});
