import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOOK = new URL('./peak-memory-hook.js', import.meta.url).href;

/** Runs a process with the variables that make it tell its peak memory, and reads that. */
export async function measurePeak<T>(
  run: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<{ readonly result: T; readonly mebibytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-bench-'));
  try {
    const file = join(folder, 'peak');
    const result = await run({ NODE_OPTIONS: `--import=${HOOK}`, BENCH_PEAK_MEMORY_FILE: file });
    return { result, mebibytes: Number(await readFile(file, 'utf8')) / 1024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
