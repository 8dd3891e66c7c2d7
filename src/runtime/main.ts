import type { Assignment } from '../gate/assignment.js';
import { judgesApis } from '../inputs/inputs.js';
import { Cancelled } from '../model/cancellation.js';
import type { ParsedContext } from '../publish/github/context.js';
import { publish } from '../publish/publish.js';
import type { Report } from '../report/report.js';
import { connect } from './connect.js';
import type { Enforcing } from './enforcing.js';
import { giveUp } from './give-up.js';
import { prepare } from './prepare.js';
import { publishSettings } from './publish-settings.js';
import { readContext } from './read-context.js';
import { logger, runner } from './runner.js';

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
      const report = await runGateOn(assignment, parsed, enforcing);
      const settings = publishSettings(inputs, parsed, report);
      return await publish(report, settings, runner, { parsed, connect, logger });
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

/**
 * Runs the gate on its target, or on files alone. What speaks to AWS is loaded where it is needed: files
 * are judged without an account, and in a moment.
 */
async function runGateOn(
  assignment: Assignment,
  parsed: ParsedContext,
  enforcing: Enforcing | null,
): Promise<Report> {
  const { inputs, basis } = assignment;
  if (basis.declared !== null && !judgesApis(inputs)) {
    const { judgeFiles } = await import('../gate/judge-files.js');
    return judgeFiles(assignment, basis.declared);
  }
  const { runOnTarget } = await import('./run-on-target.js');
  return runOnTarget(assignment, parsed, enforcing);
}
