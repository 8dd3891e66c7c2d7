import { nullIfNotFound } from '../../aws/not-found.js';
import { isGrantFor } from '../grant/policy.js';
import { ANSWER_LOST, ownArnOf, readOwnPolicy } from './own-policy.js';
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

  async apply({ target: { policyName, groupName }, does }, { iam }) {
    const arn = await ownArnOf(policyName, does.purpose, iam);
    // Attaching what is attached changes nothing and is answered alike (IAM API Reference,
    // AttachGroupPolicy): only looking first shows whether the attachment is ours.
    const attached = await iam.listAttachedPolicies(groupName);
    if (attached.some((policy) => policy.arn === arn)) return { certainty: 'seen' };
    await iam.attachPolicy(groupName, arn);
    return { certainty: 'answered' };
  },

  async rollBack(step, context) {
    const { policyName, groupName } = step.target;
    const { iam } = context;
    const policy = await readOwnPolicy(step, context);
    if (policy === null) return NOTHING_TO_ROLL_BACK;
    const attached = await nullIfNotFound(() => iam.listAttachedPolicies(groupName));
    if (attached?.some(({ arn }) => arn === policy.arn) !== true) return NOTHING_TO_ROLL_BACK;
    if (!policy.isOurs) {
      return notRolledBack(`${policyName} stays attached to group ${groupName}: ${ANSWER_LOST}`);
    }
    await nullIfNotFound(() => iam.detachPolicy(groupName, policy.arn));
    return ROLLED_BACK;
  },

  isMarked: false,
};
