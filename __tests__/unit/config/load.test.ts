import { describe, expect, test } from '@jest/globals';
import {
  type FileReading,
  type LoadedConfig,
  loadConfig,
  parseRemote,
} from '../../../src/config/load.js';
import { INPUTS_IN_FILE } from '../../../src/inputs/table.js';
import { failed, ok } from '../../../src/model/result.js';

function load(
  inputs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, FileReading>> = {},
  isWorkspaceEmpty = false,
): Promise<LoadedConfig> {
  const read = (name: string): FileReading => files[name] ?? ok(null);
  const named = { config: inputs['policy-file'] ?? '', baseline: inputs.baseline ?? '' };
  return loadConfig(named, INPUTS_IN_FILE, {
    readLocal: (path) => read(path),
    isWorkspaceEmpty: () => isWorkspaceEmpty,
    readRemote: async ({ owner, repo, path, ref }) => read(`${owner}/${repo}/${path}@${ref}`),
  });
}

const CUSTOM = ok('require: { types: [CUSTOM] }');

describe('the policy', () => {
  test('is the default where nobody names a file and there is none', async () => {
    expect(await load({})).toMatchObject({ config: { types: ['AWS_IAM'] }, problems: [] });
  });

  test('is found at its usual place', async () => {
    const loaded = await load({}, { '.github/apigw-iam-gate.yml': CUSTOM });
    expect(loaded.config.types).toEqual(['AWS_IAM', 'CUSTOM']);
    expect(loaded.source?.file).toBe('.github/apigw-iam-gate.yml');
  });

  test.each<[string, Readonly<Record<string, FileReading>>, boolean, RegExp[]]>([
    ['in a checkout without one', {}, false, []],
    ['where nothing was checked out', {}, true, [/workspace is empty.*actions\/checkout/]],
    [
      'that is named .yaml',
      { '.github/apigw-iam-gate.yaml': CUSTOM },
      false,
      [/^\.github\/apigw-iam-gate\.yaml was not read.*apigw-iam-gate\.yml\. Rename it/],
    ],
    [
      'that is named .json and cannot be read',
      { '.github/apigw-iam-gate.json': failed('EACCES') },
      false,
      [/apigw-iam-gate\.json was not read/],
    ],
    [
      'that is there beside one named .yaml',
      { '.github/apigw-iam-gate.yml': CUSTOM, '.github/apigw-iam-gate.yaml': CUSTOM },
      false,
      [],
    ],
  ])('%s is said to be unseen, or not', async (_what, files, isEmpty, expected) => {
    const { notes, problems } = await load({}, files, isEmpty);
    expect(notes).toEqual(expected.map((it) => expect.stringMatching(it)));
    expect(problems).toEqual([]);
  });

  test('that somebody named is not looked for elsewhere', async () => {
    const { notes } = await load({ 'policy-file': 'p.yml' }, { 'p.yml': CUSTOM }, true);
    expect(notes).toEqual([]);
  });

  test('may be kept in another repository', async () => {
    const name = 'octo/policies/gates/apigw.yml@v1';
    const loaded = await load({ 'policy-file': name }, { [name]: CUSTOM });
    expect(loaded.config.types).toEqual(['AWS_IAM', 'CUSTOM']);
    expect(loaded.source).toBeNull();
  });

  test.each<
    [string, Readonly<Record<string, string>>, Readonly<Record<string, FileReading>>, RegExp]
  >([
    [
      'a named file that is not there',
      { 'policy-file': 'p.yml' },
      {},
      /^policy-file: p\.yml: there is no such file/,
    ],
    [
      'a remote one that is not there',
      { 'policy-file': 'o/r/p.yml@main' },
      {},
      /token may not read/,
    ],
    [
      'one that cannot be read',
      { 'policy-file': 'p.yml' },
      { 'p.yml': failed('EACCES') },
      /EACCES/,
    ],
    [
      'a baseline that is not there',
      { baseline: 'old.json' },
      {},
      /^baseline: old\.json: there is no such/,
    ],
    [
      'a baseline that is none',
      { baseline: 'old.json' },
      { 'old.json': ok('[]') },
      /is not a report of/,
    ],
  ])('%s is a problem', async (_what, inputs, files, expected) => {
    const { problems } = await load(inputs, files);
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });

  test.each<
    [string, Readonly<Record<string, string>>, Readonly<Record<string, FileReading>>, string]
  >([
    [
      'a file of the workspace that is not there',
      { 'policy-file': 'p.yml' },
      {},
      'policy-file: p.yml: there is no such file in the workspace. Check the path, and that actions/checkout runs before this step.',
    ],
    [
      'a file of another repository that is not there',
      { 'policy-file': 'o/r/p.yml@main' },
      {},
      'policy-file: o/r/p.yml@main: there is no such file, or the token may not read the repository. Check owner/repo/path@ref, and give github-token a token that can read it.',
    ],
    [
      'the file at the usual place, which cannot be read',
      {},
      { '.github/apigw-iam-gate.yml': failed('EACCES') },
      'policy-file: .github/apigw-iam-gate.yml: EACCES',
    ],
    [
      'a baseline that cannot be read',
      { baseline: 'b.json' },
      { 'b.json': failed('EACCES') },
      'baseline: b.json: EACCES',
    ],
    [
      'a baseline that is no JSON',
      { baseline: 'b.json' },
      { 'b.json': ok('{') },
      'baseline: b.json: is not JSON.',
    ],
  ])('%s is a problem that says what to check', async (_what, inputs, files, expected) => {
    const loaded = await load(inputs, files);
    expect(loaded).toMatchObject({
      problems: [expected],
      config: { types: ['AWS_IAM'] },
      inputs: {},
      baseline: { findings: null },
    });
    expect(loaded.source).toBeNull();
  });

  test('that is wrong is still the file that findings name, and none of it is in force', async () => {
    const text = 'inputs: { smoke-timeout: 30 }\nrequire: { types: [IAM] }';
    const loaded = await load({ 'policy-file': 'p.yml' }, { 'p.yml': ok(text) });
    expect(loaded.source).toEqual({ file: 'p.yml', text });
    expect(loaded.problems).toEqual([expect.stringMatching(/^p\.yml:2:20: require\.types\[0\]: /)]);
    expect(loaded.inputs).toEqual({});
    expect(loaded.config.types).toEqual(['AWS_IAM']);
  });

  test('that is empty is a file that sets nothing', async () => {
    const loaded = await load({ 'policy-file': 'p.yml' }, { 'p.yml': ok('') });
    expect(loaded).toMatchObject({ problems: [], source: { file: 'p.yml', text: '' }, notes: [] });
  });

  test('that is wrong at its usual place is not said to be missing', async () => {
    const files = { '.github/apigw-iam-gate.yml': ok('x: 1') };
    expect((await load({}, files, true)).notes).toEqual([]);
  });

  test('that is named in two other ways is said of both', async () => {
    const files = {
      '.github/apigw-iam-gate.json': CUSTOM,
      '.github/apigw-iam-gate.yaml': CUSTOM,
    };
    expect((await load({}, files, true)).notes).toEqual(
      ['yaml', 'json'].map(
        (it) =>
          `.github/apigw-iam-gate.${it} was not read: the policy file is .github/apigw-iam-gate.yml. Rename it, or set policy-file: .github/apigw-iam-gate.${it}.`,
      ),
    );
  });

  test('and the baseline are wrong at once', async () => {
    const { problems } = await load({ 'policy-file': 'p.yml', baseline: 'b.json' });
    expect(problems).toHaveLength(2);
  });
});

