import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from '../aws/failure.js';
import type { RetrySettings } from '../aws/retry.js';

/**
 * The credentials that sign the probes: the step's own, or those of the role that callers use.
 *
 * @returns a provider, or the words of why there are no credentials: the rest can still be judged.
 */
export async function credentialsForProbes(
  roleArn: string | null,
  own: Provider<AwsCredentialIdentity>,
  sts: () => Promise<STSClient>,
  retries: RetrySettings,
): Promise<Provider<AwsCredentialIdentity> | { readonly unavailable: string }> {
  if (roleArn === null) return checked(own);
  try {
    // Loaded where a role is to be assumed, and nowhere else.
    const { assumeRole } = await import('./assume-role.js');
    const assumed = await assumeRole(roleArn, await sts(), retries);
    return assumed === null
      ? { unavailable: 'AssumeRole answered without credentials' }
      : async () => assumed;
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
