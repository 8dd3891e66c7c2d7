import type { ApiGatewayV2, Deployment, Stage } from '../../aws/api-gateway-v2.js';
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

/** What is read of an API behind its routes, once, when the first stage asks for it. */
export interface ReadBehind {
  /** Every deployment. */
  readonly deployments: () => Promise<Reading<readonly Deployment[]>>;
  /** Every stage, once more. */
  readonly stages: () => Promise<Reading<readonly NamedStage[]>>;
}

/** @param routes settles once the routes are read: nothing is read here before that. */
export function readBehind(
  apiGateway: Pick<ApiGatewayV2, 'getDeploymentsPage' | 'getStagesPage'>,
  apiId: string,
  routes: Promise<unknown>,
): ReadBehind {
  const readDeployments = async (): Promise<readonly Deployment[]> => {
    const deployments: Deployment[] = [];
    const readPage = (token: string | undefined) => apiGateway.getDeploymentsPage(apiId, token);
    for await (const { items } of pages('GetDeployments', readPage, nextToken)) {
      deployments.push(...items);
    }
    return deployments;
  };
  return {
    deployments: onceBehind(routes, () => reading('GetDeployments', readDeployments)),
    stages: onceBehind(routes, () => reading('GetStages', () => readStageList(apiGateway, apiId))),
  };
}

function onceBehind<T>(routes: Promise<unknown>, read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= routes.then(read);
    return result;
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
 * How a stage is deployed. Deployments decide something only where the stage deploys by itself, and are
 * read there alone. All of them: what a stage says of itself may be what it was before a deployment that
 * is still under way. And the stage once more: routes that were read between two readings of a stage that was the
 * same all the time are those that it serves; else they may be those that it never served.
 */
export async function readStageState(stage: NamedStage, read: ReadBehind): Promise<StageState> {
  const { DeploymentId = null, LastDeploymentStatusMessage } = stage;
  const autoDeploy = stage.AutoDeploy ?? false;
  const deployments: Reading<readonly Deployment[]> =
    autoDeploy && DeploymentId !== null ? await read.deployments() : { readable: true, value: [] };
  const own = deployments.readable
    ? deployments.value.find((it) => it.DeploymentId === DeploymentId)
    : undefined;
  const deployment: StageDeployment = {
    autoDeploy,
    deploymentStatus: own?.DeploymentStatus ?? null,
    lastDeploymentStatusMessage: LastDeploymentStatusMessage || null,
    isManaged: stage.ApiGatewayManaged ?? false,
  };
  const isCurrent: StageState['isCurrent'] = deployments.readable
    ? { readable: true, value: currency(DeploymentId, deployment, own, deployments.value) }
    : deployments;
  return {
    stage: {
      name: stage.StageName,
      deploymentId: DeploymentId,
      canary: null,
      lastUpdatedMs: stage.LastUpdatedDate?.getTime() ?? null,
      deployment,
    },
    isCurrent:
      isCurrent.readable && isCurrent.value === true ? await unlessChanged(stage, read) : isCurrent,
  };
}

async function unlessChanged(
  before: NamedStage,
  read: ReadBehind,
): Promise<StageState['isCurrent']> {
  const stages = await read.stages();
  if (!stages.readable) return stages;
  const now = stages.value.find(({ StageName }) => StageName === before.StageName);
  const isSame = now !== undefined && contentOf(now) === contentOf(before);
  const value = isSame || 'the stage was changed while the API was read';
  return { readable: true, value };
}

/** All of a stage that says what it serves, as a text to compare. */
function contentOf(stage: NamedStage): string {
  const { AutoDeploy, DeploymentId, LastDeploymentStatusMessage, LastUpdatedDate } = stage;
  return JSON.stringify([
    ...[AutoDeploy, DeploymentId, LastDeploymentStatusMessage],
    LastUpdatedDate?.getTime(),
  ]);
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
  own: Deployment | undefined,
  deployments: readonly Deployment[],
): true | string {
  if (!autoDeploy) return 'the stage does not deploy by itself (its AutoDeploy is off)';
  if (deploymentId === null) return 'the stage names no deployment';
  if (own === undefined || deploymentStatus !== 'DEPLOYED') {
    return `the deployment ${deploymentId} of the stage is ${deploymentStatus ?? 'of a status that AWS did not return'}`;
  }
  if (message === null) return 'AWS did not return what became of the last automatic deployment';
  const [, deployed] = SUCCESS.exec(message) ?? [];
  if (deployed === undefined) {
    return `the last automatic deployment is not known to have succeeded ("${message.replace(/\s+/g, ' ').slice(0, 200)}"), so that the stage may serve the one before`;
  }
  if (deployed !== deploymentId) {
    return `the last automatic deployment was ${deployed}, and the stage serves ${deploymentId}`;
  }
  const newer = deployments.find((it) => it !== own && isUnfinished(it) && isNotOlder(it, own));
  return newer === undefined
    ? true
    : `the automatic deployment ${newer.DeploymentId ?? ''} is newer and ${newer.DeploymentStatus ?? 'of no known status'}`;
}

/** One by hand reaches no stage that deploys by itself. */
function isUnfinished({ AutoDeployed, DeploymentStatus }: Deployment): boolean {
  return AutoDeployed !== false && DeploymentStatus !== 'DEPLOYED';
}

/** Where AWS says nothing of the one or the other, nobody knows. */
function isNotOlder({ CreatedDate: it }: Deployment, { CreatedDate: own }: Deployment): boolean {
  return it === undefined || own === undefined || it.getTime() >= own.getTime();
}
