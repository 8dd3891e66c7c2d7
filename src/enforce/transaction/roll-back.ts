import type { ApiGateway } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import { readSnapshot } from '../../evidence/rest/deployed.js';
import type { Logger } from '../../model/logger.js';
import type { AnnouncedStep, Journal, JournaledTransaction } from './journal.js';
import {
  describeStep,
  type ServedSince,
  type Step,
  type UndoResult,
  type UndoWorld,
  undoStep,
} from './registry.js';
import { EnforcementStopped } from './stopped.js';

/** What undoing acts on. */
export interface Undoing {
  readonly apiGateway: ApiGateway;
  readonly iam: Iam;
  readonly retries: RetrySettings;
}

/** What undoing a transaction came to. */
export interface Undone {
  /** One for each step of the transaction, in its order. */
  readonly results: readonly UndoResult[];
  /** What is not as it was, as sentences; empty where everything is. */
  readonly left: readonly string[];
  /** Nothing is left, or nothing that another attempt would change. */
  readonly isFinal: boolean;
}

/**
 * Undoes a transaction, the last step first: stages before what they serve, so that callers are let
 * in at once, and the grant when nobody needs it any more. Each step is read again after it was put
 * back. A step that fails keeps no other from being undone. May be run any number of times, by any
 * process that has the journal; a step that came to an end is not undone a second time.
 */
export async function undoTransaction(
  transaction: JournaledTransaction,
  undoing: Undoing,
  journal: Pick<Journal, 'settle'>,
): Promise<Undone> {
  const { apiGateway } = undoing;
  const { steps, apiId } = transaction;
  if (steps.length === 0) return { results: [], left: [], isFinal: true };
  const unreachable = await reasonUnreachable(apiId, apiGateway);
  if (unreachable !== null) {
    const result: UndoResult = { state: 'left', words: unreachable, isFinal: false };
    return { results: steps.map(() => result), left: [unreachable], isFinal: false };
  }

  const results = new Map<AnnouncedStep, UndoResult>();
  const readServedSince = servedSinceReader(transaction, apiGateway);
  const undo = async (announced: AnnouncedStep): Promise<void> => {
    const { step, settled } = announced;
    if (settled !== null) {
      results.set(announced, settled);
      return;
    }
    const world = { ...worldOf(announced, transaction, undoing), readServedSince };
    const result = await attempt(() => undoStep(step, world));
    undoing.retries.logger.info(`undo of ${describeStep(step)}: ${inWords(result)}`);
    const before = results.get(announced);
    // What the first attempt put back stays put back, although the second finds nothing to do.
    if (before?.state !== 'put-back' || result.state === 'left') results.set(announced, result);
    if (isSettledBy(step, result)) {
      await settle(journal, steps.indexOf(announced), result, undoing.retries.logger);
    }
  };
  for (const announced of steps.toReversed()) {
    await undo(announced);
    if (announced.step.kind !== 'create-deployment') continue;
    // A move that was under way when its stage was looked at arrives before the deletion, or never.
    const result = results.get(announced);
    if (result?.state !== 'left' || !result.isFinal) continue;
    for (const move of steps) if (move.step.kind === 'move-stage') await undo(move);
    await undo(announced);
  }
  const inOrder = steps.map((step) => results.get(step) ?? { state: 'nothing-to-undo' as const });
  const left = inOrder.filter((result) => result.state === 'left');
  return {
    results: inOrder,
    left: [...new Set(left.map(({ words }) => words))],
    isFinal: left.every(({ isFinal }) => isFinal),
  };
}

/**
 * Methods and grants do not tell who changed them: what is found at them after they were put back is
 * somebody else's. Stages and deployments tell, and are looked at each time.
 */
function isSettledBy({ kind }: Step, result: UndoResult): boolean {
  if (kind === 'move-stage' || kind === 'create-deployment') return false;
  return result.state !== 'left' || result.isFinal;
}

/** Putting back goes on where the journal cannot be written: what is there decides the next time. */
async function settle(
  journal: Pick<Journal, 'settle'>,
  index: number,
  result: UndoResult,
  logger: Logger,
): Promise<void> {
  try {
    await journal.settle(index, result);
  } catch (error) {
    if (!(error instanceof EnforcementStopped)) throw error;
    logger.info(error.message);
  }
}

function worldOf(
  announced: AnnouncedStep,
  { token, steps }: JournaledTransaction,
  undoing: Undoing,
): Omit<UndoWorld, 'readServedSince'> {
  const created = steps.flatMap(({ step }) =>
    step.kind === 'create-policy' ? [step.undo.deleteWhereToken] : [],
  );
  return {
    ...undoing,
    token,
    isConfirmed: announced.isConfirmed,
    isLast: announced === steps.at(-1),
    createdPolicies: new Set(created),
  };
}

/** With the credentials of another account nothing is found either, and that is not "deleted". */
async function reasonUnreachable(apiId: string, apiGateway: ApiGateway): Promise<string | null> {
  try {
    await apiGateway.getRestApi(apiId);
    return null;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return error.kind === 'not-found'
      ? `API ${apiId} is not there: somebody deleted it, or the credentials are of another account`
      : error.inFull;
  }
}

/**
 * Reads what stages and canaries serve now and did not when the transaction began: stages that others
 * moved or made since, and any that still serves our own deployment. Stages may be moved at any time, so
 * they are read each time; a deployment never changes, and is read once.
 */
function servedSinceReader(
  { apiId, stages: former, canaries }: JournaledTransaction,
  apiGateway: ApiGateway,
): UndoWorld['readServedSince'] {
  const snapshots = new Map<string, ServedSince['authorizationTypes']>();
  const typesIn = async (deploymentId: string): Promise<ServedSince['authorizationTypes']> => {
    const known = snapshots.get(deploymentId);
    if (known !== undefined) return known;
    const methods = await readSnapshot(apiGateway, apiId, deploymentId);
    const types = new Map([...methods].map(([key, method]) => [key, method.authorizationType]));
    snapshots.set(deploymentId, types);
    return types;
  };
  return async () => {
    const since: ServedSince[] = [];
    for (const { stageName = '', ...stage } of await apiGateway.getStages(apiId)) {
      const served = [
        [stage.deploymentId, ownEntry(former, stageName)],
        [stage.canarySettings?.deploymentId, ownEntry(canaries, stageName)],
      ];
      for (const [now, before] of served) {
        if (now === undefined || now === before) continue;
        const authorizationTypes = await typesIn(now);
        since.push({ stage: stageName, deploymentId: now, authorizationTypes });
      }
    }
    return since;
  };
}

function ownEntry(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

async function attempt(undo: () => Promise<UndoResult>): Promise<UndoResult> {
  try {
    return await undo();
  } catch (error) {
    // Somebody else changed it between two attempts: it is theirs.
    if (error instanceof EnforcementStopped) {
      return { state: 'left', words: error.message, isFinal: true };
    }
    if (!(error instanceof AwsFailure)) throw error;
    return { state: 'left', words: error.inFull, isFinal: false };
  }
}

function inWords(result: UndoResult): string {
  if (result.state === 'left') return result.words;
  return result.state === 'put-back' ? 'put back, and read again' : 'nothing to undo';
}
