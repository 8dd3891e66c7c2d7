import type { Report } from '../report/report.js';
import type { Assignment } from './assignment.js';
import { collect } from './collect.js';
import type { ReadDependencies } from './dependencies.js';
import type { Target } from './target.js';

/** The audit: reads, asks the endpoint, judges. It changes nothing. */
export async function audit(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Report> {
  const [collected, { askAndConclude }] = await Promise.all([
    collect(assignment, dependencies),
    loadTheRest(dependencies.target),
  ]);
  return askAndConclude(collected, assignment, dependencies);
}

/**
 * Loads what is needed once everything is read. To load modules keeps the process busy: it is done while
 * what stands for the account is derived, on another thread, and the last calls are under way.
 */
async function loadTheRest({
  iam,
  isOneOfMany,
}: Target): Promise<typeof import('./ask-and-conclude.js')> {
  // Where nobody knows the account, reading it says so. That of a fleet's target is known from the plan.
  if (isOneOfMany !== true) await iam.ownAccount().catch(() => {});
  return import('./ask-and-conclude.js');
}
