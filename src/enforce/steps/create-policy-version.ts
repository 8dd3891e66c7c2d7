import { nullIfNotFound } from '../../aws/not-found.js';
import { isGrantFor, isSameDocument, withOwnAccount } from '../grant/policy.js';
import { makeCertain, type Sight } from '../transaction/make-certain.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import { readOwn, readOwnPolicy, refuseOther, takeAway, untilItWouldShow } from './own-policy.js';
import {
  EVERY_KIND,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  ROLLED_BACK,
  type RollBackResult,
  type StepKind,
  type StepOf,
  type Zod,
} from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('create-policy-version'),
    target: z.object({ policyName: z.string().check(z.minLength(1)) }),
    does: z.object({ document: z.string(), purpose: z.string() }),
    rollBack: z.object({
      defaultVersionId: z.string(),
      /** The versions that there were before, so that the new one is known. */
      versionIds: z.readonly(z.array(z.string())),
    }),
  });

/** A policy gets a new version, which is put in force. */
export type CreatePolicyVersionStep = StepOf<typeof schema>;

export const createPolicyVersion: StepKind<CreatePolicyVersionStep> = {
  part: 'grant',
  apiKinds: EVERY_KIND,
  schema,
  problemIn: (step, transaction) => otherApi(isGrantFor(step, transaction.apiId), transaction),
  describe: ({ target, rollBack }) =>
    `make a new version of ${target.policyName} in place of ${rollBack.defaultVersionId}`,

  async apply({ target: { policyName }, does, rollBack: former }, { iam, retries }) {
    const { arn } = await readOwn(policyName, does.purpose, iam);
    const document = await withOwnAccount(does.document, iam);
    const look = async (): Promise<Sight> => {
      const versions = await iam.listPolicyVersions(arn);
      const inForce = versions.find(({ isDefault }) => isDefault)?.id;
      if (inForce === undefined || former.versionIds.includes(inForce)) return 'as-before';
      const now = await iam.getPolicyVersion(arn, inForce);
      return isSameDocument(now, document) ? 'made' : 'as-before';
    };
    if ((await look()) === 'made') return { certainty: 'seen' };
    // Once more, since somebody may have made another policy of that name in its place.
    const { tags, defaultVersionId } = await iam.getPolicy(arn);
    refuseOther(tags, policyName, does.purpose);
    if (defaultVersionId !== former.defaultVersionId) {
      throw new EnforcementStopped(
        `Since the plan was made, somebody else changed the policy ${policyName}.`,
      );
    }
    let id: string | undefined;
    const make = async (): Promise<void> => {
      id = await iam.createPolicyVersion(arn, document, true);
    };
    const what = `the new version of ${policyName}`;
    const certainty = await makeCertain({ what, make, look, refusedOnceMade: true }, retries);
    return certainty === 'answered' && id !== undefined ? { certainty, id } : { certainty };
  },

  async rollBack(step, context) {
    const { policyName } = step.target;
    const { iam } = context;
    const policy = await readOwnPolicy(step, context);
    if (policy === 'none') return NOTHING_TO_ROLL_BACK;
    const { defaultVersionId: former, versionIds } = step.rollBack;
    const document = await withOwnAccount(step.does.document, iam);
    const rollBackVersion = async (): Promise<RollBackResult | null> => {
      const versions = await iam.listPolicyVersions(policy.arn);
      for (const { id, isDefault } of versions) {
        if (versionIds.includes(id)) continue;
        if (!isSameDocument(await iam.getPolicyVersion(policy.arn, id), document)) continue;
        if (policy.stays !== null) {
          return notRolledBack(`version ${id} of ${policyName} stays: ${policy.stays}`);
        }
        if (isDefault) {
          if (!versions.some((version) => version.id === former)) {
            return notRolledBack(`${policyName}: the version ${former} that was in force is gone`);
          }
          await iam.setDefaultPolicyVersion(policy.arn, former);
        }
        await nullIfNotFound(() => iam.deletePolicyVersion(policy.arn, id));
        return ROLLED_BACK;
      }
      return null;
    };
    const shown = await untilItWouldShow(rollBackVersion, context);
    if (shown !== null) return shown;
    const { madeId } = context;
    if (madeId === undefined || policy.stays !== null) return NOTHING_TO_ROLL_BACK;
    // IAM answered that it made it and does not show it: taking it away tells whether it is there.
    const versions = await iam.listPolicyVersions(policy.arn);
    // Of a policy that somebody made in its place.
    if (versions.some(({ id }) => id === madeId)) return NOTHING_TO_ROLL_BACK;
    const inForce = versions.find(({ isDefault }) => isDefault)?.id;
    if (inForce === former) await iam.setDefaultPolicyVersion(policy.arn, former);
    return takeAway(() => iam.deletePolicyVersion(policy.arn, madeId), false);
  },

  isMarked: false,
};
