import { AwsFailure } from '../../aws/failure.js';
import { isRequiredType } from '../../config/requirement.js';
import type { Logger } from '../../model/logger.js';
import { purposeOf } from '../grant/policy.js';
import { servedReaderOf } from '../kinds/served-by-kind.js';
import { actionsOf, type Step } from '../steps/registry.js';
import {
  type Control,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  type RollBackContext,
  type RollBackResult,
  type ServedSince,
} from '../steps/step-kind.js';
import type { AnnouncedStep, Journal, JournaledTransaction, TransactionHeader } from './journal.js';
import { EnforcementStopped } from './stopped.js';

/** What rolling back a transaction came to. */
export interface RollBack {
  /** One for each step of the transaction, in its order. */
  readonly results: readonly RollBackResult[];
  /** What is not as it was, as sentences; empty where everything is. */
  readonly notRolledBack: readonly string[];
  /** Everything is rolled back, or another attempt would change nothing. */
  readonly isFinal: boolean;
}

/**
 * Rolls a transaction back, the last step first: stages before what they serve, so that callers are let
 * in at once, and the grant when nobody needs it any more. Each step is read again after it was rolled
 * back. A step that fails does not keep another from being rolled back. May be run any number of times,
 * by any process that has the journal; a step that came to an end is not rolled back a second time.
 */
export async function rollBackTransaction(
  transaction: JournaledTransaction,
  control: Control,
  journal: Pick<Journal, 'settle'>,
): Promise<RollBack> {
  const { steps } = transaction;
  const { logger } = control.retries;
  if (steps.length === 0) return { results: [], notRolledBack: [], isFinal: true };
  const unreachable = await reasonUnreachable(transaction, control);
  if (unreachable !== null) {
    const words = `${unreachable}${grantThatStays(steps)}`;
    const result: RollBackResult = { state: 'not-rolled-back', words, isFinal: false };
    return { results: steps.map(() => result), notRolledBack: [words], isFinal: false };
  }

  const results = new Map<AnnouncedStep, RollBackResult>();
  const readServedSince = servedSinceReader(transaction, control);
  const rollBack = async (announced: AnnouncedStep): Promise<void> => {
    const { step, settled } = announced;
    if (settled !== null) {
      results.set(announced, settled);
      return;
    }
    const { describe, rollBack } = actionsOf(step);
    const context = { ...contextOf(announced, transaction, control), readServedSince };
    const came = await attempt(
      async () =>
        (await reasonToStay(step, transaction, results, readServedSince)) ?? rollBack(context),
    );
    const result = naming(step, came);
    logger.info(`${describe()}: ${inWords(result)}`);
    const before = results.get(announced);
    // A step that the first attempt rolled back counts as such, although the second finds nothing to do.
    if (before?.state !== 'rolled-back' || result.state === 'not-rolled-back') {
      results.set(announced, result);
    }
    if (isSettledBy(step, result)) {
      await settle(journal, steps.indexOf(announced), result, logger);
    }
  };
  for (const announced of steps.toReversed()) {
    await rollBack(announced);
    if (actionsOf(announced.step).part !== 'deployment') continue;
    // A move that was under way when its stage was looked at arrives before the deletion, or never.
    const result = results.get(announced);
    if (result?.state !== 'not-rolled-back' || !result.isFinal) continue;
    for (const move of steps) if (actionsOf(move.step).part === 'stage') await rollBack(move);
    await rollBack(announced);
  }
  const inOrder = steps.map((step) => results.get(step) ?? NOTHING_TO_ROLL_BACK);
  const open = inOrder.filter((result) => result.state === 'not-rolled-back');
  return {
    results: inOrder,
    notRolledBack: [...new Set(open.map(({ words }) => words))],
    isFinal: open.every(({ isFinal }) => isFinal),
  };
}

/** A grant's policy is named in no call of API Gateway, on which its rolling back may fail. */
function naming(step: Step, result: RollBackResult): RollBackResult {
  if (result.state !== 'not-rolled-back' || !('policyName' in step.target)) return result;
  if (result.words.includes(step.target.policyName)) return result;
  return { ...result, words: `${actionsOf(step).describe()}: ${result.words}` };
}

/** What a transaction granted, as the end of a sentence about why nothing of it is rolled back. */
function grantThatStays(steps: readonly AnnouncedStep[]): string {
  const granted = steps.flatMap(({ step }) =>
    actionsOf(step).part === 'grant' ? [actionsOf(step).describe()] : [],
  );
  return granted.length === 0
    ? ''
    : `. What may have been granted for it stays; where the API is gone, take it back by hand: ${granted.join('; ')}`;
}

/**
 * Why a grant stays: callers of its stage are asked for the right, since what asks for it could not be rolled
 * back, or others have turned it on meanwhile. `null` where nothing says so, and of any other step.
 */
