import { AwsFailure, wasNotCarriedOut } from '../../aws/failure.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import type { Certainty } from '../transaction/make-certain.js';
import type { UndoResult, UndoWorld } from '../transaction/registry.js';
import { arnOf, isSameDocument, orNull, withAccount } from './read.js';
import {
  type AttachGroupPolicyStep,
  type CreatePolicyStep,
  type CreatePolicyVersionStep,
  type DeletePolicyVersionStep,
  type GrantStep,
  PURPOSE_TAG,
  TOKEN_TAG,
} from './steps.js';

/** What steps of a grant act on. */
export interface GrantWorld {
  readonly iam: Iam;
  readonly retries: RetrySettings;
}

/** What IAM holds is not what the plan was made for: somebody else is at work. */
export class GrantStopped extends Error {}

/**
 * Carries a step out, once: where it is done already, nothing is. Where an answer was lost, what IAM
 * holds decides whether the call was carried out.
 *
 * @returns whether IAM answered that it was our call that did it.
 * @throws AwsFailure where IAM refused it, GrantStopped where the policy is no longer as planned.
 */
export async function applyGrantStep(step: GrantStep, world: GrantWorld): Promise<Certainty> {
  switch (step.kind) {
    case 'create-policy':
      return createPolicy(step, world);
    case 'delete-policy-version':
      return deleteVersion(step, world);
    case 'create-policy-version':
      return createVersion(step, world);
    case 'attach-group-policy':
      return attach(step, world);
  }
}

async function createPolicy(
  { target: { policyName }, does, undo }: CreatePolicyStep,
  world: GrantWorld,
): Promise<Certainty> {
  const { iam } = world;
  const tags = { [PURPOSE_TAG]: does.purpose, [TOKEN_TAG]: undo.deleteWhereToken };
  const arn = await arnOf(policyName, iam);
  const document = await filled(does.document, iam);
  return makeOnce(
    () => iam.createPolicy(policyName, document, tags),
    async () => {
      const now = await orNull(() => iam.getPolicy(arn));
      return now?.tags[TOKEN_TAG] === undo.deleteWhereToken;
    },
    world,
  );
}

async function deleteVersion(
  { target: { policyName, versionId }, does }: DeletePolicyVersionStep,
  { iam }: GrantWorld,
): Promise<Certainty> {
  const arn = await ownArnOf(policyName, does.purpose, iam);
  const version = (await iam.listPolicyVersions(arn)).find(({ id }) => id === versionId);
  if (version === undefined) return 'seen';
  if (version.isDefault) {
    throw new GrantStopped(
      `version ${versionId} of ${policyName} was put in force by somebody else`,
    );
  }
  const gone = await orNull(async () => {
    await iam.deletePolicyVersion(arn, versionId);
    return true;
  });
  return gone === null ? 'seen' : 'answered';
}

async function createVersion(
  { target: { policyName }, does, undo }: CreatePolicyVersionStep,
  world: GrantWorld,
): Promise<Certainty> {
  const { iam } = world;
  const arn = await ownArnOf(policyName, does.purpose, iam);
  const document = await filled(does.document, iam);
  const isMade = async (): Promise<boolean> => {
    const versions = await iam.listPolicyVersions(arn);
    const inForce = versions.find(({ isDefault }) => isDefault)?.id;
    if (inForce === undefined || undo.versionIds.includes(inForce)) return false;
    return isSameDocument(await iam.getPolicyVersion(arn, inForce), document);
  };
  if (await isMade()) return 'seen';
  const { defaultVersionId } = await iam.getPolicy(arn);
  if (defaultVersionId !== undo.defaultVersionId) {
    throw new GrantStopped(`${policyName} was changed by somebody else meanwhile`);
  }
  return makeOnce(() => iam.createPolicyVersion(arn, document, true), isMade, world);
}

async function attach(
  { target: { policyName, groupName }, does }: AttachGroupPolicyStep,
  { iam }: GrantWorld,
): Promise<Certainty> {
  const arn = await ownArnOf(policyName, does.purpose, iam);
  // Attaching what is attached changes nothing and is answered alike (IAM API Reference,
  // AttachGroupPolicy): only a look before tells whose the attachment is.
  const attached = await iam.listAttachedPolicies(groupName);
  if (attached.some((policy) => policy.arn === arn)) return 'seen';
  await iam.attachPolicy(groupName, arn);
  return 'answered';
}

async function filled(document: string, iam: Iam): Promise<string> {
  return withAccount(document, (await iam.ownAccount()).accountId);
}

/** The ARN of a policy that the gate made for this purpose; any other is not touched. */
async function ownArnOf(policyName: string, purpose: string, iam: Iam): Promise<string> {
  const arn = await arnOf(policyName, iam);
  const { tags } = await iam.getPolicy(arn);
  if (tags[PURPOSE_TAG] === purpose) return arn;
  throw new GrantStopped(
    `${policyName} lost the tag ${PURPOSE_TAG}=${purpose}: it is not the gate's`,
  );
}

