import {
  GetCallerIdentityCommand,
  type GetCallerIdentityCommandOutput,
  type STSClient,
} from '@aws-sdk/client-sts';
import { AwsFailure } from './failure.js';
import type { Account } from './iam.js';
import { type RetrySettings, withRetries } from './retry.js';

/** Whoever runs in a VPC without an endpoint for STS gets no answer at all: the rest must not wait for it. */
const MOST_ATTEMPTS = 3;
const LONGEST_ATTEMPT_MS = 5_000;

/**
 * Asks whose the credentials are. It takes no right: "No permissions are required to perform this
 * operation", not even where a policy denies it (STS API Reference, GetCallerIdentity).
 *
 * @param longestAttemptMs after which an attempt that got no answer is given up.
 * @throws AwsFailure
 */
export async function readOwnAccount(
  sts: Pick<STSClient, 'send'>,
  retries: RetrySettings,
  longestAttemptMs: number = LONGEST_ATTEMPT_MS,
): Promise<Account> {
  const call = { operation: 'GetCallerIdentity', subject: '', idempotent: true };
  const settings = { ...retries, maxAttempts: Math.min(retries.maxAttempts, MOST_ATTEMPTS) };
  const answer = await withRetries(call, () => ask(sts, longestAttemptMs), settings);
  const partition = answer.Arn?.split(':')[1];
  if (!answer.Account || !partition) {
    throw new AwsFailure('GetCallerIdentity', new Error('the answer names no account'), 1);
  }
  return { partition, accountId: answer.Account };
}

async function ask(
  sts: Pick<STSClient, 'send'>,
  withinMs: number,
): Promise<GetCallerIdentityCommandOutput> {
  const abortSignal = AbortSignal.timeout(withinMs);
  try {
    return await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
  } catch (error) {
    if (!abortSignal.aborted) throw error;
    throw Object.assign(new Error(`no answer within ${withinMs / 1000} s`), {
      name: 'TimeoutError',
    });
  }
}
