import { AwsFailure } from '../../aws/failure.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import type { ApiKind } from '../../model/api-kind.js';
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
  type Zod,
} from './step-kind.js';

/*
 * A deployment that is made without a stage, so that nobody is served by it yet. Its description ends with
 * the transaction's token, by which it is found again: neither version of CreateDeployment has a token that
 * would make a repeated call harmless.
 */

/** What a journal holds of a step that makes a deployment. */
export const deploymentSchema =
  <const K extends string>(kind: K) =>
  (z: Zod) =>
    z.object({
      kind: z.literal(kind),
      target: z.object({ apiId: z.string() }),
      does: z.object({ description: z.string() }),
      /** The token, by which the deployment is found again. */
      rollBack: z.object({ deleteWhereDescriptionHolds: z.string() }),
    });

interface DeploymentStep {
  readonly target: { readonly apiId: string };
  readonly does: { readonly description: string };
  readonly rollBack: { readonly deleteWhereDescriptionHolds: string };
}

/** A deployment as a list has it. */
export interface ListedDeployment {
  readonly id: string | undefined;
  readonly description: string | undefined;
}

/** The calls of one version of the control plane. */
export interface DeploymentCalls {
  readonly create: (
    apiId: string,
    description: string,
    control: Control,
  ) => Promise<string | undefined>;
  /** Waits until what was made can be served; nothing where it can be at once. */
  readonly settle?: (apiId: string, deploymentId: string, control: Control) => Promise<void>;
  readonly get: (apiId: string, deploymentId: string, control: Control) => Promise<unknown>;
  readonly list: (apiId: string, control: Control) => AsyncIterable<readonly ListedDeployment[]>;
  readonly delete: (apiId: string, deploymentId: string, control: Control) => Promise<void>;
}

/**
 * A CreateDeployment whose answer was lost may still be under way. API Gateway takes one every five
 * seconds, so waiting as long before looking again costs nothing.
 */
const IN_FLIGHT_MS = 5_000;

/** What is done with a step that makes a deployment, in terms of the version's calls. */
export function deploymentKind<S extends DeploymentStep>(
  apiKinds: readonly ApiKind[],
  schema: StepKind<S>['schema'],
  calls: DeploymentCalls,
): StepKind<S> {
  return {
    part: 'deployment',
    apiKinds,
    schema,
    problemIn: ({ target, rollBack: former }, transaction) =>
      otherApi(target.apiId === transaction.apiId, transaction) ??
      (former.deleteWhereDescriptionHolds === transaction.token
        ? null
        : 'is about the deployment of another transaction'),
    describe: () => 'a new deployment',
    apply: (step, control) => apply(step, calls, control),
    rollBack: (step, context) => rollBack(step, calls, context),
    isMarked: true,
  };
}

/** After a lost answer, the description decides whether the deployment is there. */
async function apply(
  { target: { apiId }, does, rollBack: former }: DeploymentStep,
  calls: DeploymentCalls,
  control: Control,
): Promise<Applied> {
  const { deleteWhereDescriptionHolds: token } = former;
  let id: string | undefined;
  let isInDoubt = false;
  const certainty = await makeCertain(
    {
      what: 'the deployment',
      shortestWaitMs: IN_FLIGHT_MS,
      make: async () => {
        id = await calls.create(apiId, does.description, control);
      },
      look: async () => {
        isInDoubt = true;
        [id] = await findDeployments(apiId, token, calls, control);
        return id === undefined ? 'as-before' : 'made';
      },
    },
    control.retries,
  );
  if (id === undefined) throw new EnforcementStopped('CreateDeployment answered without an id.');
  if (isInDoubt) {
    // An attempt that was given up may have been carried out after all, behind the one that counts.
    for (const other of await findDeployments(apiId, token, calls, control)) {
      if (other !== id) await deleteDeployment(apiId, other, calls, control);
    }
  }
  await calls.settle?.(apiId, id, control);
  return { id, certainty };
}

/** Ids of an API's deployments that a transaction made. */
async function findDeployments(
  apiId: string,
  token: string,
  calls: DeploymentCalls,
  control: Control,
): Promise<string[]> {
  const found: string[] = [];
  for await (const page of calls.list(apiId, control)) {
    for (const { id, description } of page) {
      if (id !== undefined && isMadeBy(token, description)) found.push(id);
    }
  }
  return found;
}

async function rollBack(
  step: DeploymentStep,
  calls: DeploymentCalls,
  context: RollBackContext,
): Promise<RollBackResult> {
  const { apiId } = step.target;
  const { deleteWhereDescriptionHolds: token } = step.rollBack;
  const { retries, isLast, isConfirmed } = context;
  let ids = await findDeployments(apiId, token, calls, context);
  if (ids.length === 0 && isLast && !isConfirmed) {
    await retries.sleep(IN_FLIGHT_MS);
    ids = await findDeployments(apiId, token, calls, context);
  }
  if (ids.length === 0) return NOTHING_TO_ROLL_BACK;
  for (const id of ids) {
    try {
      await deleteDeployment(apiId, id, calls, context);
    } catch (error) {
      // 400 "Active stages pointing to this deployment must be moved or deleted".
      if (!(error instanceof AwsFailure) || error.kind !== 'refused') throw error;
      return notRolledBack(`deployment ${id} could not be deleted (${error.detail})`);
    }
  }
  const rest = await findDeployments(apiId, token, calls, context);
  if (rest.length === 0) return ROLLED_BACK;
  const words = `deployment ${rest.join(', ')} was deleted and is still listed`;
  return { state: 'not-rolled-back', words, isFinal: false };
}

async function deleteDeployment(
  apiId: string,
  id: string,
  calls: DeploymentCalls,
  control: Control,
): Promise<void> {
  await makeCertain(
    {
      what: `the deletion of deployment ${id}`,
      make: () => nullIfNotFound(() => calls.delete(apiId, id, control)),
      look: async () =>
        (await nullIfNotFound(() => calls.get(apiId, id, control))) === null ? 'made' : 'as-before',
    },
    control.retries,
  );
}
