import { nullIfNotFound } from '../../aws/not-found.js';
import type { ApiKind } from '../../model/api-kind.js';
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
  type Zod,
} from './step-kind.js';

/* A stage that is pointed at another deployment. */

/** What a journal holds of a step that moves a stage. */
export const stageSchema =
  <const K extends string>(kind: K) =>
  (z: Zod) =>
    z.object({
      kind: z.literal(kind),
      target: z.object({ apiId: z.string(), stage: z.string() }),
      does: z.object({ deploymentId: z.string() }),
      rollBack: z.object({ deploymentId: z.string() }),
    });

/** A stage of an API. */
export interface StageTarget {
  readonly apiId: string;
  readonly stage: string;
}

interface StageStep {
  readonly target: StageTarget;
  readonly does: { readonly deploymentId: string };
  readonly rollBack: { readonly deploymentId: string };
}

/** The calls of one version of the control plane. */
export interface StageCalls {
  /** The deployment that a stage serves; `null` where there is no such stage, or it serves none. */
  readonly read: (target: StageTarget, control: Control) => Promise<string | null>;
  readonly point: (target: StageTarget, deploymentId: string, control: Control) => Promise<unknown>;
  /** @throws AwsFailure of the kind `not-found` where there is no such deployment. */
  readonly describe: (
    apiId: string,
    deploymentId: string,
    control: Control,
  ) => Promise<string | undefined>;
}

/** What is done with a step that moves a stage, in terms of the version's calls. */
export function stageKind<S extends StageStep>(
  apiKinds: readonly ApiKind[],
  schema: StepKind<S>['schema'],
  calls: StageCalls,
): StepKind<S> {
  return {
    part: 'stage',
    apiKinds,
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
      certainty: await pointAt(target, former.deploymentId, does.deploymentId, calls, control),
    }),
    rollBack: (step, context) => rollBack(step, calls, context),
    isMarked: true,
  };
}

async function pointAt(
  target: StageTarget,
  from: string,
  to: string,
  calls: StageCalls,
  control: Control,
): Promise<Certainty> {
  return makeCertain(
    {
      what: `the move of stage ${target.stage}`,
      make: () => calls.point(target, to, control),
      look: async () => {
        const now = await calls.read(target, control);
        if (now === to) return 'made';
        return now === from ? 'as-before' : 'changed-by-others';
      },
    },
    control.retries,
  );
}

/**
 * A stage is rolled back only from the deployment that the transaction made, whose description says
 * so, whatever a journal says.
 */
async function rollBack(
  step: StageStep,
  calls: StageCalls,
  context: RollBackContext,
): Promise<RollBackResult> {
  const { target, does, rollBack: former } = step;
  const read = () => calls.read(target, context);
  // Read first: no time may pass between reading the stage and pointing it back. A deployment that is
  // gone serves no stage.
  const described = await nullIfNotFound(() =>
    calls.describe(target.apiId, does.deploymentId, context),
  );
  const isOurs = isMadeBy(context.token, described ?? undefined);
  const now = await read();
  if (now === former.deploymentId) return NOTHING_TO_ROLL_BACK;
  if (now === null) return notRolledBack(`stage ${target.stage} is gone`);
  if (!isOurs || now !== does.deploymentId) {
    return notRolledBack(
      `stage ${target.stage} serves deployment ${now}, to which somebody else moved it`,
    );
  }
  await pointAt(target, now, former.deploymentId, calls, context);
  const after = await read();
  if (after === former.deploymentId) return ROLLED_BACK;
  return notRolledBack(
    `stage ${target.stage} was rolled back and serves deployment ${after ?? 'none'}`,
  );
}
