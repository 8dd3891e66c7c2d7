import { AwsFailure } from '../../aws/failure.js';
import { Cancelled } from '../../model/cancellation.js';
import { nameOf } from '../../model/evidence.js';
import { isIdle } from '../api-plan.js';
import { enforcerOf } from '../kinds/by-kind.js';
import { servedReaderOf } from '../kinds/served-by-kind.js';
import type { Served } from '../kinds/served-reader.js';
import { enterRollBack, type Outcome, outcomeOf, type StageProof } from '../outcome.js';
import type { CheckedPlan } from '../preconditions.js';
import { actionsOf, type Step } from '../steps/registry.js';
import type { Applied, Control } from '../steps/step-kind.js';
import type { AnnouncedStep, Journal, JournaledTransaction, TransactionHeader } from './journal.js';
import type { Provenance } from './provenance.js';
import { attempt, endJournal, rollBackTransaction } from './roll-back.js';
import { EnforcementStopped } from './stopped.js';

/** What carrying out a plan needs from outside. */
export interface EnforceDependencies extends Control {
  /** The same services for rolling back: they work on after the job was cancelled. */
  readonly rollingBack: Control;
  readonly journal: Journal;
  readonly region: string;
  readonly provenance: Provenance;
  /** A text that no other transaction has. */
  readonly newToken: () => string;
}

/**
 * Announces a step, makes its call, and enters AWS's answer.
 *
 * @param onAnnounced is called between the announcement and the call.
 */
export type CarryOut = (step: Step, onAnnounced?: () => void) => Promise<Applied>;

/** Asks the endpoint whether what a plan has changed is as it must be. */
export type Prove<P extends StageProof> = (plan: CheckedPlan) => Promise<P>;

/**
 * Enforces one API, or leaves it as it was: carries the plan out, asks for the proof, and where
 * anything is not as it must be rolls back everything that it did.
 *
 * @param grants who is let in, before any method begins to require it; rolled back with the rest. Where
 *   the plan is idle or refused, nothing else is carried out.
 * @param prove is called once, with the stages on the new deployment.
 * @throws Cancelled after everything was rolled back, or with what was not in the journal.
 */
export async function enforceApi<P extends StageProof>(
  plan: CheckedPlan,
  grants: readonly Step[],
  prove: Prove<P>,
  dependencies: EnforceDependencies,
): Promise<Outcome<P>> {
  const outcome = outcomeOf<P>(plan, 'not-attempted');
  const identity = identityOf(plan, dependencies);
  let header: TransactionHeader = { ...identity, stages: {}, canaries: {} };
  let isBegun = false;
  const steps: (AnnouncedStep & { isConfirmed: boolean; madeId?: string | undefined })[] = [];
  const carryOut: CarryOut = async (step, onAnnounced = () => {}) => {
    await dependencies.journal.announce(step);
    const announced: (typeof steps)[number] = { step, isConfirmed: false, settled: null };
    steps.push(announced);
    onAnnounced();
    const applied = await actionsOf(step).apply(dependencies);
    if (applied.certainty === 'answered') {
      announced.isConfirmed = true;
      announced.madeId = applied.id;
      await dependencies.journal.confirm(applied.id);
    }
    return applied;
  };
  try {
    header = { ...identity, ...(await readServed(plan, dependencies)) };
    await dependencies.journal.begin(header);
    isBegun = true;
    for (const step of grants) {
      await carryOut(step);
      dependencies.retries.logger.info(`done: ${actionsOf(step).describe()}`);
    }
    if (grants.length > 0) outcome.grant = 'made';
    if (isIdle(plan) || plan.refusals.length > 0) {
      await dependencies.journal.end('completed', []);
      return outcome;
    }
    await enforcerOf(plan.api.kind).applyPlan(outcome, header.token, carryOut, dependencies);
    outcome.proof = await prove(plan);
    outcome.reasons.push(...outcome.proof.objections);
    if (outcome.reasons.length === 0) {
      await deleteUnserved(outcome, header.token, steps, outcome.proof, dependencies);
      await dependencies.journal.end('completed', []);
      outcome.state = outcome.proof.isAsked ? 'proven' : 'applied';
      return outcome;
    }
  } catch (error) {
    const reason = reasonOf(error);
    // A cancelled job makes no report, and a bug of ours is not to look like a fault of AWS.
    if (reason === null) {
      if (isBegun) await rollBack(outcome, { ...header, steps }, grants, dependencies);
      throw error;
    }
    outcome.reasons.push(reason);
  }
  for (const reason of outcome.reasons) dependencies.retries.logger.info(reason);
  if (isBegun) await rollBack(outcome, { ...header, steps }, grants, dependencies);
  // Nothing was announced, so nothing was changed. An end without a beginning would spoil the journal.
  else enterRollBack(outcome, [], { notRolledBack: [], isFinal: true, results: [] });
  return outcome;
}

