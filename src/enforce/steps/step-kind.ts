import type * as z from 'zod/mini';
import type { ApiGateway } from '../../aws/api-gateway.js';
import type { ApiGatewayV2 } from '../../aws/api-gateway-v2.js';
import type { Iam } from '../../aws/iam.js';
import type { RetrySettings } from '../../aws/retry.js';
import type { ApiKind } from '../../model/api-kind.js';
import type { TransactionHeader } from '../transaction/journal.js';
import type { Certainty } from '../transaction/make-certain.js';

/*
 * What every kind of step has. A step is plain data: what it is about, what it does, and what rolling
 * it back takes, so that a journal can hold it and another process can roll it back.
 */

/** The schema library, which only the reading of a journal loads: an audit has no use for it. */
export type Zod = typeof z;

/** The data of a step, as its schema has it. */
export type StepOf<M extends (zod: Zod) => z.ZodMiniType> = z.infer<ReturnType<M>>;

/**
 * What a step is to its transaction, whatever the kind of API: it lets callers in, changes the
 * authorization of a method or route, makes a deployment, or points a stage at one.
 */
export type Part = 'grant' | 'method' | 'deployment' | 'stage';

/** The kinds of API whose callers a grant may let in. */
export const EVERY_KIND: readonly ApiKind[] = ['REST', 'HTTP', 'WEBSOCKET'];

/** A kind of step: a file in this folder and a line in the registry. */
export interface StepKind<S> {
  readonly part: Part;
  /** The kinds of API in whose transactions it may be. */
  readonly apiKinds: readonly ApiKind[];
  /** What a journal holds of it. */
  readonly schema: (zod: Zod) => z.ZodMiniType<S>;
  /** Why a step cannot belong to a transaction, as the rest of a sentence; `null` where it can. */
  readonly problemIn: (step: S, transaction: TransactionHeader) => string | null;
  /** The step in a few words for the log and the report, such as `GET /pets to AWS_IAM`. */
  readonly describe: (step: S) => string;
  /**
   * Makes the call, once. Where the answer was lost, what AWS holds decides whether it was carried out.
   *
   * @throws AwsFailure where AWS refused it; EnforcementStopped where somebody else changed the same thing.
   */
  readonly apply: (step: S, control: Control) => Promise<Applied>;
  /**
   * Rolls back what the step did. Nothing is done where it never took effect, was rolled back before, or
   * where somebody else has changed the same thing since; where nothing proves that the gate made the
   * change, it stays and is named. May be run any number of times.
   *
   * @throws AwsFailure where it could not be read or rolled back.
   */
  readonly rollBack: (step: S, context: RollBackContext) => Promise<RollBackResult>;
  /**
   * What it changed says which transaction changed it, so it can be rolled back again and again. Anything
   * else that is found changed after it was rolled back is somebody else's.
   */
  readonly isMarked: boolean;
}

/** The services of AWS in which something is changed. */
export interface Services {
  readonly apiGateway: ApiGateway;
  readonly apiGatewayV2: ApiGatewayV2;
  readonly iam: Iam;
}

/** The services, and how calls to them are repeated. */
export interface Control extends Services {
  readonly retries: RetrySettings;
}

/** What became of a step's call. */
export interface Applied {
  readonly certainty: Certainty;
  /** The id that AWS gave to what the step made. */
  readonly id?: string;
}

/** What rolling back a step needs to know of its transaction. */
export interface RollBackContext extends Control {
  /** The transaction's. */
  readonly token: string;
  /** AWS answered that it carried our call out. */
  readonly isConfirmed: boolean;
  /** The id that AWS gave to what the step made, where it answered one. */
  readonly madeId?: string | undefined;
  /** The step was the last that the journal announced: its call may have been under way. */
  readonly isLast: boolean;
  /** Tokens of the policies that the transaction was to create. */
  readonly createdPolicies: ReadonlySet<string>;
  /** Reads what stages serve now and did not serve when the transaction began. */
  readonly readServedSince: () => Promise<readonly ServedSince[]>;
}

/** A deployment that a stage or its canary has come to serve since a transaction began. */
export interface ServedSince {
  readonly stage: string;
  readonly deploymentId: string;
  /** Authorization types by method key; `null` where AWS does not tell them. */
  readonly authorizationTypes: ReadonlyMap<string, string> | null;
}

/** What rolling back a step came to. */
export type RollBackResult =
  /** The step had no effect, or none any more. */
  | { readonly state: 'nothing-to-roll-back' }
  | { readonly state: 'rolled-back' }
  /** It is not as before, and that is for a person to look at. */
  | {
      readonly state: 'not-rolled-back';
      /** What is there now and why it was left, as a sentence. */
      readonly words: string;
      /** Trying again would change nothing. */
      readonly isFinal: boolean;
    };

export const NOTHING_TO_ROLL_BACK: RollBackResult = { state: 'nothing-to-roll-back' };
export const ROLLED_BACK: RollBackResult = { state: 'rolled-back' };

/** A step that is not rolled back, and that no further attempt rolls back. */
export function notRolledBack(words: string): RollBackResult {
  return { state: 'not-rolled-back', words, isFinal: true };
}

/** The problem of a step of another API than its transaction's. */
export function otherApi(isSame: boolean, { apiId }: TransactionHeader): string | null {
  return isSame ? null : `is about another API than ${apiId}`;
}
