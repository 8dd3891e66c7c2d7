import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { RetrySettings } from '../../aws/retry.js';
import { hasTexts, isRecord } from '../../json-data.js';
import { makeCertain } from '../make-certain.js';
import type { StepKind, UndoResult, UndoWorld } from '../step.js';

/** A stage is pointed at another deployment. */
export interface MoveStageStep {
  readonly kind: 'move-stage';
  readonly target: { readonly apiId: string; readonly stage: string };
  readonly does: { readonly deploymentId: string };
  readonly undo: { readonly deploymentId: string };
}

/** Points the stage at the new deployment. */
export function moveStage(
  { target, does }: MoveStageStep,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  return pointAt(target, does.deploymentId, apiGateway, retries);
}

/** Reads a stage; `null` where there is no such stage. */
export async function readStageNow(
  { apiId, stage }: MoveStageStep['target'],
  apiGateway: ApiGateway,
): Promise<Stage | null> {
  try {
    return await apiGateway.getStage(apiId, stage);
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'not-found') return null;
    throw error;
  }
}

async function pointAt(
  target: MoveStageStep['target'],
  deploymentId: string,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  const { apiId, stage } = target;
  await makeCertain(
    {
      what: `the move of stage ${stage}`,
      make: () =>
        apiGateway.updateStage(apiId, stage, [
          { op: 'replace', path: '/deploymentId', value: deploymentId },
        ]),
      isMade: async () => (await readStageNow(target, apiGateway))?.deploymentId === deploymentId,
    },
    retries,
  );
}

async function undo(step: MoveStageStep, world: UndoWorld): Promise<UndoResult> {
  const { target, does, undo: former } = step;
  const { apiGateway, retries } = world;
  const read = async (): Promise<string | null> =>
    (await readStageNow(target, apiGateway))?.deploymentId ?? null;
  const now = await read();
  if (now === former.deploymentId) return { state: 'nothing-to-undo' };
  if (now === null) return left(`stage ${target.stage} is gone`);
  if (now !== does.deploymentId) {
    return left(`stage ${target.stage} serves deployment ${now}, to which somebody else moved it`);
  }
  await pointAt(target, former.deploymentId, apiGateway, retries);
  const after = await read();
  if (after === former.deploymentId) return { state: 'put-back' };
  return left(`stage ${target.stage} was moved back and serves deployment ${after ?? 'none'}`);
}

function left(words: string): UndoResult {
  return { state: 'left', words, isFinal: true };
}

function is(data: unknown): data is MoveStageStep {
  return (
    isRecord(data) &&
    data.kind === 'move-stage' &&
    hasTexts(data.target, ['apiId', 'stage']) &&
    hasTexts(data.does, ['deploymentId']) &&
    hasTexts(data.undo, ['deploymentId'])
  );
}

export const moveStageStep: StepKind<MoveStageStep> = {
  is,
  describe: ({ target, does }) => `stage ${target.stage} to deployment ${does.deploymentId}`,
  undo,
};
