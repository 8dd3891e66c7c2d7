import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from '../aws/failure.js';
import type { RetrySettings } from '../aws/retry.js';
import { type Limit, startLimit } from './limit.js';

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
  sts: () => Promise<STSClient>,
  retries: RetrySettings,
  withinMs: number,
  onSecret: OnSecret,
): Promise<ProbeCredentials> {
  const limit = startLimit(withinMs);
  try {
    return await limit.race(
      roleArn === null ? checked(own) : assumed(roleArn, sts, retries, limit, onSecret),
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

async function assumed(
  roleArn: string,
  sts: () => Promise<STSClient>,
  retries: RetrySettings,
  limit: Limit,
  onSecret: OnSecret,
): Promise<ProbeCredentials> {
  try {
    // Loaded where a role is to be assumed, and nowhere else.
    const { assumeRole } = await import('./assume-role.js');
    const identity = await assumeRole(roleArn, await sts(), retries, limit);
    if (identity === null) return { unavailable: 'AssumeRole answered without credentials' };
    for (const value of [identity.accessKeyId, identity.secretAccessKey, identity.sessionToken]) {
      if (value !== undefined && value !== '') onSecret(value);
    }
    return async () => identity;
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
