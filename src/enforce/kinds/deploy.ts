import type { Outcome } from '../outcome.js';
import { describeDeployment } from '../transaction/provenance.js';
import { interference } from '../transaction/stopped.js';
import type { CarryOut, EnforceDependencies } from '../transaction/transaction.js';

/*
 * The end of a transaction, the same for every kind of API that has deployments and stages: one deployment
 * that no stage serves yet, and then the stages that are pointed at it.
 */

/**
 * Makes the deployment of a transaction.
 *
 * @returns its id.
 */
export async function makeDeployment(
  kind: 'create-deployment' | 'create-v2-deployment',
  outcome: Outcome,
  token: string,
  carryOut: CarryOut,
  { retries, provenance }: EnforceDependencies,
): Promise<string> {
  const { id: deploymentId } = await carryOut({
    kind,
    target: { apiId: outcome.plan.api.id },
    does: { description: describeDeployment(provenance, token) },
    rollBack: { deleteWhereDescriptionHolds: token },
  });
  if (deploymentId === undefined) throw new Error('a deployment was made without an id');
  outcome.deploymentId = deploymentId;
  retries.logger.info(`deployment ${deploymentId} made; no stage serves it yet`);
  return deploymentId;
}

/** A stage as it is now. */
export interface StageNow {
  readonly deploymentId: string | undefined;
  /** Why it is not ours to move, whatever it serves, after "stage NAME"; `null` where nothing is. */
  readonly obstacle: string | null;
}

/** How the stages of a kind of API are moved. */
export interface StageMoves {
  readonly kind: 'move-stage' | 'move-v2-stage';
  /** Reads a stage; `null` where it is gone. */
  readonly readNow: (stage: string) => Promise<StageNow | null>;
}

/** Points the planned stages at a deployment, each after it was read once more. */
export async function moveStages(
  { kind, readNow }: StageMoves,
  outcome: Outcome,
  deploymentId: string,
  carryOut: CarryOut,
  { retries }: EnforceDependencies,
): Promise<void> {
  const { api, stages } = outcome.plan;
  for (const [index, stage] of stages.entries()) {
    const former = formerOf(stage, await readNow(stage.name));
    await carryOut(
      {
        kind,
        target: { apiId: api.id, stage: stage.name },
        does: { deploymentId },
        rollBack: { deploymentId: former },
      },
      () => {
        outcome.stageStates[index] = 'failed';
      },
    );
    outcome.stageStates[index] = 'moved';
    retries.logger.info(`stage ${stage.name}: ${former} -> ${deploymentId}`);
  }
}

/** A stage that was changed since the plan was made is not ours to move. */
function formerOf(
  planned: { readonly name: string; readonly deploymentId: string | null },
  now: StageNow | null,
): string {
  const { name } = planned;
  const deploymentId = now?.deploymentId;
  if (now === null || deploymentId === undefined) throw interference(`stage ${name} is gone`);
  if (deploymentId !== planned.deploymentId) {
    throw interference(`stage ${name} now serves deployment ${deploymentId}`);
  }
  if (now.obstacle !== null) throw interference(`stage ${name} ${now.obstacle}`);
  return deploymentId;
}
