import type { ApiGateway } from '../../aws/api-gateway.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import { hasTexts } from '../../model/json-data.js';
import { undoGrantStep } from '../grant/apply.js';
import { describeGrantStep, type GrantStep, isGrantFor, isGrantStep } from '../grant/steps.js';
import { createDeploymentStep } from '../steps/create-deployment.js';
import { moveStageStep } from '../steps/move-stage.js';
import { patchMethodStep } from '../steps/patch-method.js';

/*
 * The steps of a transaction. A step is plain data: what it is about, what it does, and how it is
 * undone, so that the journal can hold it and another process can undo it. A new kind of step is a
 * file in `steps/` and an entry in `KINDS`.
 */

/** The four kinds of step of a grant, which are one family: see `grant/steps.ts`. */
const grantStep: StepKind<GrantStep> = {
  is: isGrantStep,
  describe: describeGrantStep,
  undo: undoGrantStep,
};

const KINDS = {
  'patch-method': patchMethodStep,
  'create-deployment': createDeploymentStep,
  'move-stage': moveStageStep,
  grant: grantStep,
} as const;

type Kinds = typeof KINDS;

/** One change of a transaction, as the journal holds it. */
export type Step = { [K in keyof Kinds]: StepOf<Kinds[K]> }[keyof Kinds];

type StepOf<D> = D extends StepKind<infer S> ? S : never;

/** What a kind of step knows of itself. */
export interface StepKind<S> {
  /** Whether data that a journal held is a step of this kind, whole and of the right types. */
  readonly is: (data: unknown) => data is S;
  /** The step in a few words for the log, such as `GET /pets to AWS_IAM`. */
  readonly describe: (step: S) => string;
  /**
   * Puts back what the step did. Nothing is done where it never took effect, was undone before, or
   * where somebody else has changed the same thing since; where nothing proves that it was ours, it is
   * left and named. May be run any number of times.
   *
   * @throws AwsFailure where it could not be read or put back.
   */
  readonly undo: (step: S, world: UndoWorld) => Promise<UndoResult>;
}

/** What undoing needs. */
export interface UndoWorld {
  readonly apiGateway: ApiGateway;
  readonly iam: Iam;
  readonly retries: RetrySettings;
  /** The transaction's. */
  readonly token: string;
  /** AWS answered that it carried our call out. */
  readonly isConfirmed: boolean;
  /** The step was the last that the journal announced: its call may have been under way. */
  readonly isLast: boolean;
  /** Tokens of the policies that the transaction was to create. */
  readonly createdPolicies: ReadonlySet<string>;
  /** Reads what stages serve now and did not when the transaction began. */
  readonly readServedSince: () => Promise<readonly ServedSince[]>;
}

/** A deployment that a stage or its canary has come to serve since a transaction began. */
export interface ServedSince {
  readonly stage: string;
  readonly deploymentId: string;
  /** Authorization types by method key. */
  readonly authorizationTypes: ReadonlyMap<string, string>;
}

/** What became of a step. */
export type UndoResult =
  /** There was nothing to undo. */
  | { readonly state: 'nothing-to-undo' }
  | { readonly state: 'put-back' }
  /** It is not as before, and that is for a person to look at. */
  | {
      readonly state: 'left';
      /** What is there now and why it was left, as a sentence. */
      readonly words: string;
      /** Trying again would change nothing. */
      readonly isFinal: boolean;
    };

/** Whether data that a journal held is what undoing a step came to. */
export function isUndoResult(data: unknown): data is UndoResult {
  if (!hasTexts(data, ['state'])) return false;
  if (data.state === 'left') return hasTexts(data, ['words']) && typeof data.isFinal === 'boolean';
  return data.state === 'nothing-to-undo' || data.state === 'put-back';
}

/** The step that data from a journal stands for; `null` where it is none that is known. */
export function stepFrom(data: unknown): Step | null {
  for (const kind of Object.values(KINDS)) if (kind.is(data)) return data;
  return null;
}

/** Whether a step changes nothing but what belongs to an API. */
export function targetsApi(step: Step, apiId: string): boolean {
  return isGrantStep(step) ? isGrantFor(step, apiId) : step.target.apiId === apiId;
}

/** A step in a few words. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'patch-method':
      return KINDS[step.kind].describe(step);
    case 'create-deployment':
      return KINDS[step.kind].describe(step);
    case 'move-stage':
      return KINDS[step.kind].describe(step);
    default:
      return KINDS.grant.describe(step);
  }
}

/** Undoes one step; see {@link StepKind.undo}. */
export function undoStep(step: Step, world: UndoWorld): Promise<UndoResult> {
  switch (step.kind) {
    case 'patch-method':
      return KINDS[step.kind].undo(step, world);
    case 'create-deployment':
      return KINDS[step.kind].undo(step, world);
    case 'move-stage':
      return KINDS[step.kind].undo(step, world);
    default:
      return KINDS.grant.undo(step, world);
  }
}
