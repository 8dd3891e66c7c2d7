import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UNREADABLE } from '../../src/model/evidence.js';
import { RULES } from '../../src/rules/index.js';

const SRC = resolve('src');

interface Import {
  /** Of the importing file, relative to `src`, with `/`. */
  readonly from: string;
  /** A file relative to `src`, or a package. */
  readonly to: string;
  /** Nothing of it is left when the types are stripped. */
  readonly isTypeOnly: boolean;
  /** `import('…')`: loaded by the run that needs it. */
  readonly isOnUse: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split(sep).join('/'))
    .toSorted();
}

const IMPORT =
  /^(?:(?:import|export)\s+(?<type>type\s+)?(?<clause>[^'";=(]+?)\s+from|import)\s+'(?<to>[^']+)'/gm;

const IMPORT_ON_USE = /\bimport\(\s*'(?<to>[^']+)'\s*\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const atStart = [...text.matchAll(IMPORT)].map(({ groups = {} }) => {
    const { type, clause = '', to = '' } = groups;
    const names = /^\{(.*)\}$/s.exec(clause)?.[1]?.split(',');
    const isEveryNameType = names?.every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
    const isTypeOnly = type !== undefined || isEveryNameType;
    return { from: file, to: targetOf(file, to), isTypeOnly, isOnUse: false };
  });
  const onUse = [...text.matchAll(IMPORT_ON_USE)].map(({ groups = {} }) => {
    return { from: file, to: targetOf(file, groups.to ?? ''), isTypeOnly: false, isOnUse: true };
  });
  return [...atStart, ...onUse];
}

function targetOf(file: string, to: string): string {
  if (!to.startsWith('.')) return to;
  const path = relative(SRC, resolve(SRC, dirname(file), to));
  return path.split(sep).join('/').replace(/\.js$/, '.ts');
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
    const atStart = { isTypeOnly: false, isOnUse: false };
    expect(IMPORTS).toContainEqual({ from: 'evidence/collect.ts', to: 'p-limit', ...atStart });
    const judge = 'rules/judge.ts';
    expect(IMPORTS).toContainEqual({ from: judge, to: 'rules/index.ts', ...atStart });
    expect(IMPORTS).toContainEqual({
      from: judge,
      to: 'model/finding.ts',
      isTypeOnly: true,
      isOnUse: false,
    });
    // Several lines, a value among types.
    expect(VALUES).toContainEqual({
      from: 'evidence/join.ts',
      to: 'model/evidence.ts',
      ...atStart,
    });
    expect(VALUES).toContainEqual({
      from: 'config/load.ts',
      to: 'config/parse.ts',
      isTypeOnly: false,
      isOnUse: true,
    });
  });

  test('overlooks none', () => {
    for (const file of FILES) {
      const text = readFileSync(join(SRC, file), 'utf8');
      const statements = text.match(/^(import\b|export\b[^=;(]*?\bfrom\b)|\bimport\(/gm) ?? [];
      expect([file, importsOf(file).length]).toEqual([file, statements.length]);
      expect(text).not.toMatch(/\brequire\(/);
    }
  });

  test('knows every file that is imported', () => {
    const targets = IMPORTS.filter(({ to }) => to.endsWith('.ts')).map(({ to }) => to);
    expect(targets.filter((to) => !FILES.includes(to))).toEqual([]);
  });
});

describe('what is pure', () => {
  /** Folders in which a value depends on its arguments alone. */
  const PURE = ['model', 'rules', 'report', 'config', 'fleet'];
  const IS_IO =
    /^(node:(?!crypto$|net$|path$|url$|util$)|@aws-sdk\/client-|@smithy\/|@actions\/|@octokit\/|p-limit$|p-retry$|p-throttle$)/;

  test('of the network, only what reads the text of an address is imported', () => {
    const users = IMPORTS.filter(({ to }) => to === 'node:net').map(({ from }) => from);
    for (const file of new Set(users)) {
      const text = readFileSync(join(SRC, file), 'utf8');
      expect(text).toMatch(
        /^import \{ (?:isIP|isIPv4|isIPv6)(?:, isIPv[46])* \} from 'node:net';$/m,
      );
    }
  });

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
    'enforce/plan.ts',
    'probe/classify/rest.ts',
    'probe/settle.ts',
  ])('%s does no I/O', (file) => {
    expect([...reachableFrom(file)].filter((it) => IS_IO.test(it))).toEqual([]);
  });
});

