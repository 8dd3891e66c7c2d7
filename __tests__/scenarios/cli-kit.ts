import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { findNode24 } from '../../scripts/node24.mjs';

/** The command that ships. */
const COMMAND = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** What a command left behind. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Nothing of this process's environment gets through but PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The working folder; without it, an empty one. */
  readonly folder?: string;
  /** The Node that runs it; without it, the one that the action ships for. */
  readonly node?: string;
  /** Nobody reads the result. */
  readonly isResultClosed?: boolean;
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder of its own, removed after the tests of the file. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-cli-'));
  folders.push(folder);
  return folder;
}

/** Runs the command line as somebody at a terminal would, whose output nobody looks at. */
export async function runCommand(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const folder = options.folder ?? (await newFolder());
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    // Nothing of the machine's own AWS configuration may decide a run.
    AWS_EC2_METADATA_DISABLED: 'true',
    ...options.environment,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? findNode24(), [COMMAND, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    options.onStart?.((signal) => child.kill(signal));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    if (options.isResultClosed === true) child.stdout.destroy();
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
