import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { type Certainty, makeCertain } from '../transaction/make-certain.js';
import { isMadeBy } from '../transaction/provenance.js';
import {
  type Control,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  ROLLED_BACK,
  type RollBackContext,
  type RollBackResult,
  type StepKind,
  type StepOf,
  type Zod,
} from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('move-stage'),
    target: z.object({ apiId: z.string(), stage: z.string() }),
    does: z.object({ deploymentId: z.string() }),
    rollBack: z.object({ deploymentId: z.string() }),
  });

/** A stage is pointed at another deployment. */
export type MoveStageStep = StepOf<typeof schema>;

/** Reads a stage; `null` where there is no such stage. */
export function readStageNow(
  { apiId, stage }: MoveStageStep['target'],
  apiGateway: ApiGateway,
): Promise<Stage | null> {
  return nullIfNotFound(() => apiGateway.getStage(apiId, stage));
}

async function pointAt(
  target: MoveStageStep['target'],
  from: string,
  to: string,
  { apiGateway, retries }: Control,
): Promise<Certainty> {
  const { apiId, stage } = target;
  return makeCertain(
    {
      what: `the move of stage ${stage}`,
      make: () =>
        apiGateway.updateStage(apiId, stage, [{ op: 'replace', path: '/deploymentId', value: to }]),
      look: async () => {
        const now = (await readStageNow(target, apiGateway))?.deploymentId;
        if (now === to) return 'made';
        return now === from ? 'as-before' : 'changed-by-others';
      },
    },
    retries,
  );
}

/**
 * A stage is rolled back only from the deployment that the transaction made, whose description says
 * so, whatever a journal says.
 */
async function rollBack(step: MoveStageStep, context: RollBackContext): Promise<RollBackResult> {
  const { target, does, rollBack: former } = step;
  const { apiGateway, token } = context;
  const read = async (): Promise<string | null> =>
    (await readStageNow(target, apiGateway))?.deploymentId ?? null;
  // Read first: no time may pass between reading the stage and pointing it back. A deployment that is
  // gone serves no stage.
  const served = await nullIfNotFound(() =>
    apiGateway.getDeployment(target.apiId, does.deploymentId),
  );
  const isOurs = isMadeBy(token, served?.description);
  const now = await read();
  if (now === former.deploymentId) return NOTHING_TO_ROLL_BACK;
  if (now === null) return notRolledBack(`stage ${target.stage} is gone`);
  if (!isOurs || now !== does.deploymentId) {
    return notRolledBack(
      `stage ${target.stage} serves deployment ${now}, to which somebody else moved it`,
    );
  }
  await pointAt(target, now, former.deploymentId, context);
  const after = await read();
  if (after === former.deploymentId) return ROLLED_BACK;
  return notRolledBack(
    `stage ${target.stage} was rolled back and serves deployment ${after ?? 'none'}`,
  );
}

export const moveStage: StepKind<MoveStageStep> = {
  part: 'stage',
  apiKinds: ['REST'],
  schema,
  problemIn: ({ target: { apiId, stage }, rollBack: former }, transaction) => {
    const { stages } = transaction;
    const served = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
    return (
      otherApi(apiId === transaction.apiId, transaction) ??
      (former.deploymentId === served
        ? null
        : `rolls stage ${stage} back to a deployment that it did not serve`)
    );
  },
  describe: ({ target, does }) => `stage ${target.stage} to deployment ${does.deploymentId}`,
  apply: async ({ target, does, rollBack: former }, control) => ({
    certainty: await pointAt(target, former.deploymentId, does.deploymentId, control),
  }),
  rollBack,
  isMarked: true,
};
