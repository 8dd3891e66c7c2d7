import { readFileSync } from 'node:fs';

/**
 * The largest resident set that this process had, in kilobytes. On Linux the high-water mark of this very
 * program: `maxRSS` there starts from the size that the parent had when it forked (getrusage(2) is kept
 * across execve(2)), and the bench is large.
 */
export function peakKilobytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes);
}