/** Files and packages that are loaded with a file, before anything runs. */
function loadedWith(start: string): Set<string> {
  const loaded = new Set<string>([start]);
  for (const file of loaded) {
    for (const { from, to, isOnUse } of VALUES) if (from === file && !isOnUse) loaded.add(to);
  }
  return loaded;
}

describe('what is shipped', () => {
  test('imports nothing outside src', () => {
    expect(IMPORTS.filter(({ to }) => to.startsWith('..'))).toEqual([]);
  });

  test('reads the environment in one folder', () => {
    const readers = FILES.filter((file) =>
      /process\.env/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect([...new Set(readers.map(folderOf))]).toEqual(['runtime']);
  });

  test('talks to the runner in one folder', () => {
    const talkers = IMPORTS.filter(({ to }) => to === '@actions/core').map(({ from }) => from);
    expect([...new Set(talkers.map(folderOf))]).toEqual(['runtime']);
  });

  test('makes its client of GitHub in one file', () => {
    const makers = IMPORTS.filter(({ to }) => /^@(actions\/github|octokit)\b/.test(to));
    expect(new Set(makers.map(({ from }) => from))).toEqual(new Set(['publish/github/client.ts']));
  });

  test.each([
    ['entry/action.ts', 'runtime/main.ts', 'runtime/post.ts'],
    ['entry/post.ts', 'runtime/post.ts', 'runtime/main.ts'],
    ['entry/fleet-plan.ts', 'runtime/plan-step.ts', 'gate/gate.ts'],
    ['entry/fleet-merge.ts', 'runtime/merge-step.ts', 'gate/gate.ts'],
  ])('%s leads to %s, and in no way to %s', (entry, own, other) => {
    expect(reachableFrom(entry)).toContain(own);
    expect(reachableFrom(entry)).not.toContain(other);
  });

  test('the command line reaches nothing of a runner, and loads little before it knows what is asked', () => {
    expect([...reachableFrom('runtime/cli/main.ts')]).not.toContain('@actions/core');
    expect([...reachableFrom('entry/cli.ts')]).toContain('runtime/cli/main.ts');
    expect([...loadedWith('entry/cli.ts')]).toEqual(['entry/cli.ts', 'version.ts']);
    const renders = /^(report|publish)\/(?!publish\.ts)|^@|^zod/;
    const ofHelp = [...loadedWith('runtime/cli/help.ts')].filter((it) => renders.test(it));
    expect(ofHelp).toEqual([PARTITIONS]);
  });

  test('the post step reaches nothing that enforces, delivers or asks an endpoint', () => {
    const reached = [...reachableFrom('entry/post.ts')];
    const begins =
      /^(gate\/(gate|enforce)|enforce\/(plan|transaction\/transaction))\.ts$|^(probe|rules)\//;
    expect(reached.filter((it) => begins.test(it))).toEqual([]);
  });

  test('needs no schema library where there is no policy file', () => {
    expect([...loadedWith('entry/action.ts')].filter((it) => /^zod\b/.test(it))).toEqual([]);
  });

  test('needs no schema library for a post step that finds no journal', () => {
    const loaded = [...loadedWith('runtime/post.ts')];
    expect(loaded).toContain('enforce/steps/registry.ts');
    expect(loaded.filter((it) => /^zod\b/.test(it))).toEqual([]);
    expect([...reachableFrom('runtime/post.ts')]).toContain('zod/mini');
  });

  test('loads with the main step nothing that most runs do without', () => {
    const loaded = [...loadedWith('entry/action.ts')];
    const onUse = /^(@octokit\/|undici$|yaml$|@aws-sdk\/client-(iam|sts)$)/;
    expect(loaded.filter((it) => onUse.test(it))).toEqual([]);
    // Files are judged without an account, so that what speaks to AWS is loaded on use as well.
    expect(loaded.filter((it) => /^@(aws-sdk|smithy)\//.test(it))).toEqual([PARTITIONS]);
    expect([...loadedWith('runtime/run-on-target.ts')]).toContain('@aws-sdk/client-api-gateway');
    // An audit, which is what most runs are, plans nothing and changes nothing.
    const enforces = /^(gate|runtime)\/enforc(e|ing)\.ts$|^enforce\/(?!transaction\/job-scope)/;
    expect(loaded.filter((it) => enforces.test(it))).toEqual([]);
    expect([...reachableFrom('entry/action.ts')].some((it) => enforces.test(it))).toBe(true);
  });
});

describe('the model', () => {
  test('imports nothing, not even types', () => {
    const imported = IMPORTS.filter(({ from }) => folderOf(from) === 'model');
    expect(imported.filter(({ to }) => folderOf(to) !== 'model')).toEqual([]);
  });
});

describe('rules', () => {
  test.each(RULES.map(({ id }) => id))('%s is named in its own file alone', (id) => {
    const named = FILES.filter((file) => readFileSync(join(SRC, file), 'utf8').includes(`'${id}'`));
    // An authorization type that could not be read, and a target's state, are spelled like the rule.
    const isType = (file: string): boolean =>
      id === UNREADABLE && /^(?:model|evidence|fleet|runtime)\/|^rules\/target-/.test(file);
    expect(named.filter((file) => !isType(file))).toEqual([`rules/${id}.ts`]);
  });
});

/** A table of what the regions' partitions are called: data, and no client. */
const PARTITIONS = '@aws-sdk/core/client';

describe('files alone', () => {
  const SPEAKS = /^(@aws-sdk|@smithy|@octokit|undici|node:https?$|node:tls$)/;

  test.each(['gate/judge-files.ts', 'evidence/declared/read.ts', 'runtime/main.ts'])(
    'are judged without loading what speaks to anybody: %s',
    (file) => {
      const speaking = [...loadedWith(file)].filter((it) => SPEAKS.test(it) && it !== PARTITIONS);
      expect(speaking).toEqual([]);
    },
  );

  test('are read by parsers that a run without files does not load', () => {
    const loaded = [...loadedWith('runtime/main.ts'), ...loadedWith('runtime/run-on-target.ts')];
    const readers = /^evidence\/declared\/(read|parse|cloudformation|openapi|sam|terraform|cdk)/;
    expect(loaded.filter((it) => readers.test(it))).toEqual([]);
    expect([...loadedWith('evidence/declared/read.ts')].some((it) => readers.test(it))).toBe(true);
  });
});

describe('the order of the folders', () => {
  /** Values are imported from a folder further up this list, or from the own one. */
  const ORDER = [
    'model',
    'version.ts',
    'config',
    'files',
    'aws',
    'evidence',
    'access',
    'probe',
    'rules',
    'enforce',
    'report',
    'fleet',
    'inputs',
    'publish',
    'gate',
    'runtime',
    'entry',
  ];
  const RANK = new Map(ORDER.map((name, rank) => [name, rank] as const));

  test('is kept by folders: a file at most lies beside them', () => {
    expect(FILES.filter((file) => !file.includes('/'))).toEqual(['version.ts']);
  });

  test('knows every folder', () => {
    const folders = [...new Set(FILES.map(folderOf))];
    expect(folders.filter((folder) => !RANK.has(folder))).toEqual([]);
    expect([...RANK.keys()].filter((name) => !folders.includes(name))).toEqual([]);
  });

  test('is the one of docs/architecture.md', () => {
    const page = readFileSync('docs/architecture.md', 'utf8');
    const listed = [...page.matchAll(/^- `([\w.]+)`: /gm)].map(([, name]) => name);
    expect(listed).toEqual(ORDER);
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
