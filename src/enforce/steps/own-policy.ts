import type { Iam, ManagedPolicy } from '../../aws/iam.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import type { RetrySettings } from '../../aws/retry.js';
import { arnOf, PURPOSE_TAG, TOKEN_TAG } from '../grant/policy.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import { pollUntilDecided } from './poll.js';
import {
  NOTHING_TO_ROLL_BACK,
  ROLLED_BACK,
  type RollBackContext,
  type RollBackResult,
} from './step-kind.js';

/*
 * Policies that the gate made: their tag says for which stage, and no other policy is touched.
 */

/** Why a change stays that somebody else may have made. */
const ANSWER_LOST = "IAM's answer to the call was lost, so the change may be somebody else's";

/**
 * How long a change may take to show. IAM is "eventually consistent": "changes that I make are not always
 * immediately visible" (IAM User Guide, "Troubleshoot IAM"), and it does not say how long that lasts.
 */
const SHOWS_WITHIN_MS = 15_000;

/** Looks until something shows that was made a moment ago; `null` where it does not. */
export function untilItShows<T>(
  look: () => Promise<T | null>,
  retries: Pick<RetrySettings, 'sleep'>,
): Promise<T | null> {
  return pollUntilDecided(look, retries, SHOWS_WITHIN_MS);
}

/**
 * The same for what a step may have made that is rolled back: one that IAM answered, or whose call a killed
 * run had announced last.
 */
export function untilItWouldShow<T>(
  look: () => Promise<T | null>,
  { isConfirmed, isLast, retries }: RollBackContext,
): Promise<T | null> {
  return isConfirmed || isLast ? untilItShows(look, retries) : look();
}

/**
 * Takes away what a step made. Where IAM answered that it was made and does not show it, taking it away tells
 * whether it is there.
 */
export async function takeAway(
  remove: () => Promise<unknown>,
  isShown: boolean,
): Promise<RollBackResult> {
  const wasThere = await nullIfNotFound(async () => {
    await remove();
    return true;
  });
  return wasThere === true || isShown ? ROLLED_BACK : NOTHING_TO_ROLL_BACK;
}

/**
 * The policy that the gate made for a purpose.
 *
 * @throws EnforcementStopped where the policy of that name is not the gate's.
 */
export async function readOwn(
  policyName: string,
  purpose: string,
  iam: Iam,
): Promise<ManagedPolicy> {
  const policy = await iam.getPolicy(await arnOf(policyName, iam));
  refuseOther(policy.tags, policyName, purpose);
  return policy;
}

/** @throws EnforcementStopped where the tags are not those of the gate's policy for a purpose. */
export function refuseOther(
  tags: ManagedPolicy['tags'],
  policyName: string,
  purpose: string,
): void {
  if (tags[PURPOSE_TAG] === purpose) return;
  throw new EnforcementStopped(
    `The policy ${policyName} has no tag ${PURPOSE_TAG}=${purpose} any more, so it is not the gate's.`,
  );
}

/** Why a change stays of a policy that is not, or no longer, said to be the gate's. */
export const TAGS_GONE = "the policy lacks the gate's tags, so it may be somebody else's by now";

/** The policy that a step is about. */
export interface OwnPolicy extends ManagedPolicy {
  /**
   * Why what the step did is not rolled back; `null` where it is, since the transaction created the policy,
   * or IAM answered the step's call.
   */
  readonly stays: string | null;
}

/** The policy that a step is about, unless IAM shows none. */
export async function readOwnPolicy(
  { target, does }: { readonly target: { policyName: string }; readonly does: { purpose: string } },
  { iam, isConfirmed, createdPolicies }: RollBackContext,
): Promise<OwnPolicy | 'none'> {
  const arn = await arnOf(target.policyName, iam);
  const policy = await nullIfNotFound(() => iam.getPolicy(arn));
  if (policy === null) return 'none';
  if (policy.tags[PURPOSE_TAG] !== does.purpose) return { ...policy, stays: TAGS_GONE };
  const isOurs = isConfirmed || createdPolicies.has(policy.tags[TOKEN_TAG] ?? '');
  return { ...policy, stays: isOurs ? null : ANSWER_LOST };
}
