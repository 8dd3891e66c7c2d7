import { readFileSync } from 'node:fs';
import { peakKilobytes } from '../peak-kilobytes.js';

/** What a process took of the machine. */
export interface Usage {
  /** The file that it ran, such as `index.js`. */
  readonly entry: string;
  readonly peakMebibytes: number;
  readonly cpuSeconds: number;
  /** What its main thread waited for a core that somebody else had; 0 where nobody tells. */
  readonly waitedSeconds: number;
  readonly wallSeconds: number;
}

/** What this process has taken so far. */
export function usageOf(entry: string): Usage {
  const { user, system } = process.cpuUsage();
  return {
    entry,
    peakMebibytes: peakKilobytes() / 1024,
    cpuSeconds: (user + system) / 1e6,
    waitedSeconds: waitedSeconds(),
    wallSeconds: process.uptime(),
  };
}

/** The second figure of schedstat: nanoseconds on a run queue (Documentation/scheduler/sched-stats.rst of Linux). */
function waitedSeconds(): number {
  try {
    const [, waited = '0'] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
    return Number(waited) / 1e9;
  } catch {
    return 0;
  }
}
