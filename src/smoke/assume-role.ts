import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { type RetrySettings, withRetries } from '../aws/retry.js';

/** Shortest session that STS hands out (STS API Reference, AssumeRole: minimum 900 seconds). */
const SESSION_SECONDS = 900;

/**
 * Assumes the role that callers use.
 *
 * @returns `null` where STS answers without credentials.
 * @throws AwsFailure
 */
export async function assumeRole(
  roleArn: string,
  sts: STSClient,
  retries: RetrySettings,
): Promise<AwsCredentialIdentity | null> {
  const call = { operation: 'AssumeRole', subject: 'for the signed requests', idempotent: true };
  const { Credentials } = await withRetries(
    call,
    () =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: 'apigw-iam-gate',
          DurationSeconds: SESSION_SECONDS,
        }),
      ),
    retries,
  );
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) return null;
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    ...(Credentials.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
  };
}
