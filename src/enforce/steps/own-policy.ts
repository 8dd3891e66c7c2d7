import type { Iam, ManagedPolicy } from '../../aws/iam.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { arnOf, PURPOSE_TAG, TOKEN_TAG } from '../grant/policy.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import type { RollBackContext } from './step-kind.js';

/*
 * Policies that the gate made: their tag says for which stage, and no other policy is touched.
 */

/** Why a change stays that somebody else may have made. */
export const ANSWER_LOST =
  "IAM's answer to the call was lost, so the change may be somebody else's";

/**
 * The ARN of the policy that the gate made for a purpose.
 *
 * @throws EnforcementStopped where the policy of that name is not the gate's.
 */
export async function ownArnOf(policyName: string, purpose: string, iam: Iam): Promise<string> {
  const arn = await arnOf(policyName, iam);
  const { tags } = await iam.getPolicy(arn);
  if (tags[PURPOSE_TAG] === purpose) return arn;
  throw new EnforcementStopped(
    `The policy ${policyName} has no tag ${PURPOSE_TAG}=${purpose} any more, so it is not the gate's.`,
  );
}

/** A policy of the gate's that a step is about. */
interface OwnPolicy extends ManagedPolicy {
  /** The transaction created it, or IAM answered the step's call: what the step did is ours. */
  readonly isOurs: boolean;
}

/** The policy that a step is about; `null` where there is none, or it is not the gate's. */
export async function readOwnPolicy(
  { target, does }: { readonly target: { policyName: string }; readonly does: { purpose: string } },
  { iam, isConfirmed, createdPolicies }: RollBackContext,
): Promise<OwnPolicy | null> {
  const arn = await arnOf(target.policyName, iam);
  const policy = await nullIfNotFound(() => iam.getPolicy(arn));
  if (policy === null || policy.tags[PURPOSE_TAG] !== does.purpose) return null;
  const isOurs = isConfirmed || createdPolicies.has(policy.tags[TOKEN_TAG] ?? '');
  return { ...policy, isOurs };
}
