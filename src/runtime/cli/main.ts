import './older-node.js';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { INPUTS } from '../../inputs/table.js';
import { ConfigurationError } from '../../model/errors.js';
import { EXIT } from '../../publish/exit-code.js';
import { refuseEndlessFiles } from '../aws-files.js';
import { run } from '../main.js';
import { type CommandLine, parseCommandLine } from './command-line.js';
import type { Stream } from './console.js';
import { globOf } from './file-argument.js';
import { createTerminalHost, sayFailure, type TerminalHost } from './terminal-host.js';

/**
 * A run at a terminal.
 *
 * @param args what stands behind the program's name.
 * @returns the exit code.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { stdout: result, stderr: progress } = process;
  // Whoever reads the result may stop to, as `head` does.
  for (const stream of [result, progress]) stream.on('error', () => {});
  const folder = process.cwd();
  const parsed = parseCommandLine(args, (file) => globOf(file, folder, path, existsSync));
  if (!parsed.ok) return sayFailure(new ConfigurationError(parsed.why), progress);
  const commandLine = parsed.value;
  // The SDK is a part of the bundle: nobody who runs it decides which version that is.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  if (commandLine.profile !== null) process.env.AWS_PROFILE = commandLine.profile;
  if (INPUTS.apiIds.name in commandLine.inputs) {
    try {
      refuseEndlessFiles(process.env);
    } catch (error) {
      return sayFailure(error, progress);
    }
  }
  const environment = await withRegion(commandLine, process.env);
  const host: TerminalHost = createTerminalHost(commandLine, environment, progress, async () => {
    const { createDelivery } = await import('./deliver.js');
    return createDelivery({ commandLine, host: () => host, result });
  });
  const exitCode = await run(host);
  return finish(exitCode, host, progress);
}

/** What a runner's post step does: rolls back what is not ended, whatever became of the run. */
async function finish(exitCode: number, host: TerminalHost, progress: Stream): Promise<number> {
  const saved = host.saved();
  if (saved === null) return exitCode;
  const { rollBackUnfinished } = await import('../roll-back-unfinished.js');
  const say = (message: string): void => {
    progress.write(`${message}\n`);
  };
  const sinks = { error: say, warning: say, writeSummary: async () => {} };
  const rolledBack = await rollBackUnfinished(saved.journalPath, saved.scope, sinks, host);
  return rolledBack === EXIT.pass ? exitCode : Math.max(exitCode, EXIT.fail);
}

/** The environment with the region of the profile, where nothing else says it and a region is needed. */
async function withRegion(
  { inputs }: CommandLine,
  environment: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string | undefined>>> {
  const isKnown =
    INPUTS.region.name in inputs || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  if (isKnown || !(INPUTS.apiIds.name in inputs)) return environment;
  const { profileRegion } = await import('../../aws/profile-region.js');
  return { ...environment, AWS_REGION: await profileRegion() };
}
