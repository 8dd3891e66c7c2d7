import type { JobScope } from '../enforce/transaction/job-scope.js';
import {
  type InterruptedRun,
  rollBackInterrupted,
} from '../enforce/transaction/roll-back-interrupted.js';
import type { Report } from '../report/report.js';
import { accessAfter, planInvokeGrants, withOutcomes } from './access.js';
import type { Assignment } from './assignment.js';
import { enforceApis } from './carry-out.js';
import { collect } from './collect.js';
import { conclude } from './conclude.js';
import type { ChangeDependencies, ReadDependencies } from './dependencies.js';
import { describeEnforced } from './describe-enforced.js';
import { lookAgain } from './look-again.js';

/**
 * Enforcement: roll back what an earlier run left, read, plan the grants, enforce an API after the other
 * with them, look again, judge.
 *
 * @param changes `null` for a plan: it takes the same way, and changes nothing.
 */
export async function enforce(
  assignment: Assignment,
  dependencies: ReadDependencies,
  changes: ChangeDependencies | null,
): Promise<Report> {
  if (changes !== null) changes.onScope(scopeOf(assignment));
  const recovery = changes === null ? null : await recover(assignment, changes);
  const before = await collect(assignment, dependencies);
  const planned = await planInvokeGrants(assignment, before, recovery, dependencies);
  const outcomes = await enforceApis(
    before.evidence,
    planned,
    recovery,
    assignment,
    dependencies,
    changes,
  );
  const grants = withOutcomes(planned, outcomes, changes !== null);
  const present = await lookAgain(before.evidence, outcomes, grants, assignment, dependencies);
  const access = await accessAfter(before.access, present, grants, assignment, dependencies);
  const enforced = describeEnforced(recovery, outcomes, grants);
  return conclude(assignment, before.identity, present, access, enforced);
}

/** Rolls back what a killed run before this one has left in the journal. */
function recover(
  assignment: Assignment,
  changes: ChangeDependencies,
): Promise<InterruptedRun | null> {
  return rollBackInterrupted({ ...changes, scope: scopeOf(assignment) });
}

/** What is enforced, by ids: whatever is called otherwise by then, nothing else is rolled back. */
function scopeOf({ inputs: { region, apiIds } }: Assignment): JobScope {
  return { region, apiIds };
}
