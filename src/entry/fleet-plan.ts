import { runAsPlan } from '../runtime/plan-step.js';

/* The main step of `plan/action.yml`. */

process.exitCode = await runAsPlan();
