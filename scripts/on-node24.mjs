import { spawn } from 'node:child_process';
import { findNode24 } from './node24.mjs';

/*
 * Runs a script on Node 24, with the arguments that follow: what loads the sources runs on the Node that
 * they are shipped for, whatever Node is installed. Ends as the script ends.
 */

const child = spawn(findNode24(), process.argv.slice(2), { stdio: 'inherit' });
// A terminal sends it to both; who runs this script alone sends the other one.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`Node 24 (${child.spawnfile}) does not run here: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
