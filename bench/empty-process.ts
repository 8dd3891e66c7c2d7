import { spawn } from 'node:child_process';
import { findNode24 } from '../scripts/node24.mjs';

/** Runs `node -e 0`, on the Node that runs the bundle: what every process costs at least. */
export function runEmptyProcess(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(findNode24(), ['-e', '0'], {
      stdio: 'ignore',
      env: { PATH: process.env.PATH ?? '', ...environment },
    });
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
