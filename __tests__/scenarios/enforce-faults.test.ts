import { expect, test } from '@jest/globals';
import {
  cleanTransaction,
  emulatorWith,
  enforceStep,
  problemsOf,
  reportOf,
  runAlone,
  runJob,
  SMALL,
  whichState,
} from './enforce-kit.js';
import { EFFECTS, type FaultCase, injectAt } from './fault-kit.js';

test.concurrent('a fault on every call of the transaction: the start or the proven end, and the verdict says which', async () => {
  const { start, end, calls } = await cleanTransaction();
  const first = calls.findIndex(({ operation }) => operation === 'GetMethod');
  const ofTransaction = calls.map((call, index) => ({ call, index })).slice(first);
  const cases: FaultCase[] = ofTransaction.flatMap(({ call, index }) =>
    Object.entries(EFFECTS).flatMap(([what, effect]) =>
      ([1, 2] as const)
        // A read that fails for good fails in one way, whatever the fault was.
        .filter((times) => times === 1 || call.mutating || what === '500')
        .map((times) => ({
          name: `${what} ${times}× on call ${index - first + 1} (${call.operation})`,
          index,
          times,
          effect,
        })),
    ),
  );
  expect(ofTransaction.length).toBeGreaterThanOrEqual(15);

  const ends: Record<string, number> = {};
  const problems = await problemsOf(cases, async (one) => {
    const emulator = await emulatorWith(SMALL);
    injectAt(emulator, one);
    const { main, journal } = await runAlone(enforceStep(emulator));
    const state = whichState(emulator, start, end);
    const [transaction] = reportOf(main).transactions ?? [];
    ends[state] = (ends[state] ?? 0) + 1;
    const wanted = { start: ['restored', 1], end: ['proven', 0] }[state];
    const found = [transaction?.state, main.exitCode];
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      return `${state}, but the report says ${found.join(', exit code ')}\n${main.stdout}`;
    }
    if (one.times === 1 && state !== 'end') return `one fault was not outlasted\n${main.stdout}`;
    // Nothing is left to the post step.
    return /"record":"end"[^\n]*\n$/.test(journal) ? null : `the journal is open:\n${journal}`;
  });
  expect(problems).toEqual([]);
  expect(ends.end).toBeGreaterThanOrEqual(ofTransaction.length * 5);
  expect(ends.start).toBeGreaterThan(0);
}, 900_000);

test.concurrent('a patch that was applied although its answer was lost is not made again', async () => {
  const emulator = await emulatorWith(SMALL);
  emulator.injectFault({ operation: 'UpdateMethod', times: 1, effect: { kind: 'reset-after' } });
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
  expect(main.stdout).toContain('was carried out; only the answer was lost');
  const patches = emulator.requests.filter(({ operation }) => operation === 'UpdateMethod');
  expect(patches).toHaveLength(2);
});

test.concurrent('a patch that was not applied is made again, once', async () => {
  const emulator = await emulatorWith(SMALL);
  emulator.injectFault({ operation: 'UpdateMethod', times: 1, effect: { kind: 'reset' } });
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
  const patches = emulator.requests.filter(({ operation }) => operation === 'UpdateMethod');
  expect(patches).toHaveLength(3);
});

test.concurrent.each(['reset-after', 'reset', 'truncate'] as const)(
  'a lost CreateDeployment (%s) leaves one deployment',
  async (kind) => {
    const emulator = await emulatorWith(SMALL);
    emulator.injectFault({ operation: 'CreateDeployment', times: 1, effect: { kind } });
    const { main } = await runJob(enforceStep(emulator));
    expect(main.exitCode).toBe(0);
    const deployments = [...(emulator.account.apis.get('t1r2a3n4s5')?.deployments.keys() ?? [])];
    expect(deployments).toHaveLength(3);
    expect(main.outputs['deployment-id']).toBe(deployments[2]);
  },
);

test.concurrent('the lost deployment is found on a later page of many, by its token', async () => {
  const many = Array.from({ length: 1200 }, (_, index) => ({
    id: `old${index}`,
    description: 'apigw-iam-gate: IAM authorization turned on. Transaction: another',
  }));
  const [api] = SMALL.apis ?? [];
  if (api === undefined) throw new Error('the seed has no API');
  const seed = { apis: [{ ...api, deployments: [...(api.deployments ?? []), ...many] }] };
  const emulator = await emulatorWith(seed);
  emulator.injectFault({
    operation: 'CreateDeployment',
    times: 1,
    effect: { kind: 'reset-after' },
  });
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
  const pages = emulator.requests.filter(({ operation }) => operation === 'GetDeployments');
  expect(pages.length).toBeGreaterThanOrEqual(3);
  expect(emulator.account.apis.get('t1r2a3n4s5')?.deployments.size).toBe(1203);
});
