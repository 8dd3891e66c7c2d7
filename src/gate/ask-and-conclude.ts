import type { Report } from '../report/report.js';
import { askEndpoint, SMOKE_TEST_TITLE } from './ask-endpoint.js';
import type { Assignment } from './assignment.js';
import type { Collected } from './collect.js';
import { conclude } from './conclude.js';
import type { ReadDependencies } from './dependencies.js';
import { NOTHING_ENFORCED } from './enforced.js';
import { joinedRows } from './rows.js';

/** The audit once everything is read: asks the endpoint, and judges. */
export async function askAndConclude(
  { evidence, identity, access }: Collected,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Report> {
  const rows = joinedRows(evidence.apis, assignment);
  const asked = await askEndpoint(rows, new Set(), assignment, dependencies, SMOKE_TEST_TITLE);
  const present = { evidence, rows, ...asked };
  return conclude(assignment, identity, present, access, NOTHING_ENFORCED);
}