/**
 * Another run may have moved the stages on, to a deployment of the same content: the plan is fulfilled
 * and proven, and nobody needs our own deployment. One that stays all the same, since a stage that nobody asked
 * about has come to serve it, say, is no reason to roll back what is proven.
 */
async function deleteUnserved(
  outcome: Outcome,
  token: string,
  steps: readonly AnnouncedStep[],
  { served }: StageProof,
  dependencies: EnforceDependencies,
): Promise<void> {
  const { deploymentId } = outcome;
  if (deploymentId === null || served.has(deploymentId)) return;
  const step = steps.find((announced) => actionsOf(announced.step).part === 'deployment')?.step;
  if (step === undefined) return;
  dependencies.retries.logger.info(
    `deployment ${deploymentId} is no longer served by any stage: deleting it`,
  );
  const result = await attempt(() =>
    actionsOf(step).rollBack({
      ...dependencies,
      token,
      isConfirmed: true,
      isLast: false,
      createdPolicies: new Set(),
      readServedSince: async () => [],
    }),
  );
  if (result.state === 'not-rolled-back') {
    outcome.notes.push(
      `Others have moved the stages on from deployment ${deploymentId} of enforcement, which stays: ${result.words}.`,
    );
    return;
  }
  outcome.deploymentId = null;
}

function identityOf(
  { api }: CheckedPlan,
  { region, newToken }: EnforceDependencies,
): Omit<TransactionHeader, 'stages' | 'canaries'> {
  return { token: newToken(), region, apiId: api.id, kind: api.kind, apiName: nameOf(api) };
}

/**
 * What every stage serves now, also those that the plan is not about: whatever changes later was changed
 * by others. For the plan's own stages it is what the plan was made from; a stage that serves another
 * deployment by then is not moved.
 */
async function readServed(
  { api, stages: planned }: CheckedPlan,
  dependencies: EnforceDependencies,
): Promise<Served> {
  const served = await servedReaderOf(api.kind).readServed(api.id, dependencies);
  const own = planned.flatMap(({ name, deploymentId }) =>
    deploymentId === null ? [] : [[name, deploymentId]],
  );
  return { ...served, stages: { ...served.stages, ...Object.fromEntries(own) } };
}

/** Rolls back what was done; a journal that is not ended stays for the post step and the next run. */
async function rollBack(
  outcome: Outcome,
  transaction: JournaledTransaction,
  grants: readonly Step[],
  { rollingBack, journal }: EnforceDependencies,
): Promise<void> {
  const { logger } = rollingBack.retries;
  logger.info(`Rolling back what was changed of ${transaction.apiName} (${transaction.apiId})`);
  const came = await rollBackTransaction(transaction, rollingBack, journal);
  if (came.isFinal) await endJournal(journal, came.notRolledBack, logger);
  const steps = transaction.steps.map(({ step }) => step);
  const parts = steps.map((step) => actionsOf(step).part);
  enterRollBack(outcome, parts, came);
  if (steps.some((step) => grants.includes(step))) outcome.grant = 'rolled-back';
}

function reasonOf(error: unknown): string | null {
  if (error instanceof Cancelled) return null;
  if (error instanceof AwsFailure) return error.inFull;
  return error instanceof EnforcementStopped ? error.message : null;
}
