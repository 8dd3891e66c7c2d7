import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import { Cancelled } from '../../model/cancellation.js';
import { nameOf } from '../../model/evidence.js';
import type { Logger } from '../../model/logger.js';
import { applyGrantStep, GrantStopped } from '../grant/apply.js';
import { type GrantStep, isGrantStep } from '../grant/steps.js';
import { enterUndone, type Outcome, outcomeOf, type Proof } from '../outcome.js';
import { isIdle } from '../plan.js';
import type { CheckedPlan } from '../preconditions.js';
import { applyPlan } from './apply.js';
import type { AnnouncedStep, Journal, JournaledTransaction, TransactionHeader } from './journal.js';
import type { Certainty } from './make-certain.js';
import type { Provenance } from './provenance.js';
import { describeStep, type Step, undoStep } from './registry.js';
import { type Undoing, undoTransaction } from './roll-back.js';
import { EnforcementStopped } from './stopped.js';

/** What carrying out a plan needs from outside. */
export interface EnforcementWorld {
  readonly apiGateway: ApiGateway;
  readonly retries: RetrySettings;
  /** The same service for putting things back: it works on after the job was cancelled. */
  readonly undoing: Undoing;
  readonly iam: Iam;
  readonly journal: Journal;
  readonly region: string;
  readonly provenance: Provenance;
  /** A text that no other transaction has. */
  readonly newToken: () => string;
}

/** Announces a step, makes its call, and enters AWS's answer. */
export type CarryOut = (step: Step, make: () => Promise<Certainty>) => Promise<void>;

/**
 * Enforces one API, or leaves it as it was: carries the plan out, asks for the proof, and where
 * anything is not as it must be puts back everything that it did.
 *
 * @param grants who is let in, before any method begins to ask for it; undone with the rest. Of a plan
 *   that is idle or refused they are all that is carried out.
 * @param prove asks the endpoint; is called once, with the stages on the new deployment.
 * @throws Cancelled after everything was put back, or with what is left entered in the journal.
 */
export async function enforceApi<P extends Proof>(
  plan: CheckedPlan,
  grants: readonly GrantStep[],
  prove: () => Promise<P>,
  world: EnforcementWorld,
): Promise<Outcome<P>> {
  const outcome = outcomeOf<P>(plan, 'not-attempted');
  const identity = identityOf(plan, world);
  let header: TransactionHeader = { ...identity, stages: {}, canaries: {} };
  const steps: (AnnouncedStep & { isConfirmed: boolean })[] = [];
  const carryOut: CarryOut = async (step, make) => {
    await world.journal.announce(step);
    const announced = { step, isConfirmed: false, settled: null };
    steps.push(announced);
    if ((await make()) !== 'answered') return;
    announced.isConfirmed = true;
    await world.journal.confirm();
  };
  try {
    header = { ...identity, ...(await readServed(plan, world.apiGateway)) };
    await world.journal.begin(header);
    for (const step of grants) {
      await carryOut(step, () => applyGrantStep(step, world));
      world.retries.logger.info(`done: ${describeStep(step)}`);
    }
    if (grants.length > 0) outcome.grant = 'made';
    if (isIdle(plan) || plan.refusals.length > 0) {
      await world.journal.end('completed', []);
      return outcome;
    }
    await applyPlan(outcome, header.token, carryOut, world);
    outcome.proof = await prove();
    outcome.reasons.push(...outcome.proof.objections);
    if (outcome.reasons.length === 0) {
      await deleteUnserved(outcome, header.token, steps, outcome.proof, world);
      await world.journal.end('completed', []);
      outcome.state = outcome.proof.isAsked ? 'proven' : 'applied';
      return outcome;
    }
  } catch (error) {
    const reason = reasonOf(error);
    // A cancelled job makes no report, and a bug of ours is not to look like a fault of AWS.
    if (reason === null) {
      await putBack(outcome, { ...header, steps }, world);
      throw error;
    }
    outcome.reasons.push(reason);
  }
  for (const reason of outcome.reasons) world.retries.logger.info(reason);
  await putBack(outcome, { ...header, steps }, world);
  return outcome;
}

