import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { AwsFailure } from './failure.js';
import { type RetrySettings, withRetries } from './retry.js';

/** The shortest that STS takes, and long enough: reading the largest region takes four minutes. */
const SESSION_SECONDS = 900;

/** The SDK asks for others once its own have five minutes left; a session is renewed a bit sooner. */
const RENEWED_BEFORE_MS = 6 * 60_000;

/** A session that could not be renewed is asked for again after so long, while the old one lasts. */
const TRIED_AGAIN_AFTER_MS = 30_000;

/** How an account's role is assumed. */
export interface RoleToAssume {
  readonly roleArn: string;
  /** Of `[\w+=,.@-]`, 2 to 64 characters; CloudTrail shows it. */
  readonly sessionName: string;
  /** What the session may do of all that the role may. */
  readonly policy: string;
  readonly externalId: string | null;
  /** Gets an OIDC token of the job; `null` where the step's own credentials assume the role. */
  readonly webIdentity: (() => Promise<string>) | null;
}

/**
 * A policy that leaves a session nothing but reading APIs, and calling them where the smoke test is on:
 * "The resulting session's permissions are the intersection" (STS API Reference, AssumeRole). So a role
 * that may do more cannot be used for more.
 */
export function sessionPolicy(isInvoking: boolean): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['apigateway:GET', ...(isInvoking ? ['execute-api:Invoke'] : [])],
        Resource: '*',
      },
    ],
  });
}

/**
 * Assumes a role once.
 *
 * @throws AwsFailure
 */
export async function assumeRoleOnce(
  { roleArn, sessionName, policy, externalId, webIdentity }: RoleToAssume,
  sts: Pick<STSClient, 'send'>,
  retries: RetrySettings,
): Promise<AwsCredentialIdentity> {
  const wanted = {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: SESSION_SECONDS,
    Policy: policy,
  };
  const operation = webIdentity === null ? 'AssumeRole' : 'AssumeRoleWithWebIdentity';
  const send = async (): Promise<
    Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser'>
  > => {
    if (webIdentity === null) {
      const ExternalId = externalId ?? undefined;
      return sts.send(
        new AssumeRoleCommand({ ...wanted, ...(ExternalId === undefined ? {} : { ExternalId }) }),
      );
    }
    // A token is good for five minutes, so each attempt asks for its own.
    const WebIdentityToken = await webIdentity();
    return sts.send(new AssumeRoleWithWebIdentityCommand({ ...wanted, WebIdentityToken }));
  };
  const call = { operation, subject: '', idempotent: true };
  const { Credentials, AssumedRoleUser } = await withRetries(call, send, retries);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
    throw new AwsFailure(operation, new Error('the answer has no whole credentials'), 1);
  }
  // Whatever answered, another account's APIs must not pass for this one's.
  if (AssumedRoleUser?.Arn?.split(':')[4] !== roleArn.split(':')[4]) {
    throw new AwsFailure(operation, new Error('the answer is about another account'), 1);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/**
 * The credentials of an assumed role, for any number of clients: the role is assumed by the first use,
 * once, and again before the session ends. A role that was never let in and is refused for lack of rights
 * is not asked for again; any other failure may pass.
 *
 * @param assume assumes the role.
 * @param now milliseconds since the epoch.
 */
export function createSession(
  assume: () => Promise<AwsCredentialIdentity>,
  now: () => number,
): Provider<AwsCredentialIdentity> {
  let current: AwsCredentialIdentity | null = null;
  let pending: Promise<AwsCredentialIdentity> | null = null;
  let refusal: AwsFailure | null = null;
  let failedMs = Number.NEGATIVE_INFINITY;
  const leftMs = (): number => (current?.expiration?.getTime() ?? 0) - now();
  const renew = async (): Promise<AwsCredentialIdentity> => {
    try {
      current = await assume();
      return current;
    } catch (error) {
      failedMs = now();
      // What is left of a session is used up before anything is given up.
      if (current !== null && leftMs() > 0) return current;
      if (current === null && isLasting(error)) refusal = error;
      throw error;
    } finally {
      pending = null;
    }
  };
  return async () => {
    if (refusal !== null) throw refusal;
    const isTriedLately = leftMs() > 0 && now() - failedMs < TRIED_AGAIN_AFTER_MS;
    if (current !== null && (leftMs() > RENEWED_BEFORE_MS || isTriedLately)) return current;
    pending ??= renew();
    return pending;
  };
}

/** STS says `AccessDenied` of a role that does not exist, too, so as not to tell which ones there are. */
function isLasting(error: unknown): error is AwsFailure {
  return error instanceof AwsFailure && /^AccessDenied/.test(error.code);
}
