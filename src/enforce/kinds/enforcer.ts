import type { ApiEvidence } from '../../model/evidence.js';
import type { ApiPlan } from '../api-plan.js';
import type { Outcome } from '../outcome.js';
import type { Services } from '../steps/step-kind.js';
import type { CarryOut, EnforceDependencies } from '../transaction/transaction.js';
import type { ShippedReader } from './shipped.js';

/** What a deployment would ship besides the plan and the evidence does not hold. */
export interface Pending {
  /** As parts of a sentence: they refuse the plan unless the user allows them. */
  readonly found: readonly string[];
  /** What could not be compared, for the reader to know. */
  readonly uncompared: readonly string[];
  /** What nobody can allow. */
  readonly refusals: readonly string[];
}

/** How the APIs of one kind are enforced. */
export interface Enforcer {
  /** Looks for what is pending. */
  readonly findPending: (plan: ApiPlan, services: Services) => Promise<Pending>;
  /** How it is read what a deployment ships besides methods. */
  readonly shippedReaders: (
    api: Pick<ApiEvidence, 'id' | 'kind'>,
    services: Services,
  ) => readonly ShippedReader[];
  /**
   * Carries a plan out, all but its proof. Every call is announced before it is made. The first thing
   * that is not as planned stops it.
   *
   * @throws AwsFailure, EnforcementStopped or Cancelled; the outcome says how far it came.
   */
  readonly applyPlan: (
    outcome: Outcome,
    token: string,
    carryOut: CarryOut,
    dependencies: EnforceDependencies,
  ) => Promise<void>;
}
