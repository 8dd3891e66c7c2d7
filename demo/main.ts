import { join } from 'node:path';
import { addRole } from '../emulator/account.js';
import { readSeed } from '../emulator/seed.js';
import { type Emulator, startEmulator } from '../emulator/server.js';
import { REPOSITORY } from '../runner/bundle.js';
import { ACTS, type Act, LOCKED_OUT_ROLE, SEEDS } from './acts.js';
import { showTotals } from './calls.js';
import { playGateAct } from './play-gate-act.js';
import { playRequestAct } from './play-request-act.js';
import { findPrerequisites, MissingPrerequisite } from './prerequisites.js';
import { openTerminal, type Terminal, wrap } from './terminal.js';

/*
 * The shipped bundle does the whole job against a local API Gateway, act by act. Every act knows how
 * it must end: where one ends otherwise, the demo says so and fails.
 */

/**
 * Long enough that the smoke test meets a stage that still serves its old snapshot. AWS takes 20
 * seconds and more, which nobody would watch.
 */
const PROPAGATION_DELAY_MS = 1500;

async function main(terminal: Terminal): Promise<number> {
  const { bundle, nodeVersion } = await findPrerequisites();
  const startedMs = performance.now();
  const emulator = await openEmulator();
  try {
    introduce(emulator, nodeVersion, terminal);
    const problems: string[] = [];
    for (const [index, act] of ACTS.entries()) {
      showTitle(`${index + 1}. ${act.title}`, act.why, terminal);
      for (const problem of await play(act, bundle, emulator, terminal)) {
        problems.push(`${index + 1}. ${act.title}: ${problem}`);
      }
    }
    showTitle('What was asked in all', 'Every call that reached the local API Gateway.', terminal);
    terminal.print();
    showTotals(emulator.requests, terminal);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    return conclude(problems, seconds, terminal);
  } finally {
    await emulator.close();
  }
}

async function openEmulator(): Promise<Emulator> {
  const seeds = SEEDS.map((name) => join(REPOSITORY, 'emulator', 'seeds', `${name}.json`));
  const emulator = await startEmulator({
    seed: await Promise.all(seeds.map(readSeed)),
    propagationDelayMs: PROPAGATION_DELAY_MS,
    // No request meets the canary, so that every showing is the same.
    random: () => 0.5,
  });
  addRole(emulator.account, { name: LOCKED_OUT_ROLE, notAllowed: ['execute-api:Invoke'] });
  return emulator;
}

function introduce(emulator: Emulator, nodeVersion: string, terminal: Terminal): void {
  const names = [...emulator.account.apis.values()].map(({ name }) => `"${name}"`).join(', ');
  const text = `A local API Gateway at ${emulator.url} holds the APIs ${names}. The action runs against it as the runner would run it: dist/index.js on Node ${nodeVersion.slice(1)}, as a process of its own. Nothing leaves this machine.`;
  for (const line of wrap(text, terminal.columns)) terminal.print(line);
}

function showTitle(title: string, why: string, terminal: Terminal): void {
  terminal.print();
  terminal.print(terminal.dim('─'.repeat(terminal.columns)));
  terminal.print(terminal.bold(title));
  for (const line of wrap(why, terminal.columns)) terminal.print(line);
}

function play(act: Act, bundle: string, emulator: Emulator, terminal: Terminal): Promise<string[]> {
  return act.kind === 'gate'
    ? playGateAct(act, bundle, emulator, terminal)
    : playRequestAct(act, emulator.url, terminal);
}

function conclude(problems: readonly string[], seconds: string, terminal: Terminal): number {
  terminal.print();
  if (problems.length === 0) {
    const line = `All ${ACTS.length} acts ended as they should, in ${seconds} s.`;
    terminal.print(terminal.bold(terminal.green(line)));
    return 0;
  }
  terminal.print(terminal.bold(terminal.red('The demo did not go as it should:')));
  for (const problem of problems) terminal.print(`  ${problem}`);
  return 1;
}

const terminal = openTerminal();
try {
  process.exitCode = await main(terminal);
} catch (error) {
  if (!(error instanceof MissingPrerequisite)) throw error;
  console.error(terminal.red(error.message));
  process.exitCode = 1;
}