async function reasonToStay(
  step: Step,
  { apiId }: TransactionHeader,
  results: ReadonlyMap<AnnouncedStep, RollBackResult>,
  readServedSince: RollBackContext['readServedSince'],
): Promise<RollBackResult | null> {
  if (!('purpose' in step.does)) return null;
  const { purpose } = step.does;
  const stays = `${actionsOf(step).describe()}: left as it is, since callers need it`;
  for (const [{ step: other }, result] of results) {
    if (result.state === 'not-rolled-back' && mayStillAsk(other, result)) {
      const what = actionsOf(other).describe();
      return { ...result, words: `${stays} as long as this is not rolled back: ${what}` };
    }
  }
  for (const { stage, deploymentId, authorizationTypes } of await readServedSince()) {
    const mayAsk =
      authorizationTypes === null || [...authorizationTypes.values()].some(isRequiredType);
    if (mayAsk && purposeOf(apiId, stage) === purpose) {
      return notRolledBack(
        `${stays}, for stage ${stage} has come to serve deployment ${deploymentId}, ${authorizationTypes === null ? 'of which AWS does not tell the types' : 'which has methods with AWS_IAM'}`,
      );
    }
  }
  return null;
}

/**
 * Whether callers may still be asked for a right by a step that is not rolled back. What is only configured
 * reaches none; what a stage serves that others have moved is read.
 */
function mayStillAsk(step: Step, { isFinal }: { readonly isFinal: boolean }): boolean {
  if (actionsOf(step).part === 'stage') return !isFinal;
  return step.kind === 'update-route' && step.does.isLive === true;
}

/** Stages and deployments say which transaction changed them, and are looked at each time. */
function isSettledBy(step: Step, result: RollBackResult): boolean {
  return !actionsOf(step).isMarked && (result.state !== 'not-rolled-back' || result.isFinal);
}

/** Rolling back goes on where the journal cannot be written: what AWS holds decides the next time. */
async function settle(
  journal: Pick<Journal, 'settle'>,
  index: number,
  result: RollBackResult,
  logger: Logger,
): Promise<void> {
  try {
    await journal.settle(index, result);
  } catch (error) {
    if (!(error instanceof EnforcementStopped)) throw error;
    logger.info(error.message);
  }
}

/** A journal that cannot be ended is rolled back once more later, which does no harm. */
export async function endJournal(
  journal: Pick<Journal, 'end'>,
  notRolledBack: readonly string[],
  logger: Logger,
): Promise<void> {
  try {
    await journal.end('rolled-back', notRolledBack);
  } catch (error) {
    if (!(error instanceof EnforcementStopped)) throw error;
    logger.info(error.message);
  }
}

function contextOf(
  announced: AnnouncedStep,
  { token, steps }: JournaledTransaction,
  control: Control,
): Omit<RollBackContext, 'readServedSince'> {
  const created = steps.flatMap(({ step }) =>
    step.kind === 'create-policy' ? [step.rollBack.deleteWhereToken] : [],
  );
  return {
    ...control,
    token,
    isConfirmed: announced.isConfirmed,
    madeId: announced.madeId,
    isLast: announced === steps.at(-1),
    createdPolicies: new Set(created),
  };
}

/** The credentials of another account find no API either, which does not mean that it was deleted. */
async function reasonUnreachable(
  { apiId, kind }: TransactionHeader,
  control: Control,
): Promise<string | null> {
  try {
    await servedReaderOf(kind).checkThere(apiId, control);
    return null;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return error.kind === 'not-found'
      ? `API ${apiId} is not there: somebody deleted it, or the credentials are of another account`
      : error.inFull;
  }
}

/**
 * Reads what stages and canaries serve now and did not serve when the transaction began: stages that others
 * moved or made since, and any that still serves our own deployment. Stages may be moved at any time, so
 * they are read each time; a deployment never changes, and is read once.
 */
function servedSinceReader(
  { apiId, kind, stages, canaries }: TransactionHeader,
  control: Control,
): RollBackContext['readServedSince'] {
  const { readServed, readTypes } = servedReaderOf(kind);
  const known = new Map<string, ServedSince['authorizationTypes']>();
  const typesIn = async (stage: string, deploymentId: string) => {
    const before = known.get(deploymentId);
    if (before !== undefined) return before;
    const types = await readTypes(apiId, { stage, deploymentId }, control);
    known.set(deploymentId, types);
    return types;
  };
  return async () => {
    const now = await readServed(apiId, control);
    const since: ServedSince[] = [];
    for (const [served, former] of [
      [now.stages, stages],
      [now.canaries, canaries],
    ] as const) {
      for (const [stage, deploymentId] of Object.entries(served)) {
        if (deploymentId === ownEntry(former, stage)) continue;
        const authorizationTypes = await typesIn(stage, deploymentId);
        since.push({ stage, deploymentId, authorizationTypes });
      }
    }
    return since;
  };
}

function ownEntry(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Rolls something back; what kept it from that is a result. */
export async function attempt(rollBack: () => Promise<RollBackResult>): Promise<RollBackResult> {
  try {
    return await rollBack();
  } catch (error) {
    // Somebody else changed it between two attempts: it is theirs.
    if (error instanceof EnforcementStopped) {
      return { state: 'not-rolled-back', words: error.message, isFinal: true };
    }
    if (!(error instanceof AwsFailure)) throw error;
    return { state: 'not-rolled-back', words: error.inFull, isFinal: false };
  }
}

function inWords(result: RollBackResult): string {
  if (result.state === 'not-rolled-back') return result.words;
  return result.state === 'rolled-back' ? 'rolled back, and read again' : 'nothing to roll back';
}
