import type { Config } from '../config/config.js';
import type { ApiEvidence, ConfiguredMethod, Methods, StageEvidence } from '../model/evidence.js';

/** A method whose authorization enforce changes. */
export interface PlannedChange {
  readonly resourceId: string;
  readonly method: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** The method as it was planned from: where it reads otherwise later, somebody else is at work. */
  readonly former: ConfiguredMethod;
}

/** What the new deployment must hold of a method. */
export interface ExpectedMethod {
  readonly authorizationType: string;
  readonly apiKeyRequired: boolean;
}

/** A method without AWS_IAM that enforce leaves as it is, and why. */
export interface KeptMethod {
  readonly method: string;
  readonly path: string;
  readonly authorizationType: string;
  readonly reason: string;
}

/** What enforce would do to one API. */
export interface ApiPlan {
  readonly api: ApiEvidence;
  readonly changes: readonly PlannedChange[];
  readonly kept: readonly KeptMethod[];
  /** Stages that must be pointed at a new deployment. */
  readonly stages: readonly StageEvidence[];
  /** Stages that deploy by themselves: whatever is changed reaches their callers at once. */
  readonly live: readonly StageEvidence[];
  /** What the new deployment must contain, to the letter. */
  readonly expected: Methods<ExpectedMethod>;
  /**
   * OPTIONS methods that reach a backend where they are served without IAM, and are configured as
   * preflights, by {@link servedKey}: that their integration changes is what the deployment is for.
   */
  readonly becomingPreflights: ReadonlySet<string>;
  /** What else the deployment would ship to a stage; a user may allow it. */
  readonly pending: readonly string[];
  /** Why nothing at all is done to this API; empty where it may be. */
  readonly refusals: readonly string[];
}

/** What decides which methods are changed. */
export interface PlanOptions {
  readonly policy: Config;
  /** `YYYY-MM-DD`, UTC: an expired exception keeps nothing. */
  readonly today: string;
  readonly replaceAuthorizers: boolean;
  /** Changes may be made that are live at once. */
  readonly allowLiveChanges?: boolean;
  /** Stages that answered as if they served what is not configured, by `stageKey`. */
  readonly servedOpen?: ReadonlySet<string>;
}

/** Names a method of a stage. */
export function servedKey(stage: string, key: string): string {
  return JSON.stringify([stage, key]);
}

/** Whether a plan does anything. */
export function isIdle(plan: Pick<ApiPlan, 'changes' | 'stages'>): boolean {
  return plan.changes.length === 0 && plan.stages.length === 0;
}

/** The stages whose callers meet what a plan changes: they are moved, or deploy by themselves. */
export function changedStages({ stages, live }: Pick<ApiPlan, 'stages' | 'live'>): StageEvidence[] {
  return [...stages, ...live];
}
