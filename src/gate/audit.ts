import type { Report } from '../report/report.js';
import { afterFirstCalls } from './after-first-calls.js';
import type { Assignment } from './assignment.js';
import { collect } from './collect.js';
import type { ReadDependencies } from './dependencies.js';

/** The audit: reads, asks the endpoint, judges. It changes nothing. */
export async function audit(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Report> {
  const [collected, { askAndConclude }] = await Promise.all([
    collect(assignment, dependencies),
    afterFirstCalls(() => import('./ask-and-conclude.js')),
  ]);
  return askAndConclude(collected, assignment, dependencies);
}
