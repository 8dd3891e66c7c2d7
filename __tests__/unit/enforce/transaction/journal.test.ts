import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Step } from '../../../../src/enforce/steps/registry.js';
import {
  type AnnouncedStep,
  createJournal,
  JournalUnreadable,
  journalPath,
  type TransactionHeader,
} from '../../../../src/enforce/transaction/journal.js';
import { isIdentityOf } from '../../../../src/enforce/transaction/journal-file.js';
import { parseJournal } from '../../../../src/enforce/transaction/parse-journal.js';
import { EnforcementStopped } from '../../../../src/enforce/transaction/stopped.js';

const TOKEN = '0a1b2c3d-0000-4000-8000-0123456789ab';

const OTHER = '0a1b2c3d-0000-4000-8000-0123456789ac';

const HEADER: TransactionHeader = {
  token: TOKEN,
  region: 'eu-west-1',
  apiId: 'a1b2c3',
  kind: 'REST',
  apiName: 'orders',
  stages: { prod: 'd1' },
  canaries: {},
};

const STEPS: readonly Step[] = [
  {
    kind: 'patch-method',
    target: { apiId: 'a1b2c3', resourceId: 'r1', method: 'GET', path: '/a' },
    does: { authorizationType: 'AWS_IAM' },
    rollBack: { authorizationType: 'CUSTOM', authorizerId: 'auth1', authorizationScopes: ['s'] },
  },
  {
    kind: 'create-deployment',
    target: { apiId: 'a1b2c3' },
    does: { description: `Transaction: ${TOKEN}` },
    rollBack: { deleteWhereDescriptionHolds: TOKEN },
  },
  {
    kind: 'move-stage',
    target: { apiId: 'a1b2c3', stage: 'prod' },
    does: { deploymentId: 'd2' },
    rollBack: { deploymentId: 'd1' },
  },
];

/** Steps of an API that is not a REST API. */
const V2_STEPS: readonly Step[] = [
  {
    kind: 'update-route',
    target: { apiId: 'a1b2c3', routeId: 'r1', method: 'GET', path: '/a' },
    does: { authorizationType: 'AWS_IAM', isLive: true },
    rollBack: {
      ...{ authorizationType: 'JWT', authorizerId: 'auth1', authorizationScopes: ['s'] },
      apiKeyRequired: false,
    },
  },
  {
    kind: 'create-v2-deployment',
    target: { apiId: 'a1b2c3' },
    does: { description: `Transaction: ${TOKEN}` },
    rollBack: { deleteWhereDescriptionHolds: TOKEN },
  },
  {
    kind: 'move-v2-stage',
    target: { apiId: 'a1b2c3', stage: 'prod' },
    does: { deploymentId: 'd2' },
    rollBack: { deploymentId: 'd1' },
  },
];

/** The steps as they are read: without an answer, and not rolled back yet. */
function announced(): AnnouncedStep[] {
  return STEPS.map((step) => ({ step, isConfirmed: false, settled: null }));
}

/** A journal's transaction, whatever file its text is from. */
function read(text: string): ReturnType<typeof parseJournal> {
  return parseJournal({ text, isOf: () => true });
}

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'));
  folders.push(folder);
  return journalPath(join(folder, 'report'));
}

async function writtenJournal(): Promise<{ path: string; text: string }> {
  const path = await newPath();
  const journal = createJournal(path);
  await journal.begin(HEADER);
  for (const step of STEPS) await journal.announce(step);
  return { path, text: await readFile(path, 'utf8') };
}

