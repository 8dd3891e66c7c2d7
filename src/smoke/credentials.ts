import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from '../aws/failure.js';
import { type RetrySettings, withRetries } from '../aws/retry.js';

/** Shortest session that STS hands out (STS API Reference, AssumeRole: minimum 900 seconds). */
const SESSION_SECONDS = 900;

/**
 * The credentials that sign the probes: the step's own, or those of the role that callers use.
 *
 * @returns a provider, or the words of why there are no credentials: the rest can still be judged.
 */
export async function credentialsForProbes(
  roleArn: string | null,
  own: Provider<AwsCredentialIdentity>,
  sts: STSClient,
  retries: RetrySettings,
): Promise<Provider<AwsCredentialIdentity> | { readonly unavailable: string }> {
  if (roleArn === null) return checked(own);
  const call = { operation: 'AssumeRole', subject: 'for the signed requests', idempotent: true };
  try {
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
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      return { unavailable: 'AssumeRole answered without credentials' };
    }
    const assumed: AwsCredentialIdentity = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      ...(Credentials.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
    };
    return async () => assumed;
  } catch (error) {
    if (error instanceof AwsFailure) return { unavailable: error.inFull };
    throw error;
  }
}

/** Credentials that cannot be had are known before the first request, not in the middle of it. */
async function checked(
  own: Provider<AwsCredentialIdentity>,
): Promise<Provider<AwsCredentialIdentity> | { readonly unavailable: string }> {
  try {
    await own();
    return own;
  } catch (error) {
    const failure = new AwsFailure('Fetching credentials', error, 1);
    return { unavailable: failure.inFull };
  }
}
