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
import {
  EFFECTS,
  IS_ENDED,
  injectLasting,
  injectRound,
  type LastingFault,
  roundsOf,
} from './fault-kit.js';

test.concurrent('a lasting fault on every call of the transaction: the start or the proven end, and the verdict says which', async () => {
  const { start, end, calls } = await cleanTransaction();
  const first = calls.findIndex(({ operation }) => operation === 'GetMethod');
  const ofTransaction = calls.map((call, index) => ({ call, index })).slice(first);
  const cases: LastingFault[] = ofTransaction.flatMap(({ call, index }) =>
    Object.entries(EFFECTS)
      // A read that fails for good fails in one way, whatever the fault was.
      .filter(([what]) => call.mutating || what === '500')
      .map(([what, effect]) => ({
        name: `${what} twice on call ${index - first + 1} (${call.operation})`,
        index,
        effect,
      })),
  );
  expect(ofTransaction.length).toBeGreaterThanOrEqual(15);

  const ends = new Set<string>();
  const problems = await problemsOf(cases, async (one) => {
    const emulator = await emulatorWith(SMALL);
    injectLasting(emulator, one);
    const { main, journal } = await runAlone(enforceStep(emulator));
    const state = whichState(emulator, start, end);
    const [transaction] = reportOf(main).transactions ?? [];
    ends.add(state);
    const wanted = { start: ['restored', 1], end: ['proven', 0] }[state];
    const found = [transaction?.state, main.exitCode];
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      return `${state}, but the report says ${found.join(', exit code ')}\n${main.stdout}`;
    }
    // Nothing is left to the post step.
    return IS_ENDED.test(journal) ? null : `the journal is open:\n${journal}`;
  });
  expect(problems).toEqual([]);
  expect([...ends].sort()).toEqual(['end', 'start']);
}, 900_000);

test.concurrent('every call of the transaction fails once, in every way: the proven end', async () => {
  const { start, end, calls } = await cleanTransaction();
  const rounds = roundsOf(
    calls,
    calls.findIndex(({ operation }) => operation === 'GetMethod'),
  );
  const problems = await problemsOf(rounds, async (round) => {
    const emulator = await emulatorWith(SMALL);
    const open = injectRound(emulator, round);
    const { main, journal } = await runAlone(enforceStep(emulator));
    const [transaction] = reportOf(main).transactions ?? [];
    const found = [whichState(emulator, start, end), transaction?.state, main.exitCode];
    if (found.join() !== 'end,proven,0') return `${found.join()}\n${main.stdout}`;
    if (open().length > 0) return `did not happen: ${JSON.stringify(open())}`;
    return IS_ENDED.test(journal) ? null : `the journal is open:\n${journal}`;
  });
  expect(problems).toEqual([]);
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
