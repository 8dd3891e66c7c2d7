import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createQuotas, type Pacing, type Quotas } from '../../../src/aws/quotas.js';
import { withRetries } from '../../../src/aws/retry.js';
import { THROTTLED } from './sdk-error.js';
import { Bucket, chance, Simulation } from './simulation.js';

// Quotas of the service: API Gateway Developer Guide, "Quotas for creating, deploying and managing an
// API".
const TOTAL = { perSecond: 10, burst: 40 };
const GET_RESOURCES = { perSecond: 2.5, burst: 5 };
const CREATE_DEPLOYMENT = { perSecond: 0.2, burst: 1 };

/** What every gate of an account and region asks, on a simulated clock. */
class Service {
  readonly #simulation: Simulation;
  readonly #total: Bucket;
  readonly #resources: Bucket;
  refused = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#total = new Bucket(TOTAL.perSecond, TOTAL.burst, simulation.now);
    this.#resources = new Bucket(GET_RESOURCES.perSecond, GET_RESOURCES.burst, simulation.now);
  }

  /** Answers after 30 ms; whether there was room is decided at once. */
  async ask(operation: string): Promise<void> {
    const isIn = (operation !== 'GetResources' || this.#resources.take()) && this.#total.take();
    if (!isIn) this.refused += 1;
    await this.#simulation.sleep(30);
    if (!isIn) throw THROTTLED;
  }
}

function pacingOf(simulation: Simulation, random: () => number, more: Partial<Pacing> = {}) {
  const { now, sleep } = simulation;
  return createQuotas({ share: 0.8, now, sleep, random, onSlowDown: () => {}, ...more });
}

/** Makes a call until the service lets it in. */
async function insist(operation: string, quotas: Quotas, service: Service): Promise<void> {
  for (;;) {
    try {
      return await quotas.run(operation, () => service.ask(operation));
    } catch (error) {
      if (error !== THROTTLED) throw error;
    }
  }
}

/** Reads so many APIs as the gate does: ten side by side, three calls each. */
async function gate(apis: number, quotas: Quotas, service: Service): Promise<void> {
  let left = apis;
  const reader = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await Promise.all([
        insist('GetResources', quotas, service),
        insist('GetStages', quotas, service),
      ]);
      await insist('GetDeployment', quotas, service);
    }
  };
  await Promise.all(Array.from({ length: 10 }, reader));
}

/** Somebody who asks once a second and takes a refusal for an answer. */
async function user(
  seconds: number,
  startMs: number,
  simulation: Simulation,
  service: Service,
): Promise<{ asked: number; refused: number }> {
  let refused = 0;
  await simulation.sleep(startMs);
  for (let second = 0; second < seconds; second += 1) {
    const begunMs = simulation.now();
    await service.ask('GetResources').catch(() => {
      refused += 1;
    });
    await simulation.sleep(1000 - (simulation.now() - begunMs));
  }
  return { asked: seconds, refused };
}

describe('alone', () => {
  test('the burst is used, then the share', async () => {
    const simulation = new Simulation();
    const service = new Service(simulation);
    await simulation.run(
      gate(
        10,
        pacingOf(simulation, () => 0),
        service,
      ),
    );
    // Five at once, five more at two a second, and the last one's GetDeployment.
    expect(simulation.now()).toBeLessThan(2700);
    expect(service.refused).toBe(0);
  });

  test('a whole share is what the service allows', async () => {
    const simulation = new Simulation();
    const service = new Service(simulation);
    await simulation.run(
      gate(
        10,
        pacingOf(simulation, () => 0, { share: 1 }),
        service,
      ),
    );
    expect(simulation.now()).toBeLessThan(2200);
  });

  test.each([0.1, 0.5, 0.8, 1])(
    '600 APIs come within 1.1 of the floor of a share of %d',
    async (share) => {
      const simulation = new Simulation();
      const service = new Service(simulation);
      await simulation.run(gate(600, pacingOf(simulation, chance(7), { share }), service));
      const floor = (600 - GET_RESOURCES.burst) / (GET_RESOURCES.perSecond * share);
      expect(simulation.now() / 1000 / floor).toBeLessThan(1.1);
      expect(service.refused).toBe(0);
    },
  );
});

