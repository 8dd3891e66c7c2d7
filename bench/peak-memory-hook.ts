import { writeFileSync } from 'node:fs';
import { peakKilobytes } from './peak-kilobytes.js';

/*
 * Preloaded into a measured process (`--import`): when it ends, it writes the largest resident set
 * that it had, in kilobytes, to the file that BENCH_PEAK_MEMORY_FILE names.
 */

process.once('exit', () => {
  const file = process.env.BENCH_PEAK_MEMORY_FILE;
  if (file !== undefined) writeFileSync(file, String(peakKilobytes()));
});
