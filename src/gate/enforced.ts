import type { Outcome } from '../enforce/outcome.js';
import type { EnforcementProof } from '../enforce/prove.js';
import type { Finding } from '../model/finding.js';
import type { Access, Kept, Owner, Report, Transaction } from '../report/report.js';

/** An outcome with the proof that it came to. */
export type GateOutcome = Outcome<EnforcementProof>;

/** What enforcement, or the plan of one, adds to the report. */
export interface Enforced extends Pick<Report, 'changes' | 'deployments' | 'notes'> {
  readonly kept: readonly Kept[];
  readonly transactions: readonly Transaction[];
  readonly owners: readonly Owner[];
  readonly grants: Access['grants'];
  /** What was found against deployments that were rolled back. */
  readonly findings: readonly Finding[];
  /** Something that was to be enforced is not, whatever else is found. */
  readonly isFailed: boolean;
}

/** What an audit adds. */
export const NOTHING_ENFORCED: Enforced = {
  changes: [],
  deployments: [],
  kept: [],
  transactions: [],
  owners: [],
  notes: [],
  grants: [],
  findings: [],
  isFailed: false,
};