test('however late calls arrive and are answered, none of a gate alone is refused', async () => {
  const delay = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 8000 }));
  // Where the processor is busy, calls that were let in one after the other arrive together.
  const together = fc.integer({ min: 1, max: 6000 });
  const settings = fc.record({
    delays: fc.array(fc.tuple(delay, delay), { minLength: 20, maxLength: 40 }),
    together,
    share: fc.constantFrom(0.1, 0.8, 1),
    seed: fc.integer(),
  });
  await fc.assert(
    fc.asyncProperty(settings, async ({ delays, together: everyMs, share, seed }) => {
      const simulation = new Simulation();
      const service = new Service(simulation);
      const quotas = pacingOf(simulation, chance(seed), { share });
      const untilNext = (): number => everyMs - (simulation.now() % everyMs);
      const calls = delays.map(([before, after], index) =>
        quotas.run(index % 3 === 2 ? 'GetStages' : 'GetResources', async () => {
          await simulation.sleep(before + untilNext());
          await service.ask(index % 3 === 2 ? 'GetStages' : 'GetResources');
          await simulation.sleep(after);
        }),
      );
      await simulation.run(Promise.all(calls));
      expect(service.refused).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('no more than the burst and the share are ever sent, whatever is asked and when', async () => {
  const operations = ['GetResources', 'CreateDeployment', 'GetStages', 'UpdateMethod'] as const;
  const call = fc.record({
    operation: fc.constantFrom(...operations),
    afterMs: fc.integer({ min: 0, max: 3000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(0.1, 0.5, 0.8, 1),
      fc.integer(),
      async (calls, share, seed) => {
        const simulation = new Simulation();
        const quotas = pacingOf(simulation, chance(seed), { share });
        const sent: { operation: string; atMs: number }[] = [];
        await simulation.run(
          Promise.all(
            calls.map(async ({ operation, afterMs }) => {
              await simulation.sleep(afterMs);
              await quotas.run(operation, async () => {
                sent.push({ operation, atMs: simulation.now() });
              });
            }),
          ),
        );
        // Nobody starves: every call was let through.
        expect(sent).toHaveLength(calls.length);
        const limits = [
          { of: sent, ...TOTAL },
          { of: sent.filter((it) => it.operation === 'GetResources'), ...GET_RESOURCES },
          { of: sent.filter((it) => it.operation === 'CreateDeployment'), ...CREATE_DEPLOYMENT },
        ];
        for (const { of, perSecond, burst } of limits) {
          of.forEach(({ atMs: fromMs }, first) => {
            of.slice(first).forEach(({ atMs }, index) => {
              const allowed = burst + ((atMs - fromMs) / 1000) * perSecond * share;
              expect(index + 1).toBeLessThanOrEqual(allowed + 1e-6);
            });
          });
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('calls of one kind are let through in the order in which they came', async () => {
  const simulation = new Simulation();
  const quotas = pacingOf(simulation, chance(3));
  const order: number[] = [];
  const calls = Array.from({ length: 30 }, (_, index) =>
    quotas.run(index % 2 === 0 ? 'GetResources' : 'GetStages', async () => void order.push(index)),
  );
  await simulation.run(Promise.all(calls));
  for (const rest of [0, 1]) {
    const ofKind = order.filter((index) => index % 2 === rest);
    expect(ofKind).toEqual(ofKind.toSorted((one, other) => one - other));
  }
});

test('first calls that reach the service late are not followed too soon', async () => {
  const simulation = new Simulation();
  const quotas = pacingOf(simulation, () => 0);
  const bucket = new Bucket(GET_RESOURCES.perSecond, GET_RESOURCES.burst, simulation.now);
  const arrivals: boolean[] = [];
  let isConnected = false;
  const ask = async (): Promise<void> => {
    // Opening a connection takes most of a second; one that is open is as good as none.
    if (!isConnected) await simulation.sleep(800);
    isConnected = true;
    arrivals.push(bucket.take());
  };
  await simulation.run(
    Promise.all(Array.from({ length: 12 }, () => quotas.run('GetResources', ask))),
  );
  expect(arrivals).toEqual(Array.from({ length: 12 }, () => true));
});

test('deployments are as far apart as the share asks, and no farther', async () => {
  const simulation = new Simulation();
  const quotas = pacingOf(simulation, () => 0.99);
  const calls = Array.from({ length: 5 }, () => quotas.run('CreateDeployment', async () => {}));
  await simulation.run(Promise.all(calls));
  expect(simulation.now()).toBeCloseTo(4 * 6250, 3);
});

test('what fails takes nobody else with it, and takes its place in the quota', async () => {
  const simulation = new Simulation();
  const quotas = pacingOf(simulation, () => 0);
  const failed = quotas.run('GetResources', async () => {
    throw new Error('refused');
  });
  await expect(simulation.run(failed)).rejects.toThrow('refused');
  await simulation.run(
    Promise.all(Array.from({ length: 5 }, () => quotas.run('GetResources', async () => {}))),
  );
  expect(simulation.now()).toBeCloseTo(500, 6);
});

test('whoever waits leaves once there is no use in it, and holds nobody else up', async () => {
  const simulation = new Simulation();
  const quotas = pacingOf(simulation, () => 0, { share: 0.1 });
  const leave = new Error('no use');
  const sent: number[] = [];
  const check = (): void => {
    if (simulation.now() >= 2000) throw leave;
  };
  const impatient = Array.from({ length: 60 }, () =>
    quotas.run('GetResources', async () => void sent.push(simulation.now()), check),
  );
  const patient = quotas.run('GetResources', async () => simulation.now());
  const results = await simulation.run(Promise.allSettled(impatient));
  expect(simulation.now()).toBeLessThanOrEqual(2500);
  expect(sent).toHaveLength(GET_RESOURCES.burst);
  const reasons = results.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  expect(new Set(reasons)).toEqual(new Set([leave]));
  expect(await simulation.run(patient)).toBeCloseTo(4000, 6);
});

describe('with company', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

  test('a user at one GetResources a second is refused at most one time in ten', async () => {
    let asked = 0;
    let refused = 0;
    for (const seed of seeds) {
      const simulation = new Simulation();
      const service = new Service(simulation);
      const quotas = pacingOf(simulation, chance(seed));
      const beside = user(40, chance(seed + 1000)() * 1000, simulation, service);
      void gate(200, quotas, service);
      const result = await simulation.run(beside);
      // One run is short, and chance has a say in it.
      expect(result.refused).toBeLessThanOrEqual(8);
      asked += result.asked;
      refused += result.refused;
    }
    expect(refused / asked).toBeLessThan(0.05);
  });

  test('six gates that begin together come to their end, none much later than the others', async () => {
    for (const seed of seeds.slice(0, 5)) {
      const simulation = new Simulation();
      const service = new Service(simulation);
      const ends: number[] = [];
      const gates = Array.from({ length: 6 }, async (_, index) => {
        await gate(25, pacingOf(simulation, chance(seed * 10 + index)), service);
        ends.push(simulation.now() / 1000);
      });
      await simulation.run(Promise.all(gates));
      // What the quota itself takes for all of them; each gate began with the same.
      const floor = (150 - GET_RESOURCES.burst) / GET_RESOURCES.perSecond;
      expect(Math.max(...ends) / floor).toBeLessThan(2);
      expect(Math.min(...ends) / Math.max(...ends)).toBeGreaterThan(0.4);
      // Not a hundred for each of them.
      expect(service.refused).toBeLessThan(150);
    }
  });

  test('the pace comes back once nobody else is there', async () => {
    const simulation = new Simulation();
    const lines: string[] = [];
    const onSlowDown = (line: string): void => void lines.push(line);
    const quotas = pacingOf(simulation, () => 0, { onSlowDown });
    const throttle = async (): Promise<never> => {
      throw THROTTLED;
    };
    await expect(simulation.run(quotas.run('GetResources', throttle))).rejects.toBe(THROTTLED);
    expect(lines).toEqual([
      'AWS throttled GetResources: something else uses the same quota of the account. The gate slows down from 2.00 to 1.40 calls a second',
    ]);
    const secondsFor = async (calls: number): Promise<number> => {
      const begun = simulation.now();
      const made = Array.from({ length: calls }, () => quotas.run('GetResources', async () => {}));
      await simulation.run(Promise.all(made));
      return (simulation.now() - begun) / 1000;
    };
    expect(await secondsFor(5)).toBeCloseTo(5 / 1.4, 6);
    await simulation.run(simulation.sleep(120_000));
    // The burst is back, too.
    expect(await secondsFor(5)).toBe(0);
    expect(await secondsFor(10)).toBeCloseTo(5, 6);
  });

  test('calls that were refused together slow the pace down once', async () => {
    const simulation = new Simulation();
    const lines: string[] = [];
    const onSlowDown = (line: string): void => void lines.push(line);
    const quotas = pacingOf(simulation, () => 0, { onSlowDown });
    const refused = Array.from({ length: 5 }, () =>
      quotas
        .run('GetResources', async () => {
          await simulation.sleep(30);
          throw THROTTLED;
        })
        .catch(() => {}),
    );
    await simulation.run(Promise.all(refused));
    expect(lines).toHaveLength(1);
  });

  test('calls without a quota of their own slow all calls down', async () => {
    const simulation = new Simulation();
    const lines: string[] = [];
    const onSlowDown = (line: string): void => void lines.push(line);
    const quotas = pacingOf(simulation, () => 0, { onSlowDown });
    const throttled = quotas.run('GetStages', async () => {
      throw THROTTLED;
    });
    await expect(simulation.run(throttled)).rejects.toBe(THROTTLED);
    expect(lines[0]).toContain('from 8.00 to 5.60 calls a second');
  });

  test('however often it is throttled, a gate still asks now and then', async () => {
    const simulation = new Simulation();
    const quotas = pacingOf(simulation, chance(5));
    let asked = 0;
    const ask = async (): Promise<void> => {
      const settings = {
        logger: {
          info: () => {},
          debug: () => {},
          group: <T>(_: string, phase: () => Promise<T>) => phase(),
        },
        maxAttempts: 40,
        sleep: simulation.sleep,
        random: () => 0,
      };
      const call = { operation: 'GetResources', subject: 'a1', idempotent: true };
      const make = (): Promise<void> =>
        quotas.run('GetResources', async () => {
          asked += 1;
          if (asked < 40) throw THROTTLED;
        });
      await withRetries(call, make, settings);
    };
    await simulation.run(ask());
    expect(asked).toBe(40);
  });
});
