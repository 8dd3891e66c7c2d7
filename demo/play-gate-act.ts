import { join } from 'node:path';
import type { LoggedRequest } from '../emulator/faults.js';
import type { Emulator } from '../emulator/server.js';
import { REPOSITORY } from '../runner/bundle.js';
import { runAction, type Step, type StepResult } from '../runner/run-action.js';
import type { GateAct } from './acts.js';
import { countOperations } from './calls.js';
import { createLogView } from './log-view.js';
import { showSummary } from './summary-view.js';
import type { Terminal } from './terminal.js';

/** Seconds: enough for the emulator's delay many times over, and short if something is wrong. */
const SMOKE_TIMEOUT = '10';

/**
 * Runs the bundle, shows its log while it comes, then how it ended.
 *
 * @returns what is not as the act expects; empty where all is well.
 */
export async function playGateAct(
  act: GateAct,
  bundle: string,
  emulator: Emulator,
  terminal: Terminal,
): Promise<string[]> {
  const asked = Object.entries(act.inputs).map(([name, value]) => `${name}: ${value}`);
  terminal.print(terminal.dim(`  with: ${asked.join(' · ')}`));
  terminal.print();

  const seenBefore = emulator.requests.length;
  const startedMs = performance.now();
  const log = createLogView(terminal, act.mostAnnotations);
  const result = await runAction({
    bundle,
    ...stepOf(act, emulator),
    onOutput: log.write,
  });
  log.end();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const requests = emulator.requests.slice(seenBefore);

  showEnding(act, result, requests, `${seconds} s`, terminal);
  return problemsOf(act, result, requests);
}

/** What a workflow would give the step; for files alone nothing that leads to AWS. */
function stepOf(act: GateAct, emulator: Emulator): Pick<Step, 'inputs' | 'environment'> {
  if (act.workspace !== undefined) {
    const folder = join(REPOSITORY, 'demo', act.workspace);
    return { inputs: act.inputs, environment: { GITHUB_WORKSPACE: folder } };
  }
  const inputs = {
    ...act.inputs,
    'endpoint-url': `${emulator.url}/{api-id}/{stage}`,
    'smoke-timeout': act.smokeTimeout ?? SMOKE_TIMEOUT,
  };
  return { inputs, environment: emulator.env };
}

function showEnding(
  act: GateAct,
  result: StepResult,
  requests: readonly LoggedRequest[],
  duration: string,
  terminal: Terminal,
): void {
  const control = requests.filter(({ plane }) => plane === 'control');
  const mutating = control.filter((request) => request.mutating).length;
  const calls = `${control.length - mutating} reads and ${mutating} changes asked of AWS`;
  const probes = `${requests.filter(({ plane }) => plane === 'data').length} requests to the endpoint`;
  const verdict = `verdict ${result.outputs.verdict ?? 'none'}, exit code ${result.exitCode}`;
  const style = result.exitCode === 0 ? terminal.green : terminal.red;
  terminal.print();
  terminal.print(`  ${terminal.bold(style(`→ ${verdict}`))} (${calls}, ${probes}, ${duration})`);
  if (act.watched !== undefined) showSettling(act.watched, requests, terminal);
  terminal.print();
  terminal.print(terminal.dim('  From the job summary:'));
  showSummary(result.summary, act.sections, terminal);
}

/** The answers of one method in their order: a stage serves its old snapshot for a while. */
function showSettling(path: string, requests: readonly LoggedRequest[], terminal: Terminal): void {
  const statuses = (isSigned: boolean): string =>
    requests
      .filter((request) => request.path === path)
      .filter(({ headers }) => (headers.authorization !== undefined) === isSigned)
      .map(({ status }) => status)
      .join(' ');
  terminal.print(`    GET ${path} while the new deployment spread:`);
  terminal.print(`      unsigned ${statuses(false)}`);
  terminal.print(`      signed   ${statuses(true)}`);
}

function problemsOf(
  { expected }: GateAct,
  result: StepResult,
  requests: readonly LoggedRequest[],
): string[] {
  const problems: string[] = [];
  const expect = (what: string, wanted: unknown, found: unknown): void => {
    const [want, got] = [JSON.stringify(wanted), JSON.stringify(found)];
    if (want !== got) problems.push(`${what} should be ${want} and is ${got}`);
  };
  const mutating = requests.filter((request) => request.mutating);
  expect('the verdict', expected.verdict, result.outputs.verdict);
  expect('the exit code', expected.exitCode, result.exitCode);
  expect('the number of annotations', expected.annotations, result.annotations.length);
  expect('the changing calls', expected.mutatingCalls, countOperations(mutating));
  return problems;
}
