import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { RetrySettings } from '../../aws/retry.js';
import { hasTexts, isRecord } from '../../model/json-data.js';
import { type Certainty, makeCertain } from '../transaction/make-certain.js';
import { isMadeBy } from '../transaction/provenance.js';
import type { StepKind, UndoResult, UndoWorld } from '../transaction/registry.js';

/** A stage is pointed at another deployment. */
export interface MoveStageStep {
  readonly kind: 'move-stage';
  readonly target: { readonly apiId: string; readonly stage: string };
  readonly does: { readonly deploymentId: string };
  readonly undo: { readonly deploymentId: string };
}

/** Points the stage at the new deployment. */
export function moveStage(
  { target, does, undo: former }: MoveStageStep,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<Certainty> {
  return pointAt(target, former.deploymentId, does.deploymentId, apiGateway, retries);
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
  from: string,
  to: string,
  apiGateway: ApiGateway,
  retries: RetrySettings,
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
 * A stage is put back only from the deployment that the transaction made, which no other shares: its
 * description says so, whatever a journal says.
 */
async function undo(step: MoveStageStep, world: UndoWorld): Promise<UndoResult> {
  const { target, does, undo: former } = step;
  const { apiGateway, retries, token } = world;
  const read = async (): Promise<string | null> =>
    (await readStageNow(target, apiGateway))?.deploymentId ?? null;
  // Asked first, since no time must pass between reading the stage and pointing it back.
  const isOurs = await isOwnDeployment(target.apiId, does.deploymentId, token, apiGateway);
  const now = await read();
  if (now === former.deploymentId) return { state: 'nothing-to-undo' };
  if (now === null) return left(`stage ${target.stage} is gone`);
  if (!isOurs || now !== does.deploymentId) {
    return left(`stage ${target.stage} serves deployment ${now}, to which somebody else moved it`);
  }
  await pointAt(target, now, former.deploymentId, apiGateway, retries);
  const after = await read();
  if (after === former.deploymentId) return { state: 'put-back' };
  return left(`stage ${target.stage} was moved back and serves deployment ${after ?? 'none'}`);
}

/** Whether the transaction made a deployment; one that is gone serves no stage. */
async function isOwnDeployment(
  apiId: string,
  deploymentId: string,
  token: string,
  apiGateway: ApiGateway,
): Promise<boolean> {
  try {
    const { description } = await apiGateway.getDeployment(apiId, deploymentId);
    return isMadeBy(token, description);
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'not-found') return false;
    throw error;
  }
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
