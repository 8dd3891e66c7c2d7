import { runAsMain } from '../runtime/main.js';

/* The main step of the action. It is a file of its own: nothing in its environment can make it do the post step's work. */

process.exitCode = await runAsMain();
// What was given up keeps nobody waiting, such as a disk that does not answer.
setTimeout(() => process.exit(), 10_000).unref();
