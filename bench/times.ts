import { dirname, join } from 'node:path';
import { openAuditBench } from './audit.js';
import { clock, median } from './clock.js';
import { runEmptyProcess, runNode } from './node-process.js';
import { printTable } from './table.js';

const METHODS = 50;
const RUNS = 11;
/** How often an audit without the smoke test, and the command line, may take what an empty process takes. */
const LIMIT_RATIO = 6;

/** Prints how long a whole audit takes, as a process of its own, against an empty one. */
export async function benchTimes(bundle: string): Promise<void> {
  const { emulator, audit } = await openAuditBench(METHODS, bundle);
  try {
    const subjects = [
      { name: 'node -e 0', run: () => clock(() => runEmptyProcess()) },
      {
        name: `audit of ${METHODS} methods, smoke test off`,
        run: async () => (await audit({ stage: 'prod', 'smoke-test': 'false' })).tookMs,
      },
      {
        name: `audit of ${METHODS} methods, smoke test on`,
        run: async () => (await audit({ stage: 'prod' })).tookMs,
      },
      {
        name: 'the command line, --help',
        run: () => clock(() => runNode([join(dirname(bundle), 'cli.js'), '--help'])),
      },
    ].map((subject) => ({ ...subject, times: [] as number[] }));
    // By turns, so that what else the machine does meets all of them alike.
    for (let turn = 0; turn < RUNS; turn += 1) {
      for (const { run, times } of subjects) times.push(await run());
    }
    const medians = subjects.map(({ name, times }) => ({ name, ms: median(times) }));
    const nothing = medians[0]?.ms ?? Number.NaN;
    printTable(
      `Wall time on Node 24, median of ${RUNS}`,
      ['process', 'ms', '× node -e 0', 'limit'],
      medians.map(({ name, ms }, index) => [
        name,
        ms.toFixed(0),
        (ms / nothing).toFixed(1),
        index === 1 || index === 3 ? LIMIT_RATIO.toFixed(1) : '',
      ]),
    );
    const withoutSmokeTest = medians[1]?.ms ?? Number.NaN;
    if (!(withoutSmokeTest <= LIMIT_RATIO * nothing)) {
      console.log('  slower than the limit: is the machine busy?');
    }
  } finally {
    await emulator.close();
  }
}