describe('the journal', () => {
  test('gives back a transaction that did not end, to another process', async () => {
    const { path } = await writtenJournal();
    expect(await createJournal(path).readUnfinished()).toEqual({ ...HEADER, steps: announced() });
  });

  test('gives back nothing once it ended, or where there is none', async () => {
    const { path } = await writtenJournal();
    const journal = createJournal(path);
    await journal.end('rolled-back', []);
    expect(await journal.readUnfinished()).toBeNull();
    expect(await createJournal(await newPath()).readUnfinished()).toBeNull();
  });

  test('holds several transactions of one run, and begins anew with the next run', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    await journal.begin(HEADER);
    await journal.end('completed', []);
    await journal.begin({ ...HEADER, token: OTHER });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
    expect(await journal.readUnfinished()).toMatchObject({ token: OTHER, steps: [] });
    await createJournal(path).begin(HEADER);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
  });

  test('cut short anywhere, gives back the steps that were announced whole', async () => {
    const { text } = await writtenJournal();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), (length) => {
        const cut = text.slice(0, length);
        const whole = cut.split('\n').length - 1;
        const found = read(cut);
        expect(found?.steps ?? null).toEqual(whole === 0 ? null : announced().slice(0, whole - 1));
      }),
    );
  });

  test('cuts a half line off before it goes on', async () => {
    const { path } = await writtenJournal();
    await appendFile(path, '{"record":"st');
    const journal = createJournal(path);
    await journal.end('rolled-back', []);
    expect(await journal.readUnfinished()).toBeNull();
  });

  test('is not believed with a transaction within another', async () => {
    const { text } = await writtenJournal();
    expect(() => read(text + text)).toThrow(JournalUnreadable);
  });

  test('says which steps AWS answered, and what rolling back came to', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    const idOf = ({ kind }: Step): string | undefined => (kind === 'move-stage' ? 'v6' : undefined);
    await journal.begin(HEADER);
    for (const step of STEPS) {
      await journal.announce(step);
      if (step.kind !== 'create-deployment') await journal.confirm(idOf(step));
    }
    const left = { state: 'not-rolled-back', words: 'GET /a is gone', isFinal: true } as const;
    await journal.settle(0, { state: 'rolled-back' });
    await journal.settle(0, left);
    const found = await createJournal(path).readUnfinished();
    expect(found?.steps.map(({ isConfirmed }) => isConfirmed)).toEqual([true, false, true]);
    expect(found?.steps.map(({ madeId }) => madeId)).toEqual([undefined, undefined, 'v6']);
    expect(found?.steps.map(({ settled }) => settled)).toEqual([left, null, null]);
  });

  const BEGIN = JSON.stringify({ record: 'begin', format: 'apigw-iam-gate/journal/v1', ...HEADER });
  /** A step's line, in which what rolls it back is `undo`. */
  const stepLine = ({ rollBack: undo, ...step }: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({ record: 'step', step: { ...step, undo } });
  const GRANT = {
    kind: 'attach-group-policy',
    target: { policyName: 'apigw-iam-gate-a1b2c3-prod', groupName: 'tills' },
    does: { purpose: 'a1b2c3/prod' },
    rollBack: { detach: true },
  };

  test('is written and read in the words that its format has had from the beginning', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    const begin = '{"record":"begin","format":"apigw-iam-gate/journal/v1"';
    const lines = [
      `{"record":"step","step":{"kind":"move-stage","target":{"apiId":"a1b2c3","stage":"prod"},"does":{"deploymentId":"d2"},"undo":{"deploymentId":"d1"}}}`,
      '{"record":"confirmed"}',
      '{"record":"settled","step":0,"result":{"state":"put-back"}}',
      '{"record":"settled","step":0,"result":{"state":"nothing-to-undo"}}',
      '{"record":"settled","step":0,"result":{"state":"left","words":"w","isFinal":false}}',
    ];
    await journal.begin(HEADER);
    const [, , move] = STEPS;
    if (move === undefined) throw new Error('there is no step');
    await journal.announce(move);
    await journal.confirm();
    const results = [
      { state: 'rolled-back' },
      { state: 'nothing-to-roll-back' },
      { state: 'not-rolled-back', words: 'w', isFinal: false },
    ] as const;
    for (const result of results) await journal.settle(0, result);
    const [first, ...others] = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(first?.startsWith(begin)).toBe(true);
    expect(others).toEqual(lines);
    for (const [index, settled] of results.entries()) {
      const text = [first, ...lines.slice(0, 3 + index)].join('\n');
      const steps = [{ step: move, isConfirmed: true, settled }];
      expect(read(`${text}\n`)).toEqual({ ...HEADER, steps });
    }
    await journal.end('rolled-back', ['x']);
    const end = '{"record":"end","ending":"undone","left":["x"]}\n';
    expect((await readFile(path, 'utf8')).endsWith(end)).toBe(true);
  });

  test('of a version that did not look at canaries is read, too', () => {
    const { canaries: _, ...old } = HEADER;
    const begin = JSON.stringify({ record: 'begin', format: 'apigw-iam-gate/journal/v1', ...old });
    expect(read(`${begin}\n`)).toEqual({ ...HEADER, steps: [] });
  });

  test('of a version that enforced REST APIs alone is of one', () => {
    const { kind: _, ...old } = HEADER;
    const begin = JSON.stringify({ record: 'begin', format: 'apigw-iam-gate/journal/v1', ...old });
    expect(read(`${begin}\n`)).toEqual({ ...HEADER, steps: [] });
  });

  test.each(['HTTP', 'WEBSOCKET'] as const)('holds the steps of an API of the kind %s', (kind) => {
    const begin = BEGIN.replace('"kind":"REST"', `"kind":"${kind}"`);
    const lines = [begin, ...V2_STEPS.map(stepLine), stepLine(GRANT)];
    expect(read(`${lines.join('\n')}\n`)).toMatchObject({
      kind,
      steps: [...V2_STEPS, GRANT].map((step) => ({ step })),
    });
    // What is of REST APIs rolls nothing else back, and the other way round.
    for (const step of STEPS) {
      expect(() => read(`${begin}\n${stepLine(step)}\n`)).toThrow(JournalUnreadable);
    }
  });

  test('is believed with the lines that the gate writes', () => {
    const lines = [BEGIN, ...STEPS.map(stepLine), stepLine(GRANT)];
    expect(read(`${lines.join('\n')}\n`)?.steps).toHaveLength(4);
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['another record', '{"record":"later"}'],
    ['an unknown kind of step', '{"record":"step","step":{"kind":"later"}}'],
    ['a step without what rolls it back', stepLine({ ...STEPS[2], rollBack: {} })],
    [
      'a deletion of every deployment',
      stepLine({ ...STEPS[1], rollBack: { deleteWhereDescriptionHolds: '' } }),
    ],
    [
      "a deletion of another transaction's deployment",
      stepLine({ ...STEPS[1], rollBack: { deleteWhereDescriptionHolds: OTHER } }),
    ],
    [
      'a method of another API',
      stepLine({ ...STEPS[0], target: { ...STEPS[0]?.target, apiId: 'x' } }),
    ],
    ['a deployment of another API', stepLine({ ...STEPS[1], target: { apiId: 'x' } })],
    ['a stage of another API', stepLine({ ...STEPS[2], target: { apiId: 'x', stage: 'prod' } })],
    [
      'a stage put elsewhere than it was',
      stepLine({ ...STEPS[2], rollBack: { deploymentId: 'open' } }),
    ],
    [
      'a stage that was not there',
      stepLine({ ...STEPS[2], target: { apiId: 'a1b2c3', stage: 'constructor' } }),
    ],
    ['a policy of another API', stepLine({ ...GRANT, does: { purpose: 'x/prod' } })],
    [
      "a policy that is not the gate's",
      stepLine({ ...GRANT, target: { ...GRANT.target, policyName: 'AdministratorAccess' } }),
    ],
    ...V2_STEPS.map((step): [string, string] => [`${step.kind}`, stepLine(step)]),
    ['a confirmation of nothing', '{"record":"confirmed"}'],
    [
      'the rolling back of a step that is not there',
      '{"record":"settled","step":7,"result":{"state":"put-back"}}',
    ],
    [
      'the rolling back of a step to nothing known',
      '{"record":"settled","step":0,"result":{"state":"left"}}',
    ],
  ])('is not believed with a line that is %s', (_, line) => {
    expect(() => read(`${BEGIN}\n${line}\n`)).toThrow(JournalUnreadable);
  });

  test.each([
    ['another format', { format: 'later' }],
    ['a token that is no UUID', { token: 'Transaction' }],
    ['a kind of API that nobody knows', { kind: 'GRAPHQL' }],
    ['an empty token', { token: '' }],
    ['a UUID with more behind it', { token: `${TOKEN}\n` }],
    ['stages that are no ids', { stages: { prod: 1 } }],
  ])('is not believed with a beginning that has %s', (_, parts) => {
    const begin = { record: 'begin', format: 'apigw-iam-gate/journal/v1', ...HEADER, ...parts };
    expect(() => read(`${JSON.stringify(begin)}\n`)).toThrow(JournalUnreadable);
  });

  test.each([stepLine(STEPS[0] ?? {}), '{"record":"end"}', '{"record":"confirmed"}'])(
    'is not believed where %s stands in no transaction',
    (line) => {
      expect(() => read(`${line}\n`)).toThrow(JournalUnreadable);
    },
  );

  test('tells what earlier transactions of the same API completed, and of no other', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    const [patch, , move] = STEPS;
    if (patch === undefined || move === undefined) throw new Error('there are no steps');
    const run = async (apiId: string, ending: 'completed' | 'rolled-back' | null) => {
      await journal.begin({ ...HEADER, apiId });
      for (const step of [patch, move]) {
        // The parser refuses steps of another API than their transaction's.
        await journal.announce(JSON.parse(JSON.stringify(step).replaceAll('a1b2c3', apiId)));
        await journal.confirm();
      }
      if (ending !== null) await journal.end(ending, []);
    };
    await run('other1', 'completed');
    await run('a1b2c3', 'rolled-back');
    await run('a1b2c3', 'completed');
    await run('a1b2c3', null);
    expect((await journal.readUnfinished())?.completed).toEqual([
      'GET /a to AWS_IAM',
      'stage prod to deployment d2',
    ]);
    await journal.end('completed', []);
    expect(await journal.readUnfinished()).toBeNull();
    await run('other1', null);
    expect((await journal.readUnfinished())?.completed).toHaveLength(2);
    await journal.end('rolled-back', []);
    await run('third1', null);
    expect(await journal.readUnfinished()).not.toHaveProperty('completed');
  });

  test('that cannot be written stops enforcement', async () => {
    const path = await newPath();
    const folder = join(path, '..');
    await writeFile(folder, 'a file where the folder should be');
    const begun = createJournal(path).begin(HEADER);
    await expect(begun).rejects.toThrow(EnforcementStopped);
    await expect(begun).rejects.toThrow('report-dir');
  });

  test('writes an end that could not be written before anything else begins', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    await journal.begin(HEADER);
    await rename(path, `${path}.away`);
    await expect(journal.end('rolled-back', ['GET /a'])).rejects.toThrow(EnforcementStopped);
    await expect(journal.begin({ ...HEADER, token: OTHER })).rejects.toThrow(EnforcementStopped);
    await rename(`${path}.away`, path);
    await journal.begin({ ...HEADER, token: OTHER });
    expect((await createJournal(path).readUnfinished())?.token).toBe(OTHER);
    await journal.end('completed', []);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ record: 'begin', token: TOKEN }),
      { record: 'end', ending: 'undone', left: ['GET /a'] },
      expect.objectContaining({ record: 'begin', token: OTHER }),
      { record: 'end', ending: 'completed', left: [] },
    ]);
  });

  describe('that something else touches while it is written', () => {
    const HANDS: readonly [string, (path: string) => Promise<void>, string][] = [
      ['deletes it', (path) => rm(path), 'could not be written'],
      ['deletes its folder', (path) => rm(dirname(path), { recursive: true }), 'could not be'],
      [
        'puts a copy in its place',
        async (path) => {
          await copyFile(path, `${path}.copy`);
          await rename(`${path}.copy`, path);
        },
        'something else changed it',
      ],
      ['begins another', (path) => createJournal(path).begin(HEADER), 'something else changed it'],
      [
        'ends it',
        (path) => createJournal(path).end('rolled-back', []),
        'something else changed it',
      ],
      ['empties it', (path) => writeFile(path, ''), 'something else changed it'],
    ];

    test.each(HANDS)(
      'and %s: nothing further is announced, and no half of it is left',
      async (_, touch, words) => {
        const path = await newPath();
        const journal = createJournal(path);
        await journal.begin(HEADER);
        const [patch, deploy] = STEPS;
        if (patch === undefined || deploy === undefined) throw new Error('there is no step');
        await journal.announce(patch);
        await touch(path);
        const left = await readFile(path, 'utf8').catch(() => null);
        const announced = journal.announce(deploy);
        await expect(announced).rejects.toThrow(EnforcementStopped);
        await expect(announced).rejects.toThrow(words);
        expect(await readFile(path, 'utf8').catch(() => null)).toBe(left);
      },
    );

    test('and cuts its last line short: that is no other hand', async () => {
      const path = await newPath();
      const journal = createJournal(path);
      await journal.begin(HEADER);
      await appendFile(path, '{"record":"st');
      await journal.end('completed', []);
      expect(await createJournal(path).readUnfinished()).toBeNull();
    });
  });

  describe('that came from elsewhere', () => {
    const COPIES: readonly [string, (path: string, text: string) => Promise<void>][] = [
      // The first file is there while the second is made, so that they have not the same number.
      [
        'a copy in its place',
        async (path) => {
          await copyFile(path, `${path}.copy`);
          await rename(`${path}.copy`, path);
        },
      ],
      [
        'of a version that did not say where it wrote',
        (path, text) => writeFile(path, text.replace(/,"file":"[^"]+"/, '')),
      ],
      [
        'that names another file',
        (path, text) => writeFile(path, text.replace(/"file":"/, '"file":"1')),
      ],
      [
        'that names a time at which this file was not made',
        (path, text) => writeFile(path, text.replace(/("file":"\d+-)[^"]+/, '$11')),
      ],
    ];

    test.each(COPIES)('(%s) it is not believed, and is left as it is', async (_, replace) => {
      const { path, text } = await writtenJournal();
      await replace(path, text);
      const before = await readFile(path, 'utf8');
      const found = createJournal(path).readUnfinished();
      await expect(found).rejects.toThrow(JournalUnreadable);
      await expect(found).rejects.toThrow('came from elsewhere');
      expect(await readFile(path, 'utf8')).toBe(before);
    });

    test('and has ended, it is as none, and this run’s own is believed', async () => {
      const { path } = await writtenJournal();
      await createJournal(path).end('completed', []);
      await copyFile(path, `${path}.copy`);
      await rename(`${path}.copy`, path);
      expect(await createJournal(path).readUnfinished()).toBeNull();
      await createJournal(path).begin(HEADER);
      expect(await createJournal(path).readUnfinished()).toEqual({ ...HEADER, steps: [] });
    });

    test.each<[string, Parameters<typeof isIdentityOf>[0], string, boolean]>([
      ['the same', { ino: 7n, birthtimeNs: 5n, ctimeNs: 9n }, '7-5', true],
      ['another number', { ino: 8n, birthtimeNs: 5n, ctimeNs: 9n }, '7-5', false],
      ['another time', { ino: 7n, birthtimeNs: 6n, ctimeNs: 9n }, '7-5', false],
      ['a disk that keeps no such time', { ino: 7n, birthtimeNs: 0n, ctimeNs: 9n }, '7-0', true],
      ['the last change in its place', { ino: 7n, birthtimeNs: 9n, ctimeNs: 9n }, '7-5', true],
      ['both of another', { ino: 77n, birthtimeNs: 9n, ctimeNs: 9n }, '7-5', false],
      ['nothing', { ino: 7n, birthtimeNs: 9n, ctimeNs: 9n }, '', false],
    ])('a file is known by its number and its time: %s', (_, status, file, isSame) => {
      expect(isIdentityOf(status, file)).toBe(isSame);
    });
  });

  describe('in a place where somebody else has a hand in it', () => {
    const PLACES: readonly [string, (path: string) => Promise<void>, string][] = [
      [
        'a link',
        async (path) => {
          await writeFile(`${path}.real`, await readFile(path));
          await rm(path);
          await symlink(`${path}.real`, path);
        },
        'it is a link',
      ],
      ['a file with another name', (path) => link(path, `${path}.other`), 'another name'],
      ['a file that all may write', (path) => chmod(path, 0o666), 'other users may write'],
      [
        'a folder that is a link',
        async (path) => {
          await rename(dirname(path), `${dirname(path)}.real`);
          await symlink(`${dirname(path)}.real`, dirname(path));
        },
        'is a link',
      ],
      [
        'a folder',
        async (path) => {
          await rm(path);
          await mkdir(path);
        },
        'no regular file',
      ],
      [
        'a pipe',
        async (path) => {
          await rm(path);
          execFileSync('mkfifo', [path]);
        },
        'no regular file',
      ],
    ];

    test.each(PLACES)('(%s) it is neither believed nor written', async (_, replace, words) => {
      const { path } = await writtenJournal();
      const before = await readFile(path, 'utf8');
      await replace(path);
      const journal = createJournal(path);
      await expect(journal.readUnfinished()).rejects.toThrow(JournalUnreadable);
      await expect(journal.readUnfinished()).rejects.toThrow(words);
      await expect(journal.begin(HEADER)).rejects.toThrow(EnforcementStopped);
      for (const other of [`${path}.real`, `${path}.other`]) {
        const text = await readFile(other, 'utf8').catch(() => before);
        expect(text).toBe(before);
      }
    });

    test('a link to nowhere makes no file there', async () => {
      const path = await newPath();
      await mkdir(dirname(path));
      await symlink(`${path}.elsewhere`, path);
      await expect(createJournal(path).begin(HEADER)).rejects.toThrow('it is a link');
      await expect(readFile(`${path}.elsewhere`)).rejects.toThrow('ENOENT');
    });

    test('a folder in which nothing can be made ends, and says so', async () => {
      const journal = createJournal('/proc/nope/deeper/enforce-journal.jsonl');
      await expect(journal.begin(HEADER)).rejects.toThrow(EnforcementStopped);
      expect(await journal.readUnfinished()).toBeNull();
    });
  });
});

describe('two runs with one file', () => {
  const theirs = { ...HEADER, token: OTHER };
  const [step] = STEPS;
  if (step === undefined) throw new Error('no step');
  const MEANWHILE = /something else changed it meanwhile/;

  test.each<[found: string, ended: boolean]>([
    ['no file', false],
    ['a transaction that has ended', true],
  ])('found %s: the second begins nothing, and the first goes on', async (_found, ended) => {
    const path = await newPath();
    if (ended) {
      const before = createJournal(path);
      await before.begin(HEADER);
      await before.end('completed', []);
    }
    const [one, other] = [createJournal(path), createJournal(path)];
    expect(await one.readUnfinished()).toBeNull();
    expect(await other.readUnfinished()).toBeNull();
    await one.begin(HEADER);
    await expect(other.begin(theirs)).rejects.toThrow(MEANWHILE);
    await one.announce(step);
    await one.confirm();
    expect(read(await readFile(path, 'utf8'))).toMatchObject({
      token: TOKEN,
      steps: [{ isConfirmed: true }],
    });
  });

  test('the one whose beginning was overwritten by one as long announces nothing', async () => {
    const path = await newPath();
    const [one, other] = [createJournal(path), createJournal(path)];
    await one.begin(HEADER);
    const length = (await readFile(path)).length;
    await other.begin(theirs);
    expect((await readFile(path)).length).toBe(length);
    await expect(one.announce(step)).rejects.toThrow(MEANWHILE);
    await other.announce(step);
    expect(read(await readFile(path, 'utf8'))).toMatchObject({ token: OTHER, steps: [{}] });
  });

  test('a journal that was taken away since it was read is begun anew', async () => {
    const path = await newPath();
    const before = createJournal(path);
    await before.begin(HEADER);
    await before.end('completed', []);
    const journal = createJournal(path);
    expect(await journal.readUnfinished()).toBeNull();
    await rm(path);
    await journal.begin(theirs);
    expect(read(await readFile(path, 'utf8'))).toMatchObject({ token: OTHER });
  });

  test('whatever is announced in any order by two runs, the file tells one of them alone', async () => {
    const turns = fc.array(
      fc.tuple(fc.boolean(), fc.constantFrom(...(['begin', 'announce', 'confirm'] as const))),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(turns, async (given) => {
        const path = await newPath();
        const runs = [
          { journal: createJournal(path), header: HEADER, isBegun: false, isAnnounced: false },
          { journal: createJournal(path), header: theirs, isBegun: false, isAnnounced: false },
        ];
        for (const { journal } of runs) await journal.readUnfinished();
        const done: string[] = [];
        for (const [isFirst, what] of given) {
          const run = runs[isFirst ? 0 : 1];
          if (run === undefined || (what === 'begin') === run.isBegun) continue;
          if (what === 'confirm' && !run.isAnnounced) continue;
          const { journal, header } = run;
          const act = {
            begin: () => journal.begin(header),
            announce: () => journal.announce(step),
            confirm: () => journal.confirm(),
          };
          try {
            await act[what]();
            if (what === 'begin') run.isBegun = true;
            run.isAnnounced = what === 'announce';
            done.push(header.token);
          } catch (error) {
            expect(error).toBeInstanceOf(EnforcementStopped);
          }
        }
        expect(new Set(done).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});