test('an exception says which file it is from, and of another repository that it is', async () => {
  const exception = '{ methods: GET /a, api: orders, reason: r, owner: o, permanent: true }';
  const file = 'octo/policies/a/b.yml@v1';
  const text = ok(`exceptions: [${exception}]`);
  const place = async (name: string, files: Readonly<Record<string, FileReading>>) =>
    (await load({ 'policy-file': name }, files)).config.exceptions.map(({ location }) => location);
  const remote = { owner: 'octo', repo: 'policies', path: 'a/b.yml', ref: 'v1' };
  expect(await place(file, { [file]: text })).toEqual([{ file, line: 1, remote }]);
  // A path of the checkout that would be another repository's without `./`.
  const local = `./${file}`;
  expect(await place(local, { [local]: text })).toEqual([{ file: local, line: 1 }]);
});

test.each([
  ['octo/policies/a/b.yml@v1', { owner: 'octo', repo: 'policies', path: 'a/b.yml', ref: 'v1' }],
  [
    'octo/policies/b.yml@feature/x',
    { owner: 'octo', repo: 'policies', path: 'b.yml', ref: 'feature/x' },
  ],
  ['.github/apigw-iam-gate.yml', null],
  ['policies/b.yml', null],
  ['policies/b.yml@v1', null],
  ['a/b/c/d.yml', null],
  ['a/b/c.yml@', null],
  ['a/b/@v1', null],
  ['a/b/c.yml@v 1', null],
  ['a/b/c.yml@v1@v2', null],
  ['a b/c/d.yml@v1', null],
  ['a/b c/d.yml@v1', null],
  ['/a/b/c.yml@v1', null],
  ['o.x/r-y/c d.yml@v1', { owner: 'o.x', repo: 'r-y', path: 'c d.yml', ref: 'v1' }],
  ['/etc/a/b.yml', null],
  ['./octo/policies/b.yml@v1', null],
  ['../octo/policies/b.yml@v1', null],
  ['octo/./b.yml@v1', null],
  ['octo/../policies/b.yml@v1', null],
  ['octo/.github/b.yml@v1', { owner: 'octo', repo: '.github', path: 'b.yml', ref: 'v1' }],
  ['octo/policies/b.yml@', null],
  ['octo/policies/b.yml@v1 or another', null],
  ['octo/policies/b.yml@v1\n', null],
  ['octo/policies/@v1', null],
  ['octo//b.yml@v1', null],
  ['say octo/policies/b.yml@v1', null],
  ['o c/policies/b.yml@v1', null],
  ['octo/policies/b.yml@v1@v2', null],
])('%s is read from %j', (name, remote) => {
  expect(parseRemote(name)).toEqual(remote);
});
