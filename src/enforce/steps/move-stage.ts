import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { type StageCalls, type StageTarget, stageKind, stageSchema } from './stage-kind.js';
import type { StepKind, StepOf } from './step-kind.js';

const schema = stageSchema('move-stage');

/** A stage of a REST API is pointed at another deployment. */
export type MoveStageStep = StepOf<typeof schema>;

/** Reads a stage; `null` where there is no such stage. */
export function readStageNow(
  { apiId, stage }: StageTarget,
  apiGateway: ApiGateway,
): Promise<Stage | null> {
  return nullIfNotFound(() => apiGateway.getStage(apiId, stage));
}

const calls: StageCalls = {
  read: async (target, { apiGateway }) =>
    (await readStageNow(target, apiGateway))?.deploymentId ?? null,
  point: ({ apiId, stage }, deploymentId, { apiGateway }) =>
    apiGateway.updateStage(apiId, stage, [
      { op: 'replace', path: '/deploymentId', value: deploymentId },
    ]),
  describe: async (apiId, deploymentId, { apiGateway }) =>
    (await apiGateway.getDeployment(apiId, deploymentId)).description,
};

export const moveStage: StepKind<MoveStageStep> = stageKind(['REST'], schema, calls);
