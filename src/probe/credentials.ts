import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from '../aws/failure.js';
import type { RetrySettings } from '../aws/retry.js';
import { type Limit, startLimit } from './limit.js';

/** Where what an assumed role's credentials are is made known, so that nothing repeats them. */
export type OnSecret = (value: string) => void;

/** Why there are no credentials, in words, and what to change. */
export interface NoCredentials {
  readonly unavailable: string;
  readonly remedy: string;
}

/** Credentials for the signed requests, or why there are none. */
export type ProbeCredentials = Provider<AwsCredentialIdentity> | NoCredentials;

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
      unavailable: `${operation} gave no answer within ${seconds} s, which smoke-timeout leaves for it`,
      remedy: 'Check that the runner reaches AWS STS, or raise smoke-timeout.',
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
    if (identity === null) {
      return {
        unavailable: 'AssumeRole answered without credentials',
        remedy:
          'See what answers in the place of AWS STS: AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL say where it is called.',
      };
    }
    for (const value of [identity.accessKeyId, identity.secretAccessKey, identity.sessionToken]) {
      if (value !== undefined && value !== '') onSecret(value);
    }
    return async () => identity;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const { kind, message: unavailable, remedy } = error;
    // Only who was refused has to do with the role: the others did not get as far as that.
    return kind === 'access-denied'
      ? { unavailable, remedy: `Check invoke-role-arn and its trust policy. ${remedy}` }
      : { unavailable, remedy };
  }
}

/** Credentials that cannot be had are known before the first request, not in the middle of it. */
async function checked(own: Provider<AwsCredentialIdentity>): Promise<ProbeCredentials> {
  try {
    await own();
    return own;
  } catch (error) {
    return notFetched(error);
  }
}

/** What is said of a provider that fails. */
export function notFetched(error: unknown): NoCredentials {
  const { message, remedy } = failureOf(error);
  return { unavailable: message, remedy };
}

/** The same of one that fails late, when what it fetched has expired: that there are none at all is not why. */
export function notFetchedAgain(error: unknown): NoCredentials {
  const { kind, message, remedy } = failureOf(error);
  return { unavailable: message, remedy: kind === 'no-credentials' ? EXPIRED : remedy };
}

const EXPIRED =
  'They were there when the smoke test began, and could not be fetched again: fetch credentials right before this step, or have them last longer (role-duration-seconds).';

function failureOf(error: unknown): AwsFailure {
  return error instanceof AwsFailure ? error : new AwsFailure('Fetching credentials', error, 1);
}
