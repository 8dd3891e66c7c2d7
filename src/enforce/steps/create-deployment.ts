import type { ApiGateway } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { nextPosition, pages } from '../../aws/pages.js';
import { makeCertain } from '../transaction/make-certain.js';
import { isMadeBy } from '../transaction/provenance.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import {
  type Applied,
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
    kind: z.literal('create-deployment'),
    target: z.object({ apiId: z.string() }),
    does: z.object({ description: z.string() }),
    /** The token, by which the deployment is found again. */
    rollBack: z.object({ deleteWhereDescriptionHolds: z.string() }),
  });

/** A deployment is made, without a stage. Its description ends with the transaction's token. */
export type CreateDeploymentStep = StepOf<typeof schema>;

/**
 * A CreateDeployment whose answer was lost may still be under way. API Gateway takes one every five
 * seconds, so waiting as long before looking again costs nothing.
 */
const IN_FLIGHT_MS = 5_000;

/**
 * CreateDeployment has no token that would make a repeated call harmless; the description holds ours,
 * and after a lost answer decides whether the deployment is there.
 */
async function apply(
  { target: { apiId }, does, rollBack: former }: CreateDeploymentStep,
  control: Control,
): Promise<Applied> {
  const { apiGateway, retries } = control;
  const { deleteWhereDescriptionHolds: token } = former;
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
  if (isInDoubt) {
    // An attempt that was given up may have been carried out after all, behind the one that counts.
    for (const other of await findDeployments(apiId, token, apiGateway)) {
      if (other !== id) await deleteDeployment(apiId, other, control);
    }
  }
  return { id, certainty };
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

async function rollBack(
  step: CreateDeploymentStep,
  context: RollBackContext,
): Promise<RollBackResult> {
  const { apiId } = step.target;
  const { deleteWhereDescriptionHolds: token } = step.rollBack;
  const { apiGateway, retries, isLast, isConfirmed } = context;
  let ids = await findDeployments(apiId, token, apiGateway);
  if (ids.length === 0 && isLast && !isConfirmed) {
    await retries.sleep(IN_FLIGHT_MS);
    ids = await findDeployments(apiId, token, apiGateway);
  }
  if (ids.length === 0) return NOTHING_TO_ROLL_BACK;
  for (const id of ids) {
    try {
      await deleteDeployment(apiId, id, context);
    } catch (error) {
      // 400 "Active stages pointing to this deployment must be moved or deleted".
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      return notRolledBack(`deployment ${id} could not be deleted (${error.detail})`);
    }
  }
  const rest = await findDeployments(apiId, token, apiGateway);
  if (rest.length === 0) return ROLLED_BACK;
  const words = `deployment ${rest.join(', ')} was deleted and is still listed`;
  return { state: 'not-rolled-back', words, isFinal: false };
}

async function deleteDeployment(
  apiId: string,
  id: string,
  { apiGateway, retries }: Control,
): Promise<void> {
  await makeCertain(
    {
      what: `the deletion of deployment ${id}`,
      make: () => nullIfNotFound(() => apiGateway.deleteDeployment(apiId, id)),
      look: async () =>
        (await nullIfNotFound(() => apiGateway.getDeployment(apiId, id))) === null
          ? 'made'
          : 'as-before',
    },
    retries,
  );
}

export const createDeployment: StepKind<CreateDeploymentStep> = {
  part: 'deployment',
  apiKinds: ['REST'],
  schema,
  problemIn: ({ target, rollBack: former }, transaction) =>
    otherApi(target.apiId === transaction.apiId, transaction) ??
    (former.deleteWhereDescriptionHolds === transaction.token
      ? null
      : 'is about the deployment of another transaction'),
  describe: () => 'a new deployment',
  apply,
  rollBack,
  isMarked: true,
};
