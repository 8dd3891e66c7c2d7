import { runAsPlan } from '../runtime/plan-step.js';

/* The main step of `plan/action.yml`. */

process.exitCode = await runAsPlan();
// What was given up keeps nobody waiting, such as a search for credentials that does not end.
setTimeout(() => process.exit(), 10_000).unref();
