import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { usageOf } from './usage.js';

/*
 * Preloaded into the steps of a measured workflow (`--import`): each writes what it took to a file of its
 * own in the folder that BENCH_USAGE_FOLDER names.
 */

// What stands for AWS never waits for a processor that a job has: requests that wait there would arrive together.
setPriority(constants.priority.PRIORITY_LOW);

process.once('exit', () => {
  const folder = process.env.BENCH_USAGE_FOLDER;
  if (folder === undefined) return;
  const usage = usageOf(basename(process.argv[1] ?? ''));
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(usage));
});
