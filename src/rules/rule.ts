import type { AccessEvidence } from '../access/model.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Evidence } from '../model/evidence.js';
import type { Effect, Exception, Finding, Severity } from '../model/finding.js';
import type { FleetCase, FleetRuleFinding } from '../model/fleet.js';
import type { Observation } from '../probe/observation.js';
import type { Asked } from './method.js';

/** Everything that was found out, ready to be judged. */
export interface Case {
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  readonly observations: readonly Observation[];
  /** Who may invoke; without it, policies are not judged. */
  readonly access?: AccessEvidence;
  /** The rows that the group must be able to invoke; without it, none. */
  readonly invoked?: readonly JoinedMethod[];
  /** What the run was asked to do; without it, an audit. Fixes are worded by it. */
  readonly asked?: Asked;
}

/** An exception with what the rules about exceptions must know of it. */
export interface UsedException {
  readonly exception: Exception;
  /** Everything that it could cover was read. */
  readonly isAllReadable: boolean;
}

/** A rule as users meet it. */
export interface RuleDescription {
  /** Its name everywhere; it never changes meaning. */
  readonly id: string;
  readonly severity: Severity;
  /** What a finding of it means for callers without IAM, where it means something for them. */
  readonly effect?: Effect;
  /** One sentence, without a full stop. */
  readonly holdsWhen: string;
}

/** What not every run looks at: the endpoint's answers, files of the repository, the group that is to invoke. */
export type Teller = 'endpoint' | 'files' | 'group';

interface RuleEffects {
  /**
   * An exception of the policy file can excuse what it finds: that a method may be called without IAM.
   * Never that something could not be read, nor that callers are locked out.
   */
  readonly excusable?: boolean;
  /**
   * What it finds on a deployment that enforce made speaks against that deployment: `of-iam` where the
   * method is served with IAM, `unless-proven` where no other answer proves the stage.
   */
  readonly blocksProof?: 'of-iam' | 'unless-proven';
  /** What it finds makes the verdict incomplete: `always`, or where no answer proves the stage. */
  readonly makesIncomplete?: 'always' | 'unless-proven';
  /**
   * No baseline makes its findings known: nobody can have agreed to what nobody saw, and an exception
   * that is over was agreed to until a day.
   */
  readonly neverKnown?: boolean;
  /** What alone tells what it finds: a run that does not look there says nothing of it. */
  readonly toldBy?: Teller;
}

/** A rule: what it is called, what its findings lead to, and how they are found. Nothing else knows it by its name. */
export type Rule = RuleDescription &
  RuleEffects &
  (
    | { readonly find: (found: Case) => Finding[] }
    /** Of a rule about the exceptions, which is judged once they were applied. */
    | { readonly findInExceptions: (exceptions: readonly UsedException[]) => Finding[] }
    /** Of a rule about a fleet, which is judged once its targets were. */
    | { readonly findInFleet: (fleet: FleetCase) => FleetRuleFinding[] }
  );
