import { AwsFailure } from '../../aws/failure.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import {
  arnOf,
  isGrantFor,
  isSameDocument,
  PURPOSE_TAG,
  TOKEN_TAG,
  withOwnAccount,
} from '../grant/policy.js';
import { makeCertain } from '../transaction/make-certain.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import {
  type OwnPolicy,
  readOwnPolicy,
  TAGS_GONE,
  takeAway,
  untilItShows,
  untilItWouldShow,
} from './own-policy.js';
import {
  EVERY_KIND,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  type RollBackContext,
  type RollBackResult,
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
    const read = () => nullIfNotFound(() => iam.getPolicy(arn));
    try {
      const certainty = await makeCertain(
        {
          what: `the policy ${policyName}`,
          refusedOnceMade: true,
          make: () => iam.createPolicy(policyName, document, tags),
          look: async () => ((await read())?.tags[TOKEN_TAG] === token ? 'made' : 'as-before'),
        },
        retries,
      );
      return { certainty };
    } catch (error) {
      if (!(error instanceof AwsFailure) || !error.code.startsWith('EntityAlreadyExists')) {
        throw error;
      }
      // It may be the one of our own call whose answer was lost.
      const holder = await untilItShows(read, retries);
      if (holder?.tags[TOKEN_TAG] === token) return { certainty: 'seen' };
      throw new EnforcementStopped(
        holder === null
          ? `There is a policy with the name ${policyName}, or one that differs by case, under another path, and IAM takes each name once: rename or delete it (${error.message}).`
          : `Since the plan was made, somebody else created the policy ${policyName}.`,
      );
    }
  },

  async rollBack(step, context) {
    const { policyName } = step.target;
    const { iam, isConfirmed } = context;
    const shown = await untilItWouldShow(async () => {
      const policy = await readOwnPolicy(step, context);
      return policy === 'none' ? null : policy;
    }, context);
    if (shown === null && !isConfirmed) return NOTHING_TO_ROLL_BACK;
    const left = shown === null ? null : await leaveToOthers(step, shown, context);
    if (left !== null) return left;
    const arn = await arnOf(policyName, iam);
    try {
      return await takeAway(() => iam.deletePolicy(arn), shown !== null);
    } catch (error) {
      // 409 DeleteConflict: somebody attached it elsewhere, or gave it another version.
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      return notRolledBack(`policy ${policyName} could not be deleted (${error.detail})`);
    }
  },

  isMarked: false,
};

/** What rolling back comes to where the policy of the name is not, or not only, ours; `null` where it is. */
async function leaveToOthers(
  { target: { policyName }, does, rollBack }: CreatePolicyStep,
  { arn, tags, defaultVersionId, stays }: OwnPolicy,
  { iam }: RollBackContext,
): Promise<RollBackResult | null> {
  const token = tags[TOKEN_TAG];
  const isOurToken = token === rollBack.deleteWhereToken;
  if (token !== undefined && !isOurToken) return NOTHING_TO_ROLL_BACK;
  const inForce = await nullIfNotFound(() => iam.getPolicyVersion(arn, defaultVersionId));
  const document = await withOwnAccount(does.document, iam);
  const isAsMade = inForce === null || isSameDocument(inForce, document);
  if (!isOurToken || stays !== null) {
    // What lost its tags is ours, or somebody made another one in its place.
    return isAsMade
      ? notRolledBack(`policy ${policyName} stays: ${TAGS_GONE}`)
      : NOTHING_TO_ROLL_BACK;
  }
  return isAsMade
    ? null
    : notRolledBack(`policy ${policyName} stays: somebody else put another document in force`);
}
