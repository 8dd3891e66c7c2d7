import { afterFirstCalls } from '../gate/after-first-calls.js';
import type { Assignment } from '../gate/assignment.js';
import { judgesApis } from '../inputs/inputs.js';
import { Cancelled } from '../model/cancellation.js';
import type { ParsedContext } from '../publish/github/context.js';
import type { Report } from '../report/report.js';
import type { Enforcing } from './enforcing.js';
import { giveUp } from './give-up.js';
import { prepare } from './prepare.js';
import { readContext } from './read-context.js';

/**
 * The main step: reads the environment, runs the gate, and publishes the report.
 *
 * @returns the exit code.
 */
export async function runAsMain(): Promise<number> {
  try {
    const assignment = await prepare();
    const { inputs } = assignment;
    const enforcing = inputs.mode === 'enforce' ? await makeReady(assignment) : null;
    const parsed = await readContext();
    if (inputs.plan !== null) {
      const { runAsShard } = await import('./shard-step.js');
      return await runAsShard(assignment, parsed);
    }
    try {
      const gate = await loadGate(assignment);
      const [report, { publishReport }] = await Promise.all([
        gate(assignment, parsed, enforcing),
        afterFirstCalls(() => import('./publish-report.js')),
      ]);
      return await publishReport(report, inputs, parsed);
    } catch (error) {
      if (error instanceof Cancelled && enforcing !== null) return await enforcing.endCancelled();
      throw error;
    }
  } catch (error) {
    return giveUp(error);
  }
}

async function makeReady({ inputs }: Assignment): Promise<Enforcing> {
  const { makeReadyToEnforce } = await import('./enforcing.js');
  return makeReadyToEnforce(inputs);
}

type Gate = (
  assignment: Assignment,
  parsed: ParsedContext,
  enforcing: Enforcing | null,
) => Promise<Report>;

/**
 * The gate for a target, or for files alone. What speaks to AWS is loaded where it is needed: files are
 * judged without an account, and in a moment.
 */
async function loadGate({ inputs, basis: { declared } }: Assignment): Promise<Gate> {
  if (declared !== null && !judgesApis(inputs)) {
    const { judgeFiles } = await import('../gate/judge-files.js');
    return async (assignment) => judgeFiles(assignment, declared);
  }
  const { runOnTarget } = await import('./run-on-target.js');
  return runOnTarget;
}
