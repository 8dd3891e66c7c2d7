import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createJournal,
  JournalUnreadable,
  journalPath,
  parseJournal,
  type TransactionHeader,
} from '../../../src/enforce/journal.js';
import type { Step } from '../../../src/enforce/step.js';
import { EnforcementStopped } from '../../../src/enforce/stopped.js';

const HEADER: TransactionHeader = {
  token: 't0',
  region: 'eu-west-1',
  apiId: 'a1b2c3',
  apiName: 'orders',
  stages: { prod: 'd1' },
};

const STEPS: readonly Step[] = [
  {
    kind: 'patch-method',
    target: { apiId: 'a1b2c3', resourceId: 'r1', method: 'GET', path: '/a' },
    does: { authorizationType: 'AWS_IAM' },
    undo: { authorizationType: 'CUSTOM', authorizerId: 'auth1', authorizationScopes: ['s'] },
  },
  {
    kind: 'create-deployment',
    target: { apiId: 'a1b2c3' },
    does: { description: 'by t0' },
    undo: { deleteWhereDescriptionHolds: 't0' },
  },
  {
    kind: 'move-stage',
    target: { apiId: 'a1b2c3', stage: 'prod' },
    does: { deploymentId: 'd2' },
    undo: { deploymentId: 'd1' },
  },
];

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
    expect(await createJournal(path).readUnfinished()).toEqual({ ...HEADER, steps: STEPS });
  });

  test('gives back nothing once it ended, or where there is none', async () => {
    const { path } = await writtenJournal();
    const journal = createJournal(path);
    await journal.end('undone', []);
    expect(await journal.readUnfinished()).toBeNull();
    expect(await createJournal(await newPath()).readUnfinished()).toBeNull();
  });

  test('holds several transactions of one run, and begins anew with the next run', async () => {
    const path = await newPath();
    const journal = createJournal(path);
    await journal.begin(HEADER);
    await journal.end('completed', []);
    await journal.begin({ ...HEADER, token: 't1' });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
    expect(await journal.readUnfinished()).toMatchObject({ token: 't1', steps: [] });
    await createJournal(path).begin({ ...HEADER, token: 't2' });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
  });

  test('cut short anywhere, gives back the steps that were announced whole', async () => {
    const { text } = await writtenJournal();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), (length) => {
        const cut = text.slice(0, length);
        const whole = cut.split('\n').length - 1;
        const found = parseJournal(cut);
        expect(found?.steps ?? null).toEqual(whole === 0 ? null : STEPS.slice(0, whole - 1));
      }),
    );
  });

  test('cuts a half line off before it goes on', async () => {
    const { path } = await writtenJournal();
    await appendFile(path, '{"record":"st');
    const journal = createJournal(path);
    await journal.end('undone', []);
    expect(await journal.readUnfinished()).toBeNull();
  });

  test('is not believed with a transaction within another', async () => {
    const { text } = await writtenJournal();
    expect(() => parseJournal(text + text)).toThrow(JournalUnreadable);
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['another record', '{"record":"later"}'],
    ['an unknown kind of step', '{"record":"step","step":{"kind":"later"}}'],
    [
      'a step without what undoes it',
      JSON.stringify({ record: 'step', step: { ...STEPS[2], undo: {} } }),
    ],
    [
      'a deletion of every deployment',
      JSON.stringify({
        record: 'step',
        step: { ...STEPS[1], undo: { deleteWhereDescriptionHolds: '' } },
      }),
    ],
    ['another format', JSON.stringify({ record: 'begin', format: 'later', ...HEADER })],
  ])('is not believed with a line that is %s', (_, line) => {
    expect(() => parseJournal(`${line}\n`)).toThrow(JournalUnreadable);
  });

  test('that cannot be written stops enforcement', async () => {
    const path = await newPath();
    const folder = join(path, '..');
    await writeFile(folder, 'a file where the folder should be');
    const begun = createJournal(path).begin(HEADER);
    await expect(begun).rejects.toThrow(EnforcementStopped);
    await expect(begun).rejects.toThrow('report-dir');
  });
});
