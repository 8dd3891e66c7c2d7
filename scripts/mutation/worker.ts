import type { Answer, Task } from './protocol.js';
import { runTests } from './run-tests.js';

/*
 * Runs tests for `npm run mutation`, in a process of its own: a mutant may never end, or use up all
 * memory. It is started with the seed of property tests.
 */

const seed = Number(process.argv[2]);

// What a mutant leaves behind, such as a promise that nobody awaits, fails the test that runs.
const thrown: string[] = [];
process.on('uncaughtException', (error) => thrown.push(String(error)));
process.on('unhandledRejection', (reason) => thrown.push(String(reason)));

process.on('message', (task: Task) => {
  carryOut(task).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function carryOut(task: Task): Promise<Answer> {
  thrown.length = 0;
  if (task.kind === 'measure') {
    const result = await runTests(task.bundle, {
      property: { numRuns: task.runs, seed },
      tests: null,
      stopAtFailure: false,
    });
    return {
      kind: 'measured',
      failures: [...result.failures, ...thrown],
      milliseconds: result.milliseconds,
      processorMilliseconds: result.processorMilliseconds,
      whileLoading: result.coverage.static,
      byTest: result.coverage.perTest,
    };
  }
  const { mutant, hitLimit, testTimeout } = task;
  for (const { bundle, runs, tests } of task.plan) {
    const result = await runTests(bundle, {
      property: { numRuns: runs, seed },
      tests: tests && new Set(tests),
      stopAtFailure: true,
      active: { mutant, hitLimit },
      testTimeout,
    });
    const [failure] = [...result.failures, ...thrown];
    if (failure === undefined) continue;
    const isTimeout = /Hit count limit reached|Exceeded timeout of/.test(failure);
    return { kind: 'tried', status: isTimeout ? 'timeout' : 'killed', by: failure };
  }
  return { kind: 'tried', status: 'survived', by: null };
}
