import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Preloaded into a measured process (`--import`): when it ends, it writes the largest resident set
 * that it had, in kilobytes, to the file that BENCH_PEAK_MEMORY_FILE names.
 */

process.once('exit', () => {
  const file = process.env.BENCH_PEAK_MEMORY_FILE;
  if (file !== undefined) writeFileSync(file, String(peakKilobytes()));
});

/**
 * On Linux the high-water mark of this very program: `maxRSS` there starts from the size that the
 * parent had when it forked (getrusage(2) is kept across execve(2)), and the bench is large.
 */
function peakKilobytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes);
}
