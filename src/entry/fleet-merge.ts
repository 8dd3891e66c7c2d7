import { runAsMerge } from '../runtime/merge-step.js';

/* The main step of `merge/action.yml`. */

process.exitCode = await runAsMerge();
// What was given up keeps nobody waiting, such as a disk that does not answer.
setTimeout(() => process.exit(), 10_000).unref();
