import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { AwsFailure } from './failure.js';
import type { Account } from './iam.js';
import { type RetrySettings, withRetries } from './retry.js';

/** Whoever runs in a VPC without an endpoint for STS gets no answer at all: the rest must not wait for it. */
const MOST_ATTEMPTS = 3;

/**
 * Asks whose the credentials are. It takes no right: "No permissions are required to perform this
 * operation", not even where a policy denies it (STS API Reference, GetCallerIdentity).
 *
 * @throws AwsFailure
 */
export async function readOwnAccount(sts: STSClient, retries: RetrySettings): Promise<Account> {
  const call = { operation: 'GetCallerIdentity', subject: '', idempotent: true };
  const settings = { ...retries, maxAttempts: Math.min(retries.maxAttempts, MOST_ATTEMPTS) };
  const answer = await withRetries(
    call,
    () => sts.send(new GetCallerIdentityCommand({})),
    settings,
  );
  const partition = answer.Arn?.split(':')[1];
  if (!answer.Account || !partition) {
    throw new AwsFailure('GetCallerIdentity', new Error('the answer names no account'), 1);
  }
  return { partition, accountId: answer.Account };
}
