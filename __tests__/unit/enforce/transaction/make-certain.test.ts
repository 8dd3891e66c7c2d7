import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../../src/aws/failure.js';
import { makeCertain, type Sight } from '../../../../src/enforce/transaction/make-certain.js';
import { EnforcementStopped } from '../../../../src/enforce/transaction/stopped.js';
import { serviceError } from '../../aws/sdk-error.js';
import { fakeRetries } from '../enforcement-kit.js';
import { failure } from '../fake-control-plane.js';

type Made = 'ok' | 'lost' | 'unavailable' | 'denied';

/** Makes a change whose calls fare as listed, with what is seen after each lost one. */
async function run(calls: readonly Made[], sights: readonly Sight[], maxAttempts = 3) {
  const retries = fakeRetries(maxAttempts);
  const [open, seen] = [[...calls], [...sights]];
  let made = 0;
  const result = makeCertain(
    {
      what: 'the patch',
      shortestWaitMs: 40,
      make: async () => {
        made += 1;
        const fate = open.shift() ?? 'ok';
        if (fate !== 'ok') throw failure('UpdateMethod', fate);
      },
      look: async () => seen.shift() ?? 'as-before',
    },
    retries,
  );
  return { result: await result.catch((error: unknown) => error), made, retries, unseen: seen };
}

describe('a change', () => {
  test('that is answered is not looked at', async () => {
    const { result, made, retries } = await run(['ok'], ['as-before']);
    expect([result, made, retries.waits, retries.lines]).toEqual(['answered', 1, [], []]);
  });

  test.each(['lost', 'unavailable'] as const)(
    'whose answer is %s and that is there is not made again',
    async (fate) => {
      const { result, made, retries } = await run([fate], ['made']);
      expect([result, made, retries.waits]).toEqual(['seen', 1, []]);
      expect(retries.lines.join('\n')).toContain(
        'the patch was carried out; only the answer was lost',
      );
    },
  );

  test('that arrives while it is waited for is not made again', async () => {
    const { result, made, retries } = await run(['lost'], ['as-before', 'made']);
    expect([result, made, retries.waits]).toEqual(['seen', 1, [250]]);
  });

  test('that did nothing is made again, and is ours once it is answered', async () => {
    const { result, made } = await run(['lost', 'lost', 'ok'], []);
    expect([result, made]).toEqual(['answered', 3]);
  });

  test('waits as long as the change asks for at least', async () => {
    const retries = fakeRetries(2);
    let made = 0;
    await makeCertain(
      {
        what: 'the deployment',
        shortestWaitMs: 5_000,
        make: async () => {
          made += 1;
          if (made === 1) throw failure('CreateDeployment', 'lost');
        },
        look: async () => 'as-before',
      },
      retries,
    );
    expect([made, retries.waits]).toEqual([2, [5_000]]);
  });

  test.each([1, 2, 4])('fails once it did nothing in %i attempts', async (maxAttempts) => {
    const { result, made } = await run(['lost', 'lost', 'lost', 'lost', 'lost'], [], maxAttempts);
    expect(result).toBeInstanceOf(AwsFailure);
    expect(made).toBe(maxAttempts);
  });

  test('that is refused fails at once, without a look', async () => {
    const { result, made, retries } = await run(['denied'], ['made']);
    expect(result).toBeInstanceOf(AwsFailure);
    expect([made, retries.lines]).toEqual([1, []]);
  });

  test.each<[sight: Sight, refusedOnceMade: boolean, code: string, isSeen: boolean]>([
    ['made', true, 'EntityAlreadyExistsException', true],
    ['as-before', true, 'EntityAlreadyExistsException', false],
    ['made', false, 'EntityAlreadyExistsException', false],
    ['made', true, 'AccessDenied', false],
  ])(
    'that is %s, refused once made: %s, and fails with %s is seen: %s',
    async (sight, refusedOnceMade, code, isSeen) => {
      const status = code === 'AccessDenied' ? 403 : 409;
      const error = serviceError(code, status);
      const make = () => Promise.reject(new AwsFailure('CreatePolicy', error, 1));
      const look = async () => sight;
      const call = { what: 'the policy', make, look, refusedOnceMade };
      const result = makeCertain(call, fakeRetries()).catch(() => 'failed');
      expect(await result).toBe(isSeen ? 'seen' : 'failed');
    },
  );

  test.each([
    ['before the wait', ['changed-by-others']],
    ['during the wait', ['as-before', 'changed-by-others']],
  ] as const)(
    'is not made again where somebody else changed the same thing %s',
    async (_, sights) => {
      const { result, made } = await run(['lost'], sights);
      expect(result).toBeInstanceOf(EnforcementStopped);
      expect(made).toBe(1);
      expect(String(result)).toContain(
        'somebody else changed the same thing, so the patch was not made again',
      );
    },
  );

  test('whose look fails fails with it', async () => {
    const look = (): Promise<Sight> => Promise.reject(failure('GetMethod', 'denied'));
    const make = (): Promise<unknown> => Promise.reject(failure('UpdateMethod', 'lost'));
    await expect(makeCertain({ what: 'x', make, look }, fakeRetries())).rejects.toThrow(
      'GetMethod',
    );
  });

  test('that fails for a bug of ours is none of its business', async () => {
    const make = (): Promise<unknown> => Promise.reject(new TypeError('bug'));
    const look = async (): Promise<Sight> => 'made';
    await expect(makeCertain({ what: 'x', make, look }, fakeRetries())).rejects.toThrow(TypeError);
  });
});
