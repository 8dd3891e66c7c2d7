import { spawn } from 'node:child_process';
import { findNode24 } from '../scripts/node24.mjs';

/** Runs Node with arguments, on the Node that runs the bundle. Nothing that it prints is read. */
export function runNode(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(findNode24(), args, {
      stdio: 'ignore',
      env: { PATH: process.env.PATH ?? '', ...environment },
    });
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

/** Runs `node -e 0`: what every process costs at least. */
export function runEmptyProcess(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  return runNode(['-e', '0'], environment);
}
