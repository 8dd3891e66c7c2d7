import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import { type Call, withRetries } from '../../../src/aws/retry.js';
import { Cancelled } from '../../../src/model/cancellation.js';
import { CONFLICT, DENIED, networkError, RESET, serviceError, THROTTLED } from './sdk-error.js';

const READ: Call = { operation: 'GetResources', subject: 'a1b2c3', idempotent: true };
const DEPLOY: Call = { operation: 'CreateDeployment', subject: 'a1b2c3', idempotent: false };

interface Trial {
  /** `done`, or the failure that the call ended with. */
  readonly result: 'done' | AwsFailure;
  readonly calls: number;
  readonly waits: readonly number[];
  readonly lines: readonly string[];
}

/** Makes a call that fails with each of the errors in turn and then succeeds. */
async function attempt(
  call: Call,
  errors: readonly Error[],
  { maxAttempts = 8, random = 0 }: { maxAttempts?: number; random?: number } = {},
): Promise<Trial> {
  const waits: number[] = [];
  const lines: string[] = [];
  let calls = 0;
  const make = async (): Promise<'done'> => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return 'done';
  };
  const settings = {
    logger: {
      info: (line: string) => void lines.push(line),
      debug: () => {},
      group: <T>(_title: string, phase: () => Promise<T>) => phase(),
    },
    maxAttempts,
    sleep: async (ms: number) => void waits.push(ms),
    random: () => random,
  };
  const result = await withRetries(call, make, settings).catch((error: unknown) => {
    if (error instanceof AwsFailure) return error;
    throw error;
  });
  return { result, calls, waits, lines };
}

function times(count: number, error: Error): Error[] {
  return Array.from({ length: count }, () => error);
}

describe('a call that succeeds', () => {
  test('is made once, without a wait and without a line', async () => {
    expect(await attempt(READ, [])).toEqual({ result: 'done', calls: 1, waits: [], lines: [] });
  });
});

describe('a call that fails', () => {
  test.each([
    ['throttling', THROTTLED],
    ['a conflict, which the SDK does not retry', CONFLICT],
    ['a server error', serviceError('ServiceUnavailableException', 503)],
    ['a reset', RESET],
    ['a cut answer', new SyntaxError('Unexpected end of JSON input')],
  ])('is made again after %s', async (_what, error) => {
    expect(await attempt(READ, [error, error])).toMatchObject({ result: 'done', calls: 3 });
  });

  test.each([
    ['no permission', DENIED],
    ['no such thing', serviceError('NotFoundException', 404)],
    ['a refusal', serviceError('BadRequestException', 400)],
    ['expired credentials', serviceError('ExpiredTokenException', 403)],
  ])('is not made again after %s', async (_what, error) => {
    const { result, calls, waits, lines } = await attempt(READ, [error]);
    expect(result).toMatchObject({ attempts: 1 });
    expect({ calls, waits, lines }).toEqual({ calls: 1, waits: [], lines: [] });
  });

  test.each([1, 2, 8])('is made %i times at the most', async (maxAttempts) => {
    const trial = await attempt(READ, times(20, THROTTLED), { maxAttempts });
    expect(trial.result).toMatchObject({ kind: 'throttled', attempts: maxAttempts });
    expect(trial.calls).toBe(maxAttempts);
    expect(trial.waits).toHaveLength(maxAttempts - 1);
    expect(trial.lines).toHaveLength(maxAttempts - 1);
  });

  test('fails with the last error, labelled and with its cause', async () => {
    const { result } = await attempt(READ, [THROTTLED, DENIED]);
    expect(result).toMatchObject({
      operation: 'GetResources',
      kind: 'access-denied',
      attempts: 2,
      cause: DENIED,
    });
  });

  test('by a mistake of the program is made once, and nothing announces another attempt', async () => {
    const { result, calls, waits, lines } = await attempt(READ, [
      new TypeError('x is not a function'),
    ]);
    expect(result).toBeInstanceOf(AwsFailure);
    expect({ calls, waits, lines }).toEqual({ calls: 1, waits: [], lines: [] });
  });
});

