import { describe, expect, test } from '@jest/globals';
import type { AwsCredentialIdentity } from '@smithy/types';
import { AwsFailure } from '../../../src/aws/failure.js';
import { createSession } from '../../../src/aws/role-session.js';

function failure(name: string, status: number): AwsFailure {
  const cause = Object.assign(new Error('said so'), {
    name,
    $metadata: { httpStatusCode: status },
  });
  return new AwsFailure('AssumeRole', cause, 1);
}

const DENIED = failure('AccessDenied', 403);

/** A session whose role answers in turn, on a clock that the test moves. */
function sessionOf(...answers: readonly (AwsFailure | number)[]) {
  const clock = { now: 0 };
  let calls = 0;
  const session = createSession(
    async (): Promise<AwsCredentialIdentity> => {
      const answer = answers[calls];
      calls += 1;
      if (typeof answer !== 'number') throw answer ?? new Error('asked too often');
      return { accessKeyId: `KEY${answer}`, secretAccessKey: 's', expiration: new Date(answer) };
    },
    () => clock.now,
  );
  return { session, clock, calls: () => calls };
}

describe('a role that cannot be assumed', () => {
  test('and is denied is asked for once, whatever number of regions want it', async () => {
    const { session, calls } = sessionOf(DENIED, 900_000);
    for (let region = 0; region < 3; region += 1) await expect(session()).rejects.toBe(DENIED);
    expect(calls()).toBe(1);
  });

  test.each([
    failure('ExpiredTokenException', 403),
    failure('ServiceUnavailable', 503),
    failure('Throttling', 400),
    failure('IDPCommunicationError', 400),
  ])('for what may pass is asked for again: $code', async (passing) => {
    const { session, calls } = sessionOf(passing, 900_000);
    await expect(session()).rejects.toBe(passing);
    await expect(session()).resolves.toMatchObject({ accessKeyId: 'KEY900000' });
    expect(calls()).toBe(2);
  });

  test('any more, having been assumed before, is asked for again', async () => {
    const { session, clock, calls } = sessionOf(900_000, DENIED, 2_000_000);
    await session();
    clock.now = 1_000_000;
    await expect(session()).rejects.toBe(DENIED);
    await expect(session()).resolves.toMatchObject({ accessKeyId: 'KEY2000000' });
    expect(calls()).toBe(3);
  });
});
