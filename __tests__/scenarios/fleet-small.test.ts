import { describe, expect, test } from '@jest/globals';
import { compareWithTruth, withoutTimes } from '../../bench/fleet/compare.js';
import type { EmulatorProcess } from '../../bench/fleet/emulator-process.js';
import { type Played, playFleet } from '../../bench/fleet/play.js';
import { usageOf } from '../../bench/fleet/usage.js';
import { type Fleet, fleetSchema } from '../../emulator/fleet/schema.js';
import { truthOf } from '../../emulator/fleet/truth.js';
import { layOut } from '../../emulator/fleet/world.js';
import { startEmulator } from '../../emulator/server.js';

/** Twenty accounts by two regions by five APIs. */
const SMALL = fleetSchema.parse({
  seed: 20,
  accounts: 20,
  regions: ['eu-west-1', 'eu-south-1'],
  apis: 200,
  largest: 9,
  methods: 6,
  empty: 0.1,
  denied: 3,
  suspended: 1,
  disabled: 1,
  open: 0.06,
  canaries: 1,
  externalId: 'fleet-20',
});

/** An emulator in this process. */
function inProcess(quotas: boolean) {
  return async (fleet: Fleet): Promise<EmulatorProcess> => {
    const seed = { account: { region: 'eu-west-1' }, fleet };
    const emulator = await startEmulator({ seed, quotas, log: 'counts' });
    return {
      env: emulator.env,
      async close() {
        await emulator.close();
        const { counts, quotaViolations } = emulator;
        return { counts, quotaViolations, othersRefused: 0, usage: usageOf('jest') };
      },
    };
  };
}

/** How often each operation was called. */
function callsOf({ emulator }: Played): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { operation, count } of emulator.counts)
    calls[operation] = (calls[operation] ?? 0) + count;
  return calls;
}

// Both at once: what they wait for is their own count of the quotas.
const played = Promise.all([
  playFleet(SMALL, { shards: 2, atOnce: 2, start: inProcess(true) }),
  playFleet(SMALL, { shards: 1, atOnce: 1, start: inProcess(true) }),
]);

describe('a small organization, from plan to verdict', () => {
  test('is found out as it is, within the quotas', async () => {
    const [two] = await played;
    expect(compareWithTruth(two.report, truthOf(layOut(SMALL)))).toEqual([]);
    expect(two.emulator.quotaViolations).toEqual([]);
    expect(two.attempt.conclusion).toBe('failure');
    expect(two.emulator.counts.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('takes no call that it does not need, and one session an account', async () => {
    const [two] = await played;
    // One more for a canary.
    expect(callsOf(two)).toMatchObject({
      GetResources: 200,
      GetStages: 200,
      GetDeployment: 201,
      ListAccounts: 3,
    });
    const sessions = two.emulator.counts.filter(
      ({ operation, status }) => operation === 'AssumeRole' && status === 200,
    );
    expect(sessions.reduce((sum, { count }) => sum + count, 0)).toBe(16);
  });

  test('would be found out if it were told otherwise', async () => {
    const [{ report }] = await played;
    const truth = truthOf(layOut(SMALL));
    const [read] = report.targets.filter(({ state }) => state === 'read');
    const about = report.findings.findIndex(({ api }) => api !== null);
    const wrong = [
      { ...report, findings: report.findings.toSpliced(about, 1) },
      { ...report, findings: [...report.findings, ...report.findings.slice(about, about + 1)] },
      { ...report, targets: report.targets.filter(({ id }) => id !== read?.id) },
      { ...report, leftOut: [] },
      { ...report, verdict: 'pass' as const },
    ];
    for (const told of wrong) expect(compareWithTruth(told, truth)).not.toEqual([]);
  });

  test('comes to the same bytes, but for times, whatever number of shards read it', async () => {
    const [two, one] = await played;
    expect(withoutTimes(one.text)).toBe(withoutTimes(two.text));
  });
});
