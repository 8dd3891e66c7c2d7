import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import { Patience } from '../../../src/aws/patience.js';
import { type Call, withRetries } from '../../../src/aws/retry.js';
import { DENIED, RESET, serviceError, THROTTLED } from './sdk-error.js';
import { Simulation } from './simulation.js';

const READ: Call = { operation: 'GetResources', subject: 'a1b2c3', idempotent: true };
const UNAVAILABLE = serviceError('ServiceUnavailableException', 503);

/** A world with 60 s of patience, its clock at the beginning of 1970. */
function patientWorld({ silenceMs = 60_000, maxAttempts = 3 } = {}) {
  const simulation = new Simulation();
  const lines: string[] = [];
  const patience = new Patience({ silenceMs, now: simulation.now });
  const settings = {
    logger: {
      info: (line: string) => void lines.push(line),
      debug: () => {},
      group: <T>(_title: string, phase: () => Promise<T>) => phase(),
    },
    maxAttempts,
    sleep: simulation.sleep,
    random: () => 1,
    patience,
  };
  const failureOf = (call: Call, make: () => Promise<unknown>): Promise<AwsFailure | 'done'> =>
    withRetries(call, make, settings).then(
      () => 'done' as const,
      (error: unknown) => {
        if (error instanceof AwsFailure) return error;
        throw error;
      },
    );
  return { simulation, lines, patience, settings, failureOf };
}

/** Fails with an error for so long, and is a success from then on. */
function failingUntil(ms: number, error: Error, simulation: Simulation) {
  const calls = { made: 0 };
  const make = async (): Promise<void> => {
    calls.made += 1;
    await simulation.sleep(20);
    if (simulation.now() < ms) throw error;
  };
  return { calls, make };
}

describe('throttling', () => {
  test('is waited out however often it is met, as long as there is time', async () => {
    const { simulation, failureOf } = patientWorld();
    const { calls, make } = failingUntil(50_000, THROTTLED, simulation);
    expect(await simulation.run(failureOf(READ, make))).toBe('done');
    expect(calls.made).toBeGreaterThan(10);
  });

  test('ends the call once AWS has answered none of its kind for so long', async () => {
    const { simulation, failureOf } = patientWorld();
    const { make } = failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation);
    const failure = await simulation.run(failureOf(READ, make));
    expect(failure).toMatchObject({ operation: 'GetResources', kind: 'throttled' });
    expect(simulation.now()).toBeGreaterThan(50_000);
    expect(simulation.now()).toBeLessThanOrEqual(60_000);
  });

  test('is told with the time of day at which it ends', async () => {
    const { simulation, failureOf, lines } = patientWorld();
    const { make } = failingUntil(1000, THROTTLED, simulation);
    await simulation.run(failureOf(READ, make));
    expect(lines[0]).toBe(
      'GetResources a1b2c3: attempt 1 failed (TooManyRequestsException: Too Many Requests); trying again in 0.5 s, until 00:01:00 UTC unless AWS answers before',
    );
  });

  test('does not end a call while others of its kind are answered', async () => {
    const { simulation, failureOf } = patientWorld();
    const { make } = failingUntil(300_000, THROTTLED, simulation);
    const slow = failureOf(READ, make);
    const others = (async () => {
      for (let index = 0; index < 9; index += 1) {
        await simulation.sleep(40_000);
        await failureOf(READ, async () => {});
      }
    })();
    const [result] = await simulation.run(Promise.all([slow, others]));
    expect(result).toBe('done');
  });

  test('of one kind of call is no matter of another kind', async () => {
    const { simulation, failureOf } = patientWorld();
    const { make } = failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation);
    const throttled = failureOf(READ, make);
    const others = (async () => {
      for (let index = 0; index < 20; index += 1) {
        await simulation.sleep(10_000);
        await failureOf({ ...READ, operation: 'GetStages' }, async () => {});
      }
    })();
    const [result] = await simulation.run(Promise.all([throttled, others]));
    expect(result).toMatchObject({ kind: 'throttled' });
  });
});

describe('failures that are no throttling', () => {
  test.each([
    ['a server error', UNAVAILABLE],
    ['a lost connection', RESET],
  ])('%s is met so often at the most, throttled attempts aside', async (_what, error) => {
    const { simulation, failureOf, lines } = patientWorld();
    const errors = [THROTTLED, error, THROTTLED, THROTTLED, error, THROTTLED, error, error];
    let made = 0;
    const make = async (): Promise<void> => {
      const next = errors[made];
      made += 1;
      if (next !== undefined) throw next;
    };
    expect(await simulation.run(failureOf(READ, make))).toMatchObject({ attempts: 7 });
    expect(lines).toHaveLength(6);
  });

  test('end by time, too, where attempts take long', async () => {
    const { simulation, failureOf } = patientWorld({ maxAttempts: 50 });
    const make = async (): Promise<void> => {
      await simulation.sleep(30_000);
      throw RESET;
    };
    expect(await simulation.run(failureOf(READ, make))).toMatchObject({ kind: 'network' });
    // The last attempt began in time.
    expect(simulation.now()).toBeLessThanOrEqual(90_000);
  });

  test('a refusal is an answer', async () => {
    const { simulation, failureOf } = patientWorld();
    const refuse = async (): Promise<void> => {
      throw DENIED;
    };
    const throttled = failingUntil(90_000, THROTTLED, simulation);
    const slow = failureOf(READ, throttled.make);
    const refused = simulation.sleep(45_000).then(() => failureOf(READ, refuse));
    const [first, second] = await simulation.run(Promise.all([slow, refused]));
    expect(first).toBe('done');
    expect(second).toMatchObject({ kind: 'access-denied', attempts: 1 });
  });
});

