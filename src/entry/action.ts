import { GITHUB_RUNNER } from '../runtime/github-runner.js';
import { run } from '../runtime/main.js';

/* The main step of the action. It is a file of its own: nothing in its environment can make it do the post step's work. */

process.exitCode = await run(GITHUB_RUNNER);
// What was given up keeps nobody waiting, such as a disk that does not answer.
setTimeout(() => process.exit(), 10_000).unref();
