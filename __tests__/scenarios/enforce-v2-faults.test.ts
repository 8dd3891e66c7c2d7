import { expect, test } from '@jest/globals';
import { problemsOf, reportOf, runAlone, runJob } from './enforce-kit.js';
import {
  CASES,
  cleanV2,
  enforceV2Step,
  type V2Case,
  v2Emulator,
  whichV2State,
} from './enforce-kit-v2.js';
import {
  EFFECTS,
  IS_ENDED,
  injectLasting,
  injectRound,
  type LastingFault,
  roundsOf,
} from './fault-kit.js';

/**
 * The calls of the transaction, from the first one on that tells how it stands. What is read when all is
 * proven is none of the transaction's.
 */
async function transactionOf(one: V2Case) {
  const { calls } = await cleanV2(one);
  const from = calls.findIndex(({ mutating }) => mutating) - 1;
  const to = calls.findLastIndex(({ mutating }) => mutating) + READ_BY_PROOF + 1;
  return { calls, from, to };
}

/** Calls that a proof makes at least behind the last change. */
const READ_BY_PROOF = 6;

/**
 * Every fault on the first call of each operation that changes something, and on every other call a 500:
 * a call that fails for good fails in one way, whatever the fault was.
 */
async function lastingFaults(one: V2Case): Promise<LastingFault[]> {
  const { calls, from, to } = await transactionOf(one);
  const seen = new Set<string>();
  return calls.flatMap((call, index) => {
    if (index < from || index >= to) return [];
    const isFirst = call.mutating && !seen.has(call.operation);
    seen.add(call.operation);
    return Object.entries(EFFECTS)
      .filter(([what]) => isFirst || what === '500')
      .map(([what, effect]) => ({
        name: `${what} twice on call ${index} (${call.operation})`,
        index,
        effect,
      }));
  });
}

test.concurrent.each(Object.entries(CASES))(
  'a lasting fault on every call of the transaction (%s): the start or the proven end, or live, each route the one or the other',
  async (_, one) => {
    const clean = await cleanV2(one);
    const cases = await lastingFaults(one);
    expect(clean.mutating.length).toBeGreaterThan(0);
    const ends = new Set<string>();
    const problems = await problemsOf(cases, async (fault) => {
      const emulator = await v2Emulator(one);
      injectLasting(emulator, fault);
      const { main, journal } = await runAlone(enforceV2Step(emulator, one));
      const state = whichV2State(emulator, one, clean);
      const [transaction] = reportOf(main).transactions ?? [];
      ends.add(state);
      const wanted = { start: 'restored', partial: 'partial', end: 'proven' };
      const told = transaction?.state ?? '';
      if (!(state in wanted) || told !== Reflect.get(wanted, state)) {
        return `${state}, but the report says ${told}\n${main.stdout}`;
      }
      if (state !== 'end' && main.exitCode !== 1) return `exit code ${main.exitCode}`;
      // Nothing is left to the post step.
      return IS_ENDED.test(journal) ? null : `the journal is open:\n${journal}`;
    });
    expect(problems).toEqual([]);
    expect(ends).toContain('end');
    expect(ends.size).toBeGreaterThan(1);
  },
  900_000,
);

test.concurrent.each(Object.entries(CASES))(
  'every call of the transaction fails once, in every way (%s): the proven end',
  async (_, one) => {
    const clean = await cleanV2(one);
    const { calls, from, to } = await transactionOf(one);
    const problems = await problemsOf(roundsOf(calls, from, to), async (round) => {
      const emulator = await v2Emulator(one);
      const open = injectRound(emulator, round);
      const { main, journal } = await runAlone(enforceV2Step(emulator, one));
      const [transaction] = reportOf(main).transactions ?? [];
      const found = [whichV2State(emulator, one, clean), transaction?.state, main.exitCode];
      if (found.join() !== 'end,proven,0') return `${found.join()}\n${main.stdout}`;
      if (open().length > 0) return `did not happen: ${JSON.stringify(open())}`;
      return IS_ENDED.test(journal) ? null : `the journal is open:\n${journal}`;
    });
    expect(problems).toEqual([]);
  },
  900_000,
);

test.concurrent('an update whose answer was lost is not made again', async () => {
  const { HTTP: one } = CASES;
  if (one === undefined) throw new Error('there is no such case');
  const emulator = await v2Emulator(one);
  emulator.injectFault({ operation: 'UpdateRoute', times: 1, effect: { kind: 'reset-after' } });
  const { main } = await runJob(enforceV2Step(emulator, one));
  expect(main.exitCode).toBe(0);
  expect(main.stdout).toContain('was carried out; only the answer was lost');
  const updates = emulator.requests.filter(({ operation }) => operation === 'UpdateRoute');
  expect(updates).toHaveLength(2);
});