describe('after the patience with a kind of call has run out', () => {
  test('it is read no more, and the failure says why', async () => {
    const { simulation, failureOf } = patientWorld();
    const { make } = failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation);
    await simulation.run(failureOf(READ, make));
    const begun = simulation.now();
    let made = 0;
    const next = await simulation.run(
      failureOf({ ...READ, subject: 'another' }, async () => {
        made += 1;
      }),
    );
    expect(next).toMatchObject({
      kind: 'throttled',
      message: expect.stringContaining(
        'GetResources failed without being made: AWS kept throttling',
      ),
    });
    expect({ made, waitedMs: simulation.now() - begun }).toEqual({ made: 0, waitedMs: 0 });
  });

  test('those that wait end with it, and are not sent any more', async () => {
    const { simulation, failureOf } = patientWorld();
    const calls = Array.from({ length: 10 }, () =>
      failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation),
    );
    const results = await simulation.run(
      Promise.all(calls.map(({ make }) => failureOf(READ, make))),
    );
    expect(results.every((it) => it !== 'done' && it.kind === 'throttled')).toBe(true);
    expect(simulation.now()).toBeLessThanOrEqual(60_000);
  });

  test('a change is still made once, and another one where that is answered', async () => {
    const { simulation, failureOf } = patientWorld();
    const change: Call = { operation: 'UpdateStage', subject: 'prod', idempotent: false };
    const { make } = failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation);
    await simulation.run(failureOf(change, make));
    const once = failingUntil(Number.POSITIVE_INFINITY, THROTTLED, simulation);
    await simulation.run(failureOf(change, once.make));
    expect(once.calls.made).toBe(1);
    expect(await simulation.run(failureOf(change, async () => {}))).toBe('done');
    const again = failingUntil(simulation.now() + 30_000, THROTTLED, simulation);
    expect(await simulation.run(failureOf(change, again.make))).toBe('done');
  });

  test('time in which nothing was asked does not count', async () => {
    const { simulation, failureOf } = patientWorld();
    await simulation.run(failureOf(READ, async () => {}));
    await simulation.run(simulation.sleep(3_600_000));
    const { make } = failingUntil(simulation.now() + 40_000, THROTTLED, simulation);
    expect(await simulation.run(failureOf(READ, make))).toBe('done');
  });
});

describe('a phase', () => {
  test('makes no call after its end, although AWS answers others', async () => {
    const { simulation, failureOf, patience, settings, lines } = patientWorld();
    const made: number[] = [];
    const read = async (): Promise<(AwsFailure | 'done')[]> => {
      const results: (AwsFailure | 'done')[] = [];
      for (let index = 0; index < 10; index += 1) {
        await simulation.sleep(30_000);
        const result = await failureOf(READ, async () => void made.push(simulation.now()));
        results.push(result);
      }
      return results;
    };
    const results = await simulation.run(patience.phase(100_000, settings.logger, read));
    expect(lines[0]).toBe(
      'This ends at 00:01:40 UTC at the latest. A call that AWS leaves unanswered for 60 s is given up earlier.',
    );
    expect(made).toEqual([30_000, 60_000, 90_000]);
    expect(results.at(-1)).toMatchObject({ operation: 'GetResources', kind: 'throttled' });
    expect(await simulation.run(failureOf(READ, async () => {}))).toBe('done');
  });
});

test('a call that waited for room until the time was up is not sent', async () => {
  const { simulation, settings, patience } = patientWorld();
  let sent = 0;
  const call = patience.phase(60_000, settings.logger, () =>
    withRetries(
      READ,
      async (begin) => {
        await simulation.sleep(61_000);
        begin();
        sent += 1;
      },
      settings,
    ),
  );
  await expect(simulation.run(call)).rejects.toThrow(
    'GetResources failed without being made: AWS kept throttling the call (ThrottledByQuota: the time was up before there was room for it)',
  );
  expect(sent).toBe(0);
});

test('a long list read from a control plane that is down ends by time, not after every item', async () => {
  const { simulation, failureOf } = patientWorld({ maxAttempts: 8 });
  let made = 0;
  const make = async (): Promise<void> => {
    made += 1;
    await simulation.sleep(20);
    throw UNAVAILABLE;
  };
  const read = async (): Promise<void> => {
    for (let item = 0; item < 60; item += 1) {
      const failed = await Promise.all(Array.from({ length: 10 }, () => failureOf(READ, make)));
      expect(failed.every((it) => it !== 'done' && it.kind === 'unavailable')).toBe(true);
    }
  };
  await simulation.run(read());
  expect(simulation.now()).toBeLessThan(120_000);
  expect(made).toBeLessThan(200);
});

test('what was given up is tried again later, once', async () => {
  const { simulation, failureOf } = patientWorld();
  const { make, calls } = failingUntil(400_000, THROTTLED, simulation);
  await simulation.run(failureOf(READ, make));
  const before = calls.made;
  await simulation.run(simulation.sleep(120_000));
  expect(await simulation.run(failureOf(READ, make))).toMatchObject({ attempts: 1 });
  expect(calls.made).toBe(before + 1);
  await simulation.run(simulation.sleep(300_000));
  expect(await simulation.run(failureOf(READ, make))).toBe('done');
});
