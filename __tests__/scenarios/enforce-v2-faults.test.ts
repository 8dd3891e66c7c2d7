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
import { EFFECTS, type FaultCase, injectAt } from './fault-kit.js';

/**
 * Every fault on the first call of each operation that changes something, and on every other call the one
 * that lasts: a call that fails for good fails in one way, whatever the fault was. What is read when all is
 * proven is none of the transaction's.
 */
async function casesOf(one: V2Case): Promise<FaultCase[]> {
  const { calls } = await cleanV2(one);
  const first = calls.findIndex(({ mutating }) => mutating) - 1;
  const last = calls.findLastIndex(({ mutating }) => mutating) + READ_BY_PROOF;
  const seen = new Set<string>();
  return calls.flatMap((call, index) => {
    if (index < first || index > last) return [];
    const isFirst = call.mutating && !seen.has(call.operation);
    seen.add(call.operation);
    return Object.entries(EFFECTS).flatMap(([what, effect]) =>
      ([1, 2] as const).flatMap((times) => {
        if (!isFirst && (times === 1 || what !== '500')) return [];
        const name = `${what} ${times}× on call ${index} (${call.operation})`;
        return [{ name, index, times, effect }];
      }),
    );
  });
}

/** Calls that a proof makes at least behind the last change. */
const READ_BY_PROOF = 6;

test.concurrent.each(Object.entries(CASES))(
  'a fault on every call of the transaction (%s): the start or the proven end, or live, each route the one or the other',
  async (_, one) => {
    const clean = await cleanV2(one);
    const cases = await casesOf(one);
    expect(clean.mutating.length).toBeGreaterThan(0);
    const ends = new Map<string, number>();
    const problems = await problemsOf(cases, async (fault) => {
      const emulator = await v2Emulator(one);
      injectAt(emulator, fault);
      const { main, journal } = await runAlone(enforceV2Step(emulator, one));
      const state = whichV2State(emulator, one, clean);
      const [transaction] = reportOf(main).transactions ?? [];
      ends.set(state, (ends.get(state) ?? 0) + 1);
      const wanted = { start: 'restored', partial: 'partial', end: 'proven' };
      const told = transaction?.state ?? '';
      if (!(state in wanted) || told !== Reflect.get(wanted, state)) {
        return `${state}, but the report says ${told}\n${main.stdout}`;
      }
      if (state !== 'end' && main.exitCode !== 1) return `exit code ${main.exitCode}`;
      if (fault.times === 1 && state !== 'end')
        return `one fault was not outlasted\n${main.stdout}`;
      // Nothing is left to the post step.
      return /"record":"end"[^\n]*\n$/.test(journal) ? null : `the journal is open:\n${journal}`;
    });
    expect(problems).toEqual([]);
    expect(ends.get('end')).toBeGreaterThan(0);
    expect([...ends.keys()].some((state) => state !== 'end')).toBe(true);
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
