import { AwsFailure } from '../../aws/failure.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { arnOf, isGrantFor, PURPOSE_TAG, TOKEN_TAG, withOwnAccount } from '../grant/policy.js';
import { makeCertain } from '../transaction/make-certain.js';
import { readOwnPolicy } from './own-policy.js';
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
    kind: z.literal('create-policy'),
    target: z.object({ policyName: z.string().check(z.minLength(1)) }),
    does: z.object({ document: z.string(), purpose: z.string() }),
    /** The token is a tag of the policy, by which the one that this run made is known. */
    rollBack: z.object({ deleteWhereToken: z.string().check(z.minLength(1)) }),
  });

/** A managed policy is made for a stage. Its tags say for which, and by which transaction. */
export type CreatePolicyStep = StepOf<typeof schema>;

export const createPolicy: StepKind<CreatePolicyStep> = {
  part: 'grant',
  apiKinds: EVERY_KIND,
  schema,
  problemIn: (step, transaction) => otherApi(isGrantFor(step, transaction.apiId), transaction),
  describe: ({ target }) => `create the managed policy ${target.policyName}`,

  async apply({ target: { policyName }, does, rollBack }, { iam, retries }) {
    const token = rollBack.deleteWhereToken;
    const tags = { [PURPOSE_TAG]: does.purpose, [TOKEN_TAG]: token };
    const arn = await arnOf(policyName, iam);
    const document = await withOwnAccount(does.document, iam);
    const certainty = await makeCertain(
      {
        what: `the policy ${policyName}`,
        refusedOnceMade: true,
        make: () => iam.createPolicy(policyName, document, tags),
        look: async () => {
          const now = await nullIfNotFound(() => iam.getPolicy(arn));
          return now?.tags[TOKEN_TAG] === token ? 'made' : 'as-before';
        },
      },
      retries,
    );
    return { certainty };
  },

  async rollBack(step, context) {
    const { policyName } = step.target;
    const policy = await readOwnPolicy(step, context);
    if (policy?.tags[TOKEN_TAG] !== step.rollBack.deleteWhereToken) return NOTHING_TO_ROLL_BACK;
    try {
      await nullIfNotFound(() => context.iam.deletePolicy(policy.arn));
      return ROLLED_BACK;
    } catch (error) {
      // 409 DeleteConflict: somebody attached it elsewhere, or gave it another version.
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      return notRolledBack(`policy ${policyName} could not be deleted (${error.detail})`);
    }
  },

  isMarked: false,
};