describe('a call that must not be carried out twice', () => {
  test.each([
    ['a reset', RESET],
    ['a time-out', networkError('ETIMEDOUT')],
    ['a server error', serviceError('ServiceUnavailableException', 503)],
    ['a cut answer', new SyntaxError('Unexpected end of JSON input')],
  ])('is not made again after %s: it may have been carried out', async (_what, error) => {
    const { result, calls, lines } = await attempt(DEPLOY, [error]);
    expect(result).toMatchObject({ operation: 'CreateDeployment', attempts: 1 });
    expect(calls).toBe(1);
    expect(lines).toEqual([]);
  });

  test.each([
    ['throttling', THROTTLED],
    ['a conflict', CONFLICT],
  ])('is made again after %s: AWS said that it was not', async (_what, error) => {
    expect(await attempt(DEPLOY, [error])).toMatchObject({ result: 'done', calls: 2 });
  });
});

describe('waits', () => {
  test('double from half a second to 20 s', async () => {
    const { waits } = await attempt(READ, times(8, THROTTLED), { random: 1, maxAttempts: 9 });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  test('are spread down to half by chance', async () => {
    const { waits } = await attempt(READ, times(2, THROTTLED), { random: 0 });
    expect(waits).toEqual([250, 500]);
  });

  test.each([
    ['7', 7000],
    ['0.1', 250],
    ['3600', 20_000],
  ])('are no shorter than Retry-After: %s s', async (retryAfterSeconds, expected) => {
    const error = serviceError('TooManyRequestsException', 429, '', { retryAfterSeconds });
    expect((await attempt(READ, [error])).waits).toEqual([expected]);
  });
});

describe('lines', () => {
  test('say the call, its subject, the attempt, why and when', async () => {
    const { lines } = await attempt(READ, [THROTTLED, RESET], { random: 1 });
    expect(lines).toEqual([
      'GetResources a1b2c3: attempt 1 of 8 failed (TooManyRequestsException: Too Many Requests); trying again in 0.5 s',
      'GetResources a1b2c3: attempt 2 of 8 failed (ECONNRESET: socket hang up); trying again in 1.0 s',
    ]);
  });

  test('hold no account id', async () => {
    const error = serviceError('ConflictException', 409, 'arn:aws:iam::123456789012:user/alice');
    const { lines } = await attempt(READ, [error]);
    expect(lines.join()).not.toMatch(/123456789012|alice/);
  });
});

describe('a run that is over', () => {
  const lines: string[] = [];
  const logger = {
    info: (line: string) => void lines.push(line),
    debug: (line: string) => void lines.push(line),
    group: <T>(_title: string, phase: () => Promise<T>) => phase(),
  };

  test('ends a call under way without a word, and makes it no more', async () => {
    let isOver = false;
    let calls = 0;
    const settings = {
      ...{ logger, maxAttempts: 8, sleep: async () => {}, random: () => 0 },
      isOver: () => isOver,
    };
    const call = withRetries(
      READ,
      async () => {
        calls += 1;
        isOver = true;
        throw RESET;
      },
      settings,
    );
    await expect(call).rejects.toThrow(Cancelled);
    expect([calls, lines]).toEqual([1, []]);
  });

  test('begins no call again after a wait', async () => {
    let isOver = false;
    let calls = 0;
    const settings = {
      ...{ logger, maxAttempts: 8, random: () => 0 },
      sleep: async () => {
        isOver = true;
      },
      isOver: () => isOver,
    };
    const call = withRetries(
      READ,
      async () => {
        calls += 1;
        throw RESET;
      },
      settings,
    );
    await expect(call).rejects.toThrow(Cancelled);
    expect(calls).toBe(1);
  });
});
