import type { ApiGateway } from '../aws/api-gateway.js';
import { AwsFailure } from '../aws/failure.js';
import type { Iam } from '../aws/iam.js';
import type { RetrySettings } from '../aws/retry.js';
import { readSnapshot } from '../evidence/deployed.js';
import type { JournaledTransaction } from './journal.js';
import {
  describeStep,
  type OthersDeployment,
  type Step,
  type UndoResult,
  undoStep,
} from './step.js';

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
 * in at once, and the grant when nobody needs it any more. Each step is read again after it was put back. A step that fails keeps no other from
 * being undone. May be run any number of times, by any process that has the journal.
 */
export async function undoTransaction(
  transaction: JournaledTransaction,
  undoing: Undoing,
): Promise<Undone> {
  const { apiGateway, retries } = undoing;
  const { steps, apiId } = transaction;
  if (steps.length === 0) return { results: [], left: [], isFinal: true };
  const unreachable = await reasonUnreachable(apiId, apiGateway);
  if (unreachable !== null) {
    const result: UndoResult = { state: 'left', words: unreachable, isFinal: false };
    return { results: steps.map(() => result), left: [unreachable], isFinal: false };
  }

  const results = new Map<Step, UndoResult>();
  let servedByOthers: Promise<readonly OthersDeployment[]> | undefined;
  for (const [back, step] of steps.toReversed().entries()) {
    const result = await attempt(async () => {
      // Asked when the first method's turn comes: by then the stages are back.
      if (step.kind === 'patch-method') servedByOthers ??= readOthers(transaction, apiGateway);
      const world = { ...undoing, isLast: back === 0 };
      return undoStep(step, { ...world, servedByOthers: (await servedByOthers) ?? [] });
    });
    retries.logger.info(`undo of ${describeStep(step)}: ${inWords(result)}`);
    results.set(step, result);
  }
  const inOrder = steps.map((step) => results.get(step) ?? { state: 'nothing-to-undo' as const });
  const left = inOrder.filter((result) => result.state === 'left');
  return {
    results: inOrder,
    left: [...new Set(left.map(({ words }) => words))],
    isFinal: left.every(({ isFinal }) => isFinal),
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

/** Deployments that stages serve now and did not when the transaction began, and that it did not make. */
async function readOthers(
  { apiId, token, stages: former }: JournaledTransaction,
  apiGateway: ApiGateway,
): Promise<OthersDeployment[]> {
  const others: OthersDeployment[] = [];
  for (const { stageName = '', deploymentId } of await apiGateway.getStages(apiId)) {
    if (deploymentId === undefined || !Object.hasOwn(former, stageName)) continue;
    if (deploymentId === former[stageName]) continue;
    const { description } = await apiGateway.getDeployment(apiId, deploymentId);
    if (description?.includes(token)) continue;
    const snapshot = await readSnapshot(apiGateway, apiId, deploymentId);
    const authorizationTypes = new Map(
      [...snapshot].map(([key, { authorizationType }]) => [key, authorizationType]),
    );
    others.push({ stage: stageName, deploymentId, authorizationTypes });
  }
  return others;
}

async function attempt(undo: () => Promise<UndoResult>): Promise<UndoResult> {
  try {
    return await undo();
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { state: 'left', words: error.inFull, isFinal: false };
  }
}

function inWords(result: UndoResult): string {
  if (result.state === 'left') return result.words;
  return result.state === 'put-back' ? 'put back, and read again' : 'nothing to undo';
}
