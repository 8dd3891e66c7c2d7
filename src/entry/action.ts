import { runAsMain } from '../runtime/main.js';

/* The main step of the action. It is this file alone: what a post step does, it cannot be told to do. */

process.exitCode = await runAsMain();