/** Makes a change whose repetition would do harm. */
async function makeOnce(
  make: () => Promise<void>,
  isMade: () => Promise<boolean>,
  { retries }: GrantWorld,
): Promise<Certainty> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await make();
      return 'answered';
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      // The repetition of a call that was carried out is refused, too ("already exists").
      if (await isMade()) {
        retries.logger.info(`${error.operation} was carried out; only its answer was lost`);
        return 'seen';
      }
      if (wasNotCarriedOut(error.cause) || attempt >= retries.maxAttempts) throw error;
      await retries.sleep(1000 * attempt);
    }
  }
}

const NOTHING: UndoResult = { state: 'nothing-to-undo' };
/** Why a change is left that nobody knows the author of. */
const IN_DOUBT = "IAM's answer to the call was never heard, so it may be somebody else's";
const PUT_BACK: UndoResult = { state: 'put-back' };

/** What undoing a step of a grant needs. */
export type GrantUndoWorld = Pick<UndoWorld, 'iam' | 'isConfirmed' | 'createdPolicies'>;

/**
 * Puts back what a step did. Nothing is done where it never took effect, was undone before, or where
 * the policy is not the gate's. A policy that the transaction created is known by its tag; of one that
 * was there before, only what IAM answered us is ours. May be run any number of times, the last step of
 * a grant first.
 *
 * @throws AwsFailure where it could not be read or put back.
 */
export async function undoGrantStep(
  step: GrantStep,
  { iam, isConfirmed, createdPolicies }: GrantUndoWorld,
): Promise<UndoResult> {
  const { policyName } = step.target;
  const arn = await arnOf(policyName, iam);
  const policy = await orNull(() => iam.getPolicy(arn));
  if (policy === null || policy.tags[PURPOSE_TAG] !== step.does.purpose) return NOTHING;
  const isOurs = isConfirmed || createdPolicies.has(policy.tags[TOKEN_TAG] ?? '');
  switch (step.kind) {
    case 'create-policy': {
      if (policy.tags[TOKEN_TAG] !== step.undo.deleteWhereToken) return NOTHING;
      return deletePolicy(policyName, arn, iam);
    }
    case 'delete-policy-version':
      return restoreVersion(step, arn, iam, isOurs);
    case 'create-policy-version':
      return dropVersion(step, arn, iam, isOurs);
    case 'attach-group-policy':
      return detach(step, arn, iam, isOurs);
  }
}

async function deletePolicy(policyName: string, arn: string, iam: Iam): Promise<UndoResult> {
  try {
    await orNull(() => iam.deletePolicy(arn));
    return PUT_BACK;
  } catch (error) {
    // 409 DeleteConflict: somebody attached it elsewhere, or gave it another version.
    if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
    return left(`policy ${policyName} could not be deleted (${error.detail})`);
  }
}

async function restoreVersion(
  { target: { policyName, versionId }, undo }: DeletePolicyVersionStep,
  arn: string,
  iam: Iam,
  isOurs: boolean,
): Promise<UndoResult> {
  const versions = await iam.listPolicyVersions(arn);
  if (versions.some(({ id }) => id === versionId)) return NOTHING;
  if (!isOurs) return left(`version ${versionId} of ${policyName} is gone: ${IN_DOUBT}`);
  const document = await filled(undo.document, iam);
  for (const { id, isDefault } of versions) {
    if (isDefault) continue;
    if (isSameDocument(await iam.getPolicyVersion(arn, id), document)) return NOTHING;
  }
  try {
    await iam.createPolicyVersion(arn, document, false);
    return PUT_BACK;
  } catch (error) {
    // 409 LimitExceeded: somebody used the room meanwhile.
    if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
    return left(`version ${versionId} of ${policyName} could not be restored (${error.detail})`);
  }
}

async function dropVersion(
  { target: { policyName }, does, undo }: CreatePolicyVersionStep,
  arn: string,
  iam: Iam,
  isOurs: boolean,
): Promise<UndoResult> {
  const versions = await iam.listPolicyVersions(arn);
  const document = await filled(does.document, iam);
  for (const { id, isDefault } of versions) {
    if (undo.versionIds.includes(id)) continue;
    if (!isSameDocument(await iam.getPolicyVersion(arn, id), document)) continue;
    if (!isOurs) return left(`version ${id} of ${policyName} stays: ${IN_DOUBT}`);
    if (isDefault) {
      if (!versions.some((version) => version.id === undo.defaultVersionId)) {
        return left(
          `${policyName}: the version ${undo.defaultVersionId} that was in force is gone`,
        );
      }
      await iam.setDefaultPolicyVersion(arn, undo.defaultVersionId);
    }
    await orNull(() => iam.deletePolicyVersion(arn, id));
    return PUT_BACK;
  }
  return NOTHING;
}

async function detach(
  { target: { policyName, groupName } }: AttachGroupPolicyStep,
  arn: string,
  iam: Iam,
  isOurs: boolean,
): Promise<UndoResult> {
  const attached = await orNull(() => iam.listAttachedPolicies(groupName));
  if (attached?.some((policy) => policy.arn === arn) !== true) return NOTHING;
  if (!isOurs) return left(`${policyName} stays attached to group ${groupName}: ${IN_DOUBT}`);
  await orNull(() => iam.detachPolicy(groupName, arn));
  return PUT_BACK;
}

function left(words: string): UndoResult {
  return { state: 'left', words, isFinal: true };
}
