import type { Report } from '../report/report.js';
import type { Assignment } from './assignment.js';
import { audit } from './audit.js';
import type { ChangeDependencies, ReadDependencies } from './dependencies.js';
import { select } from './select.js';

/**
 * The whole job, by its mode.
 *
 * @param changes what takes changes; `null` in the modes `audit` and `plan`, which have nothing to change
 *   anything with.
 * @throws ConfigurationError where the inputs name what does not exist.
 * @throws Cancelled once what was changed is rolled back.
 */
export async function runGate(
  asked: Assignment,
  dependencies: ReadDependencies,
  changes: ChangeDependencies | null,
): Promise<Report> {
  const assignment = await select(asked, dependencies);
  if (assignment.inputs.mode === 'audit') return audit(assignment, dependencies);
  // An audit does without all that plans and changes, and starts sooner.
  const { enforce } = await import('./enforce.js');
  return enforce(assignment, dependencies, changes);
}
