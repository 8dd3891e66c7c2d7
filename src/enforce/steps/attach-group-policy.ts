import { nullIfNotFound } from '../../aws/not-found.js';
import { arnOf, isGrantFor } from '../grant/policy.js';
import { readOwn, readOwnPolicy, takeAway, untilItShows, untilItWouldShow } from './own-policy.js';
import {
  type Applied,
  EVERY_KIND,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  type StepKind,
  type StepOf,
  type Zod,
} from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('attach-group-policy'),
    target: z.object({ policyName: z.string().check(z.minLength(1)), groupName: z.string() }),
    does: z.object({ purpose: z.string() }),
    rollBack: z.object({ detach: z.literal(true) }),
  });

/** A stage's policy is attached to the group. */
export type AttachGroupPolicyStep = StepOf<typeof schema>;

export const attachGroupPolicy: StepKind<AttachGroupPolicyStep> = {
  part: 'grant',
  apiKinds: EVERY_KIND,
  schema,
  problemIn: (step, transaction) => otherApi(isGrantFor(step, transaction.apiId), transaction),
  describe: ({ target: { policyName, groupName } }) => `attach ${policyName} to group ${groupName}`,

  async apply({ target: { policyName, groupName }, does }, { iam, retries }) {
    const attach = async (): Promise<Applied> => {
      const { arn, id } = await readOwn(policyName, does.purpose, iam);
      // Attaching what is attached changes nothing and is answered alike (IAM API Reference,
      // AttachGroupPolicy): only looking first shows whether the attachment is ours.
      const attached = await iam.listAttachedPolicies(groupName);
      if (attached.some((policy) => policy.arn === arn)) return { certainty: 'seen' };
      await iam.attachPolicy(groupName, arn);
      return id === undefined ? { certainty: 'answered' } : { certainty: 'answered', id };
    };
    // The policy may have been created a moment ago.
    return (await untilItShows(() => nullIfNotFound(attach), retries)) ?? attach();
  },

  async rollBack(step, context) {
    const { policyName, groupName } = step.target;
    const { iam, isConfirmed, madeId } = context;
    const arn = await arnOf(policyName, iam);
    const policy = await readOwnPolicy(step, context);
    // A policy is deleted once it is attached to nobody: what one in its place is attached to is not ours.
    const isOther = policy !== 'none' && madeId !== undefined && policy.id !== madeId;
    if (isOther) return NOTHING_TO_ROLL_BACK;
    if (policy === 'none' && !isConfirmed) return NOTHING_TO_ROLL_BACK;
    const isShown = await untilItWouldShow(async () => {
      const attached = await nullIfNotFound(() => iam.listAttachedPolicies(groupName));
      return attached?.some((it) => it.arn === arn) === true ? true : null;
    }, context);
    if (isShown === null && !isConfirmed) return NOTHING_TO_ROLL_BACK;
    if (policy !== 'none' && policy.stays !== null) {
      return isShown === null
        ? NOTHING_TO_ROLL_BACK
        : notRolledBack(`${policyName} stays attached to group ${groupName}: ${policy.stays}`);
    }
    return takeAway(() => iam.detachPolicy(groupName, arn), isShown !== null);
  },

  isMarked: false,
};
