import { AwsFailure } from '../../aws/failure.js';
import type { PolicyVersion } from '../../aws/iam.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { isGrantFor, isSameDocument, withOwnAccount } from '../grant/policy.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import { readOwn, readOwnPolicy, untilItWouldShow } from './own-policy.js';
import {
  EVERY_KIND,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  ROLLED_BACK,
  type StepKind,
  type StepOf,
  type Zod,
} from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('delete-policy-version'),
    target: z.object({ policyName: z.string().check(z.minLength(1)), versionId: z.string() }),
    does: z.object({ purpose: z.string() }),
    /** IAM chooses the ids of versions: the document comes back under a new one. */
    rollBack: z.object({ document: z.string() }),
  });

/** Versions of a policy that takes no other one (IAM User Guide, "IAM and AWS STS quotas"). */
const FULL = 5;

/** A policy has at most five versions: the oldest that is not in force makes room for a new one. */
export type DeletePolicyVersionStep = StepOf<typeof schema>;

export const deletePolicyVersion: StepKind<DeletePolicyVersionStep> = {
  part: 'grant',
  apiKinds: EVERY_KIND,
  schema,
  problemIn: (step, transaction) => otherApi(isGrantFor(step, transaction.apiId), transaction),
  describe: ({ target: { policyName, versionId } }) =>
    `delete ${versionId}, the oldest of five versions of ${policyName}`,

  async apply({ target: { policyName, versionId }, does }, { iam }) {
    const { arn, id: policyId } = await readOwn(policyName, does.purpose, iam);
    const version = (await iam.listPolicyVersions(arn)).find(({ id }) => id === versionId);
    if (version === undefined) return { certainty: 'seen' };
    if (version.isDefault) {
      throw new EnforcementStopped(
        `version ${versionId} of ${policyName} was put in force by somebody else.`,
      );
    }
    const deleted = await nullIfNotFound(async () => {
      await iam.deletePolicyVersion(arn, versionId);
      return true;
    });
    if (deleted === null) return { certainty: 'seen' };
    return policyId === undefined
      ? { certainty: 'answered' }
      : { certainty: 'answered', id: policyId };
  },

  async rollBack(step, context) {
    const { policyName, versionId } = step.target;
    const { iam, isConfirmed, madeId } = context;
    const policy = await readOwnPolicy(step, context);
    if (policy === 'none') return NOTHING_TO_ROLL_BACK;
    // Of a policy in its place nothing was deleted.
    if (madeId !== undefined && policy.id !== madeId) return NOTHING_TO_ROLL_BACK;
    let versions: readonly PolicyVersion[] = [];
    const isGone = await untilItWouldShow(async () => {
      versions = await iam.listPolicyVersions(policy.arn);
      return versions.some(({ id }) => id === versionId) ? null : true;
    }, context);
    if (isGone === null) {
      // IAM uses no number twice: where it answered the deletion, a list with all five is from before it.
      const isOldList = isConfirmed && versions.length === FULL;
      if (!isOldList || policy.stays !== null) return NOTHING_TO_ROLL_BACK;
      versions = versions.filter(({ id }) => id !== versionId);
    }
    if (policy.stays !== null) {
      return notRolledBack(`version ${versionId} of ${policyName} is gone: ${policy.stays}`);
    }
    const document = await withOwnAccount(step.rollBack.document, iam);
    for (const { id, isDefault } of versions) {
      if (isDefault) continue;
      if (isSameDocument(await iam.getPolicyVersion(policy.arn, id), document)) {
        return NOTHING_TO_ROLL_BACK;
      }
    }
    try {
      await iam.createPolicyVersion(policy.arn, document, false);
      return ROLLED_BACK;
    } catch (error) {
      // 409 LimitExceeded: somebody made another version in its place.
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      return notRolledBack(
        `version ${versionId} of ${policyName} could not be made again (${error.detail})`,
      );
    }
  },

  isMarked: false,
};
