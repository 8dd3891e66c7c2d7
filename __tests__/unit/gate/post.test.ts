import { expect, test } from '@jest/globals';
import { JournalUnreadable } from '../../../src/enforce/transaction/journal.js';
import type { InterruptedDependencies } from '../../../src/enforce/transaction/roll-back-interrupted.js';
import { runPost } from '../../../src/gate/post.js';
import { fakeRetries, memoryJournal } from '../enforce/enforcement-kit.js';

/** A post step whose journal nobody can read, and what it says. */
async function postStep(writeSummary: (markdown: string) => Promise<void>) {
  const said: string[] = [];
  const dependencies: InterruptedDependencies = {
    journal: {
      ...memoryJournal(),
      readUnfinished: () => Promise.reject(new JournalUnreadable('it is a link')),
    },
    scope: { region: 'eu-west-1', apiIds: '*' },
    servicesIn: () => {
      throw new Error('nothing may be asked');
    },
    retries: fakeRetries(),
  };
  const exitCode = await runPost(dependencies, {
    error: (message) => said.push(`error: ${message}`),
    warning: (message) => said.push(`warning: ${message}`),
    writeSummary,
  });
  return { exitCode, said };
}

test('what was not rolled back is said first, in the summary too', async () => {
  const summaries: string[] = [];
  const { exitCode, said } = await postStep(async (markdown) => {
    summaries.push(markdown);
  });
  expect(exitCode).toBe(1);
  expect(said).toEqual([expect.stringMatching(/^error: The journal .* it is a link/)]);
  expect(summaries).toEqual([expect.stringContaining('it is a link')]);
});

test('a summary that cannot be written is a warning behind it, and changes no exit code', async () => {
  const full = () => Promise.reject(new Error('ENOSPC: no space left on device'));
  const { exitCode, said } = await postStep(full);
  expect(exitCode).toBe(1);
  expect(said).toEqual([
    expect.stringMatching(/^error: The journal /),
    'warning: The job summary could not be written: ENOSPC: no space left on device',
  ]);
});
