import type { Assignment } from '../gate/assignment.js';
import { judgesApis } from '../inputs/inputs.js';
import { Cancelled } from '../model/cancellation.js';
import { EXIT } from '../publish/exit-code.js';
import type { ParsedContext } from '../publish/github/context.js';
import type { Report } from '../report/report.js';
import type { Enforcing } from './enforcing.js';
import type { Host } from './host.js';
import { prepare } from './prepare.js';
import { readContext } from './read-context.js';

/**
 * A whole run: reads the environment, runs the gate, and publishes the report.
 *
 * @returns the exit code.
 */
export async function run(host: Host): Promise<number> {
  sayWhatNobodyCaught(host);
  try {
    const assignment = await prepare(host);
    const { inputs } = assignment;
    const enforcing = inputs.mode === 'enforce' ? await makeReady(assignment, host) : null;
    const parsed = readContext(host.environment);
    if (inputs.plan !== null && host.loadShard !== null) {
      const runShard = await host.loadShard();
      return await runShard(assignment, parsed);
    }
    try {
      const gate = await loadGate(assignment);
      const report = await gate(assignment, parsed, enforcing, host);
      const publish = await host.loadPublisher();
      return await publish(report, inputs, parsed);
    } catch (error) {
      if (error instanceof Cancelled && enforcing !== null) return await enforcing.endCancelled();
      throw error;
    }
  } catch (error) {
    return host.giveUp(error);
  }
}

/**
 * An error that no call waits for, such as that of a connection, would end the process with the exit code
 * of a verdict and without a word for the reader. What enforcement had begun is the post step's.
 */
function sayWhatNobodyCaught({ giveUp }: Host): void {
  process.once('uncaughtException', (error) => {
    giveUp(error).then(
      (exitCode) => process.exit(exitCode),
      () => process.exit(EXIT.incomplete),
    );
  });
}

async function makeReady({ inputs }: Assignment, host: Host): Promise<Enforcing> {
  const { makeReadyToEnforce } = await import('./enforcing.js');
  return makeReadyToEnforce(inputs, host);
}

type Gate = (
  assignment: Assignment,
  parsed: ParsedContext,
  enforcing: Enforcing | null,
  host: Host,
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
