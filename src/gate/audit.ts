import type { Report } from '../report/report.js';
import { askEndpoint, SMOKE_TEST_TITLE } from './ask-endpoint.js';
import type { Assignment } from './assignment.js';
import { collect } from './collect.js';
import { conclude } from './conclude.js';
import type { ReadDependencies } from './dependencies.js';
import { NOTHING_ENFORCED } from './enforced.js';
import { joinedRows } from './rows.js';

/** The audit: reads, asks the endpoint, judges. It changes nothing. */
export async function audit(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Report> {
  const { evidence, identity, access } = await collect(assignment, dependencies);
  const rows = joinedRows(evidence.apis, assignment);
  const asked = await askEndpoint(rows, new Set(), assignment, dependencies, SMOKE_TEST_TITLE);
  const present = { evidence, rows, ...asked };
  return conclude(assignment, identity, present, access, NOTHING_ENFORCED);
}
