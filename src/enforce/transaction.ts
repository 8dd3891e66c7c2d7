import type { ApiGateway } from '../aws/api-gateway.js';
import { AwsFailure } from '../aws/failure.js';
import type { Iam } from '../aws/iam.js';
import type { RetrySettings } from '../aws/retry.js';
import { Cancelled } from '../cancellation.js';
import { nameOf } from '../evidence/model.js';
import type { Logger } from '../logger.js';
import { applyPlan } from './apply.js';
import { applyGrantStep, GrantStopped } from './grant/apply.js';
import { type GrantStep, isGrantStep } from './grant/steps.js';
import type { Journal, TransactionHeader } from './journal.js';
import { enterUndone, type Outcome, outcomeOf, type Proof } from './outcome.js';
import { isIdle } from './plan.js';
import type { CheckedPlan } from './preconditions.js';
import type { Provenance } from './provenance.js';
import { describeStep, type Step, undoStep } from './step.js';
import { EnforcementStopped } from './stopped.js';
import { type Undoing, undoTransaction } from './undo.js';

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
  const header = headerOf(plan, world);
  const steps: Step[] = [];
  try {
    await world.journal.begin(header);
    const announce = async (step: Step): Promise<void> => {
      await world.journal.announce(step);
      steps.push(step);
    };
    for (const step of grants) {
      await announce(step);
      await applyGrantStep(step, world);
      world.retries.logger.info(`done: ${describeStep(step)}`);
    }
    if (grants.length > 0) outcome.grant = 'made';
    if (isIdle(plan) || plan.refusals.length > 0) {
      await world.journal.end('completed', []);
      return outcome;
    }
    await applyPlan(outcome, header.token, announce, world);
    outcome.proof = await prove();
    outcome.reasons.push(...outcome.proof.objections);
    if (outcome.reasons.length === 0) {
      await deleteUnserved(outcome, steps, outcome.proof, world);
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
  steps: readonly Step[],
  { served }: Proof,
  { apiGateway, iam, retries }: EnforcementWorld,
): Promise<void> {
  const { deploymentId } = outcome;
  if (deploymentId === null || served.has(deploymentId)) return;
  const step = steps.find(({ kind }) => kind === 'create-deployment');
  if (step === undefined) return;
  retries.logger.info(`deployment ${deploymentId} is served by no stage any more: deleting it`);
  const world = { apiGateway, iam, retries, isLast: false, servedByOthers: [] };
  const result = await undoStep(step, world);
  if (result.state === 'left') throw new EnforcementStopped(result.words);
  outcome.deploymentId = null;
}

function headerOf({ api }: CheckedPlan, { region, newToken }: EnforcementWorld): TransactionHeader {
  const stages = api.stages.readable ? api.stages.value : [];
  return {
    token: newToken(),
    region,
    apiId: api.id,
    apiName: nameOf(api),
    stages: Object.fromEntries(
      stages.flatMap(({ name, deploymentId }) =>
        deploymentId === null ? [] : [[name, deploymentId]],
      ),
    ),
  };
}

/** Undoes what was done; a journal that is not ended stays for the post step and the next run. */
async function putBack(
  outcome: Outcome,
  transaction: TransactionHeader & { readonly steps: readonly Step[] },
  { undoing, journal }: EnforcementWorld,
): Promise<void> {
  const { logger } = undoing.retries;
  logger.info(`Putting back what was changed of ${transaction.apiName} (${transaction.apiId})`);
  const undone = await undoTransaction(transaction, undoing);
  if (undone.isFinal) await endJournal(journal, undone.left, logger);
  enterUndone(outcome, transaction.steps, undone);
  if (transaction.steps.some(isGrantStep)) outcome.grant = 'taken-back';
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
