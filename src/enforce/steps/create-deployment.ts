import type { ApiGateway } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextPosition, pages } from '../../aws/pages.js';
import type { RetrySettings } from '../../aws/retry.js';
import { hasTexts, isRecord } from '../../model/json-data.js';
import { type Certainty, makeCertain, type Sight } from '../transaction/make-certain.js';
import { isMadeBy } from '../transaction/provenance.js';
import type { StepKind, UndoResult, UndoWorld } from '../transaction/registry.js';
import { EnforcementStopped } from '../transaction/stopped.js';

/** A deployment is made, without a stage. Its description ends with the transaction's token. */
export interface CreateDeploymentStep {
  readonly kind: 'create-deployment';
  readonly target: { readonly apiId: string };
  readonly does: { readonly description: string };
  /** The token, which is how the deployment is found again. */
  readonly undo: { readonly deleteWhereDescriptionHolds: string };
}

/**
 * A lost CreateDeployment may still be under way when its answer is given up. API Gateway takes one
 * every five seconds, so nothing is lost by looking again only then.
 */
const IN_FLIGHT_MS = 5_000;

/**
 * Makes the deployment, once. CreateDeployment has no token that would make a repeated call harmless;
 * the description holds ours, and after a lost answer decides whether the deployment is there.
 *
 * @returns the deployment's id, and how it is known to be there.
 */
export async function createDeployment(
  { target: { apiId }, does, undo: { deleteWhereDescriptionHolds: token } }: CreateDeploymentStep,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<{ readonly deploymentId: string; readonly certainty: Certainty }> {
  let id: string | undefined;
  let isInDoubt = false;
  const certainty = await makeCertain(
    {
      what: 'the deployment',
      shortestWaitMs: IN_FLIGHT_MS,
      make: async () => {
        ({ id } = await apiGateway.createDeployment(apiId, does.description));
      },
      look: async () => {
        isInDoubt = true;
        [id] = await findDeployments(apiId, token, apiGateway);
        return id === undefined ? 'as-before' : 'made';
      },
    },
    retries,
  );
  if (id === undefined) throw new EnforcementStopped('CreateDeployment answered without an id.');
  // An attempt that was given up may have been carried out after all, behind the one that counts.
  if (isInDoubt) await deleteOthers(apiId, token, id, apiGateway, retries);
  return { deploymentId: id, certainty };
}

async function deleteOthers(
  apiId: string,
  token: string,
  keptId: string,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  for (const id of await findDeployments(apiId, token, apiGateway)) {
    if (id !== keptId) await deleteDeployment(apiId, id, apiGateway, retries);
  }
}

/** Ids of an API's deployments that a transaction made. */
async function findDeployments(
  apiId: string,
  token: string,
  apiGateway: ApiGateway,
): Promise<string[]> {
  const found: string[] = [];
  const read = (position: string | undefined) => apiGateway.getDeploymentsPage(apiId, position);
  for await (const { items = [] } of pages('GetDeployments', read, nextPosition)) {
    for (const { id, description } of items) {
      if (id !== undefined && isMadeBy(token, description)) found.push(id);
    }
  }
  return found;
}

async function undo(step: CreateDeploymentStep, world: UndoWorld): Promise<UndoResult> {
  const { apiId } = step.target;
  const { deleteWhereDescriptionHolds: token } = step.undo;
  const { apiGateway, retries, isLast, isConfirmed } = world;
  let ids = await findDeployments(apiId, token, apiGateway);
  if (ids.length === 0 && isLast && !isConfirmed) {
    await retries.sleep(IN_FLIGHT_MS);
    ids = await findDeployments(apiId, token, apiGateway);
  }
  if (ids.length === 0) return { state: 'nothing-to-undo' };
  for (const id of ids) {
    try {
      await deleteDeployment(apiId, id, apiGateway, retries);
    } catch (error) {
      // 400 "Active stages pointing to this deployment must be moved or deleted".
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      const words = `deployment ${id} could not be deleted (${error.detail})`;
      return { state: 'left', words, isFinal: true };
    }
  }
  const rest = await findDeployments(apiId, token, apiGateway);
  if (rest.length === 0) return { state: 'put-back' };
  return {
    state: 'left',
    words: `deployment ${rest.join(', ')} was deleted and is still listed`,
    isFinal: false,
  };
}

async function deleteDeployment(
  apiId: string,
  id: string,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  const look = async (): Promise<Sight> => {
    try {
      await apiGateway.getDeployment(apiId, id);
      return 'as-before';
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'not-found') return 'made';
      throw error;
    }
  };
  const make = async (): Promise<void> => {
    try {
      await apiGateway.deleteDeployment(apiId, id);
    } catch (error) {
      if (!(error instanceof AwsFailure && error.kind === 'not-found')) throw error;
    }
  };
  await makeCertain({ what: `the deletion of deployment ${id}`, make, look }, retries);
}

function is(data: unknown): data is CreateDeploymentStep {
  return (
    isRecord(data) &&
    data.kind === 'create-deployment' &&
    hasTexts(data.target, ['apiId']) &&
    hasTexts(data.does, ['description']) &&
    hasTexts(data.undo, ['deleteWhereDescriptionHolds'])
  );
}

export const createDeploymentStep: StepKind<CreateDeploymentStep> = {
  is,
  describe: () => 'a new deployment',
  undo,
};
