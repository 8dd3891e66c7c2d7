import type { Report } from '../report/report.js';
import { afterFirstCalls } from './after-first-calls.js';
import type { Assignment } from './assignment.js';
import { collect } from './collect.js';
import type { ReadDependencies } from './dependencies.js';
import { NOTHING_ENFORCED } from './enforced.js';
import { joinedRows } from './rows.js';

/** The audit: reads, asks the endpoint, judges. It changes nothing. */
export async function audit(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Report> {
  const [{ evidence, identity, access }, [{ askEndpoint, SMOKE_TEST_TITLE }, { conclude }]] =
    await Promise.all([
      collect(assignment, dependencies),
      afterFirstCalls(() => Promise.all([import('./ask-endpoint.js'), import('./conclude.js')])),
    ]);
  const rows = joinedRows(evidence.apis, assignment);
  const asked = await askEndpoint(rows, new Set(), assignment, dependencies, SMOKE_TEST_TITLE);
  const present = { evidence, rows, ...asked };
  return conclude(assignment, identity, present, access, NOTHING_ENFORCED);
}
