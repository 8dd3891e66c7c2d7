import type { ApiGatewayV2, Stage } from '../../aws/api-gateway-v2.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { type StageCalls, type StageTarget, stageKind, stageSchema } from './stage-kind.js';
import type { StepKind, StepOf } from './step-kind.js';

const schema = stageSchema('move-v2-stage');

/** A stage of an HTTP or WebSocket API is pointed at another deployment. */
export type MoveV2StageStep = StepOf<typeof schema>;

/** Reads a stage; `null` where there is no such stage. */
export function readV2StageNow(
  { apiId, stage }: StageTarget,
  apiGatewayV2: ApiGatewayV2,
): Promise<Stage | null> {
  return nullIfNotFound(() => apiGatewayV2.getStage(apiId, stage));
}

const calls: StageCalls = {
  read: async (target, { apiGatewayV2 }) =>
    (await readV2StageNow(target, apiGatewayV2))?.DeploymentId ?? null,
  point: ({ apiId, stage }, deploymentId, { apiGatewayV2 }) =>
    apiGatewayV2.updateStage(apiId, stage, deploymentId),
  describe: async (apiId, deploymentId, { apiGatewayV2 }) =>
    (await apiGatewayV2.getDeployment(apiId, deploymentId)).Description,
};

export const moveV2Stage: StepKind<MoveV2StageStep> = stageKind(
  ['HTTP', 'WEBSOCKET'],
  schema,
  calls,
);
