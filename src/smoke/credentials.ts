import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from '../aws/failure.js';
import { type RetrySettings, withRetries } from '../aws/retry.js';
import { Cancelled } from '../cancellation.js';
import { type Limit, startLimit } from './limit.js';

/** Shortest session that STS hands out (STS API Reference, AssumeRole: minimum 900 seconds). */
const SESSION_SECONDS = 900;

/** Where what an assumed role's credentials are is made known, so that nothing repeats them. */
export type OnSecret = (value: string) => void;

/** Credentials for the signed requests, or the words of why there are none. */
export type ProbeCredentials = Provider<AwsCredentialIdentity> | { readonly unavailable: string };

/**
 * The credentials that sign the probes: the step's own, or those of the role that callers use.
 *
 * @param withinMs how long they may be waited for.
 * @returns a provider, or the words of why there are no credentials: the rest can still be judged.
 */
export async function credentialsForProbes(
  roleArn: string | null,
  own: Provider<AwsCredentialIdentity>,
  sts: STSClient,
  retries: RetrySettings,
  withinMs: number,
  onSecret: OnSecret,
): Promise<ProbeCredentials> {
  const limit = startLimit(withinMs);
  try {
    return await limit.race(
      roleArn === null ? checked(own) : assume(roleArn, sts, retries, limit, onSecret),
    );
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    const operation = roleArn === null ? 'Fetching credentials' : 'AssumeRole';
    const seconds = Math.round(withinMs / 1000);
    return {
      unavailable: `${operation} gave no answer within ${seconds} s, which smoke-timeout leaves for it. Check that the runner reaches AWS STS, or raise smoke-timeout.`,
    };
  } finally {
    limit.end();
  }
}

async function assume(
  roleArn: string,
  sts: STSClient,
  retries: RetrySettings,
  limit: Limit,
  onSecret: OnSecret,
): Promise<ProbeCredentials> {
  const call = { operation: 'AssumeRole', subject: 'for the signed requests', idempotent: true };
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: 'apigw-iam-gate',
    DurationSeconds: SESSION_SECONDS,
  });
  try {
    const { Credentials } = await withRetries(
      call,
      () =>
        sts.send(command, { abortSignal: limit.signal }).catch((error: unknown) => {
          // Nobody waits for it any more: it is not to be tried again.
          throw limit.signal.aborted ? new Cancelled() : error;
        }),
      // No wait goes on once nobody waits for its end: it would keep the process alive.
      { ...retries, sleep: (ms) => retries.sleep(Math.min(ms, limit.remainingMs())) },
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      return { unavailable: 'AssumeRole answered without credentials' };
    }
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
    for (const value of [AccessKeyId, SecretAccessKey, SessionToken]) {
      if (value !== undefined && value !== '') onSecret(value);
    }
    const assumed: AwsCredentialIdentity = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    };
    return async () => assumed;
  } catch (error) {
    if (error instanceof AwsFailure) return { unavailable: error.inFull };
    throw error;
  }
}

/** Credentials that cannot be had are known before the first request, not in the middle of it. */
async function checked(own: Provider<AwsCredentialIdentity>): Promise<ProbeCredentials> {
  try {
    await own();
    return own;
  } catch (error) {
    const failure = new AwsFailure('Fetching credentials', error, 1);
    return { unavailable: failure.inFull };
  }
}
