import { runAsMain } from '../runtime/main.js';

/* The main step of the action. It is this file alone: what a post step does, it cannot be told to do. */

process.exitCode = await runAsMain();
// What was given up keeps nobody waiting, such as a disk that does not answer.
setTimeout(() => process.exit(), 10_000).unref();
