import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { type RetrySettings, withRetries } from '../aws/retry.js';
import { Cancelled } from '../model/cancellation.js';
import type { Limit } from './limit.js';

/** Shortest session that STS hands out (STS API Reference, AssumeRole: minimum 900 seconds). */
const SESSION_SECONDS = 900;

/**
 * Assumes the role that callers use.
 *
 * @returns `null` where STS answers without credentials.
 * @throws AwsFailure, and Cancelled where the limit is over: nobody waits for it any more.
 */
export async function assumeRole(
  roleArn: string,
  sts: STSClient,
  retries: RetrySettings,
  limit: Limit,
): Promise<AwsCredentialIdentity | null> {
  const call = { operation: 'AssumeRole', subject: 'for the signed requests', idempotent: true };
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: 'apigw-iam-gate',
    DurationSeconds: SESSION_SECONDS,
  });
  const { Credentials } = await withRetries(
    call,
    () =>
      sts.send(command, { abortSignal: limit.signal }).catch((error: unknown) => {
        throw limit.signal.aborted ? new Cancelled() : error;
      }),
    // No sleep is longer than it is of use: it would keep the process alive.
    { ...retries, sleep: (ms) => retries.sleep(Math.min(ms, limit.remainingMs())) },
  );
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) return null;
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    ...(Credentials.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
  };
}
