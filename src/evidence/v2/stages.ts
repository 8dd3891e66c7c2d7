import type { ApiGatewayV2, Stage } from '../../aws/api-gateway-v2.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextToken, pages } from '../../aws/pages.js';
import type { Reading, StageDeployment, StageEvidence } from '../../model/evidence.js';
import { reading } from '../reading.js';

/** A stage with the name that it cannot be without. */
export type NamedStage = Stage & { readonly StageName: string };

/**
 * Reads every stage of an API.
 *
 * @throws AwsFailure where any page could not be read, or a stage came without its name.
 */
export async function readStageList(
  apiGateway: Pick<ApiGatewayV2, 'getStagesPage'>,
  apiId: string,
): Promise<NamedStage[]> {
  const stages: NamedStage[] = [];
  const read = (token: string | undefined) => apiGateway.getStagesPage(apiId, token);
  for await (const { items } of pages('GetStages', read, nextToken)) {
    for (const stage of items) {
      const { StageName } = stage;
      if (!StageName) {
        throw new AwsFailure('GetStages', new Error('a stage came without its name'), 1);
      }
      stages.push({ ...stage, StageName });
    }
  }
  return stages;
}

/** What became of a deployment: `PENDING`, `FAILED`, `DEPLOYED`; `null` where AWS did not say. */
export type StatusReader = (deploymentId: string) => Promise<Reading<string | null>>;

/** Reads the status of each distinct deployment once. */
export function statusReader(
  apiGateway: Pick<ApiGatewayV2, 'getDeployment'>,
  apiId: string,
): StatusReader {
  const read = new Map<string, Promise<Reading<string | null>>>();
  return (deploymentId) => {
    const status =
      read.get(deploymentId) ??
      reading('GetDeployment', async () => {
        const { DeploymentStatus } = await apiGateway.getDeployment(apiId, deploymentId);
        return DeploymentStatus ?? null;
      });
    read.set(deploymentId, status);
    return status;
  };
}

/** A stage without what it serves, and whether that can be told by what is configured. */
export interface StageState {
  readonly stage: Omit<StageEvidence, 'deployed'>;
  /**
   * The stage deploys every change by itself, and its last deployment is finished and is the one that it
   * serves: what is configured is what is served. Otherwise why it is not so, as a clause; or why that
   * could not be read.
   */
  readonly isCurrent: Reading<true | string>;
}

/**
 * How a stage is deployed. A deployment's status decides something only where the stage deploys by itself,
 * and is asked for there alone.
 */
export async function readStageState(stage: NamedStage, read: StatusReader): Promise<StageState> {
  const { DeploymentId = null, LastDeploymentStatusMessage } = stage;
  const autoDeploy = stage.AutoDeploy ?? false;
  const message = LastDeploymentStatusMessage || null;
  const status: Reading<string | null> =
    autoDeploy && DeploymentId !== null
      ? await read(DeploymentId)
      : { readable: true, value: null };
  const deployment: StageDeployment = {
    autoDeploy,
    deploymentStatus: status.readable ? status.value : null,
    lastDeploymentStatusMessage: message,
    isManaged: stage.ApiGatewayManaged ?? false,
  };
  return {
    stage: {
      name: stage.StageName,
      deploymentId: DeploymentId,
      canary: null,
      lastUpdatedMs: stage.LastUpdatedDate?.getTime() ?? null,
      deployment,
    },
    isCurrent: status.readable
      ? { readable: true, value: currency(DeploymentId, deployment) }
      : status,
  };
}

/**
 * "Successfully deployed stage with deployment ID 's6gjtg'" is what a stage says that has deployed by
 * itself, and "Deployment attempt failed: …" where it could not: it serves what it served before then. Words
 * that nobody knows tell nothing.
 */
const SUCCESS = /^Successfully deployed stage with deployment ID '([^']+)'/;

function currency(
  deploymentId: string | null,
  { autoDeploy, deploymentStatus, lastDeploymentStatusMessage: message }: StageDeployment,
): true | string {
  if (!autoDeploy) return 'the stage does not deploy by itself (its AutoDeploy is off)';
  if (deploymentId === null) return 'the stage names no deployment';
  if (deploymentStatus !== 'DEPLOYED') {
    return `the deployment ${deploymentId} of the stage is ${deploymentStatus ?? 'of a status that AWS did not return'}`;
  }
  if (message === null) return 'AWS did not return what became of the last automatic deployment';
  const [, deployed] = SUCCESS.exec(message) ?? [];
  if (deployed === deploymentId) return true;
  return deployed === undefined
    ? `the last automatic deployment is not known to have succeeded ("${message.replace(/\s+/g, ' ').slice(0, 200)}"), so that the stage may serve the one before`
    : `the last automatic deployment was ${deployed}, and the stage serves ${deploymentId}`;
}
