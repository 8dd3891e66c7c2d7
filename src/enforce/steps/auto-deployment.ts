import type { ApiGatewayV2, Deployment, Stage } from '../../aws/api-gateway-v2.js';
import { nextToken, pages } from '../../aws/pages.js';
import { type NamedStage, readStageList } from '../../evidence/v2/stages.js';
import type { Watch } from './authorization-kind.js';
import { DEPLOYS_WITHIN_MS, pollUntilDecided } from './poll.js';
import type { Control } from './step-kind.js';

/*
 * Stages with AutoDeploy serve a change of their API's routes without being asked, after a while, or not:
 * a deployment that fails leaves the one before it serving, and the stage says why.
 */

/** How stages and deployments stand at one time. */
interface Sight {
  readonly stages: readonly NamedStage[];
  readonly deployments: ReadonlyMap<string, Deployment>;
}

/**
 * Looks at the stages that deploy by themselves before a change, so that it can be told afterwards
 * whether they serve it.
 */
export async function watchAutoDeployments(apiId: string, control: Control): Promise<Watch> {
  const before = await look(apiId, control);
  return {
    settle: async (isChanged) => {
      const judge = isChanged ? sinceChange : asItStands;
      let words = '';
      const problem = await pollUntilDecided(async () => {
        const now = await look(apiId, control);
        const states = now.stages.map((stage) => judge(stage, now, before));
        const failed = states.find((state) => state.kind === 'failed');
        if (failed !== undefined) return { words: failed.words };
        const open = states.find((state) => state.kind === 'open');
        words = open?.words ?? '';
        return open === undefined ? { words: null } : null;
      }, control.retries);
      return problem === null ? words : problem.words;
    },
  };
}

type State =
  | { readonly kind: 'settled' }
  | { readonly kind: 'open'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

const SETTLED: State = { kind: 'settled' };

/** What became of a change that was made after `before` was seen. */
function sinceChange(stage: NamedStage, now: Sight, before: Sight): State {
  const name = stage.StageName;
  const former = before.stages.find(({ StageName }) => StageName === name);
  const fresh = [...now.deployments.values()].filter(
    ({ AutoDeployed, DeploymentId = '' }) =>
      AutoDeployed === true && !before.deployments.has(DeploymentId),
  );
  const served = servedBy(stage);
  const isMoved = served !== null && (former === undefined || served !== servedBy(former));
  const isPending = fresh.some(({ DeploymentStatus }) => DeploymentStatus === 'PENDING');
  // One that was PENDING before the change may hold what was configured before.
  const isFresh = served !== null && !before.deployments.has(served);
  if (isFresh && !isPending && statusOf(served, now) === 'DEPLOYED') return SETTLED;
  if (isPending) return open(name);
  // A stage may name the deployment that failed, while it serves the one before.
  const failure = fresh.find(
    ({ DeploymentStatus, DeploymentId }) =>
      DeploymentStatus === 'FAILED' && (!isMoved || DeploymentId === served),
  );
  const message = stage.LastDeploymentStatusMessage;
  const isNewMessage = message !== former?.LastDeploymentStatusMessage;
  if (failure !== undefined) {
    return failed(name, failure.DeploymentStatusMessage ?? message);
  }
  return isNewMessage && saysFailed(message) ? failed(name, message) : open(name);
}

/** What became of changes that were made before anybody looked. */
function asItStands(stage: NamedStage, now: Sight): State {
  const name = stage.StageName;
  const isPending = [...now.deployments.values()].some(
    ({ AutoDeployed, DeploymentStatus }) => AutoDeployed === true && DeploymentStatus === 'PENDING',
  );
  if (isPending) return open(name);
  const message = stage.LastDeploymentStatusMessage;
  return saysFailed(message) ? failed(name, message) : SETTLED;
}

function open(stage: string): State {
  return {
    kind: 'open',
    words: `stage ${stage} deploys by itself, and had not deployed the change after ${DEPLOYS_WITHIN_MS / 1000} seconds`,
  };
}

function failed(stage: string, message: string | undefined): State {
  const said = message === undefined || message === '' ? 'AWS does not say why' : message;
  return {
    kind: 'failed',
    words: `stage ${stage} deploys by itself, and the deployment of the change failed (${said})`,
  };
}

function statusOf(deploymentId: string, { deployments }: Sight): string | undefined {
  return deployments.get(deploymentId)?.DeploymentStatus;
}

/**
 * The deployment that a stage serves. A stage that deploys by itself names it, or only says so in words: "Successfully
 * deployed stage with deployment ID 'dty748'" (AWS CLI Command Reference, apigatewayv2 get-stages).
 */
export function servedBy({
  DeploymentId,
  LastDeploymentStatusMessage: message,
}: Stage): string | null {
  const [, said] = /^Successfully deployed .*deployment ID '([^']+)'/.exec(message ?? '') ?? [];
  return DeploymentId ?? said ?? null;
}

/** "Deployment attempt failed: Unable to deploy API because no routes exist in this API". */
export function saysFailed(message: string | null | undefined): boolean {
  return typeof message === 'string' && message !== '' && !/^Successfully\b/i.test(message);
}

async function look(apiId: string, { apiGatewayV2 }: Control): Promise<Sight> {
  // The stages first: a deployment that one of them names is in the list that is read afterwards.
  const stages = await readStageList(apiGatewayV2, apiId);
  const deployments = new Map<string, Deployment>();
  for await (const page of deploymentPages(apiGatewayV2, apiId)) {
    for (const it of page) if (it.DeploymentId !== undefined) deployments.set(it.DeploymentId, it);
  }
  return { stages: stages.filter(({ AutoDeploy }) => AutoDeploy === true), deployments };
}

/** Every deployment of an API, a page after the other. */
export async function* deploymentPages(
  apiGateway: ApiGatewayV2,
  apiId: string,
): AsyncGenerator<readonly Deployment[], void> {
  const read = (token: string | undefined) => apiGateway.getDeploymentsPage(apiId, token);
  for await (const { items } of pages('GetDeployments', read, nextToken)) yield items;
}