/**
 * Another run may have moved the stages on, to a deployment of the same content: the plan is fulfilled
 * and proven, and only our own deployment is of no use to anybody.
 */
async function deleteUnserved(
  outcome: Outcome,
  token: string,
  steps: readonly AnnouncedStep[],
  { served }: Proof,
  { apiGateway, iam, retries }: EnforcementWorld,
): Promise<void> {
  const { deploymentId } = outcome;
  if (deploymentId === null || served.has(deploymentId)) return;
  const step = steps.find(({ step: { kind } }) => kind === 'create-deployment')?.step;
  if (step === undefined) return;
  retries.logger.info(`deployment ${deploymentId} is served by no stage any more: deleting it`);
  const result = await undoStep(step, {
    ...{ apiGateway, iam, retries, token },
    isConfirmed: true,
    isLast: false,
    createdPolicies: new Set(),
    readServedSince: async () => [],
  });
  if (result.state === 'left') throw new EnforcementStopped(result.words);
  outcome.deploymentId = null;
}

function identityOf(
  { api }: CheckedPlan,
  { region, newToken }: EnforcementWorld,
): Omit<TransactionHeader, 'stages' | 'canaries'> {
  return { token: newToken(), region, apiId: api.id, apiName: nameOf(api) };
}

/**
 * What every stage serves now, also those that the plan is not about: what changes since is others'.
 * Of the plan's own it is what the plan was made from; a stage that serves another by now is not moved.
 */
async function readServed(
  { api, stages: planned }: CheckedPlan,
  apiGateway: ApiGateway,
): Promise<Pick<TransactionHeader, 'stages' | 'canaries'>> {
  const stages = await apiGateway.getStages(api.id);
  const pointers = (of: (stage: Stage) => string | undefined): Record<string, string> =>
    Object.fromEntries(
      stages.flatMap((stage) => {
        const [name, deploymentId] = [stage.stageName, of(stage)];
        return name === undefined || deploymentId === undefined ? [] : [[name, deploymentId]];
      }),
    );
  return {
    stages: {
      ...pointers(({ deploymentId }) => deploymentId),
      ...Object.fromEntries(
        planned.flatMap(({ name, deploymentId }) =>
          deploymentId === null ? [] : [[name, deploymentId]],
        ),
      ),
    },
    canaries: pointers(({ canarySettings }) => canarySettings?.deploymentId),
  };
}

/** Undoes what was done; a journal that is not ended stays for the post step and the next run. */
async function putBack(
  outcome: Outcome,
  transaction: JournaledTransaction,
  { undoing, journal }: EnforcementWorld,
): Promise<void> {
  const { logger } = undoing.retries;
  logger.info(`Putting back what was changed of ${transaction.apiName} (${transaction.apiId})`);
  const undone = await undoTransaction(transaction, undoing, journal);
  if (undone.isFinal) await endJournal(journal, undone.left, logger);
  const steps = transaction.steps.map(({ step }) => step);
  enterUndone(outcome, steps, undone);
  if (steps.some(isGrantStep)) outcome.grant = 'taken-back';
}

/** A journal that cannot be ended is undone once more later, which harms nothing. */
async function endJournal(
  journal: Journal,
  left: readonly string[],
  logger: Logger,
): Promise<void> {
  try {
    await journal.end('undone', left);
  } catch (error) {
    if (!(error instanceof EnforcementStopped)) throw error;
    logger.info(error.message);
  }
}

function reasonOf(error: unknown): string | null {
  if (error instanceof Cancelled) return null;
  if (error instanceof AwsFailure) return error.inFull;
  if (error instanceof GrantStopped) return `${error.message}.`;
  return error instanceof EnforcementStopped ? error.message : null;
}
